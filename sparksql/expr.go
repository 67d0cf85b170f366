package sparksql

import (
	"strings"

	"shoal/plan"
)

// This file holds the operators; primary.go has what they combine.

// expression: booleanExpression
func (p *parser) expression() plan.Expr {
	p.enter()
	e := p.logical(kOr)
	p.depth--
	return e
}

// expressionSeq: expression (COMMA expression)*
func (p *parser) expressionSeq() []plan.Expr {
	return commaList(p, (*parser).expression)
}

// booleanExpression: booleanExpression AND booleanExpression | booleanExpression OR booleanExpression
//
// Long chains become balanced trees, as in Spark, where it shows in column names.
func (p *parser) logical(op kind) plan.Expr {
	start := p.operandStart()
	first := p.logicalOperand(op)
	if !p.is(op) {
		return first
	}
	operands, starts := []plan.Expr{first}, []int{start}
	for p.is(op) && !p.aliasOnly() {
		p.advance()
		starts = append(starts, p.start())
		operands = append(operands, p.logicalOperand(op))
	}
	return p.balance(operators[op].name, operands, starts)
}

func (p *parser) logicalOperand(op kind) plan.Expr {
	if op == kOr {
		return p.logical(kAnd)
	}
	return p.not()
}

// aliasOnly tells whether the operator word that is next can only be an alias: SELECT a AND, b.
func (p *parser) aliasOnly() bool {
	switch p.ahead(1) {
	case tEOF, tComma, tRightParen, tSemicolon:
		return true
	}
	return false
}

// balance joins operands[0..n) into a tree of minimal height, left half first.
func (p *parser) balance(name []string, operands []plan.Expr, starts []int) plan.Expr {
	if len(operands) == 1 {
		return operands[0]
	}
	half := (len(operands) + 1) / 2
	left := p.balance(name, operands[:half], starts[:half])
	right := p.balance(name, operands[half:], starts[half:])
	pos := plan.Pos{Src: p.src, Start: starts[0], Stop: max(right.At().Stop, starts[len(starts)-1])}
	return binary(pos, name, left, right)
}

// operandStart is the byte the next operand begins at.
func (p *parser) operandStart() int {
	if p.pending != nil {
		return p.pendingStart
	}
	return p.start()
}

// booleanExpression: (NOT | BANG) booleanExpression | EXISTS LEFT_PAREN query RIGHT_PAREN
// | valueExpression predicate?
func (p *parser) not() plan.Expr {
	if p.pending == nil {
		start := p.start()
		switch {
		case p.is(tBang), p.is(kNot) && !p.wordStandsAlone():
			p.advance()
			p.enter()
			e := p.not()
			p.depth--
			return p.call(start, "not", e)
		case p.is(kExists) && p.ahead(1) == tLeftParen && p.startsQuery(2):
			p.advance()
			e := &plan.Subquery{Kind: plan.ExistsSubquery}
			p.blaming(p.i, func() { e.Plan = p.parenQuery() })
			e.Pos = p.pos(start)
			return e
		}
	}
	return p.predicate(p.value(precCompare))
}

// wordStandsAlone tells whether the next token, a word that usually begins an expression, is a
// column's name here, since no operand follows it.
func (p *parser) wordStandsAlone() bool {
	switch next := p.ahead(1); next {
	case tEOF, tComma, tRightParen, tRightBracket, tSemicolon, tDot, tEq, tLess, tGreater, tLessEq, tGreaterEq,
		tNotEq, tNullSafeEq, tSlash, tPercent, tConcat, tAmpersand, tBar, tHat, tDoubleColon, tArrow, tFatArrow,
		kAs, kIs, kAnd, kOr, kBetween, kLike:
		return true
	}
	return false
}

// call makes a call written as an operator or in special syntax.
func (p *parser) call(start int, name string, args ...plan.Expr) plan.Expr {
	return &plan.Call{Pos: p.pos(start), Name: []string{name}, Args: args, Operator: true}
}

// valueExpression: primaryExpression | unary valueExpression | valueExpression operator valueExpression
//
// It climbs the precedence table: operators looser than min are left to the caller.
func (p *parser) value(min uint8) plan.Expr {
	start := p.operandStart()
	left := p.unary()
	for {
		op := operators[p.kind()]
		if op.prec < min || op.prec < precCompare || p.is(kDiv) && p.aliasOnly() {
			return left
		}
		p.advance()
		p.enter()
		right := p.value(op.prec + 1)
		p.depth--
		left = binary(p.pos(start), op.name, left, right)
	}
}

