package spark

// This file makes the connection: addresses, tokens, TLS, patience.

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
)

// maxMessage is the largest message in either direction: Spark's default.
const maxMessage = 128 << 20

// TokenSource gives a token and when it ends; the zero time is never.
type TokenSource func(ctx context.Context) (token string, expires time.Time, err error)

// renewBefore is how long before its end a token is renewed.
const renewBefore = 2 * time.Minute

// connection prepares the connection; nothing is sent yet.
func (e *Engine) connection() (*grpc.ClientConn, error) {
	o := []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 20 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 5 * time.Second},
			MinConnectTimeout: e.DialTimeout,
		}),
		grpc.WithUserAgent("shoal"),
		grpc.WithDisableServiceConfig(),
		// The windows are what a result may run ahead of its reader. Large reads save system calls; there is one connection.
		grpc.WithReadBufferSize(256 << 10),
		grpc.WithInitialWindowSize(4 << 20), grpc.WithInitialConnWindowSize(16 << 20),
		grpc.WithPerRPCCredentials(&bearer{e: e}),
	}
	if e.Address.TLS {
		conf := e.TLS
		if conf == nil {
			conf = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		o = append(o, grpc.WithTransportCredentials(credentials.NewTLS(conf)))
	} else {
		o = append(o, grpc.WithTransportCredentials(insecure.NewCredentials()))
	}
	target := "dns:///" + e.Address.Host
	if host, _, _ := net.SplitHostPort(e.Address.Host); net.ParseIP(host) != nil {
		target = "passthrough:///" + e.Address.Host
	}
	return grpc.NewClient(target, o...)
}

// bearer adds the token and the address's own parameters to each call.
type bearer struct {
	e *Engine

	mu      sync.Mutex
	token   string
	expires time.Time
}

// RequireTransportSecurity is decided by the address.
func (b *bearer) RequireTransportSecurity() bool { return false }

// GetRequestMetadata is asked before each call.
func (b *bearer) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := b.current(ctx)
	if err != nil {
		return nil, status.Errorf(codes.Unauthenticated, "the token could not be renewed: %v", err)
	}
	meta := make(map[string]string, len(b.e.Address.Meta)+1)
	for k, v := range b.e.Address.Meta {
		meta[k] = v
	}
	if token != "" {
		meta["authorization"] = "Bearer " + token
	}
	return meta, nil
}

// current gives a token that will do for a while. One that is still good serves while its
// successor cannot be had.
func (b *bearer) current(ctx context.Context) (string, error) {
	if b.e.Token == nil {
		return b.e.Address.Token, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.token != "" && (b.expires.IsZero() || now.Before(b.expires.Add(-renewBefore))) {
		return b.token, nil
	}
	token, expires, err := b.e.Token(ctx)
	if err != nil {
		if b.token != "" && now.Before(b.expires) {
			return b.token, nil
		}
		return "", err
	}
	b.token, b.expires = token, expires
	return token, nil
}

// SharesFiles tells whether the server runs on this machine, and so reads its files.
func (e *Engine) SharesFiles() bool {
	host, _, err := net.SplitHostPort(e.Address.Host)
	ip := net.ParseIP(host)
	return err == nil && (strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback())
}
