package main

// This file attaches a Spark Connect server to shoal serve.

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"shoal/engine/spark"
	"shoal/session"
)

type sparkFlags struct {
	Spark             string        `help:"A Spark Connect server that does what Shoal cannot do itself: sc://HOST:PORT/;token=...;use_ssl=true" placeholder:"sc://HOST:PORT"`
	SparkTokenFile    string        `help:"A file with the token for that server; it is read again when the token is renewed." type:"path" placeholder:"FILE"`
	SparkTokenCommand string        `help:"A command that prints the token for that server, or JSON: {\"token\": ..., \"expires\": \"2030-01-02T15:04:05Z\"}. It runs again before the token ends." placeholder:"COMMAND"`
	SparkTokenLife    time.Duration `help:"How long a token is good of which nothing else is known." default:"15m"`
	SparkCA           string        `name:"spark-ca" help:"Certificates (PEM) that the server's is checked against, in place of the system's." type:"existingfile" placeholder:"FILE"`
}

// Validate checks the address; whether the server answers shows later.
func (c *sparkFlags) Validate() error {
	if c.SparkTokenFile != "" && c.SparkTokenCommand != "" {
		return errors.New("--spark-token-file and --spark-token-command exclude each other")
	}
	if c.SparkTokenLife <= 0 {
		return errors.New("--spark-token-life must be positive")
	}
	if c.Spark == "" {
		if c.SparkTokenFile != "" || c.SparkTokenCommand != "" || c.SparkCA != "" {
			return errors.New("--spark-token-file, --spark-token-command and --spark-ca are about the server that --spark names; it is missing")
		}
		return nil
	}
	if _, err := spark.ParseAddress(c.Spark); err != nil {
		return fmt.Errorf("--spark: %w", err)
	}
	return nil
}

// attach names the server; nothing is sent to it yet.
func (c *sparkFlags) attach(log *slog.Logger) (*spark.Engine, error) {
	address, err := spark.ParseAddress(c.Spark)
	if err != nil {
		return nil, err
	}
	o := spark.Options{Address: address, Log: log, Token: c.token()}
	if o.Token != nil {
		o.Address = address.Secured()
	}
	if c.SparkCA != "" {
		pem, err := os.ReadFile(c.SparkCA)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--spark-ca: no certificate in %s", c.SparkCA)
		}
		o.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return spark.Open(o)
}

// token is where tokens come from; nil: the address has one, or none is needed.
func (c *sparkFlags) token() spark.TokenSource {
	switch {
	case c.SparkTokenFile != "":
		return func(context.Context) (string, time.Time, error) {
			text, err := os.ReadFile(c.SparkTokenFile)
			if err != nil {
				return "", time.Time{}, err
			}
			return readToken(text, c.SparkTokenLife)
		}
	case c.SparkTokenCommand != "":
		return func(ctx context.Context) (string, time.Time, error) {
			var said bytes.Buffer
			cmd := exec.CommandContext(ctx, "sh", "-c", c.SparkTokenCommand)
			cmd.Stderr = &said
			text, err := cmd.Output()
			if err != nil {
				return "", time.Time{}, fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
			}
			return readToken(text, c.SparkTokenLife)
		}
	}
	return nil
}

// readToken reads a token, alone or in JSON with its end.
func readToken(text []byte, life time.Duration) (string, time.Time, error) {
	text = bytes.TrimSpace(text)
	var told struct {
		Token   string    `json:"token"`
		Expires time.Time `json:"expires"`
	}
	if bytes.HasPrefix(text, []byte("{")) {
		if err := json.Unmarshal(text, &told); err != nil {
			return "", time.Time{}, fmt.Errorf("the token's JSON: %w", err)
		}
	} else {
		told.Token = string(text)
	}
	if told.Token == "" {
		return "", time.Time{}, errors.New("there is no token")
	}
	if told.Expires.IsZero() {
		told.Expires = time.Now().Add(life)
	}
	return told.Token, told.Expires, nil
}

// meetTimeout bounds how long serve waits for an attached server before it says that it is ready.
const meetTimeout = 5 * time.Second

// meet gives the attached server, if there is one, a moment to say what it is.
func (c *sparkFlags) meet(ctx context.Context, sessions *session.Registry) {
	ctx, cancel := context.WithTimeout(ctx, meetTimeout)
	defer cancel()
	sessions.Attach(ctx)
}

// attachedHealth says whether the attached server answers. It does not make Shoal unhealthy.
func attachedHealth(ctx context.Context, e *spark.Engine) map[string]any {
	health := map[string]any{"url": e.Address.String(), "status": "ok"}
	if err := e.Check(ctx); err != nil {
		health["status"], health["reason"] = "failing", err.Error()
		return health
	}
	if about, err := e.About(ctx); err == nil {
		health["version"] = about.Version
		if !about.Fair {
			health["note"] = "its jobs run one after the other, so that short queries wait for long ones: it was not started with spark.scheduler.mode=FAIR"
		}
	}
	return health
}
