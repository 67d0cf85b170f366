package sparksql

import (
	"strconv"
	"strings"

	"shoal/plan"
)

// This file holds queries around SELECT: common table expressions, set operations, ORDER BY to OFFSET.

// startsQuery tells whether the token n ahead begins a query, parentheses before it left aside.
func (p *parser) startsQuery(n int) bool {
	next := p.ahead(n + 1)
	switch p.ahead(n) {
	case kSelect:
		return !endsOperand(next)
	case kFrom, kTable:
		return next == tLeftParen && p.ahead(n) == kFrom || next.isIdent() && !endsOperand(next) && !(next == kIs || next == kAs || next == kIn || next == kAnd || next == kOr)
	case kValues:
		return !endsOperand(next) && !next.isIdent() || next == kNull || next == kDate
	case kWith:
		after := p.ahead(n + 2)
		return next.isIdent() && (after == kAs || after == tLeftParen || next == kRecursive && after.isIdent())
	}
	return false
}

// endsOperand tells whether a token after a word makes the word a mere column.
func endsOperand(next kind) bool {
	switch next {
	case tEOF, tComma, tRightParen, tDot, tEq, tNotEq, tLess, tLessEq, tGreater, tGreaterEq, tNullSafeEq,
		tSlash, tPercent, tConcat, tRightBracket, tSemicolon, tArrow, tFatArrow, tDoubleColon:
		return true
	}
	return false
}

// query: ctes? queryTerm queryOrganization
func (p *parser) query() plan.Relation {
	p.enter()
	defer func() { p.depth-- }()
	start := p.start()
	with := p.ctes()
	return with.over(p, start, p.queryAfter(p.start(), p.queryPrimary()))
}

// parenQuery: LEFT_PAREN query RIGHT_PAREN
func (p *parser) parenQuery() plan.Relation {
	p.expect(tLeftParen)
	q := p.query()
	p.expect(tRightParen)
	return q
}

// closeQuery takes the parenthesis that ends a query.
//
// Where only it is missing, the message says so.
func (p *parser) closeQuery() {
	if !p.is(tEOF) {
		p.expect(tRightParen)
		return
	}
	open := 0
	for _, t := range p.toks {
		switch t.kind {
		case tLeftParen:
			open++
		case tRightParen:
			open--
		}
	}
	if open == 1 {
		p.syntaxError(": missing ')'")
	}
	p.syntaxError("")
}

// queryAfter goes on with a query whose first operand is already read.
func (p *parser) queryAfter(start int, first plan.Relation) plan.Relation {
	return p.queryOrganization(start, p.queryTerm(start, first))
}

// continuesQuery tells whether the next token may follow a query's operand in parentheses.
func (p *parser) continuesQuery() bool {
	switch p.kind() {
	case kUnion, kExcept, kMinus, kIntersect, kLimit, kOffset, tPipe:
		return true
	case kOrder, kSort, kCluster, kDistribute:
		return p.ahead(1) == kBy
	}
	return false
}

// definitions is a WITH clause, perhaps none.
type definitions struct {
	repeated  []string // names defined twice
	defs      []plan.CTE
	recursive bool
}

// over puts the definitions in front of a query.
func (d definitions) over(p *parser, start int, q plan.Relation) plan.Relation {
	if d.repeated != nil {
		p.reject(start, "DUPLICATED_CTE_NAMES", "duplicateNames", strings.Join(d.repeated, ", "))
	}
	if d.defs == nil {
		return q
	}
	return &plan.With{Common: p.common(start), Input: q, Defs: d.defs, Recursive: d.recursive}
}

// ctes: WITH RECURSIVE? namedQuery (COMMA namedQuery)*
func (p *parser) ctes() definitions {
	if !p.accept(kWith) {
		return definitions{}
	}
	var d definitions
	if p.is(kRecursive) && p.ahead(1).isIdent() && p.ahead(1) != kAs {
		p.advance()
		d.recursive = true
	}
	d.defs = commaList(p, (*parser).namedQuery)
	seen := make(map[string]bool, len(d.defs))
	for _, def := range d.defs {
		if seen[def.Name] {
			d.repeated = append(d.repeated, "`"+def.Name+"`")
		}
		seen[def.Name] = true
	}
	return d
}

// namedQuery: errorIdentifier identifierList? AS? LEFT_PAREN query RIGHT_PAREN
func (p *parser) namedQuery() plan.CTE {
	start := p.start()
	def := plan.CTE{Name: p.errorIdentifier()}
	if p.is(tLeftParen) && !p.startsQuery(1) && p.ahead(1) != tLeftParen {
		def.Columns = p.identifierList()
	}
	if p.acceptAll(kMax, kRecursion, kLevel) {
		def.MaxLevel, _ = strconv.Atoi(p.text()) // what is no number fails with the next line
		p.expect(tInteger)
	}
	p.accept(kAs)
	def.Plan = p.parenQuery()
	def.Pos = p.pos(start)
	return def
}

