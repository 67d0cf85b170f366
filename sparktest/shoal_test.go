package sparktest

// This file holds Shoal itself to the corpus, in process: sessions, parser, analyzer, engine.

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/uuid"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/engine"
	"shoal/engine/duckdb"
	"shoal/plan"
	"shoal/session"
	"shoal/sparksql"
	"shoal/store"
)

func TestCorpus(t *testing.T) {
	sessions := openShoal(t, nil)
	Run(t, Options{Report: *report, UpdateRefusals: *updateRefusals, Dir: "corpus",
		Open: func(ctx context.Context, conf map[string]string) (Session, error) {
			return begin(ctx, sessions, conf)
		}})
}

// begin opens a session with some confs.
func begin(ctx context.Context, sessions *session.Registry, conf map[string]string) (*inProcess, error) {
	s, err := sessions.Open(ctx, store.SessionKey{User: "sparktest", ID: uuid.NewString()}, "")
	if err != nil {
		return nil, err
	}
	pairs := make([]session.Pair, 0, len(conf))
	for key, value := range conf {
		pairs = append(pairs, session.Pair{Key: key, Value: value})
	}
	return &inProcess{sessions, s}, s.Set(ctx, pairs...)
}

// openShoal joins the rooms as cmd/shoal does, without a door. Answers are kept if there is a cache.
func openShoal(t *testing.T, cached func(*catalog.Catalog) *engine.Cache) *session.Registry {
	t.Helper()
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	duck, err := duckdb.Open(duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { duck.Close() })
	warehouse := filepath.Join(t.TempDir(), "warehouse")
	if err := os.Mkdir(warehouse, 0o700); err != nil {
		t.Fatal(err)
	}
	files := catalog.New(catalog.Options{AllowedPaths: []string{"/"}, Warehouse: warehouse, Now: soon})
	router := &engine.Router{Engines: []engine.Engine{duck}}
	if cached != nil {
		router.Engines[0] = cached(files).Over(duck)
	}
	sessions, err := session.New(session.Options{
		Store:   st,
		Catalog: files,
		Router:  router,
		Decode: func(text []byte, _ func(string) ([]byte, bool)) (plan.Statement, error) {
			return sparksql.Parse(string(text))
		},
		Artifacts: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return sessions
}

// soon is a clock by which files settle after some ticks of the system's, not after a second: tests change many.
func soon() time.Time { return time.Now().Add(970 * time.Millisecond) }

type inProcess struct {
	sessions *session.Registry
	*session.Session
}

func (s *inProcess) Close() error {
	_, err := s.sessions.Close(context.Background(), s.Key, false)
	return err
}

func (s *inProcess) Query(ctx context.Context, sql string) (plan.Struct, array.RecordReader, error) {
	settings := s.Conf().Settings()
	if err := session.CheckText(settings, sql); err != nil {
		return plan.Struct{}, nil, err
	}
	if on, _ := settings.Get("spark.sql.variable.substitute"); on != "false" {
		var err error
		if sql, err = sparksql.Substitute(sql, settings.Get); err != nil {
			return plan.Struct{}, nil, err
		}
	}
	statement, err := sparksql.Parse(sql)
	if err != nil {
		return plan.Struct{}, nil, err
	}
	// The journal keeps the text; ours are a client's requests.
	result, err := s.Run(ctx, session.Query{ID: uuid.NewString(), Statement: statement, Raw: []byte(strings.Clone(sql))})
	if err != nil {
		return plan.Struct{}, nil, err
	}
	return analyze.Schema(result.Out), resultReader{result}, nil
}

// resultReader is a session's result as a record reader.
type resultReader struct{ *session.Result }

func (r resultReader) Schema() *arrow.Schema          { return r.Result.Schema }
func (r resultReader) RecordBatch() arrow.RecordBatch { return r.Batch() }
func (r resultReader) Record() arrow.RecordBatch      { return r.Batch() }
func (r resultReader) Retain()                        {}
func (r resultReader) Release()                       { r.Close() }
