package spark

// This file reads sc:// addresses.

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
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
	if a.Host, err = hostAndPort(host); err != nil {
		return a, err
	}
	a.Meta = map[string]string{}
	for pair := range strings.SplitSeq(params, ";") {
		if pair == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		if value, err = url.QueryUnescape(value); err != nil || !ok {
			return a, fmt.Errorf("the parameter %q of the address is not KEY=VALUE", key)
		}
		if !parameterName.MatchString(key) || strings.HasPrefix(strings.ToLower(key), "grpc-") {
			return a, fmt.Errorf("%q cannot be a parameter's name in the address", key)
		}
		if !printable.MatchString(value) {
			return a, fmt.Errorf("the value of the parameter %q of the address has characters that cannot be sent", key)
		}
		switch key {
		case "token":
			a.Token = value
		case "use_ssl":
			if a.TLS, err = strconv.ParseBool(strings.ToLower(value)); err != nil {
				return a, fmt.Errorf("use_ssl in the address is true or false, not %q", value)
			}
		case "user_id":
			a.User = value
		case "session_id", "user_agent", "grpc_max_message_size":
			// a client's own matters
		default:
			a.Meta[strings.ToLower(key)] = value
		}
	}
	if a.Token != "" {
		a = a.Secured()
	}
	return a, nil
}

// What gRPC can send, and what a host may be called.
var (
	parameterName = regexp.MustCompile(`^[0-9A-Za-z_.-]+$`)
	printable     = regexp.MustCompile(`^[ -~]*$`)
	hostName      = regexp.MustCompile(`^[0-9A-Za-z_.-]+$`)
)

// hostAndPort completes host, host:port or [address]:port. What is wrong is not repeated: it may be a
// password.
func hostAndPort(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = text, defaultPort
		if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
			host = text[1 : len(text)-1]
		}
	}
	if !hostName.MatchString(host) && net.ParseIP(host) == nil {
		return "", fmt.Errorf("the address names no host: what stands after sc:// is HOST or HOST:PORT, without a user")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("the port of the address is a number from 1 to 65535")
	}
	return net.JoinHostPort(host, port), nil
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
