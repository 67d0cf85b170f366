package analyze

import (
	"slices"
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves common table expressions that read themselves: WITH RECURSIVE t AS (anchor
// UNION ALL step). The step reads the rows the step before gave; the result is the rows of all.

// recursive resolves the definition d of r; its own name is in reach afterwards.
func (a *analyzer) recursive(r *plan.With, d plan.CTE, outer *scope) (def plan.CTE, err error) {
	union, ok := d.Plan.(*plan.SetOp)
	if !ok || union.Kind != plan.Union || readsTable(union.Inputs[0], d.Name) {
		return def, fault.New("INVALID_RECURSIVE_CTE")
	}
	if union.IsSQLDistinct {
		return def, fault.New("UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE").At(r.Pos)
	}
	anchor, err := a.relation(union.Inputs[0], outer)
	if err != nil {
		return def, err
	}
	named := d
	named.Pos = tablePos(union.Inputs[1], d) // where Spark finds out
	if anchor, err = a.declared(named, anchor); err != nil {
		return def, err
	}
	def = plan.CTE{Name: d.Name, ID: a.nextCTE(), Recursive: true}
	if def.MaxLevel, err = a.recursionLimit(d.MaxLevel, "spark.sql.cteRecursionLevelLimit", 100); err != nil {
		return def, err
	}
	if def.MaxRows, err = a.recursionLimit(0, "spark.sql.cteRecursionRowLimit", 1_000_000); err != nil {
		return def, err
	}
	around := a.ctes
	a.ctes = &cteScope{name: d.Name, id: def.ID, cols: nullableColumns(anchor.cols), up: around}
	step, err := a.relation(union.Inputs[1], outer)
	if err != nil {
		return def, err
	}
	if err := a.sameWidth(union, []*node{anchor, step}); err != nil {
		return def, err
	}
	if step, err = a.likeAnchor(step, anchor); err != nil {
		return def, err
	}
	s := &plan.SetOp{Common: at(union), Kind: plan.Union, All: true, Inputs: []plan.Relation{a.exact(anchor), a.exact(step)}}
	if err := wellPlaced(s.Inputs[1], def.ID); err != nil {
		return def, err
	}
	s.Out = a.setOutput(plan.Union, []*node{anchor, step})
	def.Plan = s
	a.ctes = &cteScope{name: d.Name, id: def.ID, cols: s.Out, up: around}
	return def, nil
}

// recursionLimit is a limit of the recursion: what the query says, else the configuration; -1 is none.
func (a *analyzer) recursionLimit(given int, key string, otherwise int) (int, error) {
	if given > 0 {
		return given, nil
	}
	text, ok := a.settings.Get(key)
	if !ok {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < -1 {
		return 0, fault.Unsupported("%s = %s", key, text)
	}
	return n, nil
}

// nullableColumns are the columns a step reads: any of them may be NULL.
func nullableColumns(cols []*plan.Column) []*plan.Column {
	out := make([]*plan.Column, len(cols))
	for i, c := range cols {
		d := *c
		d.Nullable, d.Type = true, mergeNulls(c.Type, withNulls(c.Type))
		out[i] = &d
	}
	return out
}

// withNulls is a type whose parts may all be NULL.
func withNulls(t plan.Type) plan.Type {
	switch t := t.(type) {
	case plan.Array:
		return plan.Array{Elem: withNulls(t.Elem), ContainsNull: true}
	case plan.Map:
		return plan.Map{Key: withNulls(t.Key), Value: withNulls(t.Value), ValueContainsNull: true}
	case plan.Struct:
		fields := slices.Clone(t.Fields)
		for i := range fields {
			fields[i].Type, fields[i].Nullable = withNulls(fields[i].Type), true
		}
		return plan.Struct{Fields: fields}
	}
	return t
}

// likeAnchor casts a step's columns to the anchor's types, which must hold them.
func (a *analyzer) likeAnchor(step, anchor *node) (*node, error) {
	targets := make([]plan.Type, len(anchor.cols))
	for i, c := range anchor.cols {
		targets[i] = c.Type
		t := step.cols[i].Type
		if sameType(t, c.Type) {
			continue
		}
		if wide := a.wider(c.Type, t); wide == nil || !sameType(wide, c.Type) {
			return nil, fault.New("CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", "left", plan.QuotedSQL(c.Type), "right", plan.QuotedSQL(t))
		}
	}
	return a.castColumns(step, targets, sameType), nil
}

// wellPlaced checks where a step reads its own definition: where rows flow straight through, not
// where all of them must be known first.
func wellPlaced(r plan.Relation, id int) error {
	misplaced := fault.New("INVALID_RECURSIVE_REFERENCE.PLACE")
	for _, e := range plan.Exprs(r) {
		if inSubquery := subqueryReads(e, id); inSubquery != nil {
			return inSubquery
		}
	}
	switch r := r.(type) {
	case *plan.Join:
		keepsLeft := r.Type == plan.InnerJoin || r.Type == plan.CrossJoin || r.Type == plan.LeftOuterJoin || r.Type == plan.LeftSemiJoin || r.Type == plan.LeftAntiJoin
		keepsRight := r.Type == plan.InnerJoin || r.Type == plan.CrossJoin || r.Type == plan.RightOuterJoin
		if !keepsLeft && readsCTE(r.Left, id) || !keepsRight && readsCTE(r.Right, id) {
			return misplaced
		}
	case *plan.Project:
		if readsCTE(r.Input, id) && slices.ContainsFunc(r.Exprs, hasWindow) {
			return misplaced
		}
	case *plan.Filter, *plan.Generate, *plan.Distinct, *plan.CTERef:
	case *plan.Aggregate:
		if readsCTE(r.Input, id) {
			return misplaced
		}
	default:
		if readsCTE(r, id) {
			return fault.Unsupported("a recursive common table expression of this shape")
		}
	}
	for _, in := range plan.Inputs(r) {
		if err := wellPlaced(in, id); err != nil {
			return err
		}
	}
	return nil
}

// subqueryReads is the error of a subquery that reads the definition.
func subqueryReads(e plan.Expr, id int) (err error) {
	plan.Walk(e, func(e plan.Expr) bool {
		s, ok := e.(*plan.Subquery)
		if !ok || !readsCTE(s.Plan, id) {
			return err == nil
		}
		err = fault.Unsupported("a subquery that reads the recursive common table expression it stands in")
		if s.Kind == plan.ScalarSubquery {
			err = fault.New("INVALID_RECURSIVE_REFERENCE.PLACE")
		}
		return false
	})
	return err
}

func readsCTE(r plan.Relation, id int) (found bool) {
	plan.WalkRelations(r, func(r plan.Relation) bool {
		ref, ok := r.(*plan.CTERef)
		found = found || ok && ref.ID == id
		for _, e := range plan.Exprs(r) {
			found = found || subqueryReads(e, id) != nil
		}
		return !found
	})
	return found
}

// tablePos is where a step reads its definition.
func tablePos(step plan.Relation, d plan.CTE) plan.Pos {
	pos := d.Pos
	walkPlan(step, func(r plan.Relation) {
		if t, ok := r.(*plan.Table); ok && isNamed(t, d.Name) {
			pos = t.Pos
		}
	})
	return pos
}

func isNamed(t *plan.Table, name string) bool {
	return len(t.Name) == 1 && strings.EqualFold(t.Name[0], name)
}

// readsTable tells whether an unresolved plan reads a table of this plain name.
func readsTable(r plan.Relation, name string) (found bool) {
	walkPlan(r, func(r plan.Relation) {
		t, ok := r.(*plan.Table)
		found = found || ok && isNamed(t, name)
		for _, e := range plan.Exprs(r) {
			plan.Walk(e, func(e plan.Expr) bool {
				if s, ok := e.(*plan.Subquery); ok {
					found = found || readsTable(s.Plan, name)
				}
				return !found
			})
		}
	})
	return found
}
