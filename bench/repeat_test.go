package bench

// This file measures what an answer costs that was given before: in the session, and for a client at the socket.

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/connect"
	"shoal/engine"
	"shoal/engine/duckdb"
	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
	"shoal/sched"
	"shoal/session"
	"shoal/sparksql"
	"shoal/store"
)

// BenchmarkRepeat asks each TPC-H query again and again; SHOAL_TPCH names the folder of the tables. The aim is 2 ms.
func BenchmarkRepeat(b *testing.B) {
	folder := os.Getenv("SHOAL_TPCH")
	if folder == "" {
		folder = filepath.Join(cacheFolder(b), "tpch", "sf0.1")
	}
	if _, err := os.Stat(folder); err != nil {
		b.Skipf("%v: make tpch makes it", err)
	}
	kept, sessions := serveKept(b)
	ours, err := sessions.Open(b.Context(), session.Key{ID: uuid.NewString()}, "")
	if err != nil {
		b.Fatal(err)
	}
	socket := listen(b, sessions)
	for _, table := range strings.Fields("lineitem orders customer part partsupp supplier nation region") {
		view := fmt.Sprintf("CREATE TEMPORARY VIEW %s USING parquet OPTIONS (path '%s')", table, filepath.Join(folder, table))
		for _, ask := range []func(string) error{asker(ours), socket} {
			if err := ask(view); err != nil {
				b.Fatal(err)
			}
		}
	}
	for n := range 22 {
		text := query(b, n+1)
		for at, ask := range map[string]func(string) error{"session": asker(ours), "socket": socket} {
			b.Run(fmt.Sprintf("q%d/%s", n+1, at), func(b *testing.B) {
				if err := ask(text); err != nil {
					b.Fatal(err)
				}
				before := kept.Usage().Misses
				timed(b, func() error { return ask(text) })
				if kept.Usage().Misses > before {
					b.Error("it was computed again")
				}
			})
		}
	}
}

// asker runs SQL in a session and reads the answer.
func asker(s *session.Session) func(string) error {
	return func(text string) error {
		statement, err := sparksql.Parse(text)
		if err != nil {
			return err
		}
		result, err := s.Run(context.Background(), session.Query{ID: uuid.NewString(), Statement: statement, Raw: []byte(text)})
		if err != nil {
			return err
		}
		defer result.Close()
		for result.Next() {
		}
		return result.Err()
	}
}

// serveKept joins the rooms with a cache of answers.
func serveKept(b *testing.B) (*engine.Cache, *session.Registry) {
	st, err := store.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { st.Close() })
	duck, err := duckdb.OpenLanes(duckdb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { duck.Close() })
	files := catalog.New(catalog.Options{AllowedPaths: []string{"/"}})
	kept := engine.NewCache(256<<20, files.Unchanged)
	turns := sched.Start(sched.Limits{Slots: map[sched.Pool]int{{Engine: "duckdb", Lane: sched.Short}: 4, {Engine: "duckdb", Lane: sched.Heavy}: 2}})
	b.Cleanup(turns.Close)
	sessions, err := session.New(session.Options{Store: st, Catalog: files, Sched: turns, Decode: connect.DecodeJournalled, Artifacts: b.TempDir(),
		Router: &engine.Router{Engines: []engine.Engine{kept.Over(duck)}}})
	if err != nil {
		b.Fatal(err)
	}
	return kept, sessions
}

// listen opens the front door; the client sends SQL through it as spark.sql(...).collect() does, but for the first of its two calls.
func listen(b *testing.B, sessions *session.Registry) func(string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := connect.New(connect.Options{Sessions: sessions})
	go server.Serve(l)
	b.Cleanup(server.Stop)
	conn, err := sparkclient.Dial("passthrough:"+l.Addr().String(), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	client := sparkclient.New(conn, nil)
	return func(text string) error {
		plan := sparkclient.SQL(text)
		if strings.HasPrefix(text, "CREATE") {
			plan = sparkclient.Command(&sparkpb.Command{CommandType: &sparkpb.Command_SqlCommand{SqlCommand: &sparkpb.SqlCommand{Input: plan.GetRoot()}}})
		}
		return client.Execute(b.Context(), plan, func(*sparkpb.ExecutePlanResponse) error { return nil })
	}
}
