package sparksql

import "shoal/plan"

// This file holds session variables, and EXECUTE IMMEDIATE.

// statement: DECLARE (OR REPLACE)? VARIABLE? identifierReference (COMMA identifierReference)* dataType? ((DEFAULT | EQ) expression)?
func (p *parser) declare(start int) plan.Statement {
	p.expect(kDeclare)
	d := &plan.DeclareVariable{Replace: p.acceptAll(kOr, kReplace)}
	if p.is(kVariable) && p.ahead(1).isIdent() {
		p.advance()
	}
	d.Names = commaList(p, (*parser).identifierReference)
	if !p.is(kDefault) && !p.is(tEq) && !p.is(tEOF) && !p.is(tSemicolon) {
		d.Type = p.dataType()
	}
	if p.acceptAny(kDefault, tEq) {
		d.Default = p.expression()
	} else if d.Type == nil {
		p.syntaxError("")
	}
	d.CommandBase = p.command(start)
	return d
}

// setStatement: SET (VARIABLE | VAR) (assignment (COMMA assignment)* | LEFT_PAREN identifierReferences RIGHT_PAREN EQ LEFT_PAREN query RIGHT_PAREN)
func (p *parser) setVariables(start int) plan.Statement {
	p.advance()
	v := &plan.SetVariables{}
	if p.accept(tLeftParen) {
		v.Names = commaList(p, (*parser).identifierReference)
		p.expect(tRightParen, tEq)
		v.Query = p.parenQuery()
	} else {
		for {
			v.Names = append(v.Names, p.identifierReference())
			p.expect(tEq)
			if next := p.ahead(1); p.is(kDefault) && (next == tComma || next == tEOF || next == tSemicolon) {
				p.advance()
				v.Values = append(v.Values, nil)
			} else {
				v.Values = append(v.Values, p.expression())
			}
			if !p.accept(tComma) {
				break
			}
		}
	}
	v.CommandBase = p.command(start)
	return v
}

// statement: DROP TEMPORARY VARIABLE (IF EXISTS)? identifierReference
func (p *parser) dropVariable(start int) plan.Statement {
	p.i += 3
	d := &plan.DropVariable{IfExists: p.acceptAll(kIf, kExists)}
	d.Name = p.identifierReference()
	d.CommandBase = p.command(start)
	return d
}

// statement: EXECUTE IMMEDIATE expression (INTO identifierReference (COMMA identifierReference)*)? (USING (LEFT_PAREN namedExpressions RIGHT_PAREN | namedExpressions))?
func (p *parser) executeImmediate(start int) plan.Statement {
	p.i += 2
	e := &plan.ExecuteImmediate{Text: p.expression()}
	if p.accept(kInto) {
		e.Into = commaList(p, (*parser).identifierReference)
	}
	if p.accept(kUsing) {
		e.Args = p.namedExpressionSeq()
	}
	e.CommandBase = p.command(start)
	return e
}
