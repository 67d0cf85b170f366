package sparksql

import (
	"strconv"

	"shoal/fault"

	"shoal/plan"
)

// querySpecification: SELECT hint* setQuantifier? namedExpressionSeq fromClause? lateralView*
// whereClause? aggregationClause? havingClause? windowClause?
func (p *parser) selectQuery(start int) plan.Relation {
	if p.ahead(1) == kTransform && p.ahead(2) == tLeftParen && p.scriptFollows() {
		return p.scriptTransform(start)
	}
	s := p.selectClause()
	var from plan.Relation
	if p.accept(kFrom) {
		from = p.fromClause()
	} else {
		from = &plan.OneRow{Common: plan.Common{Pos: p.pos(start)}}
	}
	return p.afterFrom(start, s, from)
}

// selection is a SELECT clause.
type selection struct {
	items    []plan.Expr
	distinct bool
	hints    []*plan.Hint
}

// selectClause: SELECT hint* setQuantifier? namedExpressionSeq
func (p *parser) selectClause() selection {
	p.expect(kSelect)
	var s selection
	for p.is(tHintStart) {
		s.hints = append(s.hints, p.hint()...)
	}
	if (p.is(kDistinct) || p.is(kAll)) && !endsOperand(p.ahead(1)) {
		s.distinct = p.is(kDistinct)
		p.advance()
	}
	s.items = p.namedExpressionSeq()
	return s
}

// hint: HENT_START hintStatement (COMMA? hintStatement)* HENT_END
func (p *parser) hint() []*plan.Hint {
	p.expect(tHintStart)
	var hints []*plan.Hint
	for {
		start := p.start()
		h := &plan.Hint{Name: p.identifier()}
		if p.is(tLeftParen) {
			h.Args = parenList(p, (*parser).primary)
		}
		h.Common = p.common(start)
		hints = append(hints, h)
		p.accept(tComma)
		if p.accept(tHintEnd) {
			return hints
		}
	}
}

// afterFrom parses what follows the FROM clause of a SELECT and builds the whole of it.
func (p *parser) afterFrom(start int, s selection, q plan.Relation) plan.Relation {
	q = p.lateralViews(q)
	if p.accept(kWhere) {
		cond := p.expression()
		q = &plan.Filter{Common: p.common(start), Input: q, Cond: cond}
	}
	q = p.aggregation(start, s.items, q)
	if s.distinct {
		q = &plan.Distinct{Common: p.common(start), Input: q}
	}
	q = p.windowClause(q)
	for i := len(s.hints) - 1; i >= 0; i-- {
		s.hints[i].Input = q
		q = s.hints[i]
	}
	return q
}

// aggregation: aggregationClause? havingClause?, over the select list
func (p *parser) aggregation(start int, items []plan.Expr, q plan.Relation) plan.Relation {
	grouped := p.is(kGroup) && p.ahead(1) == kBy
	if !grouped && !p.is(kHaving) {
		return &plan.Project{Common: p.common(start), Input: q, Exprs: items}
	}
	agg := &plan.Aggregate{Input: q, Aggs: items}
	if grouped {
		clause := p.start()
		p.i += 2
		p.groupBy(agg)
		agg.Clause = p.pos(clause)
	}
	agg.Common = p.common(start)
	if !p.accept(kHaving) {
		return agg
	}
	cond := p.expression()
	return &plan.Filter{Common: p.common(start), Input: agg, Cond: cond, Having: true}
}

// aggregationClause: GROUP BY groupByClause (COMMA groupByClause)*
// | GROUP BY expressionSeq (WITH ROLLUP | WITH CUBE | GROUPING SETS LEFT_PAREN groupingSet (COMMA groupingSet)* RIGHT_PAREN)?
func (p *parser) groupBy(agg *plan.Aggregate) {
	agg.Group = commaList(p, (*parser).groupByClause)
	switch {
	case p.acceptAll(kWith, kRollup):
		agg.Kind = plan.GroupRollup
	case p.acceptAll(kWith, kCube):
		agg.Kind = plan.GroupCube
	case p.is(kGrouping) && p.ahead(1) == kSets:
		start := p.start()
		p.i += 2
		sets := parenList(p, (*parser).groupingSet)
		if !setGrouping(agg, sets, false) {
			p.reject(start, "GROUPING_COLUMN_MISMATCH", "grouping", Print(sets[0]), "groupingColumns", Print(agg.Group[0]))
		}
	case len(agg.Group) == 1:
		simplifyGrouping(agg)
	}
}

