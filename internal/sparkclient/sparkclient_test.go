package sparkclient

import (
	"context"
	"errors"
	"maps"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func TestParseURL(t *testing.T) {
	cases := []struct {
		url, target string
		params      map[string]string
	}{
		{"sc://host", "dns:host:15002", map[string]string{}},
		{"sc://host:1", "dns:host:1", map[string]string{}},
		{"sc://[::1]:1/;token=a=b;use_ssl=true", "dns:[::1]:1", map[string]string{"token": "a=b", "use_ssl": "true"}},
	}
	for _, c := range cases {
		target, params, err := ParseURL(c.url)
		if err != nil || target != c.target || !maps.Equal(params, c.params) {
			t.Errorf("%s: %q, %v, %v; want %q, %v", c.url, target, params, err, c.target, c.params)
		}
	}
	if _, _, err := ParseURL("http://host"); err == nil {
		t.Error("http://host is taken for a Spark Connect url")
	}
}

func TestErrorClass(t *testing.T) {
	classed, err := status.New(codes.Internal, "no").WithDetails(&errdetails.ErrorInfo{Metadata: map[string]string{"errorClass": "DIVIDE_BY_ZERO"}})
	if err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"DIVIDE_BY_ZERO": classed.Err(),
		"Unavailable":    status.Error(codes.Unavailable, "gone"),
		"Unknown":        errors.New("other"),
	} {
		if got := ErrorClass(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

// said is a connection that keeps what was said and answers nothing.
type said struct {
	grpc.ClientConnInterface
	metadata metadata.MD
}

func (s *said) Invoke(ctx context.Context, _ string, _, _ any, _ ...grpc.CallOption) error {
	s.metadata, _ = metadata.FromOutgoingContext(ctx)
	return nil
}

func TestToken(t *testing.T) {
	for token, want := range map[string]int{"": 0, "secret": 1} {
		var to said
		if err := New(&to, map[string]string{"token": token}).Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := to.metadata.Get("authorization"); len(got) != want || want == 1 && got[0] != "Bearer secret" {
			t.Errorf("token %q: authorization %q", token, got)
		}
	}
}
