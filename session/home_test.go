package session

// This file tests where requests are answered when a Spark is attached, over one that is scripted.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
	"shoal/store"
)

// distant is a remote server that runs everything, and remembers what and in which state.
type distant struct {
	version string
	fails   error
	resumed int
	ran     []string
	states  []engine.State
	lanes   []string // where the operations ran: "home", "short", "heavy"
	looked  []string // at which tables the lanes looked
	lacks   string   // a table that no lane knows
	shares  bool     // this machine's files
	late    bool     // it fails when it has sent something
}

func (d *distant) SharesFiles() bool { return d.shares }

func (*distant) Name() string { return "spark" }
func (d *distant) About(context.Context) (engine.About, error) {
	return engine.About{Version: d.version, Conf: map[string]string{confTimeZone: "Asia/Tokyo"}}, nil
}
func (d *distant) Open(id, _ string) engine.RemoteSession {
	if _, lane, beside := strings.Cut(id, "/"); beside {
		return besideLane{distantLane{d, lane}}
	}
	return distantLane{d, "home"}
}
func (d *distant) Close(context.Context) error { return nil }
func (d *distant) Sync(context.Context, engine.State) (map[int64]error, error) {
	return nil, nil
}
func (d *distant) Call(_ context.Context, _ engine.State, request any) (any, error) {
	return request, nil
}
func (d *distant) Execute(ctx context.Context, s engine.State, x engine.Execution, send func(context.Context, engine.Message) error) error {
	if x.Resume {
		d.resumed++
	}
	d.states = append(d.states, s)
	text, _ := x.Request.(string)
	d.ran = append(d.ran, text)
	if d.fails != nil && !d.late {
		return d.fails
	}
	if err := send(ctx, engine.Message{Body: text, Size: len(text)}); err != nil {
		return err
	}
	if d.fails != nil {
		return d.fails
	}
	if x.Record != nil {
		_, err := x.Record(ctx)
		return err
	}
	return nil
}

// distantLane is a session there.
type distantLane struct {
	*distant
	name string
}

func (l distantLane) Execute(ctx context.Context, s engine.State, x engine.Execution, send func(context.Context, engine.Message) error) error {
	l.lanes = append(l.lanes, l.name)
	return l.distant.Execute(ctx, s, x, send)
}

// inside is the engine of this process.
type inside struct{ *numbers }

func (inside) Name() string { return "duckdb" }

// attached is a session with a distant server, and the engine that answers with numbers beside it.
type attached struct {
	t        *testing.T
	far      *distant
	sessions *Registry
	store    *store.Store
	*Session
	replayed []byte
}

func attach(t *testing.T) *attached {
	a := &attached{t: t, far: &distant{version: "4.1.4"}}
	a.restart(t.TempDir(), uuid.NewString())
	return a
}