// valueExpression: (MINUS | PLUS | TILDE) valueExpression
func (p *parser) unary() plan.Expr {
	if p.pending != nil {
		return p.primary()
	}
	var name string
	switch p.kind() {
	case tMinus:
		if p.ahead(1).isNumber() {
			return p.primary()
		}
		name = "negative"
	case tPlus:
		name = "positive"
	case tTilde:
		name = "~"
	default:
		return p.primary()
	}
	start := p.start()
	p.advance()
	p.enter()
	e := p.unary()
	p.depth--
	return p.call(start, name, e)
}

// predicate: what may follow a value to make it a condition; at most one.
func (p *parser) predicate(left plan.Expr) plan.Expr {
	at := p.i
	not := false
	switch p.kind() {
	case kNot, tBang:
		switch p.ahead(1) {
		case kBetween, kIn, kLike, kIlike, kRlike, kRegexp:
			not = p.predicateNot()
		default:
			return left
		}
	case kIs, kBetween, kIn, kLike, kIlike, kRlike, kRegexp:
		if p.aliasOnly() {
			return left
		}
	default:
		return left
	}
	start := int(p.toks[at].start) // Spark's errors point at the test, without its operand
	var e plan.Expr
	switch p.kind() {
	case kIs:
		return p.isPredicate(start, left)
	case kBetween:
		p.advance()
		low := p.value(precCompare)
		p.expect(kAnd)
		high := p.value(precCompare)
		e = p.call(start, "between", left, low, high)
	case kIn:
		p.blaming(at, func() { e = p.in(start, left) })
	case kRlike, kRegexp:
		p.advance()
		e = p.call(start, "rlike", left, p.value(precCompare))
	default:
		return p.like(start, at, left, not)
	}
	return p.negate(start, not, e)
}

// predicateNot takes the NOT of a predicate; ! in its place is no longer allowed.
func (p *parser) predicateNot() bool {
	start := p.start()
	if p.accept(tBang) {
		p.reject(start, "SYNTAX_DISCONTINUED.BANG_EQUALS_NOT", "clause", "!")
		return true
	}
	return p.accept(kNot)
}

func (p *parser) negate(start int, not bool, e plan.Expr) plan.Expr {
	if not {
		return p.call(start, "not", e)
	}
	return e
}

// predicate: IS NOT? (NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM valueExpression)
func (p *parser) isPredicate(start int, left plan.Expr) plan.Expr {
	if next := p.ahead(1); next != kNot && next != tBang && !isTest(next) {
		return left // an alias called "is"
	}
	p.advance()
	not := p.predicateNot()
	word := p.kind()
	if !isTest(word) {
		p.syntaxError("")
	}
	p.advance()
	switch word {
	case kNull, kUnknown:
		name := "isnull"
		if not {
			name = "isnotnull"
		}
		if word == kUnknown {
			name = strings.Replace(name, "null", "unknown", 1)
		}
		return p.call(start, name, left)
	case kDistinct:
		p.expect(kFrom)
		return p.negate(start, !not, p.call(start, "<=>", left, p.value(precCompare)))
	default:
		truth := &plan.Literal{Pos: p.pos(p.lastStart()), Value: word == kTrue, Type: plan.Boolean}
		return p.negate(start, not, p.call(start, "<=>", left, truth))
	}
}

func isTest(k kind) bool {
	return k == kNull || k == kTrue || k == kFalse || k == kUnknown || k == kDistinct
}

// lastStart is the byte the last token taken begins at.
func (p *parser) lastStart() int { return int(p.toks[max(p.i-1, 0)].start) }

// predicate: IN LEFT_PAREN (query | expression (COMMA expression)*) RIGHT_PAREN
func (p *parser) in(start int, left plan.Expr) plan.Expr {
	p.expect(kIn)
	if !p.is(tLeftParen) {
		p.syntaxError("")
	}
	if p.ahead(1) == kSelect && p.ahead(2) == tString && p.ahead(3) == tRightParen {
		p.advance() // Spark takes IN (SELECT 'a') for a typed literal
		word := p.start()
		p.i += 2
		p.reject(word, "UNSUPPORTED_TYPED_LITERAL", "unsupportedType", `"SELECT"`, "supportedTypes", typedLiterals)
		p.i -= 3
	}
	if list, ok := p.selectAsName(); ok {
		return &plan.Call{Pos: p.pos(start), Name: []string{"in"}, Args: append([]plan.Expr{left}, list...), Operator: true}
	}
	content := p.paren(true)
	if content.query == nil {
		args := append([]plan.Expr{left}, content.exprs...)
		return &plan.Call{Pos: p.pos(start), Name: []string{"in"}, Args: args, Operator: true}
	}
	values := []plan.Expr{left}
	if row, ok := left.(*plan.Call); ok && row.Operator && len(row.Name) == 1 && row.Name[0] == "struct" {
		values = row.Args
	}
	return &plan.Subquery{Pos: p.pos(start), Kind: plan.InSubquery, Values: values, Plan: content.query}
}