// simplifyGrouping gives GROUP BY ALL, and a sole ROLLUP, CUBE or GROUPING SETS without lists inside, a
// kind of their own.
func simplifyGrouping(agg *plan.Aggregate) {
	switch e := agg.Group[0].(type) {
	case *plan.Name:
		if len(e.Parts) == 1 && lookup(e.Parts[0]) == kAll {
			agg.Kind, agg.Group = plan.GroupAll, nil
		}
	case *plan.Call:
		if !e.Operator {
			return
		}
		switch e.Name[0] {
		case "rollup", "cube":
			for _, a := range e.Args {
				if _, composite := setMembers(a); composite {
					return
				}
			}
			agg.Group = e.Args
			if agg.Kind = plan.GroupRollup; e.Name[0] == "cube" {
				agg.Kind = plan.GroupCube
			}
		case "grouping_sets":
			for _, a := range e.Args {
				if c, ok := a.(*plan.Call); ok && c.Operator && isGroupingAnalytics(c.Name[0]) {
					return
				}
			}
			agg.Group = nil
			setGrouping(agg, e.Args, true)
		}
	}
}

func isGroupingAnalytics(name string) bool {
	return name == "rollup" || name == "cube" || name == "grouping_sets"
}

// setMembers are the expressions of a grouping set: of a list in parentheses, or the one.
func setMembers(set plan.Expr) (members []plan.Expr, composite bool) {
	if c, ok := set.(*plan.Call); ok && c.Operator && c.Name[0] == "struct" {
		return c.Args, true
	}
	return []plan.Expr{set}, false
}

// setGrouping makes agg group by sets of expressions; extend allows ones not in agg.Group yet.
func setGrouping(agg *plan.Aggregate, sets []plan.Expr, extend bool) bool {
	agg.Kind = plan.GroupSets
	index := map[string]int{}
	for i, g := range agg.Group {
		index[Print(g)] = i
	}
	for _, set := range sets {
		members, _ := setMembers(set)
		refs := make([]int, 0, len(members))
		for _, m := range members {
			key := Print(m)
			i, ok := index[key]
			if !ok {
				if !extend {
					return false
				}
				i = len(agg.Group)
				index[key] = i
				agg.Group = append(agg.Group, m)
			}
			refs = append(refs, i)
		}
		agg.Sets = append(agg.Sets, refs)
	}
	return true
}

// groupByClause: groupingAnalytics | expression
func (p *parser) groupByClause() plan.Expr {
	if e := p.groupingAnalytics(); e != nil {
		return e
	}
	return p.expression()
}

// groupingAnalytics: (ROLLUP | CUBE) LEFT_PAREN groupingSet (COMMA groupingSet)* RIGHT_PAREN
// | GROUPING SETS LEFT_PAREN groupingElement (COMMA groupingElement)* RIGHT_PAREN
func (p *parser) groupingAnalytics() plan.Expr {
	start := p.start()
	switch {
	case p.is(kRollup) && p.ahead(1) == tLeftParen:
		p.advance()
		return p.call(start, "rollup", parenList(p, (*parser).groupingSet)...)
	case p.is(kCube) && p.ahead(1) == tLeftParen:
		p.advance()
		return p.call(start, "cube", parenList(p, (*parser).groupingSet)...)
	case p.is(kGrouping) && p.ahead(1) == kSets && p.ahead(2) == tLeftParen:
		p.i += 2
		return p.call(start, "grouping_sets", parenList(p, (*parser).groupingElement)...)
	}
	return nil
}

