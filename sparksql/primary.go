package sparksql

import (
	"shoal/plan"
)

// primaryExpression: an operand with what may be attached to it: .field, [index], ::type, COLLATE, :path
func (p *parser) primary() plan.Expr {
	start := p.operandStart()
	e := p.pending
	p.pending = nil
	if e == nil {
		e = p.operand(start)
	}
	for {
		switch p.kind() {
		case tDot:
			e = p.dereference(start, e)
		case tLeftBracket:
			p.advance()
			p.enter()
			key := p.value(precCompare)
			p.depth--
			p.expect(tRightBracket)
			e = &plan.ExtractValue{Pos: p.pos(start), Expr: e, Key: key}
		case tDoubleColon:
			p.advance()
			to := p.dataType()
			e = &plan.Cast{Pos: p.pos(start), Expr: e, To: to}
		case kCollate:
			if !p.ahead(1).isIdent() || p.startsClause(1) {
				return e
			}
			p.advance()
			at := p.start()
			parts := p.multipartIdentifier()
			name := &plan.Literal{Pos: p.pos(at), Value: parts[len(parts)-1], Type: plan.String}
			e = p.call(start, "collate", e, name)
		case tColon:
			e = p.semiStructured(start, e)
		default:
			return e
		}
	}
}

// primaryExpression: primaryExpression DOT identifier
func (p *parser) dereference(start int, base plan.Expr) plan.Expr {
	p.expect(tDot)
	at := p.start()
	field := p.identifier()
	if name, ok := base.(*plan.Name); ok {
		parts := append(append(make([]string, 0, len(name.Parts)+1), name.Parts...), field)
		return &plan.Name{Pos: p.pos(start), Parts: parts}
	}
	key := &plan.Literal{Pos: p.pos(at), Value: field, Type: plan.String}
	return &plan.ExtractValue{Pos: p.pos(start), Expr: base, Key: key, Dot: true}
}

// primaryExpression: primaryExpression COLON semiStructuredExtractionPath
//
// Spark has it for VARIANT columns only.
func (p *parser) semiStructured(start int, base plan.Expr) plan.Expr {
	p.advance()
	path := p.start()
	if p.kind().isIdent() {
		p.identifier()
	} else if !p.is(tLeftBracket) {
		p.syntaxError("")
	}
	for {
		switch p.kind() {
		case tDot:
			p.advance()
			p.identifier()
		case tLeftBracket:
			p.advance()
			if !p.is(tInteger) && !p.kind().isString() && !p.kind().isIdent() {
				p.syntaxError("")
			}
			p.advance()
			p.expect(tRightBracket)
		default:
			pos := p.pos(path)
			text := &plan.Literal{Pos: pos, Value: p.src.Text[pos.Start:pos.Stop], Type: plan.String}
			return p.call(start, "semi_structured_extract", base, text)
		}
	}
}

// operand: the alternatives of primaryExpression that do not begin with an operand themselves.
func (p *parser) operand(start int) plan.Expr {
	k := p.kind()
	switch {
	case k.isNumber() || k == tMinus && p.ahead(1).isNumber():
		return p.number()
	case k.isString():
		value := p.stringLiteral()
		return &plan.Literal{Pos: p.pos(start), Value: value, Type: plan.String}
	case k == tLeftParen:
		if p.startsLambda() {
			return p.lambda(start, p.lambdaParams())
		}
		return p.parenthesized(start)
	case k == tStar:
		p.advance()
		except := p.exceptClause()
		return &plan.Star{Pos: p.pos(start), Except: except}
	case p.startsParam(0) > 0:
		return p.param()
	case k > firstKeyword-1:
		if e := p.keywordOperand(start, k); e != nil {
			return e
		}
		return p.nameOperand(start)
	case k.isIdent():
		return p.nameOperand(start)
	}
	p.syntaxError("")
	return nil
}

// nameOperand: an operand that begins with a name: lambda, typed literal, star, function call, column.
func (p *parser) nameOperand(start int) plan.Expr {
	switch next := p.ahead(1); {
	case next == tArrow:
		name := p.identifier()
		return p.lambda(start, []*plan.LambdaVar{{Pos: p.pos(start), Name: name}})
	case next.isString() && !p.isIdentifierClause():
		return p.typedLiteral(start)
	}
	if p.is(kIdentifier) && p.ahead(1) == tLeftParen {
		parts := p.identifierReference()
		return p.afterName(start, parts)
	}
	one := &struct {
		name  plan.Name
		parts [1]string
	}{}
	one.parts[0] = p.takeIdentifier()
	if !p.is(tDot) && !p.is(tLeftParen) {
		one.name = plan.Name{Pos: p.pos(start), Parts: one.parts[:]}
		return &one.name
	}
	return p.afterName(start, one.parts[:])
}

// afterName: qualifiedName DOT ASTERISK exceptClause? | functionName LEFT_PAREN ... | a column
func (p *parser) afterName(start int, parts []string) plan.Expr {
	for p.is(tDot) {
		if p.ahead(1) == tStar {
			p.i += 2
			except := p.exceptClause()
			return &plan.Star{Pos: p.pos(start), Target: parts, Except: except}
		}
		p.advance()
		parts = append(parts, p.identifier())
	}
	if p.is(tLeftParen) {
		return p.functionCall(start, parts)
	}
	return &plan.Name{Pos: p.pos(start), Parts: parts}
}

// exceptClause: EXCEPT LEFT_PAREN multipartIdentifier (COMMA multipartIdentifier)* RIGHT_PAREN
func (p *parser) exceptClause() [][]string {
	if !p.is(kExcept) || p.ahead(1) != tLeftParen || p.startsQuery(2) || p.ahead(2) == tLeftParen {
		return nil
	}
	p.advance()
	return parenList(p, (*parser).multipartIdentifier)
}

