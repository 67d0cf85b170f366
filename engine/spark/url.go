package spark

// This file reads sc:// addresses.

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Address is where a server is and how to speak to it: sc://host:port/;token=...;use_ssl=true
type Address struct {
	Host  string // host:port
	Token string
	TLS   bool
	User  string            // user_id, if the address names one for all
	Meta  map[string]string // other parameters: sent as metadata, as Spark's clients do
}

// defaultPort is Spark Connect's.
const defaultPort = "15002"

// ParseAddress reads an address.
func ParseAddress(text string) (a Address, err error) {
	rest, ok := strings.CutPrefix(text, "sc://")
	if !ok {
		return a, fmt.Errorf("a Spark Connect address begins with sc://, as in sc://localhost:%s", defaultPort)
	}
	host, params, _ := strings.Cut(rest, "/")
	params = strings.TrimPrefix(params, ";")
	if host == "" || strings.Contains(host, ";") {
		return a, fmt.Errorf("the address names no host; parameters follow a slash, as in sc://HOST:%s/;use_ssl=true", defaultPort)
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), defaultPort)
	}
	a = Address{Host: host, Meta: map[string]string{}}
	for pair := range strings.SplitSeq(params, ";") {
		if pair == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		if value, err = url.QueryUnescape(value); err != nil || !ok {
			return a, fmt.Errorf("the parameter %q of the address is not KEY=VALUE", key)
		}
		switch key {
		case "token":
			a.Token = value
		case "use_ssl":
			a.TLS = strings.EqualFold(value, "true")
		case "user_id":
			a.User = value
		case "session_id", "user_agent", "grpc_max_message_size":
			// a client's own matters
		default:
			a.Meta[key] = value
		}
	}
	if a.Token != "" {
		a = a.Secured()
	}
	return a, nil
}

// Secured is the address for use with a token: as with Spark's clients, that does not travel in the
// clear beyond this machine.
func (a Address) Secured() Address {
	if name, _, _ := net.SplitHostPort(a.Host); name != "localhost" && !isLoopback(name) {
		a.TLS = true
	}
	return a
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// String is the address without its secrets.
func (a Address) String() string { return "sc://" + a.Host }
