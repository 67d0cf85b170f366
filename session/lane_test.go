package session

// This file tests which lane of the attached Spark a request runs in.

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/engine"
	"shoal/plan"
	"shoal/sched"
	"shoal/sparksql"
)

// query is a text as a client's query comes: it may run anywhere.
func (a *attached) query(text string, change func(*Query)) Query {
	st, _ := sparksql.Parse(text)
	q := Query{ID: uuid.NewString(), Statement: st, Raw: []byte(text), Forward: a.forward(text)}
	_, isQuery := st.(plan.Relation)
	q.Forward.Command = !isQuery
	q.Forward.Held = func() bool { return false }
	q.Shape = func() uint64 {
		h := fnv.New64a()
		h.Write([]byte(text))
		return h.Sum64()
	}
	if change != nil {
		change(&q)
	}
	return q
}

// lane runs a query and tells where it ran, with the confs of the place.
func (a *attached) lane(text string, change func(*Query)) (string, engine.State) {
	a.t.Helper()
	result, err := a.Run(a.t.Context(), a.query(text, change))
	if err != nil {
		a.t.Fatalf("%s: %v", text, err)
	}
	result.Close()
	return a.far.lanes[len(a.far.lanes)-1], a.far.states[len(a.far.states)-1]
}

// besideLane is a lane that can look at tables.
type besideLane struct{ distantLane }

func (l besideLane) Table(context.Context, engine.State, []string) (*engine.Table, error) {
	return nil, nil
}
func (l besideLane) Function(context.Context, engine.State, []string) (bool, error) {
	return false, nil
}
func (l besideLane) View(context.Context, engine.State, []string) (bool, error)      { return false, nil }
func (l besideLane) PublishDatabase(context.Context, engine.State, string) error     { return nil }
func (l besideLane) Publish(context.Context, engine.State, engine.Publication) error { return nil }
func (l besideLane) Withdraw(context.Context, engine.State, []string) error          { return nil }
func (l besideLane) Relist(_ context.Context, _ engine.State, name []string, _ bool) error {
	l.looked = append(l.looked, l.name+" "+strings.Join(name, "."))
	if name[2] == l.lacks {
		return errors.New("no such table")
	}
	return nil
}

// sized makes the session see a view over a file of so many bytes.
func (a *attached) sized(name string, bytes int64) {
	a.t.Helper()
	dir := a.t.TempDir()
	file := filepath.Join(dir, "part.csv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		a.t.Fatal(err)
	}
	if err := os.Truncate(file, bytes); err != nil {
		a.t.Fatal(err)
	}
	a.names.SetView(&catalog.View{Name: []string{name}, Query: &plan.Read{Format: "csv", Paths: []string{dir}}}, true)
}

func forced(t *testing.T) *attached {
	a := attach(t)
	a.room.Catalog = catalog.New(catalog.Options{AllowedPaths: []string{"/"}})
	a.want("SET shoal.engine = spark", "here")
	a.sized("small", 1<<20)
	a.sized("large", 1<<30)
	return a
}

// TestLanesThere: queries go by themselves where those of their class run; what only the home may do stays there.
func TestLanesThere(t *testing.T) {
	a := forced(t)
	for text, want := range map[string]string{
		"SELECT 1":                                   laneShort,
		"SELECT count(*) FROM small":                 laneShort,
		"SELECT a, sum(b) FROM large GROUP BY a":     laneHeavy,
		"SELECT * FROM large LIMIT 5":                laneShort,
		"SELECT * FROM large WHERE a = 1 LIMIT 5":    laneHeavy,
		"SELECT count(*) FROM elsewhere":             laneHeavy,
		"SELECT id FROM range(1000)":                 laneShort,
		"SELECT sum(id) FROM range(1000000000000)":   laneHeavy,
		"SELECT * FROM range(9) a, range(9) b":       laneHeavy,
		"SELECT reflect('x', 'y', id) FROM range(9)": laneHeavy,
		"SELECT rand(1), count(*) FROM large":        "home", // whose partitions are Spark's own
		"SELECT rand(1), count(*) FROM small":        laneShort,
		"INSERT INTO far SELECT * FROM large":        "home",
		"SHOW TABLES":                                "home",
	} {
		if got, _ := a.lane(text, nil); got != want {
			t.Errorf("%s runs in %s, want %s", text, got, want)
		}
	}
	held := func(q *Query) { q.Forward.Held = func() bool { return true } }
	command := func(q *Query) { q.Forward.Command = true }
	if lane, _ := a.lane("SELECT 2", held); lane != "home" {
		t.Error("what the home alone holds was read elsewhere")
	}
	if lane, state := a.lane("SELECT 3", command); lane != "home" || state.Conf[confPool] != "" {
		t.Errorf("a command ran in %s, pool %q", lane, state.Conf[confPool])
	}
}