// selectAsName reads IN (SELECT -1) as Spark does wherever that is possible: minus one from a column called select.
func (p *parser) selectAsName() ([]plan.Expr, bool) {
	if p.ahead(1) != kSelect {
		return nil, false
	}
	switch p.ahead(2) {
	case tMinus, tPlus, tStar, tLeftParen, tLeftBracket:
	default:
		return nil, false
	}
	for i, depth := p.i+2, 1; depth > 0; i++ {
		switch p.toks[i].kind {
		case tLeftParen:
			depth++
		case tRightParen:
			depth--
		case kFrom, kSelect, tEOF: // a query after all, or one inside, which is not to be read twice
			return nil, false
		}
	}
	before := *p
	p.advance()
	list, ok := p.guess()
	if !ok || !p.accept(tRightParen) {
		*p = before
		return nil, false
	}
	return list, true
}

// guess reads expressions, if there are any.
func (p *parser) guess() (list []plan.Expr, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, failed := r.(bailout); !failed {
				panic(r)
			}
			ok = false
		}
	}()
	return p.expressionSeq(), true
}

// predicate: (LIKE | ILIKE) (quantifier LEFT_PAREN ... RIGHT_PAREN | valueExpression (ESCAPE stringLit)?)
//
// Errors in it count from token first on, which is NOT if there is one.
func (p *parser) like(start, first int, left plan.Expr, not bool) plan.Expr {
	name := "like"
	if p.is(kIlike) {
		name = "ilike"
	}
	at := p.i
	p.advance()
	if quantifier := p.kind(); (quantifier == kAny || quantifier == kSome || quantifier == kAll) && p.ahead(1) == tLeftParen {
		p.advance()
		join := kOr
		if quantifier == kAll {
			join = kAnd
		}
		return p.likeList(start, first, left, name, join, not)
	}
	if !p.startsOperand() {
		p.i = at
		p.syntaxError(p.extraAtEnd())
	}
	args := []plan.Expr{left, p.value(precCompare)}
	if p.is(kEscape) && p.ahead(1).isString() {
		p.advance()
		at := p.start()
		escape := p.stringLiteral()
		if len([]rune(escape)) != 1 {
			p.reject(int(p.toks[first].start), "INVALID_ESC", "invalidEscape", "'"+escape+"'")
		}
		args = append(args, &plan.Literal{Pos: p.pos(at), Value: escape, Type: plan.String})
	}
	return p.negate(start, not, p.call(start, name, args...))
}

// extraAtEnd is Spark's hint when dropping the next token would complete the statement.
func (p *parser) extraAtEnd() string {
	if next := p.ahead(1); next == tEOF || next == tSemicolon {
		return ": extra input " + p.quote(p.i)
	}
	return ""
}

// likeList is LIKE ANY and LIKE ALL: calls likeany, notlikeall, ilikeany and so on if the patterns are
// literals, else a comparison with each pattern, joined, as Spark has it.
func (p *parser) likeList(start, first int, left plan.Expr, name string, join kind, not bool) plan.Expr {
	if p.acceptAll(tLeftParen, tRightParen) {
		p.reject(int(p.toks[first].start), "_LEGACY_ERROR_TEMP_0064", "msg", "Expected something between '(' and ')'.")
		return left
	}
	p.expect(tLeftParen)
	patterns := commaList(p, (*parser).expression)
	p.expect(tRightParen)
	if allStrings(patterns) {
		if name += "any"; join == kAnd {
			name = strings.TrimSuffix(name, "any") + "all"
		}
		if not {
			name = "not" + name
		}
		return p.call(start, name, append([]plan.Expr{left}, patterns...)...)
	}
	starts := make([]int, len(patterns))
	for i, e := range patterns {
		starts[i] = start
		one := &plan.Call{Pos: e.At(), Name: []string{name}, Args: []plan.Expr{left, e}, Operator: true}
		if patterns[i] = one; not {
			patterns[i] = &plan.Call{Pos: e.At(), Name: []string{"not"}, Args: []plan.Expr{one}, Operator: true}
		}
	}
	return p.balance(operators[join].name, patterns, starts)
}

func allStrings(list []plan.Expr) bool {
	for _, e := range list {
		if l, ok := e.(*plan.Literal); !ok || l.Type != plan.String {
			return false
		}
	}
	return true
}

// startsOperand tells whether the next token can begin a value.
func (p *parser) startsOperand() bool {
	k := p.kind()
	switch k {
	case tLeftParen, tMinus, tPlus, tTilde, tQuestion, tColon, tStar:
		return true
	}
	return k.isIdent() || k.isString() || k.isNumber()
}
