package sparksql

// This file parses DELETE, UPDATE and MERGE.

import (
	"strings"

	"shoal/plan"
)

// changeRows parses a statement that changes rows; nil if it is none.
func (p *parser) changeRows(start int) plan.Statement {
	switch {
	case p.is(kDelete) && p.ahead(1).isIdent() && p.ahead(1) != kFrom && p.ahead(2) != tEOF:
		p.advance()
		p.syntaxError(": missing 'FROM'")
	case p.are(kDelete, kFrom) && p.ahead(2).isIdent():
		return p.deleteRows(start)
	case p.is(kUpdate) && p.ahead(1).isIdent():
		return p.updateRows(start)
	case p.are(kMerge, kInto) && p.ahead(2).isIdent():
		return p.mergeRows(start)
	}
	return nil
}

// changed: identifierReference (AS? strictIdentifier)?
func (p *parser) changed(c *plan.ChangeRows) plan.Relation {
	start := p.start()
	c.Name = p.identifierReference()
	table := &plan.Table{Common: p.common(start), Name: c.Name}
	if !p.accept(kAs) && (!p.kind().isStrictIdent() || p.is(kWhere) || p.is(kSet)) {
		return table
	}
	alias := p.errorIdentifier()
	return &plan.SubqueryAlias{Common: p.common(start), Input: table, Alias: alias}
}

// where: (WHERE booleanExpression)?
func (p *parser) where(r plan.Relation) plan.Relation {
	start := p.start()
	if !p.accept(kWhere) {
		return r
	}
	cond := p.expression()
	return &plan.Filter{Common: p.common(start), Input: r, Cond: cond}
}

// statement: DELETE FROM identifierReference tableAlias whereClause?
func (p *parser) deleteRows(start int) plan.Statement {
	p.i += 2
	c := &plan.ChangeRows{What: "DELETE"}
	c.Query = p.where(p.changed(c))
	if !p.atEnd() {
		p.syntaxError("")
	}
	c.CommandBase = p.command(start)
	return c
}

// statement: UPDATE identifierReference tableAlias SET assignment (COMMA assignment)* whereClause?
func (p *parser) updateRows(start int) plan.Statement {
	p.advance()
	c := &plan.ChangeRows{What: "UPDATE TABLE"}
	target := p.changed(c)
	if p.is(kWhere) {
		p.syntaxError(": missing 'SET'")
	}
	p.expect(kSet)
	var used []plan.Expr
	for {
		at := p.start()
		key := p.multipartIdentifier()
		p.expect(tEq)
		value := p.expression()
		used = append(used, &plan.Name{Pos: p.pos(at), Parts: key})
		if n, ok := value.(*plan.Name); !ok || len(n.Parts) > 1 || !strings.EqualFold(n.Parts[0], "default") {
			used = append(used, value)
		}
		if !p.accept(tComma) {
			break
		}
	}
	c.Query = &plan.Project{Common: p.common(start), Input: p.where(target), Exprs: used}
	if !p.atEnd() {
		p.syntaxError("")
	}
	c.CommandBase = p.command(start)
	return c
}

// statement: MERGE INTO target tableAlias USING source tableAlias ON booleanExpression, and what is to be done, which is not looked into
func (p *parser) mergeRows(start int) plan.Statement {
	p.i += 2
	c := &plan.ChangeRows{What: "MERGE INTO TABLE"}
	target := p.changed(c)
	named := p.named
	p.expect(kUsing)
	source := p.relationPrimary()
	p.expect(kOn)
	cond := p.expression()
	c.Query = &plan.Join{Common: p.common(start), Left: target, Right: source, Cond: cond}
	if p.atEnd() {
		p.reject(start, "MERGE_WITHOUT_WHEN")
	} else if !p.is(kWhen) {
		p.syntaxError("")
	}
	for !p.atEnd() {
		p.advance()
	}
	p.named = named
	c.CommandBase = p.command(start)
	return c
}
