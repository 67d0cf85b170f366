package duckdb

// This file cancels queries of all kinds at random moments, and looks when they let go of what they hold.

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/engine/duckdb/translate"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/textfile"
)

const (
	// soonFree is how long after its cancellation a query may hold anything.
	soonFree = 100 * time.Millisecond
	// inOneGo is how long for queries in which much is done without looking up: DuckDB sorts a run, or frees the states of an
	// aggregate; a function in Go has a long text, with the race detector beside it.
	inOneGo = time.Second
	// atLast is how long it may take on a busy machine.
	atLast = 5 * time.Second
	// cancels is how often a query is cancelled, each time at another moment.
	cancels = 3
)

// stopCase is a query over the tables below.
type stopCase struct {
	sql  string
	most time.Duration // instead of soonFree
	// planning says that what takes long is DuckDB's planner, which cannot be interrupted: the reader is free at once,
	// the connection is closed when the planner is done.
	planning bool
}

// stopTables are rows to work on, as files: what is loaded would take memory itself.
type stopTables struct{ big, csv, spec string }

func newStopTables(t *testing.T, e *Engine) stopTables {
	t.Helper()
	dir := t.TempDir()
	tables := stopTables{big: dir + "/big.parquet", csv: dir + "/rows.csv"}
	rows := "SELECT range AS a, hash(range) AS h, 'text number ' || range AS s FROM range(2000000)"
	if err := e.execAll("COPY (" + rows + ") TO '" + tables.big + "'; COPY (" + rows + ") TO '" + tables.csv + "' (HEADER false)"); err != nil {
		t.Fatal(err)
	}
	schema := typejson.Format(plan.Struct{Fields: []plan.Field{{Name: "a", Type: plan.Long}, {Name: "h", Type: plan.String}, {Name: "s", Type: plan.String}}})
	spec, err := json.Marshal(textfile.Spec{Format: "csv", Files: []string{tables.csv}, Schema: schema, Wanted: []int{0, 2}, Zone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	tables.spec = strings.ReplaceAll(string(spec), "'", "''")
	return tables
}

// cases are queries whose time goes to one thing each.
func (f stopTables) cases() map[string]stopCase {
	big := "FROM '" + f.big + "' "
	joins := "SELECT count(*) FROM range(2) t0"
	for i := 1; i < 60; i++ {
		joins += fmt.Sprintf(" JOIN range(2) t%d ON t%d.range = t%d.range", i, i-1, i)
	}
	return map[string]stopCase{
		"sort that spills":     {sql: "SELECT a " + big + ", range(4) ORDER BY s, h", most: inOneGo},
		"sort":                 {sql: "SELECT range FROM range(30000000) ORDER BY hash(range)"},
		"top rows":             {sql: "SELECT max(x)::BIGINT FROM (SELECT hash(range) % 1000000007 AS x FROM range(1000000000) ORDER BY x LIMIT 1000000)"},
		"cross join":           {sql: "SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE a.range + b.range = -1"},
		"cross join, streamed": {sql: "SELECT a.range FROM range(1000000000) a, range(1000) b"},
		"aggregate":            {sql: "SELECT count(*) FROM (SELECT hash(range), sum(range) FROM range(30000000) GROUP BY ALL)"},
		"aggregate of texts":   {sql: "SELECT count(*) FROM (SELECT s, count(*) " + big + "GROUP BY s)"},
		"count distinct":       {sql: "SELECT count(DISTINCT hash(range)) FROM range(1000000000)", most: inOneGo},
		"window":               {sql: "SELECT max(x)::BIGINT FROM (SELECT sum(a) OVER (PARTITION BY h % 10 ORDER BY h) AS x " + big + ")"},
		"window, one frame":    {sql: "SELECT max(x)::BIGINT FROM (SELECT median(a) OVER (ORDER BY h ROWS 1000 PRECEDING) AS x " + big + ")"},
		"hash join":            {sql: "SELECT count(*) FROM '" + f.big + "' x JOIN '" + f.big + "' y ON x.h = y.h", most: inOneGo},
		"inequality join":      {sql: "SELECT count(*) FROM '" + f.big + "' x JOIN '" + f.big + "' y ON x.a < y.a AND x.h > y.h", most: inOneGo},
		"join by a condition":  {sql: "SELECT count(*) FROM '" + f.big + "' x LEFT JOIN '" + f.big + "' y ON x.s < y.s OR x.h % 7 = y.h % 11"},
		"regular expression":   {sql: "SELECT count(*) " + big + "WHERE shoal_rlike(s, '(.*)(.*)(.*)(.*)x[0-9]+$')"},
		"long texts":           {sql: "SELECT count(*) FROM (SELECT repeat('ab', 50000) || s AS s " + big + ") WHERE shoal_rlike(s, '(a|b|ab)*?c(.*)d$')", most: inOneGo},
		"long texts, replaced": {sql: "SELECT sum(len(shoal_regexp_replace(repeat('ab', 2000) || s, '[a-c]', 'x', 1)))::BIGINT " + big, most: inOneGo},
		"distance of texts":    {sql: "SELECT sum(shoal_levenshtein(repeat(s, 30), repeat('abc', 300)))::BIGINT " + big, most: inOneGo},
		"CSV by DuckDB":        {sql: "SELECT count(*) FROM read_csv('" + f.csv + "', columns = {'a': 'BIGINT', 'h': 'UBIGINT', 's': 'VARCHAR'}), range(20) WHERE s LIKE '%9%'"},
		"CSV by Shoal":         {sql: "SELECT count(*) FROM shoal_read('" + f.spec + "'), range(20) WHERE c1 LIKE '%9%'", most: inOneGo},
		"lists":                {sql: "SELECT count(*) FROM (SELECT unnest(range(10000)) FROM range(1000000))"},
		"recursion":            {sql: "WITH RECURSIVE r AS (SELECT 1::BIGINT AS x UNION ALL SELECT x + 1 FROM r WHERE x < 100000000) SELECT max(x) FROM r"},
		"planner":              {sql: joins, planning: true},
		"planner, with a file": {sql: joins + " JOIN read_parquet('" + f.big + "') b ON b.a = t0.range", planning: true},
		"constant":             {sql: "SELECT len(list_sort(list_transform(range(3000000), lambda x: hash(x))))", planning: true},
	}
}

// letGo is when after its cancellation a query let go of its reader, and of its connection.
type letGo struct{ Reader, Connection passed }

// passed is a time, and what this process computed in it.
type passed struct{ time, cpu time.Duration }

// late tells whether that was not soon. On a busy machine time says little: what counts there is what was computed, by two
// threads at once.
func (p passed) late(most time.Duration) bool {
	return p.time > most && (p.cpu > 2*most || p.time > atLast)
}

func (p passed) String() string {
	return fmt.Sprintf("%v (computed %v)", p.time.Round(100*time.Microsecond), p.cpu.Round(100*time.Microsecond))
}

// cancelAt runs a query and cancels it after a while; false: it ended before.
func cancelAt(t *testing.T, e *Engine, r request, after time.Duration) (letGo, bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var since func() passed
	timer := time.AfterFunc(after, func() { since = stopwatch(); cancel() })
	s, err := e.runSQL(ctx, r)
	if err == nil {
		for s.Next() {
		}
		err = s.Err()
		defer s.Release()
	}
	if timer.Stop() {
		if err != nil {
			t.Error(err)
		}
		return letGo{}, false
	}
	<-ctx.Done()
	if err == nil {
		return letGo{}, false
	}
	if err != context.Canceled {
		t.Errorf("it ended with %v", err)
	}
	reader := since()
	if s != nil {
		s.Release()
	}
	for deadline := time.Now().Add(time.Minute); len(e.slots) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the connection is not given back")
		}
	}
	return letGo{reader, since()}, true
}

