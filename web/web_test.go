package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestWhoMayAsk: requests that come no further than the door.
func TestWhoMayAsk(t *testing.T) {
	nobody := func([]string) (string, bool) { return "", false }
	for name, c := range map[string]struct {
		open         bool
		method, host string
		origin       string
		status       int
	}{
		"no token":                     {false, "GET", "shoal.example:8080", "", http.StatusUnauthorized},
		"a name of this machine":       {true, "GET", "shoal.example:8080", "", http.StatusForbidden},
		"an address":                   {true, "GET", "127.0.0.1:8080", "", http.StatusUnauthorized},
		"another address":              {true, "GET", "[::1]:8080", "", http.StatusUnauthorized},
		"localhost":                    {true, "GET", "localhost", "", http.StatusUnauthorized},
		"a page of another site stops": {true, "POST", "localhost:8080", "http://other.example", http.StatusForbidden},
		"the own page stops":           {true, "POST", "localhost:8080", "http://localhost:8080", http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			path := "/api/queries"
			if c.method == "POST" {
				path += "/x/stop"
			}
			r := httptest.NewRequest(c.method, path, nil)
			r.Host = c.host
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			New(Options{Recognise: nobody, Open: c.open}).ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
}
