package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/credentials/insecure"
)

// TestServeWithoutItsSpark: whatever is wrong with the attached server, Shoal starts, answers what it
// can, and says what is wrong where it matters.
func TestServeWithoutItsSpark(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for name, url := range map[string]string{"refused": "sc://127.0.0.1:1", "hangs": "sc://" + silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			r := start(t, "--spark="+url)
			c := dial(t, r.connect, insecure.NewCredentials())
			ask := func(sql string) error {
				stream, err := c.ExecutePlan(t.Context(), rangeRequest(sql))
				for err == nil {
					_, err = stream.Recv()
				}
				if err.Error() == "EOF" {
					return nil
				}
				return err
			}
			if err := ask("SELECT id FROM range(3)"); err != nil {
				t.Error(err)
			}
			if err := ask("SELECT * FROM nowhere"); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(url, "sc://")) {
				t.Errorf("a query that needs it: %v", err)
			}
			resp, err := http.Get(r.http + "/healthz")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var health struct {
				Status   string
				Attached struct{ Status, Reason string }
			}
			if err := json.NewDecoder(resp.Body).Decode(&health); err != nil {
				t.Fatal(err)
			}
			if health.Status != "ok" || health.Attached.Status != "failing" || health.Attached.Reason == "" {
				t.Errorf("healthz says %+v", health)
			}
		})
	}
}

func TestReadToken(t *testing.T) {
	token, expires, err := readToken([]byte(" abc\n"), time.Hour)
	if token != "abc" || err != nil || time.Until(expires) < 59*time.Minute {
		t.Errorf("%q until %v, %v", token, expires, err)
	}
	token, expires, err = readToken([]byte(`{"token": "abc", "expires": "2030-01-02T15:04:05Z"}`), time.Hour)
	if token != "abc" || err != nil || expires.Year() != 2030 {
		t.Errorf("%q until %v, %v", token, expires, err)
	}
	for _, text := range []string{"", "{", "{}"} {
		if _, _, err := readToken([]byte(text), time.Hour); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestTokenSources(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	os.WriteFile(file, []byte("first"), 0o600)
	for _, c := range []sparkFlags{{SparkTokenFile: file}, {SparkTokenCommand: "cat " + file}} {
		if token, _, err := c.token()(t.Context()); token != "first" || err != nil {
			t.Errorf("%q, %v", token, err)
		}
	}
	failing := sparkFlags{SparkTokenCommand: "echo nothing here >&2; exit 3"}
	if _, _, err := failing.token()(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing here") {
		t.Errorf("a command that fails: %v", err)
	}
}

func TestBadSparkFlags(t *testing.T) {
	for _, args := range [][]string{{"--spark=http://host"}, {"--spark=sc://host:99999"}, {"--spark=sc://host/;use_ssl=maybe"},
		{"--spark-token-command=true"}, {"--spark-token-file=token"}, {"--spark=sc://host", "--spark-token-life=0s"},
		{"--spark=sc://host", "--spark-token-command=true", "--spark-token-file=token"}} {
		if _, err := parse(t, args...); err == nil || !strings.Contains(err.Error(), "--spark") {
			t.Errorf("%v: %v", args, err)
		}
	}
}
