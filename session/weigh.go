package session

// This file guesses what a query costs on the attached Spark that was not resolved here: from the names in it, the sizes of
// the files they stand for, and its operators. It looks at no rows, and asks nobody.

import (
	"context"
	"strconv"
	"strings"
	"time"

	"shoal/catalog"
	"shoal/engine"
	"shoal/plan"
)

const (
	// weighTimeout bounds the listing of folders.
	weighTimeout = 5 * time.Millisecond
	deepestView  = 20
	mostNodes    = 20_000
)

// weight is what a query reads, as far as names tell.
type weight struct {
	bytes, rows float64
	blocks      int  // joins, group-bys, sorts
	unknown     bool // something in it may be of any size
	first       bool // it needs the first rows only
	partitioned bool // its answer depends on how its input is cut into partitions
	// tables are those of the server's catalog that it reads, by their whole names. vague says that it reads more of them.
	tables [][]string
	vague  bool
}

// spark is what Spark is expected to take, in seconds of one core.
func (w weight) spark() float64 {
	if w.first {
		return engine.Work{}.OnSpark(1).CPUSeconds
	}
	return engine.RoughWork(w.bytes, w.rows, w.blocks).OnSpark(1).CPUSeconds
}

// size tells weights of different magnitude apart.
func (w weight) size() float64 { return w.bytes + w.rows }

// weigh guesses the weight of a query as it was decoded.
func (s *Session) weigh(ctx context.Context, rel plan.Relation) weight {
	ctx, cancel := context.WithTimeout(ctx, weighTimeout)
	defer cancel()
	x := &weigher{s: s, ctx: ctx, used: map[string]bool{}}
	x.columns(rel)
	x.visit(rel, s.names, 0)
	x.weight.first = firstRowsOnly(rel)
	return x.weight
}

// weigher is a walk through a plan and the views in it.
type weigher struct {
	weight
	s     *Session
	ctx   context.Context
	used  map[string]bool // names of columns, in lower case; nil: all
	nodes int             // that were looked at
}

// columns finds which columns the query may read. Views only add to what it names.
func (x *weigher) columns(rel plan.Relation) {
	chooses, all := false, false
	walkNodes(rel, func(node any) bool {
		switch n := node.(type) {
		case *plan.Project, *plan.Aggregate, *plan.Describe, *plan.Stat:
			chooses = true
		case *plan.Star, *plan.NameRegex, *plan.DropColumns:
			all = true
		case *plan.Call: // count(*)
			return len(n.Args) != 1 || !isStar(n.Args[0])
		}
		x.name(node)
		return true
	})
	if all || !chooses {
		x.used = nil
	}
}

func isStar(e plan.Expr) bool {
	_, ok := e.(*plan.Star)
	return ok
}

// name notes the columns that a node names.
func (x *weigher) name(node any) {
	if x.used == nil {
		return
	}
	switch n := node.(type) {
	case *plan.Name:
		for _, part := range n.Parts { // t.c, c.field
			x.used[strings.ToLower(part)] = true
		}
	case *plan.Describe:
		x.use(n.Columns)
	case *plan.Stat:
		x.use(n.Columns)
	case *plan.Join:
		x.use(n.Using)
	}
}

func (x *weigher) use(columns []string) {
	for _, c := range columns {
		x.used[strings.ToLower(c)] = true
	}
}

// visit adds up what a plan reads.
func (x *weigher) visit(st plan.Statement, names *catalog.Names, depth int) {
	defined := definedIn(st)
	walkNodes(st, func(node any) bool {
		//size: one case per node
		if x.nodes++; x.nodes > mostNodes { // views that multiply
			x.unknown, x.partitioned, x.vague = true, true, true
			return false
		}
		switch n := node.(type) {
		case *plan.Read:
			x.read(n)
		case *plan.Table:
			if !defined.holds(n) {
				x.table(n, names, depth)
			}
		case *plan.TableFunc:
			x.tableFunc(n)
		case *plan.Range:
			x.rows += (float64(n.End) - float64(n.Start)) / float64(n.Step)
		case *plan.LocalData:
			x.bytes += float64(len(n.Arrow))
		case *plan.Join:
			x.blocks++
			x.unknown = x.unknown || n.Cond == nil && len(n.Using) == 0 && !n.Natural && !n.Lateral
		case *plan.Sort:
			x.blocks++
			x.partitioned = x.partitioned || !n.Global
		case *plan.Aggregate, *plan.Distinct, *plan.Window:
			x.blocks++
		case *plan.Call:
			x.call(n, names)
		case *plan.Sample:
			x.partitioned = true
		case *plan.PythonUDF:
			x.unknown = true
		case *plan.OpaqueRelation: // a view that the server made has its query within
			if n.Of == nil {
				x.unknown, x.partitioned, x.vague = true, true, true
			}
		case *plan.Opaque:
			x.unknown, x.partitioned, x.vague = true, true, true
		}
		if depth > 0 {
			x.name(node)
		}
		return true
	})
}

