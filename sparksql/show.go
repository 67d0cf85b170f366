package sparksql

import (
	"strings"

	"shoal/plan"
)

// show: SHOW and what is to be shown; nil if it is none of what a plan.Show can say
func (p *parser) show(start int) plan.Statement {
	s := &plan.Show{}
	p.advance()
	word := p.kind()
	s.What = strings.ToUpper(p.text())
	switch {
	case word == kTables, word == kViews:
		p.advance()
		p.showIn(s)
		p.showLike(s)
	case word == kDatabases, word == kSchemas, word == kNamespaces:
		p.advance()
		if word == kNamespaces {
			s.What = "SCHEMAS"
		}
		p.showIn(s)
		p.showLike(s)
	case word == kCatalogs:
		p.advance()
		p.showLike(s)
	case word == kColumns:
		p.showColumns(s)
	case word == kFunctions, p.ahead(1) == kFunctions && p.kind().isIdent():
		p.showFunctions(s)
	case word == kTblproperties:
		p.advance()
		s.In = p.identifierReference()
		if p.accept(tLeftParen) {
			key := p.propertyKey()
			s.Pattern = &key
			p.expect(tRightParen)
		}
	case word == kPartitions:
		p.advance()
		s.In = p.identifierReference()
		if p.is(kPartition) {
			s.Partition = p.wholePartition()
		}
	case word == kCreate && p.ahead(1) == kTable:
		p.i += 2
		s.What = "CREATE TABLE"
		if p.is(tEOF) {
			p.reject(start, "INVALID_STATEMENT_OR_CLAUSE", "operation", "SHOW CREATE TABLE")
			return s
		}
		s.In = p.identifierReference()
		if p.acceptAll(kAs, kSerde) {
			return p.opaque(start, "SHOW CREATE TABLE AS SERDE")
		}
	case word == kCurrent && isNamespaceWord(p.ahead(1)):
		p.i += 2
		s.What = "CURRENT SCHEMA"
	default:
		return p.showUnknown()
	}
	s.CommandBase = p.command(start)
	return s
}

// showUnknown leaves what plan.Show cannot say to otherStatement. Any other word before the end Spark
// takes for the scope of FUNCTIONS.
func (p *parser) showUnknown() plan.Statement {
	p.i--
	for _, words := range append(otherStatements, invalidStatements...) {
		if _, _, all := p.matches(words); all {
			return nil
		}
	}
	if p.ahead(1).isIdent() && p.ahead(2) == tEOF {
		p.i += 2
		p.syntaxError(": missing 'FUNCTIONS'")
	}
	return nil
}

// showIn: ((FROM | IN) multipartIdentifier)?
func (p *parser) showIn(s *plan.Show) {
	if p.acceptAny(kFrom, kIn) {
		s.In = p.identifierReference()
	}
}

// showLike: (LIKE? string)?
func (p *parser) showLike(s *plan.Show) {
	if p.accept(kLike) || p.kind().isString() {
		pattern := p.stringLiteral()
		s.Pattern = &pattern
	}
}

// statement: SHOW COLUMNS (FROM | IN) identifierReference ((FROM | IN) multipartIdentifier)?
func (p *parser) showColumns(s *plan.Show) {
	p.advance()
	if !p.acceptAny(kFrom, kIn) {
		p.syntaxError("")
	}
	s.In = p.identifierReference()
	if p.acceptAny(kFrom, kIn) {
		database := p.multipartIdentifier()
		s.In = append(database, s.In[len(s.In)-1])
	}
}

// statement: SHOW identifier? FUNCTIONS ((FROM | IN) identifierReference)? (LIKE? (multipartIdentifier | string))?
func (p *parser) showFunctions(s *plan.Show) {
	if !p.is(kFunctions) || p.ahead(1) == kFunctions {
		at := p.start()
		s.Scope = strings.ToUpper(p.identifier())
		switch s.Scope {
		case "ALL", "SYSTEM", "USER":
		default:
			p.reject(at, "INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE", "scope", "`"+strings.ToLower(s.Scope)+"`")
		}
	}
	s.What = "FUNCTIONS"
	p.expect(kFunctions)
	p.showIn(s)
	like := p.accept(kLike)
	switch {
	case p.kind().isString():
		pattern := p.stringLiteral()
		s.Pattern = &pattern
	case like, p.kind().isIdent():
		parts := p.multipartIdentifier()
		s.Pattern = &parts[len(parts)-1]
		if len(parts) > 1 {
			s.In = parts[:len(parts)-1]
		}
	}
}

// statement: (DESC | DESCRIBE) (FUNCTION | PROCEDURE | namespace | QUERY? query | TABLE? ...)
func (p *parser) describe(start int) plan.Statement {
	p.advance()
	next := p.ahead(1)
	switch k := p.kind(); {
	case k == kFunction && next != tEOF && next != kExtended || k == kFunction && next == kExtended:
		return p.describeFunction(start)
	case k == kProcedure && next.isIdent():
		return p.opaque(start, "DESCRIBE PROCEDURE")
	case isNamespaceWord(k) && next.isIdent():
		return p.describeDatabase(start)
	case k == kQuery && (p.startsQuery(1) || next == tLeftParen):
		p.advance()
		return p.describeQuery(start)
	case k != kFrom && k != kTable && p.startsQuery(0), k == tLeftParen:
		return p.describeQuery(start)
	}
	return p.describeTable(start)
}

func (p *parser) describeQuery(start int) plan.Statement {
	q := p.query()
	return &plan.DescribeQuery{CommandBase: p.command(start), Query: q}
}

// describeFuncName: identifierReference | string | an operator
func (p *parser) describeFunction(start int) plan.Statement {
	p.expect(kFunction)
	d := &plan.DescribeFunction{}
	d.Extended = p.is(kExtended) && p.ahead(1) != tEOF && p.accept(kExtended)
	switch {
	case p.kind().isString():
		d.Name = []string{p.stringLiteral()}
	case operators[p.kind()].prec != precNone, p.is(tBang), p.is(tTilde), p.is(kNot), p.is(kIn):
		d.Name = []string{p.text()}
		p.advance()
	default:
		d.Name = p.identifierReference()
	}
	d.CommandBase = p.command(start)
	return d
}

// statement: (DESC | DESCRIBE) namespace EXTENDED? identifierReference
func (p *parser) describeDatabase(start int) plan.Statement {
	p.advance()
	d := &plan.DescribeDatabase{}
	d.Extended = p.is(kExtended) && p.ahead(1).isIdent() && p.accept(kExtended)
	d.Name = p.identifierReference()
	d.CommandBase = p.command(start)
	return d
}

// statement: (DESC | DESCRIBE) TABLE? (EXTENDED | FORMATTED)? identifierReference partitionSpec? describeColName? (AS JSON)?
func (p *parser) describeTable(start int) plan.Statement {
	if p.is(kTable) && p.ahead(1).isIdent() {
		p.advance()
	}
	d := &plan.DescribeTable{}
	if (p.is(kExtended) || p.is(kFormatted)) && p.ahead(1).isIdent() {
		d.Extended = true
		p.advance()
	}
	d.Name = p.identifierReference()
	switch {
	case p.is(kPartition) && p.ahead(1) == tLeftParen:
		return p.opaque(start, "DESCRIBE TABLE PARTITION")
	case p.is(kAs) && p.ahead(1) == kJson:
		return p.opaque(start, "DESCRIBE TABLE AS JSON")
	case p.kind().isIdent():
		d.Column = p.multipartIdentifier()
	}
	d.CommandBase = p.command(start)
	return d
}
