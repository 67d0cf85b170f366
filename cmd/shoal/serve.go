package main

// This file is shoal serve.

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"shoal/connect"
	"shoal/session"
	"shoal/web"
)

type serveCmd struct {
	Listen string `help:"Address for Spark Connect clients; port 0 picks a free one." default:"127.0.0.1:15002"`
	HTTP   string `name:"http" help:"Address for /healthz, /metrics and shoal top; port 0 picks a free one." default:"127.0.0.1:8080"`
	Data   string `help:"Directory for what must survive a restart." default:"${data}" type:"path"`
	sparkFlags
	schedFlags

	TokenFile string   `help:"Lines 'token user': who may come in. Needed to listen beyond this machine." type:"existingfile" placeholder:"FILE"`
	TLSCert   string   `name:"tls-cert" help:"Certificate chain (PEM). Needed to listen beyond this machine." type:"existingfile" placeholder:"FILE"`
	TLSKey    string   `name:"tls-key" help:"The certificate's private key (PEM)." type:"existingfile" placeholder:"FILE"`
	Allow     []string `help:"Folder that queries may read and write below; / allows all. Without tokens: the current and the home folder and the one for temporary files." type:"path" placeholder:"DIR"`

	MemoryLimit    string            `help:"Memory for queries, such as 4GB; more spills to disk. Default: 60% of the machine's." placeholder:"SIZE"`
	CacheMemory    string            `help:"Memory for answers that are given again while nothing has changed, such as 256MB; 0 keeps none. Default: 3% of the machine's, at most 1GiB." placeholder:"SIZE"`
	Threads        int               `help:"Threads for queries; 0 is one a core." default:"0"`
	Admin          []string          `help:"Users who see the queries of all and may stop them. Without tokens everybody may." placeholder:"USER"`
	Conf           map[string]string `help:"Spark confs for every session, such as spark.sql.session.timeZone=UTC." placeholder:"KEY=VALUE"`
	SessionTimeout time.Duration     `help:"A session that nobody uses for so long ends." default:"1h"`
	DetachTimeout  time.Duration     `help:"A query whose result nobody reads for so long ends." default:"5m"`
	DrainTimeout   time.Duration     `help:"How long running queries may go on after SIGTERM." default:"10s"`
	History        int               `help:"Queries that have ended and are remembered; 0 is none." default:"100000"`
	LogLevel       slog.Level        `help:"debug, info, warn or error." default:"info"`
	LogJSON        bool              `name:"log-json" help:"Write the log as JSON."`
}

// Validate refuses what would open a door by accident.
func (c *serveCmd) Validate() error {
	if err := c.sparkFlags.Validate(); err != nil {
		return err
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	if c.SessionTimeout <= 0 || c.DetachTimeout <= 0 || c.DrainTimeout < 0 {
		return errors.New("--session-timeout and --detach-timeout must be positive, --drain-timeout not negative")
	}
	if c.Threads < 0 {
		return errors.New("--threads must not be negative")
	}
	if _, ok := parseMemory(c.MemoryLimit); c.MemoryLimit != "" && !ok {
		return fmt.Errorf("--memory-limit: %q is no size such as 4GB or 512MiB", c.MemoryLimit)
	}
	if c.History < 0 || c.History > maxHistory {
		return fmt.Errorf("--history is from 0 to %d", maxHistory)
	}
	if _, ok := parseMemory(c.CacheMemory); c.CacheMemory != "" && c.CacheMemory != "0" && !ok {
		return fmt.Errorf("--cache-memory: %q is no size such as 256MB, and not 0", c.CacheMemory)
	}
	if len(c.Admin) > 0 && c.TokenFile == "" {
		return errors.New("--admin names users of --token-file; without one everybody is an administrator")
	}
	if err := c.schedFlags.Validate(); err != nil {
		return err
	}
	if c.Data == "" {
		return errors.New("--data: a directory is needed")
	}
	for flag, addr := range map[string]string{"--listen": c.Listen, "--http": c.HTTP} {
		local, err := loopback(addr)
		if err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
		if !local && (c.TokenFile == "" || c.TLSCert == "") {
			return fmt.Errorf("%s %s is beyond this machine: that needs --token-file, --tls-cert and --tls-key", flag, addr)
		}
	}
	return nil
}

// maxHistory is as many queries as can be looked through in seconds.
const maxHistory = 10_000_000

// Help is what shoal serve --help adds: examples.
func (*serveCmd) Help() string {
	return `Examples:
  shoal serve
  shoal serve --listen 127.0.0.1:0 --http 127.0.0.1:0 --data ./data --allow /srv/lake
  shoal serve --listen 0.0.0.0:15002 --token-file tokens --tls-cert cert.pem --tls-key key.pem --allow /srv/lake
  shoal serve --conf spark.sql.session.timeZone=UTC --memory-limit 8GB`
}

// loopback tells whether an address can be reached from this machine only.
func loopback(addr string) (bool, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false, err
	}
	if host == "localhost" {
		return true, nil
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback(), nil
}

// allowed lists the folders queries may use.
func (c *serveCmd) allowed() []string {
	if len(c.Allow) > 0 || c.TokenFile != "" {
		return c.Allow
	}
	folders := []string{os.TempDir()}
	if dir, err := os.Getwd(); err == nil {
		folders = append(folders, dir)
	}
	if dir, err := os.UserHomeDir(); err == nil {
		folders = append(folders, dir)
	}
	return folders
}

// warnOfMissing says which of the folders a person allowed are not there: a slip of the pen, mostly.
func (c *serveCmd) warnOfMissing(log *slog.Logger) {
	for _, dir := range c.Allow {
		if _, err := os.Stat(dir); err != nil {
			log.Warn("no query can read an allowed folder", "allow", dir, "err", err)
		}
	}
}

// dataDir is where data is kept unless a flag says otherwise.
func dataDir() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "shoal")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "shoal")
	}
	return "shoal-data"
}