func (x *weigher) call(c *plan.Call, names *catalog.Names) {
	name := strings.ToLower(c.Name[len(c.Name)-1])
	own := names.HasFunction(name)
	x.unknown = x.unknown || len(c.Name) > 1 || own || foreignCode[name]
	// A function of the server's catalog: sessions there remember what it was, each for itself.
	x.vague = x.vague || len(c.Name) > 1 || !own && !isBuiltin(name)
	x.partitioned = x.partitioned || partitioned[name]
}

// foreignCode are the functions that run code of which nothing is known.
var foreignCode = map[string]bool{"reflect": true, "java_method": true, "try_reflect": true}

// partitioned are the functions that tell of partitions, and those that draw lots in each from the start.
var partitioned = map[string]bool{
	"monotonically_increasing_id": true, "spark_partition_id": true, "input_file_block_start": true, "input_file_block_length": true,
	"rand": true, "random": true, "randn": true, "uniform": true, "randstr": true, "uuid": true, "shuffle": true,
}

func (x *weigher) read(r *plan.Read) {
	bytes, err := x.s.room.Catalog.Weigh(x.ctx, r, x.used)
	x.bytes += float64(bytes)
	x.unknown = x.unknown || err != nil
}

// table follows a view, and looks at a table of Shoal's own. Of others nothing is known.
func (x *weigher) table(t *plan.Table, names *catalog.Names, depth int) {
	view, ok := names.View(t.Name)
	if !ok || depth == deepestView {
		x.stored(t, names, depth)
		return
	}
	scope := names
	if view.Scope != nil {
		scope = view.Scope
	}
	x.visit(view.Query, scope, depth+1)
}

func (x *weigher) stored(t *plan.Table, names *catalog.Names, depth int) {
	table, ok := names.Stored(t.Name)
	if !ok {
		x.unknown = true
		whole := x.s.wholeName(t.Name)
		x.tables = append(x.tables, whole)
		x.vague = x.vague || whole == nil || depth > 0 && len(t.Name) == 1 // in a view only the server knows the database
		return
	}
	scan, err := names.Scan(x.ctx, table, nil, x.s.Conf().Settings())
	if err != nil {
		x.unknown = true
		return
	}
	for _, f := range scan.Files {
		x.bytes += float64(f.Size)
	}
}

// tableFunc knows range, of which the largest argument is taken to be the number of rows.
func (x *weigher) tableFunc(f *plan.TableFunc) {
	if len(f.Name) != 1 || !strings.EqualFold(f.Name[0], "range") {
		x.unknown = true
		return
	}
	most := 0.0
	for _, a := range f.Args {
		l, ok := a.(*plan.Literal)
		if !ok {
			x.unknown = true
			continue
		}
		most = max(most, number(l.Value))
	}
	x.rows += most
}

func number(v any) float64 {
	switch n := v.(type) {
	case int32:
		return float64(n)
	case int64:
		return float64(n)
	case string:
		f, _ := strconv.ParseFloat(n, 64)
		return f
	}
	return 0
}

// firstRowsOnly tells whether Spark stops when it has a few rows: there is nothing between the limit and what it reads but
// computations.
func firstRowsOnly(rel plan.Relation) bool {
	limited := false
	for {
		switch r := rel.(type) {
		case *plan.Limit:
			limited, rel = true, r.Input
		case *plan.ShowString:
			limited, rel = true, r.Input
		case *plan.HTMLString:
			limited, rel = true, r.Input
		case *plan.Project:
			rel = r.Input
		case *plan.SubqueryAlias:
			rel = r.Input
		case *plan.WithColumns:
			rel = r.Input
		case *plan.DropColumns:
			rel = r.Input
		case *plan.Read, *plan.Table, *plan.Range, *plan.LocalData:
			return limited
		default:
			return false
		}
	}
}
