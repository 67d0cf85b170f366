package engine

// This file guesses how much work a query is, from the sizes of the files it reads and from its operators. Actuals are
// recorded elsewhere; these numbers only have to tell short queries from heavy ones.

import (
	"math"
	"strings"

	"shoal/plan"
)

// What things cost, in seconds a row (or value) on one core, measured with TPC-H SF1 on two cores of a cloud machine
// (TestWorkOfQueries says how far they hold).
const (
	valueSeconds     = 3e-9  // to read a value of a Parquet file
	textSeconds      = 12e-9 // to read a text
	matchSeconds     = 80e-9 // to match a pattern
	outSeconds       = 8e-9  // to send a value
	textByteSeconds  = 8e-9  // to parse a byte of CSV or JSON
	rowSeconds       = 1e-9  // to filter or compute a row, an expression
	joinSeconds      = 30e-9 // to build or probe with a row
	pairSeconds      = 1e-9  // to look at a pair of rows
	groupSeconds     = 20e-9
	sortSeconds      = 60e-9
	windowSeconds    = 120e-9
	bytesPerValue    = 2.5 // of a Parquet file
	bytesPerRecord   = 40  // of a text file
	heldBytes        = 32  // of a row in a hash table or a sort
	selectivity      = 0.3 // of a filter
	groupShare       = 0.1 // groups of rows
	elementsPerArray = 5
	firstRows        = 1 << 17 // what is read at least for a first row
)

// guess is what a relation costs and gives.
type guess struct {
	rows   float64
	cpu    float64 // seconds
	held   float64 // bytes that must be in memory at the same time
	stream bool    // rows come before all input was read
}

// Work is how much a query is expected to be, whichever engine runs it.
type Work struct {
	CPUSeconds float64 // on one core of the inner engine
	Bytes      int64   // of files it reads
	PeakMemory int64   // bytes, if nothing is spilled
}

// WorkOf guesses the work of a resolved relation.
func WorkOf(r plan.Relation) Work {
	g := guesser{used: map[plan.ColumnID]bool{}, ctes: map[int]guess{}}
	plan.WalkRelations(r, func(r plan.Relation) bool {
		for _, x := range plan.Exprs(r) {
			g.uses(x)
		}
		return true
	})
	for _, c := range plan.Output(r) {
		g.used[c.ID] = true
	}
	found := g.of(r, false)
	found.cpu += found.rows * outSeconds * float64(len(plan.Output(r)))
	return Work{CPUSeconds: found.cpu, Bytes: g.bytes, PeakMemory: int64(min(found.held, math.MaxInt64/2))}
}

// guesser walks a plan once.
type guesser struct {
	used  map[plan.ColumnID]bool // columns that some expression reads
	ctes  map[int]guess
	bytes int64
}

// uses notes the columns of an expression.
func (g *guesser) uses(x plan.Expr) {
	plan.Walk(x, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Column:
			g.used[x.ID] = true
		case *plan.OuterColumn:
			g.used[x.ID] = true
		case *plan.Subquery:
			plan.WalkRelations(x.Plan, func(r plan.Relation) bool {
				for _, inner := range plan.Exprs(r) {
					g.uses(inner)
				}
				return true
			})
		}
		return true
	})
}

// of guesses a relation. keyed says that a condition above compares columns, so that a join without one is no cross product.
//
//size:one case per node
func (g *guesser) of(r plan.Relation, keyed bool) guess {
	switch r := r.(type) {
	case *plan.Scan:
		return g.scan(r)
	case *plan.LocalData:
		values := float64(len(r.Arrow)) / 8
		return guess{rows: values / float64(max(1, len(r.Out))), cpu: values * valueSeconds, held: float64(len(r.Arrow)), stream: true}
	case *plan.Range:
		rows := max(0, (float64(r.End)-float64(r.Start))/float64(r.Step))
		return guess{rows: rows, cpu: rows * rowSeconds, stream: true}
	case *plan.CTERef:
		return g.ctes[r.ID]
	case *plan.With:
		for _, d := range r.Defs {
			g.ctes[d.ID] = g.of(d.Plan, false)
		}
		return g.of(r.Input, keyed)
	case *plan.Filter:
		in := g.of(r.Input, keyed || comparesColumns(r.Cond))
		in.cpu += in.rows*costOf(r.Cond) + g.inside(r.Cond)
		in.rows *= selectivity
		return in
	case *plan.Project:
		return g.project(r, keyed)
	case *plan.Join:
		return g.join(r, keyed)
	case *plan.Aggregate:
		return g.aggregate(r)
	case *plan.Distinct:
		return g.of(r.Input, false).blocks(groupSeconds, 1)
	case *plan.Sort:
		return g.of(r.Input, false).blocks(sortSeconds, 1)
	case *plan.Limit:
		return g.limit(r)
	case *plan.Generate:
		in := g.of(r.Input, false)
		in.rows *= elementsPerArray
		in.cpu += in.rows * rowSeconds
		return in
	case *plan.Values:
		return guess{rows: float64(len(r.Rows)), stream: true}
	case *plan.OneRow:
		return guess{rows: 1, stream: true}
	}
	return g.sum(r)
}

