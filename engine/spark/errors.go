package spark

// This file tells errors apart: the server's own, which pass, and those of the way to it.

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shoal/fault"
)

// broken tells whether a call failed on its way, so that the server may not know of it, or may
// have answered: it is worth another try.
func broken(err error) bool {
	st, ok := status.FromError(err)
	if !ok || len(st.Details()) > 0 {
		return false
	}
	switch st.Code() {
	case codes.Unavailable:
		return true
	case codes.Internal, codes.Unknown:
		return hasAny(st.Message(), "RST_STREAM", "transport", "unexpected EOF", "connection", "GOAWAY")
	case codes.Canceled:
		return hasAny(st.Message(), "RST_STREAM")
	}
	return false
}

func hasAny(text string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// handle gives the condition of an error about a session or operation the server does not have,
// such as SESSION_NOT_FOUND; "" for all others.
func handle(err error) string {
	st, ok := status.FromError(err)
	if !ok {
		return ""
	}
	_, rest, ok := strings.Cut(st.Message(), "INVALID_HANDLE.")
	if !ok {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') })
	if end < 0 {
		end = len(rest)
	}
	return rest[:end]
}

// lost tells whether the server no longer has our session.
func lost(err error) bool {
	switch handle(err) {
	case "SESSION_NOT_FOUND", "SESSION_CHANGED", "SESSION_CLOSED":
		return true
	}
	return false
}

// refusal is the server's own error, of a condition.
type refusal struct {
	error
	status *status.Status
	class  string
}

// GRPCStatus passes the error on as it came.
func (r *refusal) GRPCStatus() *status.Status { return r.status }

// Unwrap gives it.
func (r *refusal) Unwrap() error { return r.error }

// ErrorClass is the condition, for who writes errors down: DIVIDE_BY_ZERO.
func (r *refusal) ErrorClass() string { return r.class }

// classed finds the condition of an error of the server.
func classed(err error) error {
	st, ok := status.FromError(err)
	if err == nil || !ok {
		return err
	}
	if m := condition.FindStringSubmatch(st.Message()); m != nil {
		return &refusal{err, st, m[1]}
	}
	return err
}

// condition begins the messages of Spark's errors.
var condition = regexp.MustCompile(`^\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]`)

// hasClass tells whether an error of the server is of a condition.
func hasClass(err error, class string) bool {
	st, ok := status.FromError(err)
	return ok && strings.Contains(st.Message(), "["+class+"]")
}

// unusable is the error of a query that needs a server which cannot be used.
func (e *Engine) unusable(format string, args ...any) error {
	return fault.Unreachable("The attached Spark at %s cannot be used: %s.", e.Address, fmt.Sprintf(format, args...))
}

// plainly takes gRPC's wrappings off a message.
func plainly(text string) string {
	text = strings.TrimPrefix(text, "connection error: desc = ")
	if bare, err := strconv.Unquote(text); err == nil {
		text = bare
	}
	return strings.TrimSuffix(strings.TrimPrefix(text, "transport: "), ".")
}

// explain makes what went wrong on the way to the server an error that its reader can act on;
// errors of the server itself, and the caller's end, pass.
func (e *Engine) explain(ctx context.Context, err error) error {
	st, ok := status.FromError(err)
	if err == nil || !ok || len(st.Details()) > 0 {
		return err
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	text := plainly(st.Message())
	switch st.Code() {
	case codes.Unavailable:
		if hasAny(text, "produced zero addresses", "no such host") {
			return e.unusable("its name is not known on this machine's network")
		}
		if hasAny(text, "use of closed network connection", "i/o timeout", "deadline exceeded") {
			return e.unusable("it does not answer") // gRPC gave the connection up before our own time was over
		}
		if hasAny(text, "connection refused") {
			return e.unusable("nothing listens there (connection refused)")
		}
		if hasAny(text, "http2: frame too large", "error reading server preface", "malformed HTTP") {
			return e.unusable("it is no Spark Connect server, or it speaks TLS, which use_ssl=true in the address says (%s)", text)
		}
		if hasAny(text, "tls:", "authentication handshake", "x509", "first record does not look like") {
			return e.unusable("%s (does it speak TLS? use_ssl=true in the address says so)", text)
		}
		return e.unusable("%s", text)
	case codes.DeadlineExceeded:
		return e.unusable("it does not answer")
	case codes.Unauthenticated, codes.PermissionDenied:
		return e.unusable("it refuses the token: %s", text)
	case codes.Unimplemented:
		return e.unusable("it is no Spark Connect server, or one too old: %s", text)
	case codes.Internal, codes.Unknown:
		if hasAny(text, "unexpected HTTP status", "content-type", "RST_STREAM", "malformed header") {
			return e.unusable("it is no Spark Connect server: %s", text)
		}
	}
	return err
}
