package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves UNION, INTERSECT and EXCEPT.

var setNames = [...]string{"UNION", "INTERSECT", "EXCEPT"}

func (a *analyzer) setOp(r *plan.SetOp, outer *scope) (*node, error) {
	inputs := make([]*node, len(r.Inputs))
	for i, in := range r.Inputs {
		n, err := a.relation(in, outer)
		if err != nil {
			return nil, err
		}
		inputs[i] = n
	}
	if r.ByName {
		if err := a.matchNames(r, inputs); err != nil {
			return nil, err
		}
	}
	if err := a.sameWidth(r, inputs); err != nil {
		return nil, err
	}
	if err := a.widenInputs(r, inputs); err != nil {
		return nil, err
	}
	if r.Kind != plan.Union {
		if err := noMaps(r, inputs); err != nil {
			return nil, err
		}
	}
	s := &plan.SetOp{Common: at(r), Kind: r.Kind, All: r.All || r.Kind == plan.Union, Inputs: make([]plan.Relation, len(inputs))}
	for i, n := range inputs {
		s.Inputs[i] = a.exact(n)
	}
	n := newNode(s, a.setOutput(r.Kind, inputs))
	if r.Kind != plan.Union {
		n.dfs = bothFrames(inputs...)
	}
	if r.Kind == plan.Union && r.IsSQLDistinct {
		if err := noMaps(r, inputs); err != nil {
			return nil, err
		}
		d := &plan.Distinct{Common: at(r), Input: s}
		return newNode(d, n.cols), nil
	}
	return n, nil
}

// setOutput gives the result its columns: new ones for a union; the left side's, made less nullable
// by an intersection, otherwise.
func (a *analyzer) setOutput(kind plan.SetKind, inputs []*node) []*plan.Column {
	out := make([]*plan.Column, len(inputs[0].cols))
	for i, c := range inputs[0].cols {
		d := *c
		if kind == plan.Union {
			d.ID = a.newID()
		}
		for _, n := range inputs[1:] {
			switch kind {
			case plan.Union:
				d.Nullable = d.Nullable || n.cols[i].Nullable
				d.Type = mergeNulls(d.Type, n.cols[i].Type)
			case plan.Intersect:
				d.Nullable = d.Nullable && n.cols[i].Nullable
			}
		}
		out[i] = &d
	}
	return out
}

func (a *analyzer) sameWidth(r *plan.SetOp, inputs []*node) error {
	width := len(inputs[0].cols)
	for i, n := range inputs[1:] {
		if len(n.cols) != width {
			return fault.New("NUM_COLUMNS_MISMATCH", "operator", setNames[r.Kind], "firstNumColumns", itoa(width),
				"invalidOrdinalNum", ordinal(i+2), "invalidNumColumns", itoa(len(n.cols))).At(r.Pos)
		}
	}
	return nil
}

// widenInputs casts each column to the common type of its fellows.
func (a *analyzer) widenInputs(r *plan.SetOp, inputs []*node) error {
	width := len(inputs[0].cols)
	targets := make([]plan.Type, width)
	differ := false
	for i := range width {
		types := make([]plan.Type, len(inputs))
		for j, n := range inputs {
			types[j] = n.cols[i].Type
		}
		if allSameType(types) {
			targets[i] = a.merged(types)
			continue
		}
		differ = true
		if targets[i] = a.common(types); targets[i] == nil {
			if r.Kind != plan.Union || !allSameShape(types) {
				return a.incompatible(r, inputs, i)
			}
			targets[i] = a.merged(types) // structs that differ in names only: the first one's count
		}
	}
	if !differ {
		return nil
	}
	for j, n := range inputs {
		inputs[j] = a.castColumns(n, targets, plan.Equal)
	}
	return nil
}

func (a *analyzer) incompatible(r *plan.SetOp, inputs []*node, column int) error {
	first := inputs[0].cols[column].Type
	for j, n := range inputs[1:] {
		if t := n.cols[column].Type; !sameType(t, first) && a.wider(first, t) == nil {
			hint := ""
			return fault.New("INCOMPATIBLE_COLUMN_TYPE", "operator", setNames[r.Kind], "tableOrdinalNumber", ordinal(j+2),
				"columnOrdinalNumber", ordinal(column+1), "dataType1", plan.QuotedSQL(t),
				"dataType2", plan.QuotedSQL(first), "hint", hint).At(r.Pos)
		}
	}
	return fault.Unsupported("a set operation over columns without a common type").At(r.Pos)
}

