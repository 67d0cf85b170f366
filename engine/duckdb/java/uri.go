package java

// This file reads URIs as java.net.URI does: RFC 2396, with characters beyond ASCII.

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// URI is a parsed URI. A part that is missing is not set.
type URI struct {
	Scheme, Authority, UserInfo, Host, Path, Query, Fragment URIPart
}

// URIPart is a piece of a URI's text.
type URIPart struct {
	Text string
	Set  bool
}

func part(s string) URIPart { return URIPart{s, true} }

// The characters that may stand in the parts, other than letters, digits and escapes.
const (
	uriMarks    = "-_.!~*'()"
	uriUserInfo = uriMarks + ";:&=+$,"
	uriServer   = uriUserInfo + ".:@[]%"
	uriName     = uriMarks + "$,;:@&=+"
	uriPath     = uriMarks + ":@&=+$,;/"
	uriAny      = uriMarks + ";/?:@&=+$,[]"
)

// ParseURI reads a URI; false if it is none.
func ParseURI(s string) (u URI, ok bool) {
	s, fragment, hasFragment := strings.Cut(s, "#")
	if k := strings.IndexAny(s, ":/?"); k >= 0 && s[k] == ':' {
		if !validScheme(s[:k]) {
			return u, false
		}
		u.Scheme, s = part(s[:k]), s[k+1:]
		if !strings.HasPrefix(s, "/") {
			return u.withFragment(fragment, hasFragment, s != "" && allURI(s, uriAny))
		}
	}
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		end := strings.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		if end == 0 && rest == "" && !hasFragment || !u.setAuthority(rest[:end]) {
			return u, false
		}
		s = rest[end:]
	}
	path, query, hasQuery := strings.Cut(s, "?")
	u.Path = part(path)
	if hasQuery {
		u.Query = part(query)
	}
	return u.withFragment(fragment, hasFragment, allURI(path, uriPath) && allURI(query, uriAny))
}

func (u URI) withFragment(fragment string, has, ok bool) (URI, bool) {
	if has {
		u.Fragment = part(fragment)
	}
	return u, ok && allURI(fragment, uriAny)
}

func validScheme(s string) bool {
	for k, r := range s {
		if !isAlpha(r) && (k == 0 || !isAlnum(r) && !strings.ContainsRune("+-.", r)) {
			return false
		}
	}
	return s != ""
}

// allURI tells that s holds letters, digits, escapes, the given characters and such beyond ASCII
// that are neither blank nor control.
func allURI(s, others string) bool {
	for k := 0; k < len(s); {
		r, n := utf8.DecodeRuneInString(s[k:])
		switch {
		case isAlnum(r), r < utf8.RuneSelf && strings.ContainsRune(others, r):
		case r == '%' && k+2 < len(s) && isHex(s[k+1]) && isHex(s[k+2]):
			n = 3
		case r > utf8.RuneSelf && !unicode.Is(unicode.Z, r) && !unicode.IsControl(r):
		default:
			return false
		}
		k += n
	}
	return true
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

// setAuthority reads a server, or else any name.
func (u *URI) setAuthority(s string) bool {
	if s == "" {
		return true
	}
	named := allURI(s, uriName)
	if allURI(s, uriServer) && u.setServer(s) {
		u.Authority = part(s)
		return true
	}
	if named {
		u.Authority = part(s)
	}
	return named
}

// setServer reads user@host:port.
func (u *URI) setServer(s string) bool {
	user, host, hasUser := strings.Cut(s, "@")
	if !hasUser {
		host = s
	}
	if hasUser && !allURI(user, uriUserInfo) {
		return false
	}
	end := strings.IndexByte(host, ':')
	if strings.HasPrefix(host, "[") {
		end = strings.IndexByte(host, ']') + 1
		if address, err := netip.ParseAddr(strings.Trim(host[:end], "[]")); err != nil || !address.Is6() {
			return false
		}
	}
	port := ""
	if end >= 0 {
		host, port = host[:end], host[end:]
	}
	if !strings.HasPrefix(host, "[") && !isIPv4(host) && !isHostname(host) || !isPort(port) {
		return false
	}
	u.Host = part(host)
	if hasUser {
		u.UserInfo = part(user)
	}
	return true
}

// isPort takes a colon with a number, or without.
func isPort(s string) bool {
	digits, colon := strings.CutPrefix(s, ":")
	if digits == "" {
		return true
	}
	_, err := strconv.ParseUint(digits, 10, 31)
	return colon && err == nil
}

func isIPv4(s string) bool {
	bytes := strings.Split(s, ".")
	for _, b := range bytes {
		if n, err := strconv.ParseUint(b, 10, 8); err != nil || n > 255 {
			return false
		}
	}
	return len(bytes) == 4
}

// isHostname wants labels of letters, digits and inner hyphens, of which the last begins with a
// letter if there are several. A dot may follow it.
func isHostname(s string) bool {
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, l := range labels {
		if l == "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if !isAlnum(r) && r != '-' {
				return false
			}
		}
	}
	return len(labels) == 1 || isAlpha(rune(labels[len(labels)-1][0]))
}
