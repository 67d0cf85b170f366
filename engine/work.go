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
	valueSeconds     = 5e-9  // to read a value of a Parquet file
	textSeconds      = 20e-9 // to read a text
	matchSeconds     = 80e-9 // to match a pattern
	outSeconds       = 8e-9  // to send a value
	textByteSeconds  = 8e-9  // to parse a byte of CSV or JSON
	rowSeconds       = 1e-9  // to filter or compute a row, an expression
	joinSeconds      = 60e-9 // to build or probe with a row
	pairSeconds      = 1e-9  // to look at a pair of rows
	groupSeconds     = 30e-9
	sortSeconds      = 60e-9
	windowSeconds    = 120e-9
	bytesPerValue    = 2.5 // of a Parquet file
	bytesPerRecord   = 40  // of a text file
	rowBytes         = 16  // of a row in a hash table or a sort, besides its values
	fixedBytes       = 8   // of a number there
	textBytes        = 32  // of a text there
	groupShare       = 0.1 // groups of rows
	elementsPerArray = 5
	listGrowth       = 2       // times the values that a list takes while it grows
	firstRows        = 1 << 17 // what is read at least for a first row
)

// How far guesses can be relied on: surely where footers and constants tell, less with each operator of which nobody knows what
// it lets through.
const (
	surely = 0.9
	fairly = 0.9
	unsure = 0.5
)

// guess is what a relation costs and gives.
type guess struct {
	rows   float64
	whole  float64 // rows of the largest table below, before any filter
	cpu    float64 // seconds
	held   float64 // bytes that must be in memory at the same time
	kept   float64 // of them, bytes that cannot go to disk
	sure   float64 // 0 to 1: how far all of this can be relied on
	stream bool    // rows come before all input was read
}

// Work is how much a query is expected to be, whichever engine runs it.
type Work struct {
	CPUSeconds float64 // on one core of the inner engine
	Bytes      int64   // of files, in the columns that it reads
	Rows       float64 // that it makes itself, and sends
	Blocks     int     // operators that need all of their input first
	PeakMemory int64   // bytes, if nothing is spilled
	Kept       int64   // of them, bytes that cannot be spilled
	Reading    float64 // seconds that the files take to come
	Confidence float64 // see Estimate
}

// WorkOf guesses the work of a resolved relation.
func WorkOf(r plan.Relation) Work {
	if r == nil {
		return Work{Confidence: unsure}
	}
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
	found := g.of(r, nil)
	found.cpu += found.rows * outSeconds * float64(len(plan.Output(r)))
	return Work{CPUSeconds: found.cpu, Bytes: bytes(g.bytes), Rows: g.made + found.rows, Blocks: g.blocks, PeakMemory: bytes(found.held),
		Kept: bytes(found.kept), Reading: g.reading, Confidence: found.sure}
}

func bytes(n float64) int64 { return int64(min(max(0, n), math.MaxInt64/2)) }

