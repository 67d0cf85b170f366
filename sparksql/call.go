package sparksql

import (
	"strings"

	"shoal/plan"
)

// This file holds function calls, and operands that begin with a keyword.

// functionCall: functionName LEFT_PAREN (setQuantifier? functionArgument (COMMA functionArgument)*)? RIGHT_PAREN
// (WITHIN GROUP LEFT_PAREN ORDER BY sortItem (COMMA sortItem)* RIGHT_PAREN)?
// (FILTER LEFT_PAREN WHERE booleanExpression RIGHT_PAREN)? ((IGNORE | RESPECT) NULLS)? (OVER windowSpec)?
func (p *parser) functionCall(start int, name []string) plan.Expr {
	p.expect(tLeftParen)
	call := &plan.Call{Name: name}
	p.enter()
	if !p.is(tRightParen) {
		switch {
		case (p.is(kDistinct) || p.is(kAll)) && !endsOperand(p.ahead(1)):
			call.Distinct = p.is(kDistinct)
			p.advance()
		}
		call.Args = commaList(p, (*parser).functionArgument)
	}
	p.depth--
	p.expect(tRightParen)
	return p.afterArguments(start, call)
}

// afterArguments parses what may follow a call's closing parenthesis.
func (p *parser) afterArguments(start int, call *plan.Call) plan.Expr {
	if p.acceptAll(kWithin, kGroup, tLeftParen) {
		p.expect(kOrder, kBy)
		call.OrderBy = commaList(p, (*parser).sortItem)
		p.expect(tRightParen)
	}
	if p.acceptAll(kFilter, tLeftParen, kWhere) {
		call.Filter = p.expression()
		p.expect(tRightParen)
	}
	switch {
	case p.acceptAll(kIgnore, kNulls):
		call.IgnoreNulls = true
	case p.acceptAll(kRespect, kNulls):
	}
	call.Pos = p.pos(start)
	if p.is(kOver) && (p.ahead(1) == tLeftParen || p.ahead(1).isIdent()) {
		p.advance()
		return p.windowSpec(start, call)
	}
	return call
}

// functionArgument: identifier FAT_ARROW expression | expression
func (p *parser) functionArgument() plan.Expr {
	if p.kind().isIdent() && p.ahead(1) == tFatArrow {
		start := p.start()
		name := p.identifier()
		p.expect(tFatArrow)
		value := p.expression()
		return &plan.NamedArg{Pos: p.pos(start), Name: name, Expr: value}
	}
	return p.expression()
}

// keywordOperand parses an operand with a grammar of its own that keyword k begins; nil if it turns out
// that the word is a mere name.
func (p *parser) keywordOperand(start int, k kind) plan.Expr {
	next := p.ahead(1)
	switch k {
	case kNull, kTrue, kFalse:
		if next != tLeftParen && next != tArrow {
			return p.wordLiteral(start, k)
		}
	case kCase:
		if next != tLeftParen && (p.wordStandsAlone() || p.startsClause(1)) {
			return nil
		}
		if next == kEnd && p.endsItem(2) {
			return nil
		}
		blame := p.i + 1
		if p.i == p.item {
			blame = p.i + 2 // CASE, called WHEN, is a column as well
		}
		if next != kWhen {
			return p.caseExpression(start)
		}
		var e plan.Expr
		p.blaming(min(blame, len(p.toks)-1), func() { e = p.caseExpression(start) })
		return e
	case kInterval:
		if p.startsInterval() {
			return p.interval(start)
		}
	}
	if next != tLeftParen {
		return nil
	}
	switch k {
	case kCast, kTryCast:
		return p.cast(start, k)
	case kStruct:
		return p.structOperand(start)
	case kFirst, kLast, kAnyValue:
		return p.firstOrLast(start)
	case kExtract:
		return p.extract(start)
	case kTrim:
		return p.trim(start)
	case kSubstr, kSubstring:
		return p.substring(start)
	case kPosition:
		return p.position(start)
	case kOverlay:
		return p.overlay(start)
	case kTimestampadd, kDateadd, kDateAdd, kTimestampdiff, kDatediff, kDateDiff, kTimediff:
		return p.timestampArithmetic(start, k)
	}
	return nil
}

// constant: NULL | TRUE | FALSE
func (p *parser) wordLiteral(start int, k kind) plan.Expr {
	p.advance()
	pos := p.pos(start)
	if k == kNull {
		return &plan.Literal{Pos: pos, Type: plan.Null}
	}
	return &plan.Literal{Pos: pos, Value: k == kTrue, Type: plan.Boolean}
}

