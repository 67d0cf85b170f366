package session

import (
	"hash/fnv"
	"testing"

	"shoal/catalog"
	"shoal/plan"
	"shoal/sparksql"
)

// asked is SQL text as a client's query.
func asked(t testing.TB, text string) Query {
	t.Helper()
	st, err := sparksql.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return Query{Statement: st, Shape: func() uint64 {
		h := fnv.New64a()
		h.Write([]byte(sparksql.Redact(text)))
		return h.Sum64()
	}}
}

// TestFingerprint: a name stands for what it means in the session.
func TestFingerprint(t *testing.T) {
	n := newNotebook(t)
	of := func(text string) uint64 { return n.known(asked(t, text)).fingerprint }
	view := func(name, text string) {
		t.Helper()
		query, err := sparksql.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		n.do(&plan.CreateView{Name: []string{name}, Query: query, Text: text, Replace: true, Temporary: true})
	}
	code := func(name, path, column string) { // as DataFrame code makes it
		t.Helper()
		n.names.SetView(&catalog.View{Name: []string{name}, Query: &plan.Filter{
			Input: &plan.Read{Format: "csv", Paths: []string{path}}, Cond: &plan.Name{Parts: []string{column}}}}, true)
	}
	seen := map[uint64]string{}
	other := func(what, text string) {
		t.Helper()
		f := of(text)
		if before, known := seen[f]; known {
			t.Errorf("%s has the fingerprint of %s", what, before)
		}
		if f == 0 || f != of(text) {
			t.Errorf("%s: %d is no fingerprint", what, f)
		}
		seen[f] = what
	}
	const ask = "SELECT count(*) FROM v WHERE a > 3"
	other("no view", ask)
	view("v", "SELECT id AS a FROM range(10)")
	other("a view", ask)
	if of(ask) != of("SELECT count(*) FROM v WHERE a > 4") {
		t.Error("another constant, another fingerprint")
	}
	once := of(ask)
	view("v", "SELECT id AS a FROM range(20)")
	if of(ask) != once {
		t.Error("another constant in a view, another fingerprint")
	}
	view("v", "SELECT id + 1 AS a FROM range(10)")
	other("another view", ask)
	view("below", "SELECT id AS a FROM range(10)")
	view("v", "SELECT a FROM below")
	other("a view of a view", ask)
	view("below", "SELECT -id AS a FROM range(10)")
	other("a view of another view", ask)
	code("v", "/a", "x")
	other("a view of DataFrame code", ask)
	code("v", "/b", "x")
	other("one of other files", ask)
	code("v", "/b", "y")
	other("one that does something else", ask)
	other("a common table", "WITH v AS (SELECT 1 AS a) "+ask)
	other("a table", "SELECT * FROM t")
	n.names.Enter("d")
	other("a table of another database", "SELECT * FROM t")
}

func TestNoFingerprint(t *testing.T) {
	n := newNotebook(t)
	if n.known(Query{Statement: upTo(1)}).fingerprint != 0 || hexText(0) != "" || hexText(10) != "000000000000000a" {
		t.Error("what nobody asked has a fingerprint")
	}
}

// TestFingerprintEnds: views that multiply are entered once each.
func TestFingerprintEnds(t *testing.T) {
	n := newNotebook(t)
	n.names.SetView(&catalog.View{Name: []string{"v0"}, Query: upTo(1)}, true)
	table := func(i int) plan.Relation { return &plan.Table{Name: []string{"v" + string(rune('0'+i))}} }
	for i := range 60 {
		n.names.SetView(&catalog.View{Name: table(i + 1).(*plan.Table).Name, Query: &plan.Join{Left: table(i), Right: table(i)}}, true)
	}
	q := Query{Statement: table(60), Shape: func() uint64 { return 1 }}
	if n.known(q).fingerprint == 0 {
		t.Error("no fingerprint")
	}
}

// BenchmarkFingerprint is what it costs each query of a view.
func BenchmarkFingerprint(b *testing.B) {
	s := &Session{room: &Registry{Options: Options{}.withDefaults()}}
	c := catalog.New(catalog.Options{})
	s.names = catalog.NewNames(c)
	q := asked(b, "SELECT a.x, sum(b.y + 1) AS s FROM t a JOIN t b ON a.id = b.id WHERE a.z > 5 AND b.name LIKE 'x%' GROUP BY a.x ORDER BY s DESC")
	s.names.SetView(&catalog.View{Name: []string{"t"}, Text: "SELECT 1", Query: &plan.Read{Format: "csv", Paths: []string{"/x"}}}, true)
	b.ReportAllocs()
	for b.Loop() {
		s.known(q)
	}
}
