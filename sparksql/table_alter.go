package sparksql

// This file parses CREATE TABLE ... LIKE, and what ALTER TABLE does to columns and partitions.

import (
	"strings"

	"shoal/plan"
)

// createLike: LIKE identifierReference (tableProvider | LOCATION string | TBLPROPERTIES propertyList)*
func (p *parser) createLike(start int, c *plan.CreateTable) plan.Statement {
	if c.External || c.Replace {
		p.syntaxError("")
	}
	p.expect(kLike)
	c.Like = p.multipartIdentifier()
	seen := map[string]bool{}
	for !p.atEnd() {
		switch {
		case p.accept(kUsing):
			p.once(start, seen, "PROVIDER")
			c.Format = strings.ToLower(strings.Join(p.multipartIdentifier(), "."))
		case p.accept(kLocation):
			p.once(start, seen, "LOCATION")
			c.Location = p.stringLiteral()
		case p.accept(kTblproperties):
			p.once(start, seen, "TBLPROPERTIES")
			c.Properties = p.propertyList()
		case p.is(kRow), p.is(kStored):
			return nil
		default:
			p.syntaxError("")
		}
	}
	c.CommandBase = p.command(start)
	return c
}

// wholePartition: PARTITION partitionSpec, all of whose columns have values
func (p *parser) wholePartition() []plan.PartitionValue {
	at := p.start()
	p.expect(kPartition)
	values := p.partitionSpec(at)
	for _, v := range values {
		if v.Value == nil {
			p.reject(at, "INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE", "partKey", plan.Quote(v.Name))
		}
	}
	return values
}

// alterPartitions: ADD (IF NOT EXISTS)? partitionSpec+ | DROP (IF EXISTS)? partitionSpec (COMMA partitionSpec)*
func (p *parser) alterPartitions(start int, name []string) plan.Statement {
	a := &plan.AlterPartitions{Name: name, Drop: p.is(kDrop)}
	p.advance()
	if a.Drop {
		a.Lenient = p.acceptAll(kIf, kExists)
	} else {
		a.Lenient = p.acceptAll(kIf, kNot, kExists)
	}
	if !p.is(kPartition) {
		return nil
	}
	for p.is(kPartition) {
		a.Partitions = append(a.Partitions, p.wholePartition())
		if a.Drop && !p.accept(tComma) {
			break
		}
	}
	a.CommandBase = p.command(start)
	return a
}

// alterColumn: (ALTER | CHANGE) COLUMN? multipartIdentifier (COMMENT string | TYPE dataType | (SET | DROP) NOT NULL |
// FIRST | AFTER identifier | identifier dataType (COMMENT string)?) | RENAME COLUMN ... | DROP COLUMN(S) ... | REPLACE COLUMNS ...
func (p *parser) alterColumn(start int, name []string) plan.Statement {
	a := &plan.AlterColumn{Name: name}
	switch {
	case p.acceptAll(kRename, kColumn):
		a.Other = "RENAME COLUMN"
		a.Column = p.multipartIdentifier()
		p.expect(kTo)
		p.errorIdentifier()
	case p.is(kDrop) && p.ahead(1) == kColumn, p.is(kDrop) && p.ahead(1) == kColumns:
		a.Other = "DROP COLUMN"
		p.i += 2
		p.acceptAll(kIf, kExists)
		paren := p.accept(tLeftParen)
		a.Column = commaList(p, (*parser).multipartIdentifier)[0]
		if paren {
			p.expect(tRightParen)
		}
	case p.acceptAll(kReplace, kColumns):
		a.Other = "REPLACE COLUMNS"
		parenList(p, (*parser).colType)
	case p.is(kAlter), strings.EqualFold(p.text(), "change"):
		p.advance()
		p.accept(kColumn)
		a.Column = p.multipartIdentifier()
		if !p.columnAction(start, a) {
			return nil
		}
	default:
		return nil
	}
	a.CommandBase = p.command(start)
	return a
}

// columnAction parses what becomes of a column; false if plan cannot say it.
func (p *parser) columnAction(start int, a *plan.AlterColumn) bool {
	switch {
	case p.accept(kComment):
		comment := p.stringLiteral()
		a.Comment = &comment
	case p.accept(kType):
		a.Type = p.dataType()
	case p.acceptAll(kSet, kNot, kNull), p.acceptAll(kDrop, kNot, kNull):
		a.Other = "ALTER COLUMN ... SET NOT NULL"
	case p.accept(kFirst):
		a.Other = "ALTER COLUMN ... FIRST | AFTER"
	case p.accept(kAfter):
		a.Other = "ALTER COLUMN ... FIRST | AFTER"
		p.errorIdentifier()
	case p.kind().isIdent() && p.ahead(1).isIdent() && !p.is(kSet) && !p.is(kDrop):
		to := p.errorIdentifier()
		a.Type = p.dataType()
		if p.accept(kComment) {
			comment := p.stringLiteral()
			a.Comment = &comment
		}
		if len(a.Column) != 1 || !strings.EqualFold(to, a.Column[0]) {
			p.reject(start, "_LEGACY_ERROR_TEMP_0034", "operation", "Renaming column", "command", "ALTER COLUMN", "msg", ", please run RENAME COLUMN instead")
		}
	default:
		return false
	}
	return true
}