// queryTerm: queryPrimary | queryTerm setOperator setQuantifier? queryTerm | queryTerm PIPE operatorPipeRightSide
//
// INTERSECT binds tighter than UNION, EXCEPT and MINUS, those tighter than |>.
func (p *parser) queryTerm(start int, left plan.Relation) plan.Relation {
	left = p.intersections(start, left)
	for {
		var kind plan.SetKind
		switch p.kind() {
		case kUnion:
			kind = plan.Union
		case kExcept, kMinus:
			kind = plan.Except
		case tPipe:
			p.advance()
			left = p.pipeOperator(start, left)
			continue
		default:
			return left
		}
		p.advance()
		all := p.setQuantifier()
		at := p.start()
		right := p.intersections(at, p.queryPrimary())
		left = p.setOp(start, kind, all, left, right)
	}
}

func (p *parser) intersections(start int, left plan.Relation) plan.Relation {
	for p.accept(kIntersect) {
		all := p.setQuantifier()
		left = p.setOp(start, plan.Intersect, all, left, p.queryPrimary())
	}
	return left
}

// setQuantifier: DISTINCT | ALL
func (p *parser) setQuantifier() (all bool) {
	if p.accept(kAll) {
		return true
	}
	p.accept(kDistinct)
	return false
}

func (p *parser) setOp(start int, kind plan.SetKind, all bool, left, right plan.Relation) plan.Relation {
	return &plan.SetOp{Common: p.common(start), Kind: kind, All: all, Inputs: []plan.Relation{left, right},
		IsSQLDistinct: kind == plan.Union && !all}
}

// queryPrimary: querySpecification | fromStatement | TABLE identifierReference | inlineTable | LEFT_PAREN query RIGHT_PAREN
func (p *parser) queryPrimary() plan.Relation {
	start := p.start()
	switch p.kind() {
	case kSelect:
		return p.selectQuery(start)
	case kFrom:
		return p.fromStatement(start)
	case kTable:
		p.advance()
		at := p.start()
		name := p.identifierReference()
		return &plan.Table{Common: p.common(at), Name: name}
	case kValues:
		return p.inlineTable()
	case tLeftParen:
		p.advance()
		q := p.query()
		p.closeQuery()
		return q
	case kMap, kReduce:
		if p.scriptFollows() {
			return p.scriptTransform(start)
		}
	}
	p.syntaxError("")
	return nil
}

// queryOrganization: (ORDER BY sortItem (COMMA sortItem)*)? (CLUSTER BY expressionSeq)? (DISTRIBUTE BY expressionSeq)?
// (SORT BY sortItem (COMMA sortItem)*)? windowClause? (LIMIT (ALL | expression))? (OFFSET expression)?
func (p *parser) queryOrganization(start int, q plan.Relation) plan.Relation {
	q = p.ordering(start, q)
	q = p.windowClause(q)
	var limit, offset plan.Expr
	if p.accept(kLimit) && !p.accept(kAll) {
		limit = p.expression()
	}
	if p.is(kOffset) {
		p.advance()
		if !p.startsOperand() {
			p.i--
			p.syntaxError(p.extraAtEnd())
		}
		offset = p.expression()
	}
	if offset != nil {
		q = &plan.Offset{Common: p.common(start), Input: q, Count: offset}
	}
	if limit != nil {
		q = &plan.Limit{Common: p.common(start), Input: q, Count: limit}
	}
	return q
}

// ordering is the part of queryOrganization that arranges rows.
func (p *parser) ordering(start int, q plan.Relation) plan.Relation {
	clauses, first, at := 0, p.i, p.start()
	if p.acceptAll(kOrder, kBy) {
		clauses++
		var order []plan.SortOrder
		p.blaming(first, func() { order = commaList(p, (*parser).sortItem) })
		q = &plan.Sort{Common: p.common(at), Input: q, Order: order, Global: true}
	}
	if p.acceptAll(kCluster, kBy) {
		clauses++
		exprs := p.expressionSeq()
		order := make([]plan.SortOrder, len(exprs))
		for i, e := range exprs {
			order[i] = plan.SortOrder{Expr: e, NullsFirst: true}
		}
		q = &plan.Repartition{Common: p.common(start), Input: q, Exprs: exprs}
		q = &plan.Sort{Common: p.common(start), Input: q, Order: order}
	}
	clause := p.start()
	distribute := p.acceptAll(kDistribute, kBy)
	if distribute {
		clauses++
		exprs := p.expressionSeq()
		q = &plan.Repartition{Common: p.common(clause), Input: q, Exprs: exprs}
	}
	if p.acceptAll(kSort, kBy) {
		if !distribute {
			clauses++
		}
		order := commaList(p, (*parser).sortItem)
		q = &plan.Sort{Common: p.common(start), Input: q, Order: order}
	}
	if clauses > 1 {
		p.reject(at, "UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES")
	}
	return q
}