func (a *attached) restart(dir, id string) {
	if a.store != nil {
		a.store.Close()
	}
	st, err := store.Open(dir)
	if err != nil {
		a.t.Fatal(err)
	}
	a.store = st
	a.t.Cleanup(func() { st.Close() })
	a.sessions, err = New(Options{
		Store: st, Catalog: catalog.New(catalog.Options{Warehouse: dir + "/warehouse"}), Artifacts: dir,
		Router: &engine.Router{Engines: []engine.Engine{inside{&numbers{}}}, Remote: a.far},
		Decode: func(request []byte, _ func(string) ([]byte, bool)) (plan.Statement, error) {
			return sparksql.Parse(string(request))
		},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	about, _ := a.far.About(a.t.Context())
	a.sessions.attached(about)
	if a.Session, err = a.sessions.Open(context.Background(), Key{User: "ann", ID: id}, ""); err != nil {
		a.t.Fatal(err)
	}
}

// ask runs a text and tells where: "here" or "there".
func (a *attached) ask(text string) (string, error) {
	a.t.Helper()
	st, undecoded := sparksql.Parse(text)
	q := Query{ID: uuid.NewString(), Statement: st, Undecoded: undecoded, Raw: []byte(text), Forward: a.forward(text)}
	if undecoded != nil {
		q.Statement = nil
	}
	result, err := a.Run(a.t.Context(), q)
	if err != nil {
		return "", err
	}
	defer result.Close()
	if result.Relayed {
		return "there", nil
	}
	return "here", nil
}

func (a *attached) forward(text string) *Forward {
	return &Forward{
		Request: text, Command: true,
		Send:    func(context.Context, engine.Message) error { return nil },
		Changed: func() bool { return strings.HasPrefix(text, "NEWFANGLED") },
		Outcome: func() []byte { return []byte(text) },
		Replay: func(_ context.Context, kept []byte) error {
			a.replayed = kept
			return nil
		},
	}
}

func (a *attached) want(text, place string) {
	a.t.Helper()
	if got, err := a.ask(text); got != place || err != nil {
		a.t.Errorf("%s: %q, %v; want %q", text, got, err, place)
	}
}

// TestOwnTables: what names a table of Shoal's own never leaves.
func TestOwnTables(t *testing.T) {
	a := attach(t)
	a.want("SET shoal.engine = duckdb", "here")
	a.want("CREATE TABLE own (a BIGINT)", "here")
	a.want("SET shoal.engine = auto", "here")
	a.want("SELECT a FROM own", "here")
	a.want("SHOW CREATE TABLE own", "here")
	a.want("DESCRIBE own", "here")
	a.want("INSERT INTO own SELECT id FROM range(3)", "here")
	a.want("INSERT INTO other SELECT 1", "there")
	a.want("DROP TABLE IF EXISTS other", "there")
	a.want("CREATE TABLE other AS SELECT id FROM range(3)", "there")
	for _, text := range []string{"SELECT nothing(a) FROM own", "CREATE TABLE other AS SELECT a FROM own", "INSERT INTO other SELECT a FROM own"} {
		if place, err := a.ask(text); !fault.IsUnsupported(err) || !strings.Contains(err.Error(), "Shoal's own") {
			t.Errorf("%s: %q, %v", text, place, err)
		}
	}
	a.want("TRUNCATE TABLE own", "here")
	a.want("DROP TABLE own", "here")
	a.want("SELECT a FROM own", "there")
}

// shelf is a lane of a server that takes tables.
type shelf struct {
	distantLane
	told *[]string
}

func (s shelf) Table(context.Context, engine.State, []string) (*engine.Table, error) { return nil, nil }
func (s shelf) Function(context.Context, engine.State, []string) (bool, error)       { return false, nil }
func (s shelf) View(_ context.Context, _ engine.State, name []string) (bool, error) {
	return strings.HasPrefix(name[2], "view"), nil
}
func (s shelf) PublishDatabase(_ context.Context, _ engine.State, name string) error {
	*s.told = append(*s.told, "database "+name)
	return nil
}
func (s shelf) Publish(_ context.Context, _ engine.State, p engine.Publication) error {
	*s.told = append(*s.told, "publish "+p.Name[2])
	if p.Name[2] == "taken" {
		return fault.Unsupported("another table is called taken")
	}
	return nil
}
func (s shelf) Withdraw(_ context.Context, _ engine.State, name []string) error {
	*s.told = append(*s.told, "withdraw "+name[2])
	return nil
}
func (s shelf) Relist(_ context.Context, _ engine.State, name []string, partitioned bool) error {
	*s.told = append(*s.told, fmt.Sprintf("relist %s %v", name[2], partitioned))
	return nil
}

// TestPublishedTables: the attached Spark is told of Shoal's own tables once, again when they are others, and of their end.
func TestPublishedTables(t *testing.T) {
	a := attach(t)
	var told []string
	a.Session.home, a.Session.shelf = shelf{distantLane{distant: a.far}, &told}, shelf{distantLane{distant: a.far}, &told}
	heard := func(want ...string) {
		t.Helper()
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		told = nil
	}
	a.want("SET shoal.engine = duckdb", "here")
	a.want("CREATE TABLE own (a BIGINT, p INT) USING parquet PARTITIONED BY (p)", "here")
	a.want("CREATE TABLE taken (a BIGINT)", "here")
	a.want("SET shoal.engine = spark", "here")
	a.want("SELECT 1", "there")
	heard("publish own", "publish taken")
	a.want("SELECT a FROM own", "there")
	heard("relist own true")
	a.want("TRUNCATE TABLE own", "here")
	heard()
	a.want("CREATE TEMPORARY VIEW v AS SELECT a FROM own", "there")
	heard("relist own true")
	a.want("SELECT * FROM v", "there")
	heard("relist own true")
	if place, err := a.ask("SELECT a FROM taken"); !fault.IsUnsupported(err) {
		t.Errorf("a table that the server could not be told of: %q, %v", place, err)
	}
	if place, err := a.ask("MSCK REPAIR TABLE own DROP PARTITIONS"); !fault.IsUnsupported(err) {
		t.Errorf("what may change the table was sent: %q, %v", place, err)
	}
	told = nil
	a.want("SELECT * FROM view_there", "there") // which may read it
	heard("relist own true")
	a.want("SELECT * FROM table_there", "there")
	heard()
	a.want("ALTER TABLE own ADD COLUMNS (b INT)", "here")
	a.want("SELECT a FROM own", "there")
	heard("publish own", "relist own true")
	a.want("DROP TABLE own", "here")
	a.want("SELECT 1", "there")
	heard("withdraw own")
	a.want("SELECT 1", "there")
	heard()
}

// TestOwnViewsAndFunctions: what only Shoal has is answered by Shoal or refused.
func TestOwnViewsAndFunctions(t *testing.T) {
	a := attach(t)
	a.want("SET shoal.engine = duckdb", "here")
	a.want("CREATE VIEW kept AS SELECT 1 AS x", "here")
	a.want("CREATE FUNCTION twice(x INT) RETURNS INT RETURN 2 * x", "here")
	a.want("CREATE TEMPORARY FUNCTION once(x INT) RETURNS INT RETURN x", "here")
	a.want("CREATE FUNCTION abs(x INT) RETURNS INT RETURN x", "here")
	a.want("SET shoal.engine = spark", "here")
	for _, text := range []string{"SELECT * FROM kept", "SELECT twice(1)", "SELECT default.twice(1)", "SELECT once(id) FROM range(2)", "SELECT default.abs(1)"} {
		if place, err := a.ask(text); !fault.IsUnsupported(err) || !strings.Contains(err.Error(), "Shoal's own") {
			t.Errorf("%s: %q, %v", text, place, err)
		}
	}
	a.want("SELECT abs(1)", "there")
	a.want("CREATE TEMPORARY VIEW kept AS SELECT 2 AS x", "there")
	a.want("SELECT * FROM kept", "there")
}

func TestPlaces(t *testing.T) {
	a := attach(t)
	a.want("SELECT id FROM range(3)", "here")
	a.want("SELECT * FROM nowhere", "there")
	a.want("SELECT nothing(1)", "there")
	a.want("SHOW TABLES", "there")
	a.want("CREATE TABLE t (a INT)", "there")
	a.want("SET x = 1", "here")
	a.want("CREATE TEMP VIEW v AS SELECT id FROM range(3)", "here")
	a.want("SELECT id FROM v", "here")
	a.want("CREATE TEMP VIEW w AS SELECT * FROM nowhere", "there")
	a.want("SELECT * FROM w", "there")
	a.want("SELECT id FROM v WHERE EXISTS (SELECT * FROM w)", "there")
	if _, err := a.ask("CREATE TEMP VIEW w AS SELECT 1"); err == nil {
		t.Error("a view that only the server understands is made twice")
	}
	a.want("DROP VIEW w", "here")
	a.want("CREATE TEMPORARY FUNCTION upper AS 'x.Y'", "there")
	a.want("SELECT id FROM range(3) WHERE upper('a') = 'A'", "there")
	a.want("DROP TEMPORARY FUNCTION upper", "there")
	if _, err := a.ask("SELECT missing FROM range(3)"); err == nil {
		t.Error("a column that is certainly missing")
	}

	a.want("SET shoal.engine = spark", "here")
	a.want("SELECT id FROM range(3)", "there")
	a.want("SET shoal.engine = duckdb", "here")
	if _, err := a.ask("SELECT * FROM nowhere"); err == nil {
		t.Error("a table nobody has")
	}
	if _, err := a.ask("NEWFANGLED"); err == nil {
		t.Error("a statement nobody here knows")
	}
	a.want("SET shoal.engine = auto", "here")
	a.want("NEWFANGLED", "there")
	a.want("SELECT id FROM range(3)", "there")
	if _, why := a.place(); !strings.Contains(why, "opaque") {
		t.Errorf("the place is because %q", why)
	}
}

func TestOtherVersionsAnswerThemselves(t *testing.T) {
	a := &attached{t: t, far: &distant{version: "3.5.9"}}
	a.restart(t.TempDir(), uuid.NewString())
	a.want("SELECT id FROM range(3)", "there")
	a.want("SET shoal.engine = duckdb", "here")
	a.want("SELECT id FROM range(3)", "here")
}

// TestState: what the home must be, and that a restart changes nothing of it.
func TestState(t *testing.T) {
	a := attach(t)
	for _, text := range []string{
		"SET c = 1", "CREATE TEMP VIEW v AS SELECT id FROM range(3)", "SET c = 2",
		"USE shop", "CREATE TEMP VIEW w AS SELECT * FROM nowhere", "CREATE TEMPORARY FUNCTION f AS 'x.Y'", "ADD JAR '/a.jar'",
		"CREATE TEMP VIEW gone AS SELECT id FROM v", "DROP VIEW gone", "SET shoal.engine = spark",
	} {
		if _, err := a.ask(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	check := func() {
		t.Helper()
		s := a.state()
		steps, err := s.Steps(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, step := range steps {
			got = append(got, string(step.Kind)+" "+step.Name+" c="+step.Conf["c"]+" "+step.Database)
		}
		want := []string{"view v c=1 ", "view w c=2 `shop`", "run f c=2 `shop`", "run ADD JAR '/a.jar' c=2 `shop`"}
		if !slices.Equal(got, want) {
			t.Errorf("steps are %q", got)
		}
		if s.Conf["c"] != "2" || s.Conf[confTimeZone] != "Asia/Tokyo" || s.Conf[confANSI] != "true" || s.Database != "`shop`" {
			t.Errorf("confs are %v in %q", s.Conf, s.Database)
		}
		if _, ok := s.Conf["shoal.engine"]; ok {
			t.Error("Shoal's own conf leaves")
		}
	}
	check()
	a.restart(a.sessions.Artifacts, a.Key.ID)
	check()
	a.want("SET shoal.engine = auto", "here")
	a.want("SELECT * FROM w", "there")
	a.want("SELECT f(1)", "there")
}

// TestOnce: what must not run twice does not.
func TestOnce(t *testing.T) {
	a := attach(t)
	insert, _ := sparksql.Parse("INSERT INTO t VALUES (1)")
	q := Query{ID: uuid.NewString(), Statement: insert, Forward: a.forward("insert")}
	run := func() error {
		result, err := a.Run(t.Context(), q)
		if err == nil {
			result.Close()
		}
		return err
	}
	for range 2 {
		if err := run(); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.far.ran) != 1 || string(a.replayed) != "insert" {
		t.Errorf("ran %q, answered again with %q", a.far.ran, a.replayed)
	}

	q.ID = uuid.NewString() // one that failed may run again
	a.far.fails = errors.New("no such table")
	run()
	a.far.fails = nil
	if err := run(); err != nil || a.far.resumed != 0 {
		t.Errorf("after an error: %v, resumed %d", err, a.far.resumed)
	}

	q.ID = uuid.NewString() // one of which nobody knows is picked up
	a.far.fails = fault.Unreachable("gone")
	run()
	a.far.fails = nil
	if err := run(); err != nil || a.far.resumed != 1 {
		t.Errorf("after a break: %v, resumed %d", err, a.far.resumed)
	}
}

// TestDropTempView: spark.catalog's answer is the gateway's, which knows all temporary views.
func TestDropTempView(t *testing.T) {
	a := attach(t)
	a.want("SET shoal.engine = spark", "here")
	a.want("CREATE TEMP VIEW v AS SELECT 1", "there")
	for _, want := range []string{"here", "there"} {
		drop := &plan.CatalogQuery{Op: "drop_temp_view", Args: map[string]string{"view_name": "v"}}
		result, err := a.Run(t.Context(), Query{ID: uuid.NewString(), Statement: drop, Forward: a.forward("drop")})
		if err != nil {
			t.Fatal(err)
		}
		if got := map[bool]string{true: "there", false: "here"}[result.Relayed]; got != want {
			t.Errorf("answered %s, want %s", got, want)
		}
		result.Close()
	}
}

// TestForwardedPaths: the attached Spark may read what queries here may not.
func TestForwardedPaths(t *testing.T) {
	a := attach(t)
	dir := t.TempDir()
	a.room.Catalog = catalog.New(catalog.Options{AllowedPaths: []string{dir}, DeniedPaths: []string{dir + "/secret"}})
	for path, want := range map[string]bool{
		dir + "/x": true, "file:" + dir + "/x": true, "file://" + dir + "/x": true, "s3a://bucket/x": true, "hdfs://host/x": true,
		"/etc/passwd": false, "file:/etc/passwd": false, "FILE:///etc/passwd": false, "local:/etc/passwd": false,
		dir + "/secret/x": false, dir + "/{a/b,../../../..}/etc/passwd": false, "../x": false, "file://elsewhere/etc/passwd": false,
	} {
		q := Query{ID: uuid.NewString(), Undecoded: errors.New("newfangled"), Forward: a.forward("NEWFANGLED")}
		q.Forward.Paths = func() []string { return []string{path} }
		a.far.ran = nil
		_, err := a.Run(t.Context(), q)
		if ran := len(a.far.ran) > 0; (err == nil) != want || ran != want {
			t.Errorf("%s: %v, ran: %t", path, err, ran)
		}
	}
}

// TestCloneOfOpaque: what only the attached Spark knows cannot be copied.
func TestCloneOfOpaque(t *testing.T) {
	a := attach(t)
	if _, err := a.sessions.Clone(t.Context(), a.Session, ""); err != nil {
		t.Error(err)
	}
	a.want("NEWFANGLED", "there")
	_, err := a.sessions.Clone(t.Context(), a.Session, "")
	if !fault.IsUnsupported(err) || !strings.Contains(err.Error(), "a statement Shoal does not understand") {
		t.Errorf("the clone: %v", err)
	}
}

// A view that was made while queries went to the attached Spark is one here, too, if it can be; also after a restart.
func TestViewsAreKnownOnBothSides(t *testing.T) {
	a := attach(t)
	dir, id := t.TempDir(), uuid.NewString()
	a.restart(dir, id)
	a.want("SET shoal.engine = spark", "here")
	a.want("CREATE TEMP VIEW ours AS SELECT id FROM range(3)", "there")
	a.want("CREATE TEMP VIEW over AS SELECT id FROM ours", "there")
	a.want("CREATE TEMP VIEW theirs AS SELECT nothing(id) FROM range(3)", "there")
	for _, life := range []string{"the first", "the next"} {
		a.want("SET shoal.engine = spark", "here")
		a.want("SELECT id FROM over", "there")
		a.want("SET shoal.engine = duckdb", "here")
		a.want("SELECT id FROM over", "here")
		if place, err := a.ask("SELECT * FROM theirs"); !fault.IsUnsupported(err) {
			t.Errorf("%s life: %q, %v", life, place, err)
		}
		a.want("SET shoal.engine = auto", "here")
		a.want("SELECT id FROM over", "here")
		a.want("SELECT * FROM theirs", "there")
		a.restart(dir, id)
	}
}