// guesser walks a plan once.
type guesser struct {
	used    map[plan.ColumnID]bool // columns that some expression reads
	ctes    map[int]guess
	bytes   float64
	reading float64 // seconds
	made    float64 // rows that come from nowhere
	blocks  int
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

// of guesses a relation that has conditions above it.
//
//size:one case per node
func (g *guesser) of(r plan.Relation, above conditions) guess {
	switch r := r.(type) {
	case *plan.Scan:
		return g.scan(r)
	case *plan.LocalData:
		values, size := float64(len(r.Arrow))/8, float64(len(r.Arrow))
		return table(values/float64(max(1, len(r.Out))), values*valueSeconds, surely).holds(size, size)
	case *plan.Range:
		rows := max(0, (float64(r.End)-float64(r.Start))/float64(r.Step))
		g.made += rows
		return table(rows, rows*rowSeconds, surely)
	case *plan.CTERef:
		found := g.ctes[r.ID]
		again := found
		again.cpu, again.held, again.kept = found.rows*rowSeconds, 0, 0 // it is kept from the first time
		g.ctes[r.ID] = again
		return found
	case *plan.With:
		for _, d := range r.Defs {
			g.ctes[d.ID] = g.of(d.Plan, nil)
		}
		return g.of(r.Input, above)
	case *plan.Filter:
		return g.filter(r, above)
	case *plan.Project:
		return g.project(r, above)
	case *plan.SubqueryAlias:
		return g.of(r.Input, above)
	case *plan.Join:
		return g.join(r, above)
	case *plan.Aggregate:
		return g.aggregate(r)
	case *plan.Distinct:
		return g.block(g.of(r.Input, nil), groupSeconds, 1, g.width(r))
	case *plan.Sort:
		return g.block(g.of(r.Input, nil), sortSeconds, 1, g.width(r))
	case *plan.Limit:
		return g.limit(r)
	case *plan.Generate:
		in := g.of(r.Input, nil)
		in.rows, in.sure = in.rows*elementsPerArray, in.sure*unsure
		in.cpu += in.rows * rowSeconds
		return in
	case *plan.Values:
		return table(float64(len(r.Rows)), 0, surely)
	case *plan.OneRow:
		return table(1, 0, surely)
	}
	return g.sum(r)
}

// table is what rows give that nothing was done with.
func table(rows, cpu, sure float64) guess {
	return guess{rows: rows, whole: rows, cpu: cpu, sure: sure, stream: true}
}

func (g guess) holds(held, kept float64) guess {
	g.held, g.kept = g.held+held, g.kept+kept
	return g
}

// sum is a relation of which nothing is known but its inputs.
func (g *guesser) sum(r plan.Relation) guess {
	all := guess{stream: true, sure: surely}
	for _, in := range plan.Inputs(r) {
		one := g.of(in, nil)
		all.rows, all.cpu, all.whole = all.rows+one.rows, all.cpu+one.cpu+one.rows*rowSeconds, max(all.whole, one.whole)
		all = all.holds(one.held, one.kept)
		all.stream, all.sure = all.stream && one.stream, min(all.sure, one.sure)
	}
	return all
}

// block is what an operator gives that reads all its input first, and holds rows of some width.
func (g *guesser) block(in guess, seconds, share, width float64) guess {
	g.blocks++
	in.cpu += in.rows * seconds
	in.rows *= share
	in.held += in.rows * width
	in.sure *= fairly
	in.stream = false
	return in
}

// width is what a row of a relation takes in a hash table or a sort, in bytes.
func (g *guesser) width(r plan.Relation) float64 {
	width := 0.0
	for _, c := range plan.Output(r) {
		if g.used[c.ID] {
			width += widthOf(c.Type)
		}
	}
	return rowBytes + width
}

func widthOf(t plan.Type) float64 {
	if _, fixed := t.(plan.Basic); fixed && t != plan.String && t != plan.Binary {
		return fixedBytes
	}
	return textBytes
}

// valueBytes is what a value of an expression takes: of what puts others together, what they take.
func valueBytes(x plan.Expr) (n float64) {
	f, ok := x.(*plan.Func)
	if !ok || f.Name != "concat" && f.Name != "struct" && f.Name != "named_struct" && f.Name != "array" {
		return widthOf(plan.TypeOf(x))
	}
	for _, a := range f.Args {
		n += valueBytes(a)
	}
	return n
}

func (g *guesser) aggregate(r *plan.Aggregate) guess {
	in := g.of(r.Input, nil)
	share := groupShare
	if len(r.Group) == 0 { // one row, however many come in
		share = 1 / max(1, in.rows)
	}
	out := g.block(in, groupSeconds*float64(1+len(r.Aggs))/2, share, rowBytes+fixedBytes*float64(len(r.Group)+len(r.Aggs)))
	for _, x := range r.Aggs {
		plan.Walk(x, func(x plan.Expr) bool {
			f, ok := x.(*plan.Func)
			if !ok {
				return true
			}
			values := in.rows * fixedBytes
			if len(f.Args) > 0 {
				values = in.rows * valueBytes(f.Args[0])
			}
			switch {
			case keepsAll[f.Name]:
				out = out.holds(listGrowth*values, listGrowth*values)
			case f.Distinct:
				out = out.holds(values+in.rows*rowBytes, 0)
			}
			return true
		})
	}
	return out
}

// keepsAll are the aggregates that keep every value until the end, in memory.
var keepsAll = map[string]bool{"collect_list": true, "collect_set": true, "listagg": true, "percentile": true, "median": true, "mode": true,
	"percentile_approx": true, "approx_percentile": true, "percentile_cont": true, "percentile_disc": true}

func (g *guesser) scan(r *plan.Scan) guess {
	before := g.bytes
	found := g.files(r)
	if len(r.Files) > 0 {
		g.reading += (g.bytes - before) / bandwidth(r.Files[0].Path)
	}
	return found
}

func (g *guesser) files(r *plan.Scan) guess {
	var size float64
	for _, f := range r.Files {
		size += float64(max(0, f.Size))
	}
	if r.Format != "parquet" {
		g.bytes += size
		return table(size/bytesPerRecord, size*textByteSeconds, unsure)
	}
	columns, aRow, used, known := r.Out[:len(r.Out)-r.Partitions], 0.0, 0.0, len(r.Sizes) == len(r.Out)-r.Partitions
	for i, c := range columns {
		if !g.used[c.ID] {
			continue
		}
		aRow += valueSeconds
		if c.Type == plan.String {
			aRow += textSeconds - valueSeconds
		}
		used++
		if known {
			g.bytes += float64(r.Sizes[i])
		}
	}
	if known {
		return table(float64(max(0, r.Rows)), float64(max(0, r.Rows))*aRow, surely)
	}
	g.bytes += size * used / float64(max(1, len(columns)))
	rows := size / bytesPerValue / float64(max(1, len(columns)))
	return table(rows, rows*aRow, unsure)
}

func (g *guesser) project(r *plan.Project, above conditions) guess {
	in := g.of(r.Input, above)
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
		return g.block(in, windowSeconds*float64(windows), 1, g.width(r))
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
			cpu += g.of(sub.Plan, nil).cpu
		}
		return true
	})
	return cpu
}

func (g *guesser) join(r *plan.Join, above conditions) guess {
	above = append(above[:len(above):len(above)], conditionsOf(r.Cond)...)
	left, right := g.under(r.Left, above), g.under(r.Right, above)
	g.blocks++
	out := guess{cpu: left.cpu + right.cpu, whole: max(left.whole, right.whole), sure: min(left.sure, right.sure) * fairly, stream: left.stream}
	out = out.holds(left.held+right.held, left.kept+right.kept)
	if !above.equal() && !r.Lateral {
		out.rows = left.rows * right.rows
		out.cpu += out.rows * pairSeconds
		return out
	}
	small, large := left, right
	kept := g.width(r.Left)
	if left.rows > right.rows {
		small, large, kept = right, left, g.width(r.Right)
	}
	out = out.holds(small.rows*kept, 0)
	// Each row of the large side finds one of the small side, if no filter took it away.
	out.rows = large.rows * min(1, small.rows/max(1, small.whole))
	out.cpu += (left.rows + right.rows) * joinSeconds
	return out
}

// limit stops a relation that streams when it has enough.
func (g *guesser) limit(r *plan.Limit) guess {
	in := g.of(r.Input, nil)
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
