// Package analyze turns an unresolved plan into a resolved, typed one, exactly as Spark's analyzer
// does: names, types, coercions, nullability, and the names Spark itself gives to columns. It needs
// a catalog to look names up, and no engine and no data.
//
// [Analyze] has three outcomes: a resolved plan; an error that Spark would raise too, certain
// (a *fault.Error with Spark's class, SQLSTATE, parameters and position); or "unknown"
// (fault.IsUnsupported), which leaves the query to a real Spark.
//
// Where to look: relation.go dispatches relations, expr.go expressions; scope.go and
// resolve_names.go find names; coerce*.go have Spark's type rules; name.go its column names; funcs.go
// teaches how to add a function, the families are in func_*.go.
package analyze

import (
	"context"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// Env is what a query's meaning depends on, besides its text.
type Env struct {
	Settings plan.Settings
	User     string         // who asks; "": nobody knows
	Names    *catalog.Names // nil: no views
	Catalog  Files          // nil: no files
	Rows     Rows           // nil: no query can be run
	Tables   Tables         // nil: there are no tables
	Under    Under          // nil: there are no stored views
	System   System         // nil: there are no tables of the server's own doings
}

// System gives the rows of a table that tells what the server did, as the one who asks may see them; nil where there is no such
// table.
type System func(ctx context.Context, name []string) (*plan.LocalData, error)

// Under gives the settings that the confs mean which were set when something was stored.
type Under func(conf map[string]string) plan.Settings

// Tables finds a table by its name, which may lack the database: the files it is, and its whole name. Without an error the
// files are nil where there is no such table.
type Tables func(ctx context.Context, name []string) (files *plan.Read, whole []string, err error)

// Rows runs a resolved relation. The analyzer asks for rows only where they decide a schema, as the
// values of a pivot do. Values of a type that has no literal are refused.
type Rows func(ctx context.Context, resolved plan.Relation) ([][]*plan.Literal, error)

// Files makes scans of files; *catalog.Catalog is one.
type Files interface {
	Scan(ctx context.Context, read *plan.Read, s plan.Settings) (*plan.Scan, error)
}

// Analyze resolves a relation. The plan given is not changed; the result shares parts with it.
func Analyze(ctx context.Context, rel plan.Relation, env Env) (plan.Relation, error) {
	resolved, _, err := Observing(ctx, rel, env)
	return resolved, err
}

// Observing is [Analyze]; it gives what is to be observed, too.
func Observing(ctx context.Context, rel plan.Relation, env Env) (plan.Relation, []Observed, error) {
	a := &analyzer{ctx: ctx, env: env, settings: env.Settings, names: env.Names, functions: functions()}
	n, err := a.relation(rel, nil)
	if err != nil {
		return nil, nil, err
	}
	resolved := a.exact(n)
	return resolved, a.observed, a.checkDraws(resolved)
}

// Schema is the schema of a relation with the given output.
func Schema(out []*plan.Column) plan.Struct {
	fields := make([]plan.Field, len(out))
	for i, c := range out {
		fields[i] = plan.Field{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Metadata: c.Metadata}
	}
	return plan.Struct{Fields: fields}
}

// analyzer is the state of one analysis.
type analyzer struct {
	ctx      context.Context // lives as long as this one analysis
	env      Env
	settings plan.Settings // of the query, or of the view being inlined
	names    *catalog.Names
	// functions is the registry; a field, since the registry's own entries look functions up.
	functions functionIndex
	lastID    plan.ColumnID
	lastCTE   int
	depth     int // of relations and expressions being entered
	views     int // of views being inlined
	ctes      *cteScope
	windows   []map[string]*plan.Window
	refs      map[int64]plan.Relation // DataFrames that subquery expressions refer to
	// written remembers, for expressions the analyzer rewrote, the call that the user wrote: for names.
	written map[plan.Expr]*call
	digests map[*plan.Func]digest // those known already, if set
	params  map[plan.ColumnID]int // parameters of the lambdas around what is digested
	// observed are the observations found so far.
	observed []Observed
	// twins maps the IDs of repeated columns ("SELECT a, a") to the first one's.
	twins map[plan.ColumnID]plan.ColumnID
	// gathered are relations whose rows were brought into so many partitions; numberings are columns that number rows.
	gathered   map[plan.Relation]int
	numberings map[plan.ColumnID]bool
	draws      bool // a random function with a seed was found
}

// maxDepth bounds how deep a plan may nest, so that a hostile one cannot exhaust memory.
const maxDepth = 50_000

// enter counts one level of nesting; leave gives it back.
func (a *analyzer) enter(pos plan.Pos) error {
	a.depth++
	if a.depth > maxDepth {
		return fault.Unsupported("the query nests deeper than %d levels", maxDepth).At(pos)
	}
	return nil
}

func (a *analyzer) leave() { a.depth-- }

func (a *analyzer) newID() plan.ColumnID {
	a.lastID++
	return a.lastID
}

// remember notes that e stands for the call c in column names.
func (a *analyzer) remember(e plan.Expr, c *call) plan.Expr {
	if a.written == nil {
		a.written = map[plan.Expr]*call{}
	}
	a.written[e] = c
	return e
}
