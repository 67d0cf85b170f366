// Package spark forwards a client's requests to a real Spark Connect server and relays what comes
// back, word for word but for the ids in it. [Open] is the entry point; the [Engine] it gives is an
// engine.Remote. A session's home there is named after the session, so that it is found again after
// a restart of ours, and brought in step with the session's journal before each request (sync.go).
// Operations are always reattachable on that side: a broken connection is picked up where it broke
// (execute.go). The package decides nothing about what is forwarded.
package spark

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"

	"shoal/engine"
	"shoal/internal/sparkpb"
)

// Options say which server, and how patient to be with it.
type Options struct {
	Address Address
	// Token, if set, gives the token in place of the address's; it is asked again when the one it
	// gave is about to expire or was refused.
	Token TokenSource
	TLS   *tls.Config // nil: the system's roots
	Log   *slog.Logger
	// CallTimeout bounds a call that is no operation; a minute and a half when zero.
	CallTimeout time.Duration
	// DialTimeout bounds the wait for a connection; ten seconds when zero.
	DialTimeout time.Duration
	// KeepEvery is how often a home is asked for, so that the server does not end it before our session
	// ends; ten minutes when zero.
	KeepEvery time.Duration
	// Patience is how long a broken operation is tried to be picked up again; a minute and a half when zero.
	Patience time.Duration
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.CallTimeout == 0 {
		o.CallTimeout = 90 * time.Second
	}
	if o.DialTimeout == 0 {
		o.DialTimeout = 10 * time.Second
	}
	if o.KeepEvery == 0 {
		o.KeepEvery = 10 * time.Minute
	}
	if o.Patience == 0 {
		o.Patience = 90 * time.Second
	}
	return o
}

// Engine is one Spark Connect server. It is safe for concurrent use.
type Engine struct {
	Options
	conn   *grpc.ClientConn
	client sparkpb.SparkConnectServiceClient
	probe  string // the session that asks the server about itself

	mu    sync.Mutex
	about *engine.About
	dial  *known // what the server's version understands; nil: all

	homes map[*home]bool // those that have begun

	background sync.WaitGroup // what nobody waits for but Close
	keeping    sync.WaitGroup
	stop       context.CancelFunc
}

// Open names a server; it is called when it is needed.
func Open(o Options) (*Engine, error) {
	e := &Engine{Options: o.withDefaults(), probe: uuid.NewString(), homes: map[*home]bool{}}
	conn, err := e.connection()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Address, err)
	}
	e.conn, e.client = conn, sparkpb.NewSparkConnectServiceClient(conn)
	ctx, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.keeping.Go(func() { e.keepHomes(ctx) })
	return e, nil
}

// Name is the engine's name.
func (e *Engine) Name() string { return "spark" }

// Close ends the connection, when what is under way has been told.
func (e *Engine) Close() error {
	e.stop()
	e.keeping.Wait()
	e.background.Wait()
	return e.conn.Close()
}

// aboutConf are the confs that become defaults of our sessions.
var aboutConf = []string{"spark.sql.ansi.enabled", "spark.sql.session.timeZone", "spark.sql.warehouse.dir"}

const (
	// schedulerMode says how the server's jobs share its cores.
	schedulerMode = "spark.scheduler.mode"
	// reserveSlots is set by who gives the server a pool "reserve" that is entitled to so many slots (shoal cluster up).
	reserveSlots = "spark.shoal.reserve"
)

// About asks the server for its version and its defaults, until it has answered once.
func (e *Engine) About(ctx context.Context) (engine.About, error) {
	e.mu.Lock()
	about := e.about
	e.mu.Unlock()
	if about != nil {
		return *about, nil
	}
	return e.ask(ctx)
}

// Check tells whether the server answers now.
func (e *Engine) Check(ctx context.Context) error {
	_, err := e.ask(ctx)
	return err
}

// ask asks for version and defaults.
func (e *Engine) ask(ctx context.Context) (about engine.About, err error) {
	ctx, cancel := context.WithTimeout(ctx, e.DialTimeout)
	defer cancel()
	user := &sparkpb.UserContext{UserId: e.user("shoal")}
	version, err := e.client.AnalyzePlan(ctx, &sparkpb.AnalyzePlanRequest{SessionId: e.probe, UserContext: user,
		Analyze: &sparkpb.AnalyzePlanRequest_SparkVersion_{SparkVersion: &sparkpb.AnalyzePlanRequest_SparkVersion{}}})
	if err != nil {
		return about, e.explain(ctx, err)
	}
	about = engine.About{Version: version.GetSparkVersion().GetVersion(), Conf: map[string]string{}}
	understood, err := knownTo(about.Version)
	if err != nil {
		return about, e.unusable("%v", err)
	}
	conf, err := e.client.Config(ctx, &sparkpb.ConfigRequest{SessionId: e.probe, UserContext: user,
		Operation: &sparkpb.ConfigRequest_Operation{OpType: &sparkpb.ConfigRequest_Operation_GetOption{
			GetOption: &sparkpb.ConfigRequest_GetOption{Keys: append([]string{schedulerMode, reserveSlots}, aboutConf...)}}}})
	if err != nil {
		return about, e.explain(ctx, err)
	}
	for _, p := range conf.GetPairs() {
		switch {
		case p.GetKey() == schedulerMode:
			about.Fair = strings.EqualFold(p.GetValue(), "FAIR")
		case p.GetKey() == reserveSlots:
			about.Reserve, _ = strconv.Atoi(p.GetValue()) // without a number nothing is kept
		case p.Value != nil:
			about.Conf[p.GetKey()] = p.GetValue()
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.about, e.dial = &about, understood
	return about, nil
}

// user is who a session belongs to on the server.
func (e *Engine) user(name string) string {
	if e.Address.User != "" {
		return e.Address.User
	}
	return name
}