// groupingElement: groupingAnalytics | groupingSet
func (p *parser) groupingElement() plan.Expr {
	p.enter()
	defer func() { p.depth-- }()
	if e := p.groupingAnalytics(); e != nil {
		return e
	}
	return p.groupingSet()
}

// groupingSet: LEFT_PAREN (expression (COMMA expression)*)? RIGHT_PAREN | expression
func (p *parser) groupingSet() plan.Expr {
	start := p.start()
	if p.acceptAll(tLeftParen, tRightParen) {
		return p.call(start, "struct")
	}
	return p.expression()
}

// fromStatement: fromClause (selectClause ...)*
func (p *parser) fromStatement(start int) plan.Relation {
	p.expect(kFrom)
	from := p.fromClause()
	var bodies []plan.Relation
	for p.is(kSelect) {
		at := p.start()
		q := p.afterFrom(at, p.selectClause(), from)
		if p.continuesQuery() {
			bodies = append(bodies, q) // what follows belongs to the whole statement
			break
		}
		bodies = append(bodies, p.queryOrganization(at, q))
	}
	switch len(bodies) {
	case 0:
		return from
	case 1:
		return bodies[0]
	default:
		return &plan.SetOp{Common: p.common(start), Kind: plan.Union, All: true, Inputs: bodies}
	}
}

// inlineTable: VALUES expression (COMMA expression)* tableAlias
func (p *parser) inlineTable() plan.Relation {
	start := p.start()
	p.expect(kValues)
	values := &plan.Values{}
	var bad *fault.Error
	for {
		row := rowOf(p.expression())
		if bad == nil && len(values.Rows) > 0 && len(row) != len(values.Rows[0]) {
			bad = fault.New("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "expectedNumCols", strconv.Itoa(len(values.Rows[0])),
				"actualNumCols", strconv.Itoa(len(row)), "rowIndex", strconv.Itoa(len(values.Rows)))
		}
		values.Rows = append(values.Rows, row)
		if !p.accept(tComma) {
			break
		}
	}
	values.Common = p.common(start)
	table := p.tableAlias(start, values, "")
	if bad != nil {
		p.rejectWith(bad, start)
	}
	return table
}

// rowOf is the row an expression of VALUES stands for.
func rowOf(e plan.Expr) []plan.Expr {
	c, ok := e.(*plan.Call)
	if !ok || !c.Operator || len(c.Name) != 1 || c.Name[0] != "struct" {
		return []plan.Expr{e}
	}
	row := make([]plan.Expr, len(c.Args))
	for i, a := range c.Args {
		if named, ok := a.(*plan.Alias); ok {
			a = named.Expr
		}
		row[i] = a
	}
	return row
}

// scriptFollows tells whether TRANSFORM, MAP or REDUCE here means an external script: USING 'command'
// follows.
func (p *parser) scriptFollows() bool {
	depth := 0
	for n := 1; ; n++ {
		switch p.ahead(n) {
		case tLeftParen:
			depth++
		case tRightParen:
			if depth--; depth < 0 {
				return false
			}
		case kUsing:
			if depth == 0 && p.ahead(n+1).isString() {
				return true
			}
		case kFrom, kSelect, tSemicolon, tEOF:
			return false
		}
	}
}

// transformClause runs a script: nothing here can, so the rest of the query is skipped.
func (p *parser) scriptTransform(start int) plan.Relation {
	p.skipBalanced()
	return &plan.OpaqueRelation{Common: p.common(start), What: opaqueScript}
}

// What the opaque relations that are whole queries are called.
const (
	opaqueScript = "TRANSFORM with a script"
)

// skipBalanced passes tokens until the parenthesis around them closes or the statement ends.
func (p *parser) skipBalanced() {
	for depth := 0; ; p.advance() {
		switch p.kind() {
		case tLeftParen:
			depth++
		case tRightParen:
			if depth--; depth < 0 {
				return
			}
		case tEOF, tSemicolon:
			return
		}
	}
}
