package analyze

import (
	"strings"

	"shoal/plan"
)

// This file holds what names can refer to while a query is analyzed.

// node is a relation that has been resolved, with what the names of its consumer may mean.
//
// rel's output may have more columns than cols: helpers that an ORDER BY or HAVING needed, or the
// merged-away columns of a USING join. exact drops them where it matters.
type node struct {
	rel    plan.Relation
	cols   []*plan.Column // what * means, in order
	hidden []*plan.Column // reachable by a qualified name only
	input  *node          // what a missing column may be fetched from, through this node
	agg    *grouping      // set if rel is an aggregate with its select list
	dfs    *dataFrame     // Connect's plan ids in and below
	index  map[string][]*plan.Column
	row    *plan.Column // the rows' numbers, if rel gives them: of no name
	place  *place       // where Spark has the rows, if that was asked and is certain
}

// dataFrame remembers which columns a DataFrame's node had, for columns taken from it.
type dataFrame struct {
	id   plan.PlanID
	node *node
	kids []*dataFrame
}

// scope is where the names of an operator's expressions are looked up.
type scope struct {
	at        plan.Pos // the operator's place, for errors that Spark reports there
	inputs    []*node
	outer     *scope        // of the enclosing query
	lambda    *lambdaVars   // parameters of enclosing lambdas
	laterals  *laterals     // earlier aliases of the same select list
	group     *grouping     // HAVING and ORDER BY above an aggregate
	having    bool          // it is HAVING
	inAgg     bool          // inside an aggregate function
	inFilter  bool          // inside FILTER of an aggregate function
	sorting   bool          // it is ORDER BY
	beside    bool          // its inputs stand left of a lateral join, whose stars may mean them
	inWindow  bool          // inside a window expression
	missing   bool          // names may be fetched from below the input
	keysOf    *selected     // GROUP BY: names may be those of select items
	windowArg bool          // the function of OVER
	generator bool          // a generator may stand here
	tableFunc bool          // the call stands in FROM
	params    *params       // of a function written in SQL, in its body
	plain     string        // Spark's name of the operator if no function written in SQL can stand here
	aggs      *[]*plan.Call // if set, takes note of the aggregates met
}

func (s *scope) insideAggregate() *scope {
	c := *s
	c.inAgg, c.windowArg, c.generator = true, false, false
	return &c
}

func (s *scope) insideGenerator() *scope {
	c := *s
	c.plain = "Generate"
	return &c
}

func (s *scope) sawAggregate(e *plan.Call) {
	if s.aggs != nil {
		*s.aggs = append(*s.aggs, e)
	}
}

// lambdaVars is a linked list of the lambda parameters in reach.
type lambdaVars struct {
	vars []*plan.LambdaVar
	up   *lambdaVars
}

// newNode makes the node of a resolved relation: it sets the relation's output too.
func newNode(rel plan.Relation, cols []*plan.Column) *node {
	rel.Node().Out = cols
	return &node{rel: rel, cols: cols}
}

// over makes the node of an operator whose output is its input's.
func over(rel plan.Relation, in *node) *node {
	rel.Node().Out = plan.Output(in.rel)
	return &node{rel: rel, cols: in.cols, hidden: in.hidden, input: in, dfs: in.dfs}
}

// exact is the node's relation with the node's columns only, in their order and under their names.
func (a *analyzer) exact(n *node) plan.Relation {
	out := plan.Output(n.rel)
	if sameColumns(out, n.cols) {
		if !sameLabels(out, n.cols) {
			n.rel.Node().Out = n.cols
		}
		return n.rel
	}
	p := &plan.Project{Input: n.rel, Exprs: make([]plan.Expr, len(n.cols))}
	for i, c := range n.cols {
		p.Exprs[i] = c
	}
	p.Out = n.cols
	return p
}

func sameColumns(a, b []*plan.Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID {
			return false
		}
	}
	return true
}

func sameLabels(a, b []*plan.Column) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// manyColumns is from where on an index pays.
const manyColumns = 24

// named lists the columns called name, in order, without repetitions.
func (n *node) named(name string, fold bool) []*plan.Column {
	if len(n.cols) < manyColumns || !fold {
		var found []*plan.Column
		for _, c := range n.cols {
			if equalName(c.Name, name, fold) {
				found = append(found, c)
			}
		}
		return found
	}
	if n.index == nil {
		n.index = make(map[string][]*plan.Column, len(n.cols))
		for _, c := range n.cols {
			key := strings.ToLower(c.Name)
			n.index[key] = append(n.index[key], c)
		}
	}
	return n.index[strings.ToLower(name)]
}

func equalName(a, b string, fold bool) bool {
	if a == b {
		return true
	}
	return fold && len(a) == len(b) && strings.EqualFold(a, b)
}

func (a *analyzer) sameName(x, y string) bool { return equalName(x, y, !a.settings.CaseSensitive) }

// qualify is the columns under another qualifier.
func qualify(cols []*plan.Column, qualifier ...string) []*plan.Column {
	out := make([]*plan.Column, len(cols))
	block := make([]plan.Column, len(cols))
	for i, c := range cols {
		block[i] = *c
		block[i].Qualifier = qualifier
		out[i] = &block[i]
	}
	return out
}

// withNullable is the columns, all nullable; those that are already are shared.
func withNullable(cols []*plan.Column) []*plan.Column {
	out := make([]*plan.Column, len(cols))
	for i, c := range cols {
		if !c.Nullable {
			d := *c
			d.Nullable = true
			c = &d
		}
		out[i] = c
	}
	return out
}
