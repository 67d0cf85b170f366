package sparktest

// This file tests that answers which are kept are never old, and never another query's.

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/catalog"
	"shoal/engine"
	"shoal/engine/duckdb/translate"
	"shoal/plan"
	"shoal/session"
	"shoal/sparksql"
)

// keeper is a Shoal that keeps answers, and a session with it.
type keeper struct {
	t *testing.T
	*inProcess
	cache    *engine.Cache
	sessions *session.Registry
}

func keep(t *testing.T, bytes int64) *keeper {
	t.Helper()
	k := &keeper{t: t}
	k.sessions = openShoal(t, func(files *catalog.Catalog) *engine.Cache {
		k.cache = engine.NewCache(bytes, files.Unchanged)
		return k.cache
	})
	var err error
	if k.inProcess, err = begin(t.Context(), k.sessions, nil); err != nil {
		t.Fatal(err)
	}
	return k
}

// ask gives an answer as text, its rows in order, or its error's; and whether it was a kept one.
func (k *keeper) ask(sql string) (answer string, reused bool) {
	k.t.Helper()
	before := k.cache.Usage().Hits
	lines, err := execute(k.t.Context(), k.inProcess, sql)
	slices.Sort(lines[min(1, len(lines)):])
	answer = strings.Join(lines, "\n")
	if err != nil {
		answer = err.Error()
	}
	return answer, k.cache.Usage().Hits > before
}

// The whole corpus, each query asked twice: the second answer is the first one's, where it may be. All files share a cache, so
// that what one's settings mean must not be another one's answer.
func TestCorpusFromTheCache(t *testing.T) {
	k := keep(t, 256<<20)
	defer func() { // for the next run of the corpus
		os.RemoveAll(scratch)
		os.Mkdir(scratch, 0o700)
	}()
	Run(t, Options{Dir: "corpus", Open: func(ctx context.Context, conf map[string]string) (Session, error) {
		s, err := begin(ctx, k.sessions, conf)
		return twice{s}, err
	}})
	if u := k.cache.Usage(); u.Hits < 1000 {
		t.Errorf("%d queries had kept answers", u.Hits)
	}
}

// twice asks each query two times, and gives the second answer.
type twice struct{ *inProcess }

func (s twice) Query(ctx context.Context, sql string) (plan.Struct, array.RecordReader, error) {
	if st, err := sparksql.Parse(sql); err == nil {
		if _, query := st.(plan.Relation); query {
			execute(ctx, s.inProcess, sql)
		}
	}
	return s.inProcess.Query(ctx, sql)
}

func TestWhatIsKept(t *testing.T) {
	k := keep(t, 64<<20)
	file := filepath.Join(t.TempDir(), "a.csv")
	write(t, file, "1\n2\n")
	settle()
	k.ask("CREATE VIEW chosen AS SELECT * FROM range(3) WHERE id = 1")
	for sql, kept := range map[string]bool{
		"SELECT 1":                          true,
		"SELECT sum(id) FROM range(10)":     true,
		"SELECT * FROM csv.`" + file + "`":  true,
		"SELECT * FROM chosen":              true,
		"SELECT DATE 'today'":               true, // it is resolved as that day
		"SELECT current_user()":             true,
		"SELECT CAST('2020-01-01' AS DATE)": true,
		"SELECT CAST(concat('2020-01-0', id) AS DATE) FROM range(1, 2)": true,
		"SELECT * FROM range(5) WHERE EXISTS (SELECT 1)":                true,
		"SELECT rand()":                            false,
		"SELECT id + randn() FROM range(3)":        false,
		"SELECT uuid()":                            false,
		"SELECT shuffle(array(1, 2, 3))":           false,
		"SELECT now()":                             false,
		"SELECT current_date":                      false,
		"SELECT localtimestamp()":                  false,
		"SELECT unix_timestamp()":                  false,
		"SELECT CAST('today' AS DATE)":             false,
		"SELECT CAST(concat('to', 'day') AS DATE)": false,
		"SELECT * FROM range(5) WHERE current_date > DATE '2020-01-01'": false,
		"SELECT * FROM range(5) WHERE id < (SELECT rand() * 5)":         false,
		"SELECT * FROM (SELECT uuid() AS u) AS t JOIN range(3)":         false,
		"SELECT * FROM range(100) TABLESAMPLE (50 PERCENT)":             false,
		"SELECT 1 / 0":         false, // errors are not kept
		"SHOW TABLES":          false,
		"SELECT * FROM no_one": false,
	} {
		k.ask(sql)
		if answer, reused := k.ask(sql); reused != kept {
			t.Errorf("%s: it was kept: %v (%s)", sql, reused, answer)
		}
	}
}