// primaryExpression: CASE expression? (WHEN expression THEN expression)+ (ELSE expression)? END
func (p *parser) caseExpression(start int) plan.Expr {
	p.expect(kCase)
	var subject plan.Expr
	if !p.is(kWhen) {
		subject = p.expression()
	}
	if !p.is(kWhen) {
		p.syntaxError("")
	}
	var args []plan.Expr
	for p.accept(kWhen) {
		cond := p.expression()
		p.expect(kThen)
		args = append(args, cond, p.expression())
	}
	if p.accept(kElse) {
		args = append(args, p.expression())
	}
	p.expect(kEnd)
	for i := 0; subject != nil && i+1 < len(args); i += 2 {
		args[i] = binary(p.pos(start), operators[tEq].name, subject, args[i])
	}
	return p.call(start, "when", args...)
}

// primaryExpression: (CAST | TRY_CAST) LEFT_PAREN expression AS dataType RIGHT_PAREN
func (p *parser) cast(start int, k kind) plan.Expr {
	p.advance()
	p.expect(tLeftParen)
	e := p.expression()
	if !p.is(kAs) {
		return p.plainCall(start, e)
	}
	p.advance()
	to := p.dataType()
	p.expect(tRightParen)
	mode := plan.CastDefault
	if k == kTryCast {
		mode = plan.CastTry
	}
	return &plan.Cast{Pos: p.pos(start), Expr: e, To: to, Mode: mode}
}

// plainCall goes on with a call that has no special syntax after all: its name was the token before the
// parenthesis, first its first argument.
func (p *parser) plainCall(start int, first plan.Expr) plan.Expr {
	args := []plan.Expr{first}
	for p.accept(tComma) {
		args = append(args, p.functionArgument())
	}
	p.expect(tRightParen)
	_, stop := start, start
	for stop < len(p.src.Text) && isWordByte(p.src.Text[stop]) {
		stop++
	}
	return p.afterArguments(start, &plan.Call{Name: []string{p.src.Text[start:stop]}, Args: args})
}

// primaryExpression: STRUCT LEFT_PAREN (namedExpression (COMMA namedExpression)*)? RIGHT_PAREN
func (p *parser) structOperand(start int) plan.Expr {
	p.advance()
	p.expect(tLeftParen)
	var args []plan.Expr
	if !p.is(tRightParen) {
		args = p.namedExpressionSeq()
	}
	p.expect(tRightParen)
	return &plan.Call{Pos: p.pos(start), Name: []string{"struct"}, Args: args}
}

// primaryExpression: (FIRST | LAST | ANY_VALUE) LEFT_PAREN expression (IGNORE NULLS)? RIGHT_PAREN
func (p *parser) firstOrLast(start int) plan.Expr {
	name := p.text()
	if p.ahead(2) == tRightParen || p.ahead(2) == kDistinct || p.ahead(2) == kAll {
		return nil
	}
	p.advance()
	p.expect(tLeftParen)
	e := p.functionArgument()
	if !p.acceptAll(kIgnore, kNulls) {
		return p.plainCall(start, e)
	}
	p.expect(tRightParen)
	return &plan.Call{Pos: p.pos(start), Name: []string{name}, Args: []plan.Expr{e}, IgnoreNulls: true}
}

// primaryExpression: EXTRACT LEFT_PAREN identifier FROM valueExpression RIGHT_PAREN
func (p *parser) extract(start int) plan.Expr {
	if !p.ahead(2).isIdent() || p.ahead(3) != kFrom {
		return nil
	}
	p.i += 2
	at := p.start()
	field := &plan.Literal{Value: p.identifier(), Type: plan.String}
	field.Pos = p.pos(at)
	p.expect(kFrom)
	source := p.value(precCompare)
	p.expect(tRightParen)
	return p.call(start, "extract", field, source)
}

// trimFunctions are the functions TRIM with a word before the characters stands for.
var trimFunctions = map[kind]string{kBoth: "trim", kLeading: "ltrim", kTrailing: "rtrim"}

