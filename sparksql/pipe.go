package sparksql

import (
	"strings"

	"shoal/plan"
)

// operatorPipeRightSide: what follows |>
func (p *parser) pipeOperator(start int, input plan.Relation) plan.Relation {
	switch k := p.kind(); k {
	case kSelect:
		s := p.selectClause()
		return p.windowClause(p.pipeProject(start, s, input, "SELECT"))
	case kExtend:
		p.advance()
		star := &plan.Star{Pos: p.pos(p.lastStart())}
		items := p.namedExpressionSeq()
		for _, e := range items {
			if s, ok := e.(*plan.Star); ok {
				p.rejectAt(s.Pos, "INVALID_USAGE_OF_STAR_OR_REGEX", "elem", "'*'", "prettyName", "expression `pipeexpression`")
			}
		}
		return p.windowClause(p.pipeProject(start, selection{items: append([]plan.Expr{star}, items...)}, input, "EXTEND"))
	case kDrop:
		p.advance()
		star := &plan.Star{Pos: p.pos(p.lastStart())}
		for _, name := range commaList(p, (*parser).errorIdentifier) {
			star.Except = append(star.Except, []string{name})
		}
		return p.pipeProject(start, selection{items: []plan.Expr{star}}, input, "SELECT")
	case kSet:
		return p.pipeSet(start, input)
	case kAs:
		p.advance()
		alias := p.errorIdentifier()
		return &plan.SubqueryAlias{Common: p.common(start), Input: input, Alias: alias}
	case kWhere:
		p.advance()
		cond := p.expression()
		f := &plan.Filter{Common: p.common(start), Input: input, Cond: cond, Pipe: true}
		if p.is(kWindow) && p.startsClause(0) {
			p.windowClause(f)
			p.reject(start, "NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE")
		}
		return f
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
	return p.pipeOrganization(start, input)
}

// pipeOrganization is ORDER BY, LIMIT and the like, one at a time but for LIMIT with OFFSET.
func (p *parser) pipeOrganization(start int, input plan.Relation) plan.Relation {
	q := p.queryOrganization(start, input)
	clause, inner := "", q
	switch r := q.(type) {
	case *plan.Limit:
		clause, inner = "LIMIT", r.Input
		if o, ok := inner.(*plan.Offset); ok {
			inner = o.Input
		}
	case *plan.Offset:
		clause, inner = "OFFSET", r.Input
	}
	sort, sorts := inner.(*plan.Sort)
	if sorts && inner != input {
		sort.Pipe = true
		if clause != "" {
			first := "SORT BY"
			if sort.Global {
				first = "ORDER BY"
			}
			p.reject(start, "MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS", "clause1", first, "clause2", clause)
		}
	}
	return q
}

// operatorPipeRightSide: SET errorIdentifier EQ expression (COMMA errorIdentifier EQ expression)*
//
// Each assignment sees those before it.
func (p *parser) pipeSet(start int, input plan.Relation) plan.Relation {
	p.expect(kSet)
	for {
		at := p.start()
		name := p.errorIdentifier()
		for p.accept(tDot) {
			p.errorIdentifier()
			p.reject(at, "_LEGACY_ERROR_TEMP_0035", "message", "SQL pipe syntax |> SET operator with multi-part assignment key (only single-part keys are allowed)")
		}
		p.expect(tEq)
		value := p.expression()
		column := &plan.Alias{Pos: p.pos(at), Expr: value, Names: []string{name}}
		input = &plan.WithColumns{Common: p.common(start), Input: input, Columns: []*plan.Alias{column}, Pipe: true}
		if !p.accept(tComma) {
			return input
		}
	}
}

func (p *parser) pipeProject(start int, s selection, input plan.Relation, word string) plan.Relation {
	var q plan.Relation = &plan.Project{Common: p.common(start), Input: input, Exprs: s.items, Pipe: word}
	if s.distinct {
		q = &plan.Distinct{Common: p.common(start), Input: q}
	}
	return q
}

// operatorPipeRightSide: AGGREGATE namedExpressionSeq? (GROUP BY groupByClause (COMMA groupByClause)*)?
//
// The grouping expressions, which may have aliases, come first in the result.
func (p *parser) pipeAggregate(start int, input plan.Relation) plan.Relation {
	p.expect(kAggregate)
	agg := &plan.Aggregate{Input: input, ImplicitKeys: true, Pipe: true}
	if p.atEnd() {
		p.reject(start, "_LEGACY_ERROR_TEMP_0035", "message", "The AGGREGATE clause requires a list of aggregate expressions or a list of grouping expressions, or both")
		return agg
	}
	if !(p.is(kGroup) && p.ahead(1) == kBy) {
		agg.Aggs = p.namedExpressionSeq()
	}
	if p.acceptAll(kGroup, kBy) {
		p.pipeGroups(start, agg)
	}
	for _, e := range append(agg.Group[:len(agg.Group):len(agg.Group)], agg.Aggs...) {
		p.plainAggregate(start, e)
	}
	agg.Common = p.common(start)
	return agg
}

// pipeGroups parses the grouping expressions of |> AGGREGATE, which has no grouping sets.
func (p *parser) pipeGroups(start int, agg *plan.Aggregate) {
	agg.Group = commaList(p, func(p *parser) plan.Expr {
		if e := p.groupingAnalytics(); e != nil {
			p.unsupportedAggregate(start, strings.ToUpper(strings.ReplaceAll(e.(*plan.Call).Name[0], "_", " ")))
			return e
		}
		return p.namedExpression()
	})
	switch {
	case p.acceptAll(kWith, kRollup):
		p.unsupportedAggregate(start, "ROLLUP")
	case p.acceptAll(kWith, kCube):
		p.unsupportedAggregate(start, "CUBE")
	case p.acceptAll(kGrouping, kSets):
		parenList(p, (*parser).groupingSet)
		p.unsupportedAggregate(start, "GROUPING SETS")
	}
	if n, ok := agg.Group[0].(*plan.Name); ok && len(agg.Group) == 1 && len(n.Parts) == 1 && strings.EqualFold(n.Parts[0], "all") {
		p.unsupportedAggregate(start, "GROUP BY ALL")
	}
}

// plainAggregate refuses grouping functions and windows.
func (p *parser) plainAggregate(start int, e plan.Expr) {
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Window:
			p.unsupportedAggregate(start, "window functions")
		case *plan.Call:
			if name := strings.ToLower(x.Name[len(x.Name)-1]); name == "grouping" || name == "grouping_id" {
				p.unsupportedAggregate(start, strings.ToUpper(name))
			}
		}
		return true
	})
}

func (p *parser) unsupportedAggregate(start int, what string) {
	p.reject(start, "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "case", what)
}
