package sparksql

import "shoal/plan"

// pivots parses a PIVOT or UNPIVOT clause; nil if there is none.
func (p *parser) pivots(start int, input plan.Relation) plan.Relation {
	switch {
	case p.is(kPivot) && p.ahead(1) == tLeftParen:
		return p.pivotClause(start, input)
	case p.is(kUnpivot) && p.startsClause(0):
		return p.unpivotClause(start, input)
	}
	return nil
}

// pivotClause: PIVOT LEFT_PAREN namedExpressionSeq FOR pivotColumn IN LEFT_PAREN pivotValue (COMMA pivotValue)*
// RIGHT_PAREN RIGHT_PAREN
//
// The rows are grouped by the columns that the clause does not mention: Group is empty.
func (p *parser) pivotClause(start int, input plan.Relation) plan.Relation {
	p.expect(kPivot, tLeftParen)
	agg := &plan.Aggregate{Input: input, Kind: plan.GroupPivot, Pivot: &plan.Pivot{}}
	agg.Aggs = p.namedExpressionSeq()
	p.expect(kFor)
	agg.Pivot.Column = p.pivotColumn()
	p.expect(kIn)
	agg.Pivot.Values = parenList(p, (*parser).namedExpression)
	p.expect(tRightParen)
	agg.Common = p.common(start)
	return agg
}

// pivotColumn: identifier | LEFT_PAREN identifier (COMMA identifier)* RIGHT_PAREN
func (p *parser) pivotColumn() plan.Expr {
	start := p.start()
	column := func(p *parser) plan.Expr {
		at := p.start()
		name := p.errorIdentifier()
		return &plan.Name{Pos: p.pos(at), Parts: []string{name}}
	}
	if !p.is(tLeftParen) {
		return column(p)
	}
	columns := parenList(p, column)
	if len(columns) == 1 {
		return columns[0]
	}
	return p.call(start, "struct", columns...)
}

// unpivotClause: UNPIVOT ((INCLUDE | EXCLUDE) NULLS)? LEFT_PAREN unpivotOperator RIGHT_PAREN (AS? identifier)?
func (p *parser) unpivotClause(start int, input plan.Relation) plan.Relation {
	p.expect(kUnpivot)
	includeNulls := p.acceptAll(kInclude, kNulls)
	p.acceptAll(kExclude, kNulls)
	if p.ahead(1) == tLeftParen {
		p.expect(tLeftParen)
		p.skipBalanced()
		p.expect(tRightParen)
		return &plan.OpaqueRelation{Common: p.common(start), What: "UNPIVOT of several value columns"}
	}
	p.expect(tLeftParen)
	at := p.start()
	u := &plan.Unpivot{Input: input, HasValues: true, RestAreIDs: true, ValueCol: p.identifier()}
	value := &plan.Name{Pos: p.pos(at), Parts: []string{u.ValueCol}}
	p.expect(kFor)
	u.VariableName = p.identifier()
	p.expect(kIn)
	u.Values = parenList(p, (*parser).unpivotColumn)
	p.expect(tRightParen)
	u.Common = p.common(start)
	var r plan.Relation = u
	if !includeNulls {
		cond := &plan.Call{Pos: value.Pos, Name: []string{"isnotnull"}, Args: []plan.Expr{value}, Operator: true}
		r = &plan.Filter{Common: p.common(start), Input: u, Cond: cond}
	}
	if p.isAlias() || p.is(kAs) {
		p.accept(kAs)
		alias := p.errorIdentifier()
		return &plan.SubqueryAlias{Common: p.common(start), Input: r, Alias: alias}
	}
	return r
}

// unpivotColumn: multipartIdentifier (AS? identifier)?
func (p *parser) unpivotColumn() plan.Expr {
	start := p.start()
	parts := p.multipartIdentifier()
	return p.aliased(start, &plan.Name{Pos: p.pos(start), Parts: parts})
}
