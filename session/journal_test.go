package session

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/engine"
	"shoal/plan"
	"shoal/store"
)

// notebook is a session whose server can be restarted. Requests are kept by number, as their bytes.
type notebook struct {
	t        *testing.T
	dir      string
	key      Key
	requests []plan.Statement
	store    *store.Store
	*Session
}

func newNotebook(t *testing.T) *notebook {
	n := &notebook{t: t, dir: t.TempDir(), key: Key{User: "ann", ID: uuid.NewString()}}
	n.restart()
	return n
}

func (n *notebook) restart() {
	n.t.Helper()
	if n.store != nil {
		n.store.Close()
	}
	var err error
	if n.store, err = store.Open(n.dir); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { n.store.Close() })
	sessions, err := New(Options{
		Store: n.store, Catalog: catalog.New(catalog.Options{}), Router: &engine.Router{}, Artifacts: n.dir,
		Decode: func(request []byte, _ func(string) ([]byte, bool)) (plan.Statement, error) {
			var i int
			_, err := fmt.Sscan(string(request), &i)
			return n.requests[i], err
		},
	})
	if err != nil {
		n.t.Fatal(err)
	}
	if n.Session, err = sessions.Open(context.Background(), n.key, ""); err != nil {
		n.t.Fatal(err)
	}
}

// do carries a command out.
func (n *notebook) do(c plan.Command) {
	n.t.Helper()
	n.requests = append(n.requests, c)
	raw := fmt.Sprint(len(n.requests) - 1)
	result, err := n.Run(n.t.Context(), Query{Statement: c, Raw: []byte(raw)})
	if err != nil {
		n.t.Fatal(err)
	}
	result.Close()
}

// view is df.createOrReplaceTempView.
func (n *notebook) view(name string, query plan.Relation) {
	n.t.Helper()
	n.do(&plan.CreateView{Name: []string{name}, Query: query, Replace: true, Temporary: true})
}

func (n *notebook) drop(name string) {
	n.t.Helper()
	n.do(&plan.DropView{Name: []string{name}})
}

// ends tells the End of every range a view reads, nil if there is no such view.
func (n *notebook) ends(name string) (ends []int64) {
	n.t.Helper()
	resolved, err := n.Analyze(n.t.Context(), table1(name))
	if err != nil {
		return nil
	}
	plan.WalkRelations(resolved, func(r plan.Relation) bool {
		if r, ok := r.(*plan.Range); ok {
			ends = append(ends, r.End)
		}
		return true
	})
	return ends
}

func table1(name string) plan.Relation { return &plan.Table{Name: []string{name}} }

func upTo(end int64) plan.Relation { return &plan.Range{End: end, Step: 1} }

func TestViewsKeepWhatTheyWereMadeFrom(t *testing.T) {
	n := newNotebook(t)
	n.view("v", upTo(1))
	n.view("w", table1("v"))
	n.view("v", &plan.SetOp{Kind: plan.Union, Inputs: []plan.Relation{table1("v"), upTo(2)}, All: true})
	n.view("other", upTo(9))
	n.drop("other")
	for _, when := range []string{"before", "after"} {
		if got := n.ends("v"); !slices.Equal(got, []int64{1, 2}) {
			t.Errorf("%s a restart, v reads %v", when, got)
		}
		if got := n.ends("w"); !slices.Equal(got, []int64{1}) {
			t.Errorf("%s a restart, w reads %v", when, got)
		}
		if got := n.ends("other"); got != nil {
			t.Errorf("%s a restart, the dropped view reads %v", when, got)
		}
		n.restart()
	}
	n.drop("v")
	n.restart()
	if got := n.ends("v"); got != nil {
		t.Errorf("v was dropped and reads %v", got)
	}
	if got := n.ends("w"); !slices.Equal(got, []int64{1}) {
		t.Errorf("without v, w reads %v", got)
	}
}

func TestJournalIsCompact(t *testing.T) {
	n := newNotebook(t)
	for i := range 50 {
		n.view("v", upTo(int64(i)))
		value := fmt.Sprint(i)
		n.do(&plan.SetConf{Key: "a.b", Value: &value})
	}
	n.view("gone", upTo(1))
	n.drop("gone")
	n.do(&plan.ResetConf{Key: "a.b"})
	entries, err := n.store.Journal(t.Context(), n.key)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestViewKeepsItsSettings(t *testing.T) {
	n := newNotebook(t)
	off := "false"
	n.do(&plan.SetConf{Key: confANSI, Value: &off})
	n.view("v", upTo(1))
	n.do(&plan.ResetConf{Key: confANSI})
	n.restart()
	view, ok := n.names.View([]string{"v"})
	if !ok || view.Settings.ANSI || !n.Conf().Settings().ANSI {
		t.Errorf("view %v, ansi %v; session's ansi %v", ok, ok && view.Settings.ANSI, n.Conf().Settings().ANSI)
	}
}

func TestSQLViewOverItselfIsRefused(t *testing.T) {
	n := newNotebook(t)
	n.view("v", upTo(1))
	create := func(name, text string, query plan.Relation) error {
		c := &plan.CreateView{Name: []string{name}, Query: query, Text: text, Replace: true, Temporary: true}
		result, err := n.Run(t.Context(), Query{Statement: c, Raw: []byte("0")})
		if err == nil {
			result.Close()
		}
		return err
	}
	if err := create("v", "SELECT * FROM v", table1("v")); class(err) != "RECURSIVE_VIEW" {
		t.Errorf("got %v", err)
	}
	if err := create("w", "SELECT * FROM v", table1("v")); err != nil {
		t.Fatal(err)
	}
	if err := create("v", "SELECT * FROM w", table1("w")); class(err) != "RECURSIVE_VIEW" {
		t.Errorf("through another view: got %v", err)
	}
}