// primaryExpression: TRIM LEFT_PAREN (BOTH | LEADING | TRAILING)? valueExpression? FROM valueExpression RIGHT_PAREN
func (p *parser) trim(start int) plan.Expr {
	if p.ahead(2) == tRightParen {
		return nil
	}
	p.i += 2
	name, special := trimFunctions[p.kind()], false
	if name != "" && !p.wordStandsAlone() {
		special = true
		p.advance()
	} else {
		name = "trim"
	}
	var chars plan.Expr
	if !p.is(kFrom) || p.wordStandsAlone() {
		chars = p.expression()
		if !special && !p.is(kFrom) {
			return p.plainCall(start, chars)
		}
	}
	p.expect(kFrom)
	source := p.value(precCompare)
	p.expect(tRightParen)
	if chars == nil {
		return p.call(start, name, source)
	}
	return p.call(start, name, chars, source)
}

// primaryExpression: (SUBSTR | SUBSTRING) LEFT_PAREN valueExpression (FROM | COMMA) valueExpression
// ((FOR | COMMA) valueExpression)? RIGHT_PAREN
func (p *parser) substring(start int) plan.Expr {
	if p.ahead(2) == tRightParen {
		return nil
	}
	p.i += 2
	args := []plan.Expr{p.functionArgument()}
	if !p.is(kFrom) {
		return p.plainCall(start, args[0])
	}
	p.expect(kFrom)
	args = append(args, p.value(precCompare))
	if p.acceptAny(kFor, tComma) {
		args = append(args, p.value(precCompare))
	}
	p.expect(tRightParen)
	return p.call(start, "substring", args...)
}

// primaryExpression: POSITION LEFT_PAREN valueExpression IN valueExpression RIGHT_PAREN
func (p *parser) position(start int) plan.Expr {
	if p.ahead(2) == tRightParen {
		return nil
	}
	p.i += 2
	if p.kind().isIdent() && p.ahead(1) == tFatArrow {
		p.i -= 2
		return nil
	}
	needle := p.value(precCompare)
	if !p.is(kIn) {
		return p.plainCall(start, p.predicate(needle))
	}
	p.advance()
	haystack := p.value(precCompare)
	p.expect(tRightParen)
	return p.call(start, "locate", needle, haystack)
}

// primaryExpression: OVERLAY LEFT_PAREN valueExpression PLACING valueExpression FROM valueExpression
// (FOR valueExpression)? RIGHT_PAREN
func (p *parser) overlay(start int) plan.Expr {
	if p.ahead(2) == tRightParen {
		return nil
	}
	p.i += 2
	args := []plan.Expr{p.functionArgument()}
	if !p.accept(kPlacing) {
		return p.plainCall(start, args[0])
	}
	args = append(args, p.value(precCompare))
	p.expect(kFrom)
	args = append(args, p.value(precCompare))
	if p.accept(kFor) {
		args = append(args, p.value(precCompare))
	}
	p.expect(tRightParen)
	return p.call(start, "overlay", args...)
}

// primaryExpression: (TIMESTAMPADD | DATEADD | DATE_ADD | TIMESTAMPDIFF | DATEDIFF | DATE_DIFF | TIMEDIFF)
// LEFT_PAREN datetimeUnit COMMA valueExpression COMMA valueExpression RIGHT_PAREN
//
// With two arguments these are plain functions, and a unit's name may be a column's.
func (p *parser) timestampArithmetic(start int, k kind) plan.Expr {
	name := "timestampadd"
	switch k {
	case kTimestampdiff, kDatediff, kDateDiff, kTimediff:
		name = "timestampdiff"
	}
	word := p.textAt(p.i)
	isUnit := isDatetimeUnit(p.textAt(p.i + 2))
	if p.ahead(3) != tComma || !isUnit && !p.ahead(2).isString() {
		return nil
	}
	back := p.i
	p.i += 2
	at := p.start()
	unit := &plan.Literal{Value: p.text(), Type: plan.String, Pos: plan.Pos{Src: p.src, Start: at, Stop: at + len(p.text())}}
	p.i += 2
	amount := p.value(precCompare)
	if !p.accept(tComma) {
		p.i = back
		return nil
	}
	source := p.value(precCompare)
	p.expect(tRightParen)
	if !isUnit {
		p.reject(start, "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "functionName", "`"+strings.ToLower(word)+"`",
			"parameter", "`unit`", "invalidValue", unit.Value.(string))
	}
	return p.call(start, name, unit, amount, source)
}

func isDatetimeUnit(word string) bool {
	switch strings.ToUpper(word) {
	case "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAYOFYEAR", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND":
		return true
	}
	return false
}
