package analyze

// This file expands stars and patterns of names.

import (
	"regexp"
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// expandStars replaces *, t.*, s.* and df.colRegex by columns; in says which function's arguments
// they are, "" for a select list.
func (a *analyzer) expandStars(list []plan.Expr, sc *scope, in string) ([]plan.Expr, error) {
	var out []plan.Expr
	for _, e := range list {
		var cols []plan.Expr
		var err error
		switch e := e.(type) {
		case *plan.Star:
			cols, err = a.expandStar(e, sc)
		case *plan.NameRegex:
			cols, err = a.expandRegex(e, sc)
		default:
			cols = []plan.Expr{e}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, cols...)
	}
	return out, nil
}

func (a *analyzer) expandStar(s *plan.Star, sc *scope) ([]plan.Expr, error) {
	cols, err := a.starColumns(s, sc)
	if err != nil || len(s.Except) == 0 {
		return cols, err
	}
	return a.exceptColumns(s, cols, sc)
}

func (a *analyzer) starColumns(s *plan.Star, sc *scope) ([]plan.Expr, error) {
	inputs := sc.inputs
	if s.PlanID.Set {
		n, err := a.dataFrameNode(s.PlanID, sc, "unresolveddataframestar()", s.Pos)
		if err != nil {
			return nil, err
		}
		inputs = []*node{n}
	}
	var out []plan.Expr
	for _, n := range inputs {
		if len(s.Target) > 0 {
			for _, c := range n.hidden {
				if a.endsWith(c.Qualifier, s.Target) {
					out = append(out, c)
				}
			}
		}
		for _, c := range n.cols {
			if len(s.Target) == 0 || a.endsWith(c.Qualifier, s.Target) {
				out = append(out, c)
			}
		}
	}
	if len(out) > 0 || len(s.Target) == 0 {
		return out, nil
	}
	fields, err := a.structStar(s, sc)
	if err == nil || sc.outer == nil || !sc.outer.beside {
		return fields, err
	}
	left, outerErr := a.starColumns(s, sc.outer)
	if outerErr != nil {
		return nil, err
	}
	for i, e := range left {
		if c, ok := e.(*plan.Column); ok {
			left[i] = &plan.Alias{Pos: s.Pos, Expr: asOuter(c), Names: []string{c.Name}}
		}
	}
	return left, nil
}

// structStar is s.* for a struct column s.
func (a *analyzer) structStar(s *plan.Star, sc *scope) ([]plan.Expr, error) {
	e, err := a.inNodes(&plan.Name{Pos: s.Pos, Parts: s.Target}, sc.inputs)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, a.cannotExpand(s, sc)
	}
	t, ok := plan.TypeOf(e).(plan.Struct)
	if !ok {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1050", "attributes", "List("+strings.Join(s.Target, ", ")+")").At(s.Pos)
	}
	out := make([]plan.Expr, len(t.Fields))
	for i, f := range t.Fields {
		field, err := a.structField(e, t, &plan.Literal{Pos: s.Pos, Value: f.Name, Type: plan.String}, s.Pos)
		if err != nil {
			return nil, err
		}
		out[i] = &plan.Alias{Pos: s.Pos, Expr: field, Names: []string{f.Name}}
	}
	return out, nil
}

func (a *analyzer) cannotExpand(s *plan.Star, sc *scope) error {
	var names []string
	for _, n := range sc.inputs {
		for _, c := range n.cols {
			names = append(names, plan.Quote(c.Name))
		}
	}
	slices.Sort(names)
	return fault.New("CANNOT_RESOLVE_STAR_EXPAND", "targetString", plan.QuoteParts(s.Target),
		"columns", strings.Join(names, ", ")).At(s.Pos)
}

// exceptColumns leaves out what EXCEPT lists. Fields inside structs are left to Spark.
func (a *analyzer) exceptColumns(s *plan.Star, cols []plan.Expr, sc *scope) ([]plan.Expr, error) {
	drop := map[plan.ColumnID]bool{}
	among := starNodes(cols, sc)
	for _, parts := range s.Except {
		e, err := a.inNodes(&plan.Name{Pos: s.Pos, Parts: parts}, among)
		if err != nil {
			return nil, err
		}
		c, ok := e.(*plan.Column)
		if e != nil && !ok {
			return nil, fault.Unsupported("* EXCEPT a field of a struct").At(s.Pos)
		}
		if e == nil {
			return nil, exceptUnknown(s, parts, cols)
		}
		if drop[c.ID] {
			return nil, fault.New("EXCEPT_OVERLAPPING_COLUMNS", "columns", strings.Join(parts, ".")).At(s.Pos)
		}
		drop[c.ID] = true
	}
	var out []plan.Expr
	for _, e := range cols {
		if c, ok := e.(*plan.Column); !ok || !drop[c.ID] {
			out = append(out, e)
		}
	}
	return out, nil
}

// starNodes is where names of EXCEPT are looked up: among what the star stands for.
func starNodes(cols []plan.Expr, sc *scope) []*node {
	var n node
	for _, e := range cols {
		c, ok := e.(*plan.Column)
		if !ok {
			return sc.inputs
		}
		n.cols = append(n.cols, c)
	}
	return []*node{&n}
}

// exceptUnknown is the error for a column EXCEPT lists that is not there.
func exceptUnknown(s *plan.Star, parts []string, cols []plan.Expr) error {
	names := make([][]string, 0, len(cols))
	for _, e := range cols {
		if c, ok := e.(*plan.Column); ok {
			names = append(names, append(slices.Clone(c.Qualifier), c.Name))
		}
	}
	return fault.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName", plan.QuoteParts(parts),
		"proposal", strings.Join(similar(parts, names), ", ")).At(s.Pos)
}

// columnPattern is what tells whether a column's name matches. Go's expressions have no possessive quantifiers;
// the one that people use, (a|b)?+.+ for all columns but some, is taken apart.
func (a *analyzer) columnPattern(pattern string) (func(name string) bool, error) {
	flags := "(?is)"
	if a.settings.CaseSensitive {
		flags = "(?s)"
	}
	but, rest, possessive := strings.Cut(pattern, ")?+")
	if !possessive || !strings.HasPrefix(but, "(") {
		re, err := regexp.Compile(flags + "^(?:" + pattern + ")$")
		if err != nil {
			return nil, err
		}
		return re.MatchString, nil
	}
	first, err := regexp.Compile(flags + "^" + but + ")")
	if err != nil {
		return nil, err
	}
	second, err := regexp.Compile(flags + "^(?:" + rest + ")$")
	return func(name string) bool { return second.MatchString(name[len(first.FindString(name)):]) }, err
}

// expandRegex selects the columns whose name matches.
func (a *analyzer) expandRegex(r *plan.NameRegex, sc *scope) ([]plan.Expr, error) {
	matches, err := a.columnPattern(r.Pattern)
	if err != nil {
		return nil, fault.Unsupported("column pattern %s", r.Pattern).At(r.Pos)
	}
	inputs := sc.inputs
	if r.PlanID.Set {
		n, err := a.dataFrameNode(r.PlanID, sc, r.Pattern, r.Pos)
		if err != nil {
			return nil, err
		}
		inputs = []*node{n}
	}
	var out []plan.Expr
	for _, n := range inputs {
		for _, c := range n.cols {
			if matches(c.Name) {
				out = append(out, c)
			}
		}
	}
	return out, nil
}
