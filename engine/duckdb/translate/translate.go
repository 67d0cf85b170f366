package translate

// This file tells the story: Query, and the translator's state. Relations are in
// relation.go and its neighbours, expressions in expr.go.

import (
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// Translation is a query as DuckDB SQL.
type Translation struct {
	SQL string
	// Locals are the temporary tables the SQL reads; the driver makes them on the connection
	// before. Their columns are named c0, c1, ... and have the physical types.
	Locals []Local
	// Functions are those the SQL calls that the driver makes first.
	Functions []Function
	// Narrow says that decimals are computed with 18 digits where the types alone do not prove
	// that this is enough (8x faster, and nearly always is). DuckDB then fails with "Overflow in
	// ... of DECIMAL(18)" before the first row: run Wide instead.
	Narrow bool
	// Constants is a query to run before, or nil: if it fails, so does this one.
	Constants *Translation
	// Out are the columns of Constants.
	Out []*plan.Column

	plan       plan.Relation
	settings   plan.Settings
	places     []plan.Pos
	operations []operation
}

// Local is a temporary table made from data the client sent.
type Local struct {
	Name string
	Data *plan.LocalData
}

// Query translates a resolved plan. The error is a *fault.Error; fault.IsUnsupported tells
// that DuckDB cannot do this as Spark does.
func Query(rel plan.Relation, s plan.Settings) (*Translation, error) {
	tr, err := query(rel, s, false)
	if err == nil {
		tr.Constants = constants(rel, s)
	}
	return tr, err
}

// Wide is the same query with every decimal as wide as Spark has it.
func (tr *Translation) Wide() (*Translation, error) { return query(tr.plan, tr.settings, true) }

func query(rel plan.Relation, s plan.Settings, wide bool) (*Translation, error) {
	t := newTranslator(s, wide)
	t.markLive(rel)
	t.natural = natural(rel)
	sql := t.render(t.relation(rel), rootNames)
	if t.err != nil {
		return nil, t.err
	}
	if len(t.with) > 0 {
		word := "WITH "
		if t.loops {
			word = "WITH RECURSIVE "
		}
		sql = word + strings.Join(t.with, ",\n") + "\n" + sql
	}
	return &Translation{SQL: sql, Locals: t.locals, Functions: t.functions, Narrow: t.narrowed,
		plan: rel, settings: s, places: t.places, operations: t.operations}, nil
}

// translator is the state of one Query. Errors stick: the first is kept in err and the text
// goes on being built, so that renderers need not check at each step.
type translator struct {
	settings plan.Settings
	funcs    funcs // a field, because renderers that call back cannot name the global
	wide     bool  // no narrow decimals

	cols map[plan.ColumnID]fragment // what a column is, in the block being built
	live map[plan.ColumnID]bool     // columns somebody needs

	with      []string                // rendered WITH entries, in order
	loops     bool                    // one of with reads itself
	ctes      map[int]cte             // rendered definitions, by id
	firstRows map[*plan.CTERef]string // LIMIT n, where a reference needs no more rows
	locals    []Local
	functions []Function
	sources   map[string]int // the bit of each FROM item
	seq       int            // for fresh names

	traits     traits                 // of the fragment being rendered
	reads      uint64                 // its FROM items
	blocking   int                    // > 0 below an aggregate: nothing leaves the query before it is done
	keys       []plan.Expr            // of the aggregate being rendered
	natural    map[plan.Relation]bool // what is to leave its rows in Spark's order: see natural.go
	tried      *plan.Func             // the operator whose failure is NULL
	triedBelow bool                   // that of all is
	place      plan.Pos               // of the expression being rendered
	places     []plan.Pos
	operations []operation
	folding    bool // looking for constants that fail
	streams    bool // inside a union that delivers rows before all of it is computed
	narrowed   bool
	err        error
}

func newTranslator(s plan.Settings, wide bool) *translator {
	return &translator{
		settings:  s,
		funcs:     allFuncs,
		wide:      wide,
		cols:      map[plan.ColumnID]fragment{},
		live:      map[plan.ColumnID]bool{},
		ctes:      map[int]cte{},
		firstRows: map[*plan.CTERef]string{},
		sources:   map[string]int{},
	}
}

func (t *translator) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

// unsupported refuses the query; what it returns only fills the hole.
func (t *translator) unsupported(format string, args ...any) string {
	t.fail(fault.Unsupported(format, args...))
	return "NULL"
}

func (t *translator) fresh(prefix string) string {
	t.seq++
	return prefix + strconv.Itoa(t.seq)
}

// traits say what a fragment of SQL is made of.
type traits uint8

const (
	overflows  traits = 1 << iota // may fail with an error of DuckDB's own
	raises                        // may fail by our error() call
	volatile                      // another value at each evaluation
	windowed                      // holds a window function
	aggregates                    // holds an aggregate function
	queries                       // holds a subquery
	borrows                       // holds a column of the query around
	fails      = overflows | raises
)

// fragment is an expression as SQL, fit to be an operand anywhere.
type fragment struct {
	sql    string
	traits traits
	reads  uint64 // bits of the FROM items it reads
	column bool   // a bare column of a FROM item
	stored string // an instant as its file holds it: see instants.go
	key    bool   // a condition that equates two FROM items: a join's key
}

// fragment renders e apart from what is being rendered around it.
func (t *translator) fragment(e plan.Expr) fragment {
	return t.capture(func() string { return t.expr(e) })
}

func (t *translator) capture(render func() string) fragment {
	traits, reads := t.traits, t.reads
	t.traits, t.reads = 0, 0
	f := fragment{sql: render(), traits: t.traits, reads: t.reads}
	t.traits, t.reads = traits, reads
	return f
}

// use makes a fragment part of what is being rendered.
func (t *translator) use(f fragment) string {
	t.traits |= f.traits
	t.reads |= f.reads
	return f.sql
}

func columnName(id plan.ColumnID) string { return "c" + strconv.FormatInt(int64(id), 10) }
func lambdaName(id plan.ColumnID) string { return "l" + strconv.FormatInt(int64(id), 10) }
