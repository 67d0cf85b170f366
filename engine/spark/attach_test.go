package spark

// This file tests what is wrong with a server, and how it is told.

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"shoal/fault"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]Address{
		"sc://host":                               {Host: "host:15002"},
		"sc://host:1/":                            {Host: "host:1"},
		"sc://[::1]:1/;use_ssl=true":              {Host: "[::1]:1", TLS: true},
		"sc://host:1/;token=a%3Db":                {Host: "host:1", Token: "a=b", TLS: true},
		"sc://127.0.0.1:1/;token=t":               {Host: "127.0.0.1:1", Token: "t"},
		"sc://host:1/;user_id=me;x-zone=a;token=": {Host: "host:1", User: "me", Meta: map[string]string{"x-zone": "a"}},
	} {
		got, err := ParseAddress(text)
		if err != nil || got.Host != want.Host || got.TLS != want.TLS || got.Token != want.Token || got.User != want.User || len(got.Meta) != len(want.Meta) {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "host:1", "sc://", "sc:///;token=x", "sc://host:1;token=x", "sc://host:1/;token",
		"sc://host:0", "sc://host:65536", "sc://host:http", "sc://host:", "sc://:1", "sc://me:secret@host:1", "sc://a b:1", "sc://[::1", "sc://a\nb",
		"sc://host/;use_ssl=maybe", "sc://host/;=x", "sc://host/;a b=c", "sc://host/;grpc-timeout=1", "sc://host/;a=b%0Ac", "sc://host/path/;a=b", "sc://host/;token=%zz"} {
		if a, err := ParseAddress(text); err == nil {
			t.Errorf("%q is taken as %+v", text, a)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// cert is a certificate for 127.0.0.1, and a client's view of it.
func cert(t *testing.T) (server tls.Certificate, client *tls.Config) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	client = s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	client.NextProtos = nil
	return s.TLS.Certificates[0], client
}

func TestUnusableServers(t *testing.T) {
	pair, trusted := cert(t)
	secure := grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
	old := newFake()
	old.version = "3.4.1"
	guard := grpc.ChainUnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		if md, _ := metadata.FromIncomingContext(ctx); len(md.Get("authorization")) != 1 || md.Get("authorization")[0] != "Bearer right" {
			return nil, status.Error(codes.Unauthenticated, "no such token")
		}
		return next(ctx, req)
	})
	token := func(text string) func(*Options) {
		return func(o *Options) {
			o.Token = func(context.Context) (string, time.Time, error) { return text, time.Time{}, nil }
		}
	}
	tlsOn := func(conf *tls.Config) func(*Options) {
		return func(o *Options) { o.Address.TLS, o.TLS = true, conf }
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()

	for name, c := range map[string]struct {
		engine *Engine
		want   string // "" serves
	}{
		"refused":         {attach(t, "sc://127.0.0.1:1", nil), "connection refused"},
		"no such host":    {attach(t, "sc://nowhere.invalid:1", nil), "cannot be used"},
		"hangs":           {attach(t, "sc://"+silent.Addr().String(), nil), "does not answer"},
		"a web server":    {attach(t, "sc://"+strings.TrimPrefix(web.URL, "http://"), nil), "no Spark Connect"},
		"another gRPC":    {serve(t, nil, nil), "no Spark Connect"},
		"too old":         {serve(t, old, nil), "3.5 is the oldest"},
		"right token":     {serve(t, newFake(), token("right"), guard), ""},
		"wrong token":     {serve(t, newFake(), token("wrong"), guard), "refuses the token"},
		"TLS":             {serve(t, newFake(), tlsOn(trusted), secure), ""},
		"TLS not trusted": {serve(t, newFake(), tlsOn(nil), secure), "certificate"},
		"TLS only here":   {serve(t, newFake(), tlsOn(trusted)), "TLS"},
		"TLS only there":  {serve(t, newFake(), nil, secure), "TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := c.engine.Open("s", "ann").Sync(t.Context(), state(1, nil))
			var told *fault.Error
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v", err)
			case c.want != "" && (!errors.As(err, &told) || !strings.Contains(told.Message, c.want)):
				t.Errorf("got %v", err)
			case time.Since(start) > 5*time.Second:
				t.Errorf("it took %v", time.Since(start))
			}
		})
	}
}

// TestTokenIsRenewed: before it ends, and while its successor cannot be had the old one serves.
func TestTokenIsRenewed(t *testing.T) {
	asked := 0
	var fails error
	e := attach(t, "sc://127.0.0.1:1", func(o *Options) {
		o.Token = func(context.Context) (string, time.Time, error) {
			asked++
			return "t", time.Now().Add(renewBefore + 50*time.Millisecond), fails
		}
	})
	b := &bearer{e: e}
	for range 3 {
		if token, err := b.current(t.Context()); token != "t" || err != nil {
			t.Fatal(token, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times for a good token", asked)
	}
	time.Sleep(60 * time.Millisecond)
	fails = errors.New("no")
	if token, err := b.current(t.Context()); token != "t" || err != nil || asked != 2 {
		t.Errorf("an old token with an hour to go: %q, %v, asked %d times", token, err, asked)
	}
}
