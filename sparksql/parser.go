package sparksql

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// maxDepth bounds how deep productions nest: parentheses, subqueries, unary operators, types.
const maxDepth = 1000

// parser reads one text, left to right, by recursive descent: a method a production.
type parser struct {
	src   *plan.Source
	toks  []token
	i     int
	depth int
	named plan.Pos // of the first name of a table, view or schema: what a command is about
	// params counts the ? seen so far.
	params int
	// args are the values of parameters, argsNamed counts those that became a name.
	args      Arguments
	argsNamed int
	// item is the token the last select item began at.
	item int
	// pending is an expression already read, which the next primary has to begin with: see paren.
	pending      plan.Expr
	pendingStart int
	// blame, if not negative, is the token a syntax error is reported at instead of where it was
	// found: see blaming.
	blame int
	// rejected is the first error that is none of syntax: see reject.
	rejected *fault.Error
}

// bailout carries an error from the depth of the grammar to run.
type bailout struct{ err *fault.Error }

// run parses text by start, which must take all of it.
func run[T any](text string, start func(*parser) T) (result T, err error) {
	src := &plan.Source{Text: text}
	toks, err := tokenize(src)
	if err != nil {
		return result, err
	}
	p := &parser{src: src, toks: toks, blame: -1}
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			var none T
			result, err = none, b.err
		}
	}()
	result = start(p)
	p.end()
	if p.rejected != nil {
		var none T
		return none, p.rejected
	}
	return result, nil
}

// end takes the semicolons after a statement and insists on the end of the text.
func (p *parser) end() {
	closed := false
	for p.accept(tSemicolon) {
		closed = true
	}
	if p.is(tEOF) {
		return
	}
	if next := p.ahead(1); closed || next == tEOF || next == tSemicolon {
		p.syntaxError(": extra input " + p.quote(p.i))
	}
	p.syntaxError("")
}

// --- looking at and taking tokens ---

func (p *parser) kind() kind       { return p.toks[p.i].kind }
func (p *parser) is(k kind) bool   { return p.toks[p.i].kind == k }
func (p *parser) text() string     { return p.textAt(p.i) }
func (p *parser) start() int       { return int(p.toks[p.i].start) }
func (p *parser) advance()         { p.i = min(p.i+1, len(p.toks)-1) }
func (p *parser) ahead(n int) kind { return p.toks[min(p.i+n, len(p.toks)-1)].kind }

func (p *parser) textAt(i int) string {
	t := p.toks[i]
	return p.src.Text[t.start:t.end]
}

// are tells whether the next tokens are these.
func (p *parser) are(kinds ...kind) bool {
	for n, k := range kinds {
		if p.ahead(n) != k {
			return false
		}
	}
	return true
}

func (p *parser) accept(k kind) bool {
	if p.is(k) {
		p.advance()
		return true
	}
	return false
}

// acceptAll takes the tokens if all of them are next.
func (p *parser) acceptAll(kinds ...kind) bool {
	if !p.are(kinds...) {
		return false
	}
	p.i += len(kinds)
	return true
}

// acceptAny takes the next token if it is one of these.
func (p *parser) acceptAny(kinds ...kind) bool {
	for _, k := range kinds {
		if p.accept(k) {
			return true
		}
	}
	return false
}

func (p *parser) expect(kinds ...kind) {
	for _, k := range kinds {
		if p.accept(k) {
			continue
		}
		if p.ahead(1) == k && !p.is(tEOF) {
			p.syntaxError(": extra input " + p.quote(p.i))
		}
		p.syntaxError("")
	}
}

// pos is the piece of text from byte start to the last token taken.
func (p *parser) pos(start int) plan.Pos {
	stop := start
	if p.i > 0 {
		stop = max(start, int(p.toks[p.i-1].end))
	}
	return plan.Pos{Src: p.src, Start: start, Stop: stop}
}

func (p *parser) common(start int) plan.Common { return plan.Common{Pos: p.pos(start)} }

func (p *parser) command(start int) plan.CommandBase {
	return plan.CommandBase{Pos: p.pos(start), NamePos: p.named}
}

// --- errors ---

// enter counts a level of nesting; leave it with p.depth--.
func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		err := fault.New("FAILED_TO_PARSE_TOO_COMPLEX")
		p.fail(err, p.start(), p.start()+1)
	}
}

// fail ends the parsing with err, at bytes [start, stop).
func (p *parser) fail(err *fault.Error, start, stop int) {
	panic(bailout{err.At(plan.Pos{Src: p.src, Start: start, Stop: stop})})
}

// reject refuses what was read from byte start on. The grammar allows it, so reading goes on: as in
// Spark, a syntax error further behind counts more.
func (p *parser) reject(start int, class string, params ...string) {
	p.rejectWith(fault.New(class, params...), start)
}

// rejectAt is reject of a piece of text.
func (p *parser) rejectAt(pos plan.Pos, class string, params ...string) {
	if p.rejected == nil {
		p.rejected = fault.New(class, params...).At(pos)
	}
}

func (p *parser) rejectWith(err *fault.Error, start int) {
	if p.rejected == nil {
		p.rejected = err.At(p.pos(start))
	}
}

// syntaxError says that the grammar does not allow the next token.
func (p *parser) syntaxError(hint string) {
	i := p.i
	if p.blame >= 0 {
		i, hint = p.blame, ""
	}
	t := p.toks[i]
	if t.kind == tEOF && strings.TrimSpace(p.src.Text) == "" {
		p.fail(fault.New("PARSE_EMPTY_STATEMENT"), int(t.start), int(t.end))
	}
	err := fault.New("PARSE_SYNTAX_ERROR", "error", p.quote(i), "hint", hint)
	p.fail(err, int(t.start), int(t.end))
}

// quote is a token as Spark's messages show it.
func (p *parser) quote(i int) string {
	if p.toks[i].kind == tEOF {
		return "end of input"
	}
	return "'" + p.textAt(i) + "'"
}

// blaming parses a construct whose syntax errors Spark reports at token i: where it has several ways
// to read the construct it looks ahead through all of it, and when none fits it blames the beginning.
func (p *parser) blaming(i int, construct func()) {
	if p.blame >= 0 {
		construct()
		return
	}
	p.blame = i
	construct()
	p.blame = -1
}

// commaList parses one or more of something, separated by commas.
func commaList[T any](p *parser, one func(*parser) T) []T {
	list := []T{one(p)}
	for p.accept(tComma) {
		list = append(list, one(p))
	}
	return list
}

// parenList is commaList in parentheses.
func parenList[T any](p *parser, one func(*parser) T) []T {
	p.expect(tLeftParen)
	list := commaList(p, one)
	p.expect(tRightParen)
	return list
}
