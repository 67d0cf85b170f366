package connect

// This file recognises who is calling, and keeps one call's failure from being another's.

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os/user"
	"runtime/debug"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Users maps the hash of each token to its user: how long a look-up takes tells something of hashes only, and nobody can
// choose those.
type Users map[[sha256.Size]byte]string

// ReadUsers reads a token file: a line "token user" each; # begins a comment.
func ReadUsers(r io.Reader) (Users, error) {
	users := Users{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		token, name, ok := strings.Cut(line, " ")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return nil, fmt.Errorf("line %d: want a token, a space and a user", n)
		}
		if len(token) < 16 {
			return nil, fmt.Errorf("line %d: the token of %s is shorter than 16 characters", n, name)
		}
		hash := sha256.Sum256([]byte(token))
		if other, twice := users[hash]; twice {
			return nil, fmt.Errorf("line %d: the token of %s is that of %s, too", n, name, other)
		}
		users[hash] = name
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, fmt.Errorf("no line names a token and its user")
	}
	return users, nil
}

// Recognise finds the user whose token the values of an authorization header hold. Without tokens that is everybody.
func (u Users) Recognise(authorization []string) (string, bool) {
	if len(u) == 0 {
		return localUser(), true
	}
	for _, value := range authorization {
		if token, ok := strings.CutPrefix(value, "Bearer "); ok {
			if name, ok := u[sha256.Sum256([]byte(token))]; ok {
				return name, true
			}
		}
	}
	return "", false
}

type userKey struct{}

func userOf(ctx context.Context) string {
	name, _ := ctx.Value(userKey{}).(string)
	return name
}

// localUser is everybody, where nobody has to say who they are.
var localUser = sync.OnceValue(func() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "local"
})

// recognise puts the caller's user in the context. The user id in the request is the client's own
// word and counts for nothing.
func (s *Server) recognise(ctx context.Context) (context.Context, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	if name, ok := s.Users.Recognise(md.Get("authorization")); ok {
		return context.WithValue(ctx, userKey{}, name), nil
	}
	return nil, status.Error(codes.Unauthenticated, "a valid token is needed (authorization: Bearer TOKEN)")
}

func (s *Server) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (_ any, err error) {
	defer s.contain(&err)
	if ctx, err = s.recognise(ctx); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (s *Server) stream(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	defer s.contain(&err)
	ctx, err := s.recognise(ss.Context())
	if err != nil {
		return err
	}
	return next(srv, &recognised{ss, ctx})
}

// recognised is a stream whose context names the user.
type recognised struct {
	grpc.ServerStream
	ctx context.Context
}

func (r *recognised) Context() context.Context { return r.ctx }

// contain turns a panic into this call's error.
func (s *Server) contain(err *error) {
	if p := recover(); p != nil {
		*err = s.status(nil, s.Sessions.Panicked(p, debug.Stack()))
	}
}