func (c *serveCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return c.serve(ctx, os.Stdout, os.Stderr)
}

// serve answers until ctx ends, then lets running queries finish. The ready line goes to out.
func (c *serveCmd) serve(ctx context.Context, out, logTo io.Writer) error {
	log := c.logger(logTo)
	c.warnOfMissing(log)
	h, err := open(*c, log)
	if err != nil {
		return err
	}
	defer h.close()
	security, err := c.tls()
	if err != nil {
		return err
	}
	options := connect.Options{Sessions: h.sessions, Log: log}
	if c.TokenFile != "" {
		if options.Users, err = readUsers(c.TokenFile); err != nil {
			return fmt.Errorf("%s: %w", c.TokenFile, err)
		}
	}
	var transport []grpc.ServerOption
	if security != nil {
		transport = append(transport, grpc.Creds(credentials.NewTLS(security)))
	}
	server := connect.New(options, transport...)

	doors, err := c.listen()
	if err != nil {
		return err
	}
	pages := &http.Server{Handler: c.web(h, options.Users), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	work, cancel := context.WithCancel(context.Background())
	defer cancel()
	var wg sync.WaitGroup
	failed := make(chan error, 2)
	wg.Go(func() { h.sessions.Watch(work) })
	for _, g := range h.guards() {
		wg.Go(func() { g.watch(work, log) })
	}
	wg.Go(func() { failed <- server.Serve(doors.connect) })
	wg.Go(func() { failed <- c.serveWeb(pages, doors.http, security) })
	c.meet(work, h.sessions)
	fmt.Fprintf(out, "shoal ready connect=sc://%s http=%s://%s\n", doors.connect.Addr(), c.scheme(), doors.http.Addr())

	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("draining")
	}
	ended := c.drain(server, pages, h.sessions)
	cancel()
	wg.Wait()
	if !ended { // the engine is still at work: closing it would wait for that
		log.Warn("a query could not be stopped; ending without it")
		h.engine = nil
	}
	return err
}

// drain stops accepting, lets running queries finish for a while, and ends the others. It tells
// whether all have ended.
func (c *serveCmd) drain(server *grpc.Server, web *http.Server, sessions *session.Registry) bool {
	ctx, cancel := context.WithTimeout(context.Background(), c.DrainTimeout)
	defer cancel()
	drained := make(chan struct{})
	go func() {
		server.GracefulStop()
		close(drained)
	}()
	ended := sessions.Shutdown(ctx)
	select {
	case <-drained:
	case <-ctx.Done():
		server.Stop()
		<-drained
	}
	web.Close()
	return ended
}

// doors are the two listeners.
type doors struct{ connect, http net.Listener }

func (c *serveCmd) listen() (d doors, err error) {
	if d.connect, err = net.Listen("tcp", c.Listen); err != nil {
		return d, fmt.Errorf("--listen: %w%s", err, portAdvice(err))
	}
	if d.http, err = net.Listen("tcp", c.HTTP); err != nil {
		d.connect.Close()
		return d, fmt.Errorf("--http: %w%s", err, portAdvice(err))
	}
	return d, nil
}

func portAdvice(err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return "; another program listens there, perhaps another Shoal: choose another port, or 0 for a free one"
	}
	return ""
}

func (c *serveCmd) scheme() string {
	if c.TLSCert != "" {
		return "https"
	}
	return "http"
}

func (c *serveCmd) serveWeb(web *http.Server, l net.Listener, security *tls.Config) error {
	if security != nil {
		web.TLSConfig = security
		return ignoreClosed(web.ServeTLS(l, "", ""))
	}
	return ignoreClosed(web.Serve(l))
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (c *serveCmd) tls() (*tls.Config, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

func readUsers(path string) (connect.Users, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return connect.ReadUsers(f)
}

func (c *serveCmd) logger(to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// web answers /healthz: whether queries can be answered, and how much is going on. The rest is package web's.
func (c *serveCmd) web(h *house, users connect.Users) http.Handler {
	start := time.Now()
	mux := http.NewServeMux()
	pages := web.New(web.Options{
		Sessions: h.sessions, Sched: h.sched, Recognise: users.Recognise, Open: len(users) == 0,
		Process: web.Process{Version: version, Start: start, Resident: residentMemory, Lanes: h.footprints, Answers: h.answered},
	})
	mux.Handle("/api/", pages)
	mux.Handle("/metrics", pages)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		health := map[string]any{"status": "ok", "version": version, "spark": connect.Version, "uptime_seconds": int(time.Since(start).Seconds())}
		health["sessions"], health["operations"] = h.sessions.Counts()
		w.Header().Set("Content-Type", "application/json")
		err := h.engine.Check(ctx) // first: an attached server that hangs takes all the time there is
		if h.spark != nil {
			health["attached"] = attachedHealth(ctx, h.spark)
		}
		if err != nil {
			health["status"], health["reason"] = "failing", err.Error()
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(health)
	})
	return mux
}