// TestTablesInLanes: a lane sees what the home has written, and what only the home sees is read there.
func TestTablesInLanes(t *testing.T) {
	a := forced(t)
	want := func(text, lane string, looked ...string) {
		t.Helper()
		a.far.looked = nil
		if got, _ := a.lane(text, nil); got != lane || !slices.Equal(a.far.looked, looked) {
			t.Errorf("%s ran in %s after looks at %v", text, got, a.far.looked)
		}
	}
	a.want("SET shoal.lane = heavy", "here")
	want("SELECT count(*) FROM far", laneHeavy, "heavy spark_catalog.default.far")
	want("SELECT count(*) FROM far", laneHeavy)
	want("INSERT INTO far VALUES (1)", "home")
	want("SELECT count(*) FROM far", laneHeavy, "heavy spark_catalog.default.far")
	want("SELECT max(x) FROM shop.far", laneHeavy, "heavy spark_catalog.shop.far")
	want("CREATE TEMP VIEW v AS SELECT * FROM far", "home")
	want("SELECT * FROM v", "home") // only the server knows which far that is
	a.far.lacks = "sink"            // of a stream
	want("SELECT * FROM sink", "home", "heavy spark_catalog.default.sink")
}

// TestLaneByConf: what the user wants goes first, and what was set is not set otherwise.
func TestLaneByConf(t *testing.T) {
	a := forced(t)
	a.want("SET spark.sql.files.maxPartitionBytes = 1g", "here")
	a.want("SET spark.sql.shuffle.partitions = 7", "here")
	a.want("SET shoal.lane = short", "here")
	lane, state := a.lane("SELECT a, sum(b) FROM large GROUP BY a", nil)
	if lane != laneShort || state.Conf[confPool] != laneShort || state.Conf["spark.sql.shuffle.partitions"] != "7" || state.Conf[ConfLane] != "" {
		t.Errorf("%s, %v", lane, state.Conf)
	}
	a.want("SET shoal.lane = heavy", "here")
	lane, state = a.lane("SELECT 1", nil)
	if lane != laneHeavy || state.Conf[confPool] != "" || state.Conf["spark.sql.files.maxPartitionBytes"] != "1g" ||
		state.Conf["spark.sql.adaptive.advisoryPartitionSizeInBytes"] == "" {
		t.Errorf("%s, %v", lane, state.Conf)
	}
	if _, err := a.ask("SET shoal.lane = fast"); err == nil {
		t.Error("a lane that is none")
	}
}

// TestRememberedClass: what a query took decides about the next one of its shape.
func TestRememberedClass(t *testing.T) {
	a := forced(t)
	expected := func(text string) weighed {
		q := a.query(text, nil)
		q = a.known(q)
		return a.classify(t.Context(), q)
	}
	took := func(key uint64, seconds float64) {
		a.room.Router.Experience.Add("spark", key, engine.Took{Latency: seconds})
	}
	unknown := expected("SELECT count(*) FROM elsewhere")
	if unknown.lane != sched.Heavy {
		t.Errorf("of what nobody knows: %+v", unknown)
	}
	took(unknown.key, 9) // cold
	took(unknown.key, 0.2)
	if c := expected("SELECT count(*) FROM elsewhere"); c.lane != sched.Short || c.seconds > 0.3 {
		t.Errorf("after a quick one: %+v", c)
	}
	small := expected("SELECT count(*) FROM small")
	took(small.key, 4)
	if c := expected("SELECT count(*) FROM small"); c.lane != sched.Short {
		t.Errorf("when the server is busy: %+v", c)
	}
	took(small.key, 8)
	if c := expected("SELECT count(*) FROM small"); c.lane != sched.Heavy {
		t.Errorf("after a slow one: %+v", c)
	}
	a.sized("small", 1<<25)
	if c := expected("SELECT count(*) FROM small"); c.key == small.key || c.lane != sched.Short {
		t.Errorf("when the view is another: %+v", c)
	}
}

// TestViewsThatMultiply: a walk through them ends, and what it did not see may be anything.
func TestViewsThatMultiply(t *testing.T) {
	a := forced(t)
	for i := range deepestView {
		a.want(fmt.Sprintf("CREATE TEMP VIEW v%d AS SELECT a.* FROM %s a JOIN %[2]s b USING (id)", i, []string{"small", fmt.Sprint("v", i-1)}[min(i, 1)]), "there")
	}
	if c := a.classify(t.Context(), a.query(fmt.Sprint("SELECT count(*) FROM v", deepestView-1), nil)); !c.vague || !c.partitioned || c.lane != sched.Heavy {
		t.Errorf("lane %s, vague %t, partitioned %t", c.lane, c.vague, c.partitioned)
	}
}

// BenchmarkClassify is what a class costs a query of some size.
func BenchmarkClassify(b *testing.B) {
	a := &attached{t: &testing.T{}, far: &distant{version: "4.1.4"}}
	a.restart(b.TempDir(), uuid.NewString())
	a.room.Catalog = catalog.New(catalog.Options{AllowedPaths: []string{"/"}})
	dir := b.TempDir()
	for i := range 8 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".csv")), []byte("x"), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	a.names.SetView(&catalog.View{Name: []string{"t"}, Query: &plan.Read{Format: "csv", Paths: []string{dir}}}, true)
	q := a.query("SELECT a.x, sum(b.y + 1) AS s FROM t a JOIN t b ON a.id = b.id WHERE a.z > 5 AND b.name LIKE 'x%' GROUP BY a.x ORDER BY s DESC", nil)
	for b.Loop() {
		q = a.known(q)
		a.classify(b.Context(), q)
	}
}
