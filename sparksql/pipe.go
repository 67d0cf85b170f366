package sparksql

import "shoal/plan"

// operatorPipeRightSide: what follows |>
func (p *parser) pipeOperator(start int, input plan.Relation) plan.Relation {
	switch k := p.kind(); k {
	case kSelect:
		s := p.selectClause()
		return p.windowClause(p.pipeProject(start, s, input))
	case kExtend:
		p.advance()
		star := &plan.Star{Pos: p.pos(p.lastStart())}
		return p.windowClause(p.pipeProject(start, selection{items: append([]plan.Expr{star}, p.namedExpressionSeq()...)}, input))
	case kDrop:
		p.advance()
		star := &plan.Star{Pos: p.pos(p.lastStart())}
		for _, name := range commaList(p, (*parser).errorIdentifier) {
			star.Except = append(star.Except, []string{name})
		}
		return p.pipeProject(start, selection{items: []plan.Expr{star}}, input)
	case kSet:
		p.skipBalanced()
		return &plan.OpaqueRelation{Common: p.common(start), What: opaquePipeSet}
	case kAs:
		p.advance()
		alias := p.errorIdentifier()
		return &plan.SubqueryAlias{Common: p.common(start), Input: input, Alias: alias}
	case kWhere:
		p.advance()
		cond := p.expression()
		return &plan.Filter{Common: p.common(start), Input: input, Cond: cond}
	case kAggregate:
		return p.pipeAggregate(start, input)
	case kTablesample:
		return p.sample(start, input)
	case kUnion, kExcept, kMinus, kIntersect:
		p.advance()
		kind := map[kind]plan.SetKind{kUnion: plan.Union, kExcept: plan.Except, kMinus: plan.Except, kIntersect: plan.Intersect}[k]
		all := p.setQuantifier()
		return p.setOp(start, kind, all, input, p.queryPrimary())
	}
	if r := p.pivots(start, input); r != nil {
		return r
	}
	if r := p.joinRelation(input); r != nil {
		return r
	}
	return p.queryOrganization(start, input)
}

func (p *parser) pipeProject(start int, s selection, input plan.Relation) plan.Relation {
	var q plan.Relation = &plan.Project{Common: p.common(start), Input: input, Exprs: s.items}
	if s.distinct {
		q = &plan.Distinct{Common: p.common(start), Input: q}
	}
	return q
}

// operatorPipeRightSide: AGGREGATE namedExpressionSeq? aggregationClause?
//
// The grouping expressions come first in the result.
func (p *parser) pipeAggregate(start int, input plan.Relation) plan.Relation {
	p.expect(kAggregate)
	agg := &plan.Aggregate{Input: input, ImplicitKeys: true}
	if !(p.is(kGroup) && p.ahead(1) == kBy) {
		agg.Aggs = p.namedExpressionSeq()
	}
	if p.acceptAll(kGroup, kBy) {
		p.groupBy(agg)
	}
	agg.Common = p.common(start)
	return agg
}
