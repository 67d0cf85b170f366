package sparksql

// This file parses the statements about databases, and those that leave comments.

import (
	"shoal/plan"
)

// statement: CREATE namespace (IF NOT EXISTS)? identifierReference (COMMENT ... | LOCATION ... | WITH (DBPROPERTIES | PROPERTIES) ...)*
func (p *parser) createDatabase(start int) plan.Statement {
	p.i += 2
	if p.atEnd() {
		return nil
	}
	d := &plan.CreateDatabase{IfNotExists: p.acceptAll(kIf, kNot, kExists)}
	d.Name = p.identifierReference()
	seen := map[string]bool{}
	for !p.atEnd() {
		switch {
		case p.is(kComment):
			p.once(start, seen, "COMMENT")
			p.advance()
			d.Comment = p.stringLiteral()
		case p.is(kLocation):
			p.once(start, seen, "LOCATION")
			p.advance()
			d.Location = p.stringLiteral()
		case p.is(kWith):
			p.once(start, seen, "WITH PROPERTIES")
			p.advance()
			if !p.acceptAny(kDbproperties, kProperties) {
				p.syntaxError("")
			}
			d.Properties = p.propertyList()
		default:
			return nil
		}
	}
	d.CommandBase = p.command(start)
	return d
}

// statement: DROP namespace (IF EXISTS)? identifierReference (RESTRICT | CASCADE)?
func (p *parser) dropDatabase(start int) plan.Statement {
	p.i += 2
	if p.atEnd() {
		return nil
	}
	d := &plan.DropDatabase{IfExists: p.acceptAll(kIf, kExists)}
	d.Name = p.identifierReference()
	d.Cascade = p.accept(kCascade)
	p.accept(kRestrict)
	d.CommandBase = p.command(start)
	return d
}

// statement: ALTER namespace identifierReference (SET (DBPROPERTIES | PROPERTIES) ... | UNSET ... | SET LOCATION string)
func (p *parser) alterDatabase(start int) plan.Statement {
	p.i += 2
	if p.atEnd() {
		return nil
	}
	d := &plan.AlterDatabase{Name: p.identifierReference()}
	switch {
	case p.atEnd():
		p.syntaxError("")
	case p.acceptAll(kSet, kLocation):
		location := p.stringLiteral()
		d.Location = &location
	case p.acceptAll(kSet, kDbproperties), p.acceptAll(kSet, kProperties):
		d.Set = p.propertyList()
		p.reservedProperties(start, d.Set)
	case p.acceptAll(kUnset, kDbproperties), p.acceptAll(kUnset, kProperties):
		d.Unset = parenList(p, (*parser).propertyKey)
	}
	if !p.atEnd() {
		return nil
	}
	d.CommandBase = p.command(start)
	return d
}

// reservedProperties refuses the properties of a database that have a clause of their own.
func (p *parser) reservedProperties(start int, set map[string]string) {
	if _, ok := set["location"]; ok {
		p.reject(start, "UNSUPPORTED_FEATURE.SET_NAMESPACE_PROPERTY", "property", "location", "msg", "please use the LOCATION clause to specify it")
	}
	if _, ok := set["owner"]; ok {
		p.reject(start, "UNSUPPORTED_FEATURE.SET_NAMESPACE_PROPERTY", "property", "owner", "msg", "it will be set to the current user")
	}
}

// statement: COMMENT ON (namespace | TABLE) identifierReference IS (string | NULL)
func (p *parser) commentOn(start int) plan.Statement {
	p.expect(kComment)
	if !p.accept(kOn) || !p.is(kTable) && !isNamespaceWord(p.kind()) || !p.ahead(1).isIdent() {
		return nil
	}
	table := p.is(kTable)
	p.advance()
	name := p.identifierReference()
	if !p.accept(kIs) || !p.is(kNull) && !p.kind().isString() {
		p.syntaxError("")
	}
	comment := ""
	if !p.accept(kNull) {
		comment = p.stringLiteral()
	}
	if !p.atEnd() {
		p.syntaxError("")
	}
	if table {
		return &plan.CommentOn{CommandBase: p.command(start), Name: name, Comment: comment}
	}
	return &plan.AlterDatabase{CommandBase: p.command(start), Name: name, Set: map[string]string{"comment": comment}}
}