// startsLambda tells whether (x, y) -> comes next.
func (p *parser) startsLambda() bool {
	n := 1
	for p.ahead(n).isIdent() && p.ahead(n+1) == tComma {
		n += 2
	}
	return n > 1 && p.ahead(n).isIdent() && p.ahead(n+1) == tRightParen && p.ahead(n+2) == tArrow
}

func (p *parser) lambdaParams() []*plan.LambdaVar {
	return parenList(p, func(p *parser) *plan.LambdaVar {
		at := p.start()
		name := p.identifier()
		return &plan.LambdaVar{Pos: p.pos(at), Name: name}
	})
}

// primaryExpression: identifier ARROW expression | LEFT_PAREN identifier (COMMA identifier)+ RIGHT_PAREN ARROW expression
func (p *parser) lambda(start int, params []*plan.LambdaVar) plan.Expr {
	p.expect(tArrow)
	body := p.expression()
	return &plan.Lambda{Pos: p.pos(start), Params: params, Body: body}
}

// content is what stands in parentheses: a query, or expressions.
type content struct {
	query plan.Relation
	exprs []plan.Expr
}

// asOperand is the content as an operand: a scalar subquery, the one expression, or a row.
func (c content) asOperand(p *parser, start int) plan.Expr {
	switch {
	case c.query != nil:
		return &plan.Subquery{Pos: p.pos(start), Kind: plan.ScalarSubquery, Plan: c.query}
	case len(c.exprs) == 1:
		return c.exprs[0]
	default:
		return p.call(start, "struct", c.exprs...)
	}
}

// primaryExpression: LEFT_PAREN query RIGHT_PAREN | LEFT_PAREN expression RIGHT_PAREN
// | LEFT_PAREN namedExpression (COMMA namedExpression)+ RIGHT_PAREN
func (p *parser) parenthesized(start int) plan.Expr {
	p.enter()
	c := p.paren(false)
	p.depth--
	return c.asOperand(p, start)
}

// paren parses a parenthesis that holds a query or expressions. In a list (of IN) expressions have no
// aliases, and ((SELECT 1)) is one of them.
//
// After "((" both are still possible: ((SELECT 1) UNION (SELECT 2)) and ((SELECT 1) + 1). The inner
// parenthesis is parsed first; what follows it decides, and if it was an operand it waits in p.pending.
func (p *parser) paren(list bool) content {
	p.expect(tLeftParen)
	p.enter()
	defer func() { p.depth-- }()
	if p.startsQuery(0) {
		q := p.query()
		p.closeQuery()
		return content{query: q}
	}
	if p.is(tLeftParen) && p.startsNestedQuery() {
		start := p.start()
		inner := p.paren(false)
		if inner.query != nil && (p.is(tRightParen) && !list || p.continuesQuery()) {
			q := p.queryAfter(start, inner.query)
			p.expect(tRightParen)
			return content{query: q}
		}
		p.pending, p.pendingStart = inner.asOperand(p, start), start
	}
	c := content{exprs: p.parenExprs(list)}
	p.expect(tRightParen)
	return c
}

func (p *parser) parenExprs(list bool) []plan.Expr {
	if list {
		return p.expressionSeq()
	}
	start := p.operandStart()
	first := p.expression()
	if p.is(tRightParen) {
		return []plan.Expr{first}
	}
	at := p.i
	exprs := []plan.Expr{p.aliased(start, first)}
	if !p.is(tComma) {
		p.i = at // an alias makes no sense for a single expression
		p.syntaxError("")
	}
	for p.accept(tComma) {
		exprs = append(exprs, p.namedExpression())
	}
	return exprs
}

// startsNestedQuery tells whether the first token that is no parenthesis begins a query.
func (p *parser) startsNestedQuery() bool {
	n := 0
	for p.ahead(n) == tLeftParen && n < maxDepth {
		n++
	}
	return p.startsQuery(n)
}

// namedExpression: expression (AS? (errorIdentifier | identifierList))?
func (p *parser) namedExpression() plan.Expr {
	start := p.operandStart()
	p.item = p.i
	return p.aliased(start, p.expression())
}

func (p *parser) aliased(start int, e plan.Expr) plan.Expr {
	var names []string
	list := false
	switch {
	case p.is(kAs) && p.ahead(1).isIdent() && !(p.ahead(1) >= firstKeyword && p.startsClause(1)):
		p.advance()
		names = []string{p.errorIdentifier()}
	case p.is(kAs) && p.ahead(1) == tLeftParen:
		p.advance()
		names, list = p.identifierList(), true
	case p.is(kAs) && !p.endsItem(1):
		p.advance()
		p.syntaxError("")
	case p.isAlias():
		names = []string{p.errorIdentifier()}
	case p.is(tLeftParen) && p.startsAliasList():
		names, list = p.identifierList(), true
	default:
		return e
	}
	return &plan.Alias{Pos: p.pos(start), Expr: e, Names: names, List: list}
}

// startsAliasList tells whether (a, b), names for a generator's columns, comes next.
func (p *parser) startsAliasList() bool {
	n := 1
	for p.ahead(n).isIdent() && p.ahead(n+1) == tComma {
		n += 2
	}
	return p.ahead(n).isIdent() && p.ahead(n+1) == tRightParen
}

// namedExpressionSeq: namedExpression (COMMA namedExpression)*
func (p *parser) namedExpressionSeq() []plan.Expr {
	return commaList(p, (*parser).namedExpression)
}
