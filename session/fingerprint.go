package session

// This file tells what a client's request asks for apart from what others do: its costs are remembered under that, and people
// find the requests of a kind by it.

import (
	"hash/fnv"
	"strconv"

	"shoal/catalog"
	"shoal/engine"
	"shoal/plan"
	"shoal/sparksql"
)

// known is a request with what its names tell of it: its fingerprint, whether it must stay here, and what only the attached Spark has.
func (s *Session) known(q Query) Query {
	w := &marker{s: s, seen: map[*catalog.View]bool{}}
	if q.Statement != nil {
		w.visit(q.Statement, s.names, 0)
	}
	q.stays, q.foreign = w.system, w.foreign
	if q.stays {
		q.Forward = nil
	}
	if q.Shape != nil {
		q.fingerprint = w.fingerprint(q.Shape())
	}
	return q
}

// fingerprint is equal for requests that ask the same of the same things with other constants. Besides the request, of which shape
// tells, it counts what its names stand for: sessions have views of their own under equal names, and databases that are current.
func (w *marker) fingerprint(shape uint64) uint64 {
	sum := fnv.New64a()
	sum.Write(w.marks)
	return max(1, engine.Mix(shape, sum.Sum64())) // 0 is none
}

// hexText is a fingerprint, or another key, as people see it: "" for none.
func hexText(key uint64) string {
	if key == 0 {
		return ""
	}
	text := strconv.FormatUint(key, 16)
	return "0000000000000000"[len(text):] + text
}

// marker is a walk through the views of a statement, each of which it enters once.
type marker struct {
	s      *Session
	marks  []byte
	seen   map[*catalog.View]bool
	system bool // a table of [systemQueries] is read
	// foreign are tables that are none of this server's, if a Spark is attached.
	foreign [][]string
}

func (w *marker) mark(parts ...string) {
	for _, p := range parts {
		w.marks = append(append(w.marks, p...), 0)
	}
}

func (w *marker) visit(st plan.Statement, names *catalog.Names, depth int) {
	defined, tables := definitions{}, []*plan.Table{}
	walkNodes(st, func(node any) bool {
		switch n := node.(type) {
		case *plan.Table:
			tables = append(tables, n)
		case *plan.With:
			defined.add(n)
		case *plan.DescribeTable:
			w.system = w.system || isSystem(n.Name)
		}
		if depth > 0 {
			w.node(node)
		}
		return true
	})
	for _, t := range tables {
		if !defined.holds(t) {
			w.table(t, names, depth)
		}
	}
}

// table follows a view. One made of SQL text is that text; what is below it has marks of its own.
func (w *marker) table(t *plan.Table, names *catalog.Names, depth int) {
	w.system = w.system || isSystem(t.Name)
	view, ok := names.View(t.Name)
	if _, own := names.Stored(t.Name); !ok && !own && w.s.home != nil {
		w.foreign = append(w.foreign, w.s.wholeName(t.Name))
	}
	switch {
	case !ok && len(t.Name) == 1:
		w.mark(names.Database()) // here; on an attached Spark another one may be current
		w.mark(w.s.wholeName(t.Name)...)
	case !ok && depth > 0:
		w.mark(t.Name...)
	case !ok, w.seen[view], depth == deepestView:
	default:
		w.seen[view] = true
		scope := names
		if view.Scope != nil {
			scope = view.Scope
		}
		w.mark(t.Name...)
		w.mark(view.Database, sparksql.Redact(view.Text))
		w.visit(view.Query, scope, depth+1)
	}
}

// node marks what of a view's query is no constant: what it does, to which names.
func (w *marker) node(node any) {
	switch n := node.(type) {
	case *plan.Name:
		w.mark(n.Parts...)
	case *plan.Call:
		w.mark(n.Name...)
	case *plan.Read:
		w.mark(n.Format)
		w.mark(n.Paths...)
	case plan.Relation:
		w.mark(kindOf(n))
	}
}
