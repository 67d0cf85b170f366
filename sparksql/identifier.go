package sparksql

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// identifier: any word, or a back-quoted name, or IDENTIFIER('name').
func (p *parser) identifier() string {
	if !p.kind().isIdent() {
		p.syntaxError("")
	}
	return p.takeIdentifier()
}

// takeIdentifier returns the next token as a name; it must be one.
func (p *parser) takeIdentifier() string {
	if p.isIdentifierClause() {
		return p.identifierClause()
	}
	t := p.toks[p.i]
	name := p.text()
	p.advance()
	if t.kind == tQuoted {
		name = name[1 : len(name)-1]
		if strings.Contains(name, "``") {
			name = strings.ReplaceAll(name, "``", "`")
		}
		return name
	}
	for i := 0; i < len(name); i++ {
		if !isWordByte(name[i]) {
			p.badIdentifier(name, t)
		}
	}
	return name
}

// badIdentifier refuses what Spark's lexer takes for a word but its parser does not.
func (p *parser) badIdentifier(name string, t token) {
	p.fail(fault.New("INVALID_IDENTIFIER", "ident", name), int(t.start), int(t.end))
}

// startsParam is the number of tokens of the parameter n ahead, 0 if none begins there.
func (p *parser) startsParam(n int) int {
	switch {
	case p.ahead(n) == tQuestion:
		return 1
	case p.ahead(n) == tColon && p.ahead(n+1).isIdent():
		return 2
	}
	return 0
}

// param: ? or :name
func (p *parser) param() *plan.Param {
	start := p.start()
	if p.accept(tQuestion) {
		p.params++
		return &plan.Param{Pos: p.pos(start), Index: p.params - 1}
	}
	p.advance()
	name := p.identifier()
	return &plan.Param{Pos: p.pos(start), Name: name}
}

// isIdentifierClause tells whether IDENTIFIER('name') comes next, IDENTIFIER('na' || 'me'), or one
// with parameters.
func (p *parser) isIdentifierClause() bool {
	if !p.is(kIdentifier) || p.ahead(1) != tLeftParen {
		return false
	}
	for n := 2; ; n++ {
		if wide := p.startsParam(n); wide > 0 {
			n += wide
		} else if !p.ahead(n).isString() {
			return false
		}
		for p.ahead(n).isString() { // 'a' 'b' is one literal
			n++
		}
		switch p.ahead(n) {
		case tRightParen:
			return true
		case tConcat:
		default:
			return false
		}
	}
}

func (p *parser) identifierClause() string {
	p.advance()
	p.expect(tLeftParen)
	name := p.namePiece()
	for p.accept(tConcat) {
		name += p.namePiece()
	}
	p.expect(tRightParen)
	return name
}

// namePiece is a string, or a parameter whose value is one.
func (p *parser) namePiece() string {
	if p.startsParam(0) == 0 {
		return p.stringLiteral()
	}
	start := p.start()
	param := p.param()
	value, err := p.args.value(param)
	if err != nil {
		p.rejectWith(err, start)
		return ""
	}
	p.argsNamed++
	if l, ok := value.(*plan.Literal); ok && l.Type == plan.String && l.Value != nil {
		return l.Value.(string)
	}
	p.noConstant(start, value)
	return ""
}

// noConstant refuses IDENTIFIER of what is no string known now.
func (p *parser) noConstant(start int, e plan.Expr) {
	class, params := "", []string{"name", "IDENTIFIER", "expr", Print(e)}
	switch e := e.(type) {
	case *plan.Subquery:
		class = "NOT_A_CONSTANT_STRING.NOT_CONSTANT"
	case *plan.Literal:
		class, params = "NOT_A_CONSTANT_STRING.WRONG_TYPE", append(params, "dataType", e.Type.String())
	case *plan.Cast:
		if l, ok := e.Expr.(*plan.Literal); ok && l.Value == nil && e.To == plan.String {
			class = "NOT_A_CONSTANT_STRING.NULL"
		}
	}
	if class == "" {
		p.rejectWith(fault.Unsupported("IDENTIFIER with an expression that is no string literal"), start)
		return
	}
	p.reject(start, class, params...)
}

// errorIdentifier is an identifier where no expression can stand: a hyphen after it is told as such.
func (p *parser) errorIdentifier() string {
	start := p.i
	name := p.identifier()
	if !p.is(tMinus) || !p.ahead(1).isIdent() {
		return name
	}
	hyphen := p.toks[p.i]
	for p.is(tMinus) && p.ahead(1).isIdent() {
		p.i += 2
	}
	whole := p.src.Text[p.toks[start].start:p.toks[p.i-1].end]
	p.badIdentifier(whole, hyphen)
	return ""
}

