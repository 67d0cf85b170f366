// Package web answers HTTP: what people and programs ask of a server that runs, as JSON and as Prometheus' text. It asks
// packages session and sched and decides nothing but who may see what. [New] is the entry point.
package web

import (
	"encoding/json"
	"net"
	"net/http"

	"shoal/sched"
	"shoal/session"
)

// Options are what the handler needs; Sessions, Sched and Recognise are required.
type Options struct {
	Sessions *session.Registry
	Sched    *sched.Scheduler
	// Recognise finds the user in the values of the authorization header; false if there is none.
	Recognise func(authorization []string) (user string, ok bool)
	// Open says that everybody who can reach the server is one and the same user, who may do everything.
	Open bool
	// Process is for /metrics.
	Process Process
}

// server answers requests.
type server struct{ Options }

// New makes the handler of /metrics and of everything under /api.
func New(o Options) http.Handler {
	s := &server{o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/queries", s.recognised(s.queries))
	mux.HandleFunc("GET /api/history", s.recognised(s.history))
	mux.HandleFunc("GET /metrics", s.recognised(s.metrics))
	mux.HandleFunc("POST /api/queries/{operation}/stop", s.recognised(s.stop))
	// A page of another site must not do in a browser what the person before it may do.
	return http.NewCrossOriginProtection().Handler(mux)
}

// caller is who asks.
type caller struct {
	user  string
	admin bool
}

// recognised lets in who has a token, if tokens are needed.
func (s *server) recognised(next func(http.ResponseWriter, *http.Request, caller)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.Open && !local(r.Host) {
			// A name that another site gave to this machine's address would make its pages ours.
			refuse(w, http.StatusForbidden, "without tokens this server answers to localhost and addresses only, not to "+r.Host)
			return
		}
		user, ok := s.Recognise(r.Header.Values("Authorization"))
		if !ok {
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "a valid token is needed (Authorization: Bearer TOKEN)")
			return
		}
		next(w, r, caller{user: user, admin: s.Sessions.SeesAll(user)})
	}
}

// local tells whether a request was made to an address, or to localhost.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(host) != nil
}

// Refusal is the answer to a request that is not granted.
type Refusal struct {
	Error string `json:"error"`
}

func refuse(w http.ResponseWriter, status int, why string) { answer(w, status, Refusal{why}) }

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // an error here is the client's, who has gone
}