// stopwatch begins to measure.
func stopwatch() func() passed {
	at, cpu := time.Now(), cpuTime()
	return func() passed { return passed{time.Since(at), cpuTime() - cpu} }
}

// cpuTime is what this process has computed.
func cpuTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestCancelAtAnyMoment wants a query to be gone soon after its cancellation, whatever it is at, with its memory and its files.
func TestCancelAtAnyMoment(t *testing.T) {
	spill := t.TempDir()
	e, err := Open(Options{TempDir: spill, MemoryLimit: 300 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for name, c := range newStopTables(t, e).cases() {
		t.Run(name, func(t *testing.T) {
			most := max(c.most, soonFree)
			var seen []letGo
			for range cancels {
				after := rand.N(400 * time.Millisecond)
				l, cancelled := cancelAt(t, e, request{sql: c.sql, schema: schemaOf(arrow.PrimitiveTypes.Int64)}, after)
				if !cancelled {
					continue
				}
				seen = append(seen, l)
				if l.Reader.late(most) || l.Connection.late(most) && !c.planning {
					t.Errorf("cancelled after %v: %v", after, l)
				}
			}
			slices.SortFunc(seen, func(a, b letGo) int { return int(a.Connection.time - b.Connection.time) })
			t.Logf("%d of %d: %v", len(seen), cancels, seen)
			nothingLeft(t, e, spill)
		})
	}
}

// nothingLeft looks for memory and files of queries that are no more.
func nothingLeft(t *testing.T, e *Engine, spill string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(spill, "*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	rows := collect(t, e, "SELECT tag, memory_usage_bytes FROM duckdb_memory() WHERE memory_usage_bytes > 8 << 20 AND tag NOT IN ('EXTERNAL_FILE_CACHE', 'OBJECT_CACHE')",
		arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64)
	if len(rows) > 0 {
		t.Errorf("memory is held: %v", rows)
	}
}

// TestCancelWhileLoading cancels queries whose data is on its way.
func TestCancelWhileLoading(t *testing.T) {
	e := open(t)
	var rows strings.Builder
	for i := range 200000 {
		fmt.Fprintf(&rows, ",{\"c0\": %d, \"c1\": \"text number %d\"}", i, i)
	}
	data := localData(t, []plan.Type{plan.Long, plan.String}, "["+rows.String()[1:]+"]")
	for range cancels {
		r := request{sql: "SELECT count(*) FROM shoal_local_0, range(100000) WHERE c0 < 0", schema: schemaOf(arrow.PrimitiveTypes.Int64),
			locals: []translate.Local{{Name: "shoal_local_0", Data: data}}}
		after := rand.N(60 * time.Millisecond)
		l, cancelled := cancelAt(t, e, r, after)
		if cancelled && (l.Reader.late(2*soonFree) || l.Connection.late(2*soonFree)) { // it goes on loading for others
			t.Errorf("cancelled after %v: %v", after, l)
		}
	}
}
