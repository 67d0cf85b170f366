package sparksql

import (
	"strings"

	"shoal/plan"
)

// This file parses CREATE FUNCTION ... RETURN and DROP FUNCTION.

// createFunction: CREATE (OR REPLACE)? TEMPORARY? FUNCTION (IF NOT EXISTS)? identifierReference
// LEFT_PAREN (parameter (COMMA parameter)*)? RIGHT_PAREN (RETURNS (TABLE (LEFT_PAREN columns RIGHT_PAREN)? | dataType))?
// routineCharacteristic* RETURN (query | expression)
//
// nil if it creates something else, or a function in another language: then nothing was taken.
func (p *parser) createFunction(start int) plan.Statement {
	back, named := p.i, p.named
	f := &plan.CreateFunction{}
	p.expect(kCreate)
	f.Replace = p.acceptAll(kOr, kReplace)
	f.Temporary = p.acceptAny(kTemporary, kTemp)
	if !p.accept(kFunction) {
		p.i, p.named = back, named
		return nil
	}
	f.IfNotExists = p.acceptAll(kIf, kNot, kExists)
	f.Name = p.identifierReference()
	if !p.is(tLeftParen) {
		p.i, p.named = back, named
		return nil
	}
	p.advance()
	if !p.is(tRightParen) {
		f.Params = commaList(p, func(p *parser) plan.Parameter { return p.functionParameter(start) })
	}
	p.expect(tRightParen)
	if p.word("RETURNS") {
		p.functionReturns(start, f)
	}
	p.functionCharacteristics(start, f)
	if !p.word("RETURN") {
		p.syntaxError("")
	}
	at := p.start()
	if p.startsQuery(0) {
		f.Query = p.query()
	} else {
		f.Body = p.expression()
	}
	f.Text = p.sourceFrom(at)
	f.CommandBase = p.command(start)
	p.checkFunction(start, f)
	return f
}

// word takes the next token if it is this word, which is no keyword of ours.
func (p *parser) word(text string) bool {
	if p.kind() == tQuoted || !strings.EqualFold(p.text(), text) {
		return false
	}
	p.advance()
	return true
}

// checkFunction refuses what the grammar allows.
func (p *parser) checkFunction(start int, f *plan.CreateFunction) {
	switch {
	case f.Replace && f.IfNotExists:
		p.reject(start, "INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE")
	case f.Temporary && f.IfNotExists:
		p.reject(start, "INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS")
	case f.Temporary && len(f.Name) > 1:
		p.reject(start, "INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_DATABASE", "database", plan.Quote(f.Name[0]))
	case f.Table && f.Query == nil:
		p.reject(start, "USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY", "name", strings.Join(f.Name, "."))
	}
}

// parameter: identifier dataType (NOT NULL | DEFAULT expression | COMMENT string | GENERATED ... | UNIQUE | CHECK ...)*
func (p *parser) functionParameter(start int) plan.Parameter {
	from := p.start()
	out := plan.Parameter{Name: p.errorIdentifier(), Type: p.dataType()}
	for {
		switch {
		case p.acceptAll(kNot, kNull):
			p.reject(start, "USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS", "input", p.sourceFrom(from))
		case p.accept(kDefault):
			at := p.start()
			out.Default = p.expression()
			out.Text = p.sourceFrom(at)
		case p.accept(kComment):
			out.Comment = p.stringLiteral()
		case p.word("GENERATED"):
			p.skipParameter()
			p.reject(start, "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS")
		case p.word("UNIQUE"), p.word("CHECK"), p.word("PRIMARY"), p.word("REFERENCES"), p.word("CONSTRAINT"):
			p.skipParameter()
			p.reject(start, "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS")
		default:
			return out
		}
	}
}

// skipParameter takes what is left of a parameter.
func (p *parser) skipParameter() {
	for depth := 0; depth > 0 || !p.is(tComma) && !p.is(tRightParen); p.advance() {
		switch p.kind() {
		case tLeftParen:
			depth++
		case tRightParen:
			depth--
		case tEOF:
			p.syntaxError("")
		}
	}
}

func (p *parser) functionReturns(start int, f *plan.CreateFunction) {
	if !p.accept(kTable) {
		f.Returns = p.dataType()
		return
	}
	f.Table = true
	if !p.accept(tLeftParen) {
		return
	}
	f.Columns = commaList(p, func(p *parser) plan.Field {
		from := p.start()
		c := plan.Field{Name: p.errorIdentifier(), Type: p.dataType(), Nullable: true}
		if p.acceptAll(kNot, kNull) {
			p.reject(start, "USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS", "input", p.sourceFrom(from))
		}
		if p.accept(kComment) {
			p.stringLiteral()
		}
		return c
	})
	p.expect(tRightParen)
}

// routineCharacteristic: LANGUAGE SQL | NOT? DETERMINISTIC | COMMENT string | CONTAINS SQL | READS SQL DATA
// | SQL SECURITY (DEFINER | INVOKER) | CALLED ON NULL INPUT | RETURNS NULL ON NULL INPUT
func (p *parser) functionCharacteristics(start int, f *plan.CreateFunction) {
	seen := map[string]bool{}
	for {
		switch {
		case p.word("LANGUAGE"):
			p.once(start, seen, "LANGUAGE")
			if language := p.identifier(); !strings.EqualFold(language, "SQL") {
				p.reject(start, "INVALID_SQL_SYNTAX.UNSUPPORTED_LANGUAGE", "language", language)
			}
		case p.is(kNot) && strings.EqualFold(p.textAt(p.i+1), "DETERMINISTIC"):
			p.once(start, seen, "DETERMINISTIC")
			p.i += 2
			no := false
			f.Deterministic = &no
		case p.word("DETERMINISTIC"):
			p.once(start, seen, "DETERMINISTIC")
			yes := true
			f.Deterministic = &yes
		case p.accept(kComment):
			p.once(start, seen, "COMMENT")
			f.Comment = p.stringLiteral()
		case p.word("CONTAINS"):
			p.once(start, seen, "SQL DATA ACCESS")
			p.words("SQL")
			f.Access = "CONTAINS SQL"
		case p.word("READS"):
			p.once(start, seen, "SQL DATA ACCESS")
			p.words("SQL", "DATA")
			f.Access = "READS SQL DATA"
		case p.word("CALLED"):
			p.words("ON", "NULL", "INPUT")
		case strings.EqualFold(p.text(), "SQL"):
			p.words("SQL", "SECURITY")
			if !p.word("DEFINER") {
				p.words("INVOKER")
			}
		default:
			return
		}
	}
}

// words takes words that have to come next.
func (p *parser) words(all ...string) {
	for _, text := range all {
		if !p.word(text) {
			p.syntaxError("")
		}
	}
}

// statement: DROP TEMPORARY? FUNCTION (IF EXISTS)? identifierReference
func (p *parser) dropFunction(start int) plan.Statement {
	p.expect(kDrop)
	f := &plan.DropFunction{Temporary: p.acceptAny(kTemporary, kTemp)}
	p.expect(kFunction)
	f.IfExists = p.acceptAll(kIf, kExists)
	f.Name = p.identifierReference()
	f.CommandBase = p.command(start)
	if f.Temporary && len(f.Name) > 1 {
		p.reject(start, "INVALID_SQL_SYNTAX.MULTI_PART_NAME", "statement", "DROP TEMPORARY FUNCTION", "name", strings.Join(f.Name, "."))
	}
	return f
}