// castColumns projects a relation to the given types, where a column's is not the same.
func (a *analyzer) castColumns(n *node, targets []plan.Type, same func(x, y plan.Type) bool) *node {
	items := make([]plan.Expr, len(n.cols))
	changed := false
	for i, c := range n.cols {
		items[i] = c
		if !same(c.Type, targets[i]) {
			items[i] = &plan.Alias{Expr: a.castTo(c, targets[i]), Names: []string{c.Name}, ID: a.newID()}
			changed = true
		}
	}
	if !changed {
		return n
	}
	p := &plan.Project{Common: plan.Common{Pos: n.rel.At()}, Input: n.rel, Exprs: items}
	out := newNode(p, a.outputOf(items))
	out.dfs = n.dfs
	return out
}

func noMaps(r *plan.SetOp, inputs []*node) error {
	for _, n := range inputs {
		if err := comparableRows(n.cols, r.Pos); err != nil {
			return err
		}
	}
	return nil
}

// matchNames orders every input's columns as the first one's, by name (unionByName).
func (a *analyzer) matchNames(r *plan.SetOp, inputs []*node) error {
	for _, n := range inputs {
		if err := a.uniqueNames(n, r); err != nil {
			return err
		}
	}
	for j := 1; j < len(inputs); j++ {
		left, right := inputs[0], inputs[j]
		items, used, err := a.byName(left.cols, right, r)
		if err != nil {
			return err
		}
		if !r.AllowMissing && len(left.cols) != len(right.cols) {
			return a.sameWidth(r, []*node{left, right})
		}
		inputs[j] = a.reordered(right, items)
		if !r.AllowMissing {
			continue
		}
		var extra []*plan.Column
		for _, c := range right.cols {
			if !used[c.ID] {
				extra = append(extra, c)
			}
		}
		if len(extra) > 0 {
			inputs[j] = a.withColumns(right, items, extra)
			for k := range j {
				inputs[k] = a.withNulls(inputs[k], extra)
			}
		}
	}
	return nil
}

func (a *analyzer) uniqueNames(n *node, r *plan.SetOp) error {
	for i, c := range n.cols {
		for _, d := range n.cols[:i] {
			if a.sameName(c.Name, d.Name) {
				return fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(strings.ToLower(c.Name))).At(r.Pos)
			}
		}
	}
	return nil
}

// byName lists the right side's columns in the left side's order; NULLs stand for missing ones.
func (a *analyzer) byName(left []*plan.Column, right *node, r *plan.SetOp) ([]plan.Expr, map[plan.ColumnID]bool, error) {
	items := make([]plan.Expr, len(left))
	used := map[plan.ColumnID]bool{}
	for i, l := range left {
		found := right.named(l.Name, !a.settings.CaseSensitive)
		if len(found) > 0 {
			items[i] = found[0]
			used[found[0].ID] = true
			if r.AllowMissing && isStruct(l.Type) && !sameType(l.Type, found[0].Type) {
				return nil, nil, fault.Unsupported("unionByName with missing fields inside structs").At(r.Pos)
			}
			continue
		}
		if !r.AllowMissing {
			names := ""
			for k, c := range right.cols {
				if k > 0 {
					names += ", "
				}
				names += c.Name
			}
			return nil, nil, fault.New("_LEGACY_ERROR_TEMP_1201", "colName", l.Name, "fieldNames", names).At(r.Pos)
		}
		items[i] = &plan.Alias{Expr: &plan.Literal{Type: l.Type}, Names: []string{l.Name}, ID: a.newID()}
	}
	return items, used, nil
}

func (a *analyzer) reordered(n *node, items []plan.Expr) *node {
	p := &plan.Project{Common: plan.Common{Pos: n.rel.At()}, Input: n.rel, Exprs: items}
	out := newNode(p, a.outputOf(items))
	out.dfs = n.dfs
	return out
}

func (a *analyzer) withColumns(n *node, items []plan.Expr, extra []*plan.Column) *node {
	for _, c := range extra {
		items = append(items, c)
	}
	return a.reordered(n, items)
}

// withNulls adds NULL columns of the given names and types.
func (a *analyzer) withNulls(n *node, extra []*plan.Column) *node {
	items := make([]plan.Expr, 0, len(n.cols)+len(extra))
	for _, c := range n.cols {
		items = append(items, c)
	}
	for _, c := range extra {
		items = append(items, &plan.Alias{Expr: &plan.Literal{Type: c.Type}, Names: []string{c.Name}, ID: a.newID()})
	}
	return a.reordered(n, items)
}