// multipartIdentifier: errorIdentifier (DOT errorIdentifier)*
func (p *parser) multipartIdentifier() []string {
	parts := []string{p.errorIdentifier()}
	for p.accept(tDot) {
		parts = append(parts, p.errorIdentifier())
	}
	return parts
}

// identifierReference: IDENTIFIER LEFT_PAREN expression RIGHT_PAREN | multipartIdentifier
func (p *parser) identifierReference() []string {
	start := p.start()
	parts := p.reference()
	if p.named.Src == nil {
		p.named = p.pos(start)
	}
	return parts
}

func (p *parser) reference() []string {
	if p.is(kIdentifier) && p.ahead(1) == tLeftParen {
		start := p.start()
		if !p.isIdentifierClause() {
			p.advance()
			p.noConstant(start, parenList(p, (*parser).expression)[0])
			return []string{""}
		}
		parts, err := ParseName(p.identifierClause())
		if err != nil {
			p.rejectWith(err.(*fault.Error), start)
		}
		for p.accept(tDot) {
			parts = append(parts, p.errorIdentifier())
		}
		return parts
	}
	return p.multipartIdentifier()
}

// identifierList: LEFT_PAREN errorIdentifier (COMMA errorIdentifier)* RIGHT_PAREN
func (p *parser) identifierList() []string {
	return parenList(p, (*parser).errorIdentifier)
}

// --- is it an alias or the next clause? ---
//
// Nearly every word may be an alias, those that begin a clause among them: SELECT a FROM (the end)
// names the column FROM, SELECT a FROM t does not. A word is a clause when what follows can
// continue that clause, and an alias when what follows can come after an alias.

// clauseNesting bounds how far a run of clause words is looked through.
const clauseNesting = 4

// startsClause tells whether the token n ahead begins a clause that may follow a select item or a
// relation.
func (p *parser) startsClause(n int) bool { return p.startsClauseAt(n, clauseNesting) }

func (p *parser) startsClauseAt(n, nesting int) bool {
	next := p.ahead(n + 1)
	switch p.ahead(n) {
	case kFrom, kWhere, kHaving, kLimit, kOffset, kSelect:
		return !p.endsItemAt(n+1, nesting-1)
	case kInsert:
		return next == kInto || next == kOverwrite
	case kGroup, kOrder, kSort, kCluster, kDistribute:
		return next == kBy
	case kLateral:
		return next == kView
	case kWindow:
		return next.isIdent() && !p.endsItemAt(n+1, nesting-1)
	case kUnion, kExcept, kMinus, kIntersect:
		switch next {
		case kAll, kDistinct, kSelect, kFrom, kTable, kValues, tLeftParen, kMap, kReduce:
			return true
		}
	case kPivot, kTablesample:
		return next == tLeftParen
	case kUnpivot:
		return next == tLeftParen || next == kInclude || next == kExclude
	case kJoin:
		return next == tLeftParen || next.isIdent()
	case kInner, kCross, kNatural, kSemi, kAnti, kFull, kLeft, kRight:
		switch next {
		case kJoin, kOuter, kSemi, kAnti, kInner, kCross, kLeft, kRight, kFull:
			return true
		}
	}
	return p.startsRelationClause(n)
}

// startsRelationClause tells whether the token n ahead begins something that belongs to a table name.
func (p *parser) startsRelationClause(n int) bool {
	next, after := p.ahead(n+1), p.ahead(n+2)
	switch p.ahead(n) {
	case kWith:
		return next == tLeftParen
	case kFor: // of a table, or of PIVOT
		if next.isIdent() && (after == kIn || after == tMinus || after == tLeftParen) || next == tLeftParen {
			return true
		}
		return next == kVersion || next == kTimestamp || next == kSystemVersion || next == kSystemTime
	case kVersion, kTimestamp, kSystemVersion, kSystemTime:
		return next == kAs && after == kOf
	case kWatermark:
		return next.isIdent() && (after == kDelay || after == kAs || after == tLeftParen)
	case kUsing, kOn:
		return next == tLeftParen || !p.endsItemAt(n+1, 1)
	}
	return false
}

// endsItem tells whether the token n ahead can come right after an alias.
func (p *parser) endsItem(n int) bool { return p.endsItemAt(n, clauseNesting) }

func (p *parser) endsItemAt(n, nesting int) bool {
	switch p.ahead(n) {
	case tEOF, tComma, tRightParen, tSemicolon, tPipe:
		return true
	}
	return nesting > 0 && p.startsClauseAt(n, nesting)
}

// isAlias tells whether the next token, a word, is an alias rather than the beginning of a clause.
func (p *parser) isAlias() bool {
	k := p.kind()
	if !k.isIdent() {
		return false
	}
	return k <= tQuoted || !p.startsClause(0)
}
