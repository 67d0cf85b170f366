package sparksql

import "shoal/plan"

// kind is what a token is: a class of literals, a punctuation mark or a keyword.
type kind uint16

const (
	tEOF          kind = iota
	tInvalid           // a character no token starts with
	tIdent             // unquoted, and no keyword of keyword.go
	tQuoted            // `back-quoted`
	tString            // '...', r'...'
	tDoubleQuoted      // "..."
	tInteger           // 1
	tBigint            // 1L
	tSmallint          // 1S
	tTinyint           // 1Y
	tDecimal           // 1.5
	tExponent          // 1e5
	tFloat             // 1F
	tDouble            // 1D
	tBigDecimal        // 1BD

	tSemicolon
	tLeftParen
	tRightParen
	tComma
	tDot
	tLeftBracket
	tRightBracket
	tBang
	tEq
	tNullSafeEq
	tNotEq // <> and !=
	tLess
	tLessEq
	tGreater
	tGreaterEq
	tShiftLeft
	tShiftRight
	tShiftRightUnsigned
	tPlus
	tMinus
	tStar
	tSlash
	tPercent
	tTilde
	tAmpersand
	tBar
	tConcat
	tPipe // |>
	tHat
	tColon
	tDoubleColon
	tArrow
	tFatArrow
	tHintStart
	tHintEnd
	tQuestion

	lastPunctuation
	firstKeyword
)

// token is a piece of the text: bytes [start, end).
type token struct {
	kind       kind
	start, end int32
}

// isIdent tells whether a token may be an identifier: with spark.sql.ansi.enforceReservedKeywords
// off, as it is by default, every keyword may.
func (k kind) isIdent() bool { return k == tIdent || k == tQuoted || k >= firstKeyword }

// isStrictIdent is isIdent without the words that cannot be a table's alias.
func (k kind) isStrictIdent() bool {
	switch k {
	case kAnti, kCross, kExcept, kFull, kInner, kIntersect, kJoin, kLateral, kLeft, kNatural, kOn,
		kRight, kSemi, kMinus, kUnion, kUsing:
		return false
	}
	return k.isIdent()
}

func (k kind) isString() bool { return k == tString || k == tDoubleQuoted }
func (k kind) isNumber() bool { return k >= tInteger && k <= tBigDecimal }

// operator is a binary operator: how tightly it binds and the function it calls.
type operator struct {
	prec uint8
	name []string
}

// The levels of precedence, loosest first. Every binary operator associates to the left.
const (
	precNone uint8 = iota
	precOr
	precAnd
	precNot
	precPredicate // IS, IN, LIKE, BETWEEN: one at most
	precCompare
	precBitOr
	precBitXor
	precBitAnd
	precShift
	precAdd
	precMultiply
	precUnary
	precPrimary
)

// operators is the precedence table of Spark SQL.
var operators = [kindCount]operator{
	kOr:                 {precOr, []string{"or"}},
	kAnd:                {precAnd, []string{"and"}},
	tEq:                 {precCompare, []string{"="}},
	tNullSafeEq:         {precCompare, []string{"<=>"}},
	tNotEq:              {precCompare, []string{"<>"}},
	tLess:               {precCompare, []string{"<"}},
	tLessEq:             {precCompare, []string{"<="}},
	tGreater:            {precCompare, []string{">"}},
	tGreaterEq:          {precCompare, []string{">="}},
	tBar:                {precBitOr, []string{"|"}},
	tHat:                {precBitXor, []string{"^"}},
	tAmpersand:          {precBitAnd, []string{"&"}},
	tShiftLeft:          {precShift, []string{"shiftleft"}},
	tShiftRight:         {precShift, []string{"shiftright"}},
	tShiftRightUnsigned: {precShift, []string{"shiftrightunsigned"}},
	tPlus:               {precAdd, []string{"+"}},
	tMinus:              {precAdd, []string{"-"}},
	tConcat:             {precAdd, []string{"||"}},
	tStar:               {precMultiply, []string{"*"}},
	tSlash:              {precMultiply, []string{"/"}},
	tPercent:            {precMultiply, []string{"%"}},
	kDiv:                {precMultiply, []string{"div"}},
}

// binary makes an operator's call in one allocation.
func binary(pos plan.Pos, name []string, left, right plan.Expr) plan.Expr {
	n := &struct {
		call plan.Call
		args [2]plan.Expr
	}{args: [2]plan.Expr{left, right}}
	n.call = plan.Call{Pos: pos, Name: name, Args: n.args[:], Operator: true}
	return &n.call
}