// Each of the queries asked after a change is another one.
func TestOtherQueriesAreNotAnswered(t *testing.T) {
	k := keep(t, 64<<20)
	ask := func(sql, want string) {
		t.Helper()
		for range 2 {
			if got, _ := k.ask(sql); !strings.HasSuffix(got, want) {
				t.Errorf("%s: %q, not %q", sql, got, want)
			}
		}
	}
	ask("SELECT 1", "\n1")
	ask("SELECT 2", "\n2")
	ask("SELECT 1L", "\n1")
	ask("SELECT 1 AS b", "b INT NOT NULL\n1")
	ask("SELECT hour(TIMESTAMP '2020-01-01 00:00:00 UTC')", "\n0")
	k.ask("SET spark.sql.session.timeZone = Asia/Tokyo")
	ask("SELECT hour(TIMESTAMP '2020-01-01 00:00:00 UTC')", "\n9")
	ask("SELECT current_database()", "\ndefault")
	k.ask("CREATE DATABASE other")
	k.ask("USE other")
	ask("SELECT current_database()", "\nother")
	k.ask("SET spark.sql.ansi.enabled = false")
	ask("SELECT CAST('x' AS INT)", "\nNULL")
	k.ask("SET spark.sql.ansi.enabled = true")
	if got, reused := k.ask("SELECT CAST('x' AS INT)"); reused || !strings.Contains(got, "CAST_INVALID_INPUT") {
		t.Errorf("under ANSI: %q", got)
	}
	k.ask("CREATE TEMP VIEW v AS SELECT 1 AS a")
	ask("SELECT * FROM v", "\n1")
	k.ask("CREATE OR REPLACE TEMP VIEW v AS SELECT 3 AS a")
	ask("SELECT * FROM v", "\n3")
	k.ask("CREATE TABLE t AS SELECT 7 AS a")
	ask("SELECT * FROM t", "\n7")
	k.ask("INSERT INTO t VALUES (7)")
	ask("SELECT count(*) FROM t", "\n2")
	k.ask("INSERT OVERWRITE t VALUES (8)")
	ask("SELECT * FROM t", "\n8")
	k.ask("ALTER TABLE t ADD COLUMNS (b INT)")
	ask("SELECT * FROM t", "\n8 | NULL")
	k.ask("DROP TABLE t")
	if got, reused := k.ask("SELECT * FROM t"); reused || !strings.Contains(got, "TABLE_OR_VIEW_NOT_FOUND") {
		t.Errorf("a table that is no more: %q", got)
	}
}

// Reuse is switched off for a session, and its answers are not kept for others either.
func TestReuseIsSwitchedOff(t *testing.T) {
	k := keep(t, 64<<20)
	k.ask("SET shoal.cache = false")
	for range 2 {
		if _, reused := k.ask("SELECT 1"); reused {
			t.Error("an answer was kept")
		}
	}
	if u := k.cache.Usage(); u != (engine.CacheUsage{}) {
		t.Errorf("the cache was asked: %+v", u)
	}
	k.ask("SET shoal.cache = true")
	k.ask("SELECT 1")
	if _, reused := k.ask("SELECT 1"); !reused {
		t.Error("no answer was kept")
	}
	if answer, _ := k.ask("SET shoal.cache = perhaps"); !strings.Contains(answer, "INVALID_CONF_VALUE") {
		t.Errorf("a value that says nothing: %s", answer)
	}
}

// What is not read to its end is not kept.
func TestPartsAreNotKept(t *testing.T) {
	k := keep(t, 64<<20)
	const sql = "SELECT id, id * 2 FROM range(300000)"
	ctx, cancel := context.WithCancel(t.Context())
	_, rows, err := k.Query(ctx, sql)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	rows.Release() // the client has seen enough
	_, rows, err = k.Query(ctx, sql)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	cancel()
	for rows.Next() {
	}
	rows.Release()
	if u := k.cache.Usage(); u.Kept != 0 {
		t.Errorf("%d answers are kept", u.Kept)
	}
}

// No query that draws lots or looks at the clock is taken for one whose answer may be kept.
func TestVolatileQueriesAreKnown(t *testing.T) {
	sessions := openShoal(t, nil)
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	volatile := 0
	for _, f := range files {
		s, err := begin(t.Context(), sessions, f.Conf())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range f.Records {
			st, err := sparksql.Parse(r.SQL)
			rel, query := st.(plan.Relation)
			if err != nil || !query {
				continue
			}
			resolved, err := s.Analyze(t.Context(), rel)
			if err != nil {
				continue
			}
			tr, err := translate.Query(resolved, s.Conf().Settings())
			if err != nil || !slices.ContainsFunc([]string{"random()", "uuid()", "now()"}, func(f string) bool { return strings.Contains(tr.SQL, f) }) {
				continue
			}
			if volatile++; plan.DigestOf(resolved).Fixed {
				t.Errorf("%s:%d: %s", f.Path, r.Line, tr.SQL)
			}
		}
	}
	if volatile < 20 {
		t.Errorf("only %d queries were looked at", volatile)
	}
}
