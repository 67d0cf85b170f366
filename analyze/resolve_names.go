package analyze

import (
	"errors"
	"slices"
	"sort"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file finds out what a name means.

// name resolves a name in Spark's order: lambda parameters, the inputs' columns, functions that
// need no parentheses, earlier aliases of the select list, the enclosing query.
func (a *analyzer) name(n *plan.Name, sc *scope) (plan.Expr, error) {
	if v := a.lambdaVar(n, sc); v != nil {
		return a.fields(v, n.Parts[1:], n.Pos)
	}
	if n.PlanID.Set {
		e, err := a.dataFrameColumn(n, sc)
		if e != nil || err != nil {
			return e, err
		}
	}
	e, err := a.fromInputs(n, sc)
	if e != nil || err != nil {
		return e, err
	}
	if e := a.groupAlias(n, sc); e != nil {
		return e, nil
	}
	if e, err := a.bareFunction(n, sc); e != nil || err != nil {
		return e, err
	}
	if e, err := a.lateralAlias(n, sc); e != nil || err != nil {
		return e, err
	}
	if e, err := a.parameter(n, sc); e != nil || err != nil {
		return e, err
	}
	if e, err := a.outerName(n, sc); e != nil || err != nil {
		return e, err
	}
	if e, err := a.variable(n); e != nil || err != nil {
		return e, err
	}
	return nil, a.unresolvedColumn(n, sc)
}

// fromInputs looks a name up in the operator's inputs; nil if it is not there.
func (a *analyzer) fromInputs(n *plan.Name, sc *scope) (plan.Expr, error) {
	if sc.group != nil {
		return a.fromGrouping(n, sc)
	}
	e, err := a.inNodes(n, sc.inputs)
	if sc.sorting && isAmbiguous(err) {
		e, err = nil, nil // ORDER BY then looks below the select list
	}
	if e != nil || err != nil || !sc.missing {
		return e, err
	}
	return a.fetchMissing(n, sc.inputs[0])
}

// inNodes looks a name up in the columns of some relations together.
func (a *analyzer) inNodes(n *plan.Name, nodes []*node) (plan.Expr, error) {
	found, rest := a.match(n.Parts, nodes)
	switch {
	case len(found) == 0:
		return nil, nil
	case len(found) > 1:
		return nil, ambiguous(n, found)
	}
	c := *found[0]
	c.Pos = n.Pos
	c.Name = n.Parts[len(n.Parts)-len(rest)-1]
	if len(rest) == 0 {
		return &c, nil
	}
	return a.fields(&c, rest, n.Pos)
}

// match finds the columns a name may mean, and which of its parts name fields inside. The longest
// qualifier that fits wins.
func (a *analyzer) match(parts []string, nodes []*node) (found []*plan.Column, rest []string) {
	fold := !a.settings.CaseSensitive
	for q := min(len(parts)-1, 3); q > 0; q-- {
		for _, n := range nodes {
			for _, cols := range [2][]*plan.Column{n.cols, n.hidden} {
				for _, c := range cols {
					if equalName(c.Name, parts[q], fold) && a.endsWith(c.Qualifier, parts[:q]) {
						found = a.appendUnique(found, c)
					}
				}
			}
		}
		if len(found) > 0 {
			return found, parts[q+1:]
		}
	}
	for _, n := range nodes {
		for _, c := range n.named(parts[0], fold) {
			found = a.appendUnique(found, c)
		}
	}
	return found, parts[1:]
}

// appendUnique adds a column unless it is there already, perhaps as its twin.
func (a *analyzer) appendUnique(found []*plan.Column, c *plan.Column) []*plan.Column {
	for _, f := range found {
		if a.origin(f.ID) == a.origin(c.ID) {
			return found
		}
	}
	return append(found, c)
}

func (a *analyzer) origin(id plan.ColumnID) plan.ColumnID {
	if first, ok := a.twins[id]; ok {
		return first
	}
	return id
}

func (a *analyzer) endsWith(qualifier, parts []string) bool {
	if len(qualifier) < len(parts) {
		return false
	}
	tail := qualifier[len(qualifier)-len(parts):]
	for i, p := range parts {
		if !a.sameName(tail[i], p) {
			return false
		}
	}
	return true
}

func ambiguous(n *plan.Name, found []*plan.Column) error {
	names := make([]string, len(found))
	for i, c := range found {
		name := c.Name
		for _, p := range n.Parts {
			if strings.EqualFold(p, name) {
				name = p // as the user wrote it
			}
		}
		names[i] = plan.QuoteParts(append(slices.Clone(c.Qualifier), name))
	}
	slices.Sort(names)
	return fault.New("AMBIGUOUS_REFERENCE", "name", plan.QuoteParts(n.Parts),
		"referenceNames", "["+strings.Join(names, ", ")+"]").At(n.Pos)
}

func isAmbiguous(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Class == "AMBIGUOUS_REFERENCE"
}

// fields takes nested fields out of e.
func (a *analyzer) fields(e plan.Expr, names []string, pos plan.Pos) (plan.Expr, error) {
	for _, name := range names {
		var err error
		if e, err = a.extract(e, &plan.Literal{Pos: pos, Value: name, Type: plan.String}, pos); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (a *analyzer) lambdaVar(n *plan.Name, sc *scope) plan.Expr {
	for l := sc.lambda; l != nil; l = l.up {
		for _, v := range l.vars {
			if a.sameName(v.Name, n.Parts[0]) {
				use := *v
				use.Pos = n.Pos
				return &use
			}
		}
	}
	return nil
}

// bareFunction: CURRENT_DATE and a few others need no parentheses.
func (a *analyzer) bareFunction(n *plan.Name, sc *scope) (plan.Expr, error) {
	if len(n.Parts) != 1 {
		return nil, nil
	}
	name := strings.ToLower(n.Parts[0])
	switch name {
	case "current_date", "current_timestamp", "current_user", "current_time", "localtimestamp", "grouping__id":
	case "session_user", "user":
		name = "current_user"
	default:
		return nil, nil
	}
	return a.call(&plan.Call{Pos: n.Pos, Name: []string{name}}, sc)
}

// outerName looks a name up in the query around a subquery.
func (a *analyzer) outerName(n *plan.Name, sc *scope) (plan.Expr, error) {
	if sc.outer == nil {
		return nil, nil
	}
	e, err := a.fromOuter(n, sc.outer)
	if e == nil || err != nil {
		return nil, err
	}
	if sc.outer.params != nil {
		if err := lendable(e); err != nil {
			return nil, err
		}
	}
	return plan.MapExpr(e, func(e plan.Expr) (plan.Expr, error) {
		if c, ok := e.(*plan.Column); ok {
			return &plan.OuterColumn{Column: c}, nil
		}
		return e, nil
	})
}

func (a *analyzer) fromOuter(n *plan.Name, outer *scope) (plan.Expr, error) {
	if outer.params != nil {
		return a.parameter(n, outer)
	}
	if outer.group != nil {
		return a.fromGrouping(n, outer)
	}
	return a.inNodes(n, outer.inputs)
}

// unresolvedColumn is the error for a name nobody knows, with what the user may have meant.
func (a *analyzer) unresolvedColumn(n *plan.Name, sc *scope) error {
	var cols []*plan.Column
	for _, in := range sc.inputs {
		cols = append(cols, in.cols...)
	}
	if sc.params != nil {
		cols = append(cols, sc.params.columns()...)
	}
	pos := n.Pos
	if sc.lambda != nil {
		pos = sc.at
	}
	return unresolved("UNRESOLVED_COLUMN", n.Parts, cols, "objectName").At(pos)
}

// suggestions is how many names Spark proposes at most.
const suggestions = 5

func unresolved(class string, parts []string, cols []*plan.Column, param string) *fault.Error {
	quoted := plan.QuoteParts(parts)
	if len(cols) == 0 {
		return fault.New(class+".WITHOUT_SUGGESTION", param, quoted)
	}
	seen := map[plan.ColumnID]bool{}
	unique := make([]*plan.Column, 0, len(cols))
	for _, c := range cols {
		if !seen[c.ID] {
			seen[c.ID] = true
			unique = append(unique, c)
		}
	}
	sort.SliceStable(unique, func(i, j int) bool {
		if unique[i].Name != unique[j].Name {
			return unique[i].Name < unique[j].Name
		}
		return unique[i].ID < unique[j].ID
	})
	names := make([][]string, len(unique))
	for i, c := range unique {
		names[i] = append(slices.Clone(c.Qualifier), c.Name)
	}
	proposal := similar(parts, names)
	return fault.New(class+".WITH_SUGGESTION", param, quoted, "proposal", strings.Join(proposal, ", "))
}

// similar orders names by their edit distance to the wanted one, leaving out qualifiers they share.
func similar(wanted []string, names [][]string) []string {
	drop := 0
	switch {
	case len(wanted) == 1 && sharePrefix(names, 1):
		drop = 1
	case len(wanted) <= 2 && sharePrefix(names, 2):
		drop = 2
	}
	parts := make([]string, len(wanted))
	for i, p := range wanted {
		parts[i] = plan.QuoteIfNeeded(p)
	}
	base := strings.Join(parts, ".")
	type candidate struct {
		name     string
		distance int
	}
	all := make([]candidate, len(names))
	for i, n := range names {
		if drop > 0 && len(n) > drop {
			n = n[len(n)-drop:]
		}
		q := plan.QuoteParts(n)
		all[i] = candidate{q, editDistance(q, base)}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].distance < all[j].distance })
	out := make([]string, 0, suggestions)
	for i := 0; i < len(all) && i < suggestions; i++ {
		out = append(out, all[i].name)
	}
	return out
}

// sharePrefix tells whether all names are equal but for their last parts.
func sharePrefix(names [][]string, last int) bool {
	prefix := func(n []string) []string { return n[:max(0, len(n)-last)] }
	for _, n := range names[1:] {
		if !slices.Equal(prefix(n), prefix(names[0])) {
			return false
		}
	}
	return true
}

// editDistance is the Levenshtein distance in UTF-16 units, as Java counts (here: runes).
func editDistance(x, y string) int {
	s, t := []rune(x), []rune(y)
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(s); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(t); j++ {
			above := row[j]
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(row[j]+1, row[j-1]+1, diagonal+cost)
			diagonal = above
		}
	}
	return row[len(t)]
}