// sum is a relation of which nothing is known but its inputs.
func (g *guesser) sum(r plan.Relation) guess {
	all := guess{stream: true}
	for _, in := range plan.Inputs(r) {
		one := g.of(in, false)
		all.rows, all.cpu, all.held = all.rows+one.rows, all.cpu+one.cpu+one.rows*rowSeconds, all.held+one.held
		all.stream = all.stream && one.stream
	}
	return all
}

// blocks is what an operator gives that reads all its input first.
func (g guess) blocks(seconds, share float64) guess {
	g.cpu += g.rows * seconds
	g.rows *= share
	g.held += g.rows * heldBytes
	g.stream = false
	return g
}

func (g *guesser) aggregate(r *plan.Aggregate) guess {
	in := g.of(r.Input, false)
	share := groupShare
	if len(r.Group) == 0 { // one row, however many come in
		share = 1 / max(1, in.rows)
	}
	out := in.blocks(groupSeconds*float64(1+len(r.Aggs))/2, share)
	for _, x := range r.Aggs {
		plan.Walk(x, func(x plan.Expr) bool {
			if f, ok := x.(*plan.Func); ok && (keepsAll[f.Name] || f.Distinct) {
				out.held += in.rows * heldBytes
			}
			return true
		})
	}
	return out
}

// keepsAll are the aggregates that keep every value until the end.
var keepsAll = map[string]bool{"collect_list": true, "collect_set": true, "listagg": true, "percentile": true, "median": true, "mode": true,
	"percentile_approx": true, "approx_percentile": true, "percentile_cont": true, "percentile_disc": true}

func (g *guesser) scan(r *plan.Scan) guess {
	var size float64
	for _, f := range r.Files {
		size += float64(f.Size)
		g.bytes += f.Size
	}
	if r.Format != "parquet" {
		return guess{rows: size / bytesPerRecord, cpu: size * textByteSeconds, stream: true}
	}
	columns, aRow := r.Out[:len(r.Out)-r.Partitions], 0.0
	for _, c := range columns {
		switch {
		case !g.used[c.ID]:
		case c.Type == plan.String:
			aRow += textSeconds
		default:
			aRow += valueSeconds
		}
	}
	rows := size / bytesPerValue / float64(max(1, len(columns)))
	return guess{rows: rows, cpu: rows * aRow, stream: true}
}

func (g *guesser) project(r *plan.Project, keyed bool) guess {
	in := g.of(r.Input, keyed)
	windows := 0
	for _, x := range r.Exprs {
		in.cpu += g.inside(x)
		plan.Walk(x, func(x plan.Expr) bool {
			if _, ok := x.(*plan.Window); ok {
				windows++
			}
			return true
		})
		in.cpu += in.rows * costOf(x)
	}
	if windows > 0 {
		return in.blocks(windowSeconds*float64(windows), 1)
	}
	return in
}

// costOf is what an expression takes for a row.
func costOf(x plan.Expr) (seconds float64) {
	plan.Walk(x, func(x plan.Expr) bool {
		if f, ok := x.(*plan.Func); ok {
			seconds += rowSeconds
			if strings.Contains(f.Name, "like") || strings.Contains(f.Name, "regexp") || strings.Contains(f.Name, "json") {
				seconds += matchSeconds
			}
		}
		return true
	})
	return seconds
}

// inside is what an expression's subqueries cost.
func (g *guesser) inside(x plan.Expr) (cpu float64) {
	plan.Walk(x, func(x plan.Expr) bool {
		if sub, ok := x.(*plan.Subquery); ok {
			cpu += g.of(sub.Plan, false).cpu
		}
		return true
	})
	return cpu
}

func (g *guesser) join(r *plan.Join, keyed bool) guess {
	keyed = keyed || comparesColumns(r.Cond) || r.Lateral
	left, right := g.of(r.Left, keyed), g.of(r.Right, keyed)
	out := guess{cpu: left.cpu + right.cpu, held: left.held + right.held + min(left.rows, right.rows)*heldBytes, stream: left.stream}
	if !keyed {
		out.rows = left.rows * right.rows
		out.cpu += out.rows * pairSeconds
		return out
	}
	out.rows = max(left.rows, right.rows)
	out.cpu += (left.rows + right.rows) * joinSeconds
	return out
}

// limit stops a relation that streams when it has enough.
func (g *guesser) limit(r *plan.Limit) guess {
	in := g.of(r.Input, false)
	count := 1.0
	if l, ok := r.Count.(*plan.Literal); ok {
		if n, ok := l.Value.(int32); ok {
			count = float64(n)
		}
	}
	if in.stream && in.rows > firstRows {
		in.cpu *= min(1, max(firstRows, count)/in.rows)
	}
	in.rows = min(in.rows, count)
	return in
}

// comparesColumns tells whether a condition has an equality of two things that are no constants.
func comparesColumns(cond plan.Expr) (found bool) {
	if cond == nil {
		return false
	}
	plan.Walk(cond, func(x plan.Expr) bool {
		f, ok := x.(*plan.Func)
		if ok && (f.Name == "=" || f.Name == "<=>") && len(f.Args) == 2 {
			found = found || !constant(f.Args[0]) && !constant(f.Args[1])
		}
		return !found
	})
	return found
}

func constant(x plan.Expr) bool {
	fixed := true
	plan.Walk(x, func(x plan.Expr) bool {
		switch x.(type) {
		case *plan.Column, *plan.OuterColumn, *plan.Subquery:
			fixed = false
		}
		return fixed
	})
	return fixed
}
