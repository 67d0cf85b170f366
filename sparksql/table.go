package sparksql

// This file parses the statements about tables and databases. What their grammar allows and plan has
// no words for stays an OpaqueCommand.

import (
	"encoding/json"
	"slices"
	"strings"

	"shoal/plan"
)

// tableStatement parses a statement about a table or database of one's own; nil if it is none, or
// one that is only recognised: then nothing was taken.
func (p *parser) tableStatement(start int) plan.Statement {
	back, named, rejected := p.i, p.named, p.rejected
	var s plan.Statement
	switch {
	case p.is(kCreate) && isNamespaceWord(p.ahead(1)):
		s = p.createDatabase(start)
	case p.is(kCreate), p.is(kReplace):
		s = p.createTable(start)
	case p.is(kDrop) && isNamespaceWord(p.ahead(1)):
		s = p.dropDatabase(start)
	case p.is(kAlter) && isNamespaceWord(p.ahead(1)):
		s = p.alterDatabase(start)
	case p.is(kDelete), p.is(kUpdate), p.is(kMerge):
		s = p.changeRows(start)
	case p.is(kComment):
		s = p.commentOn(start)
	case p.are(kDrop, kTable):
		s = p.dropTable(start)
	case p.are(kTruncate, kTable):
		s = p.truncateTable(start)
	case p.are(kAlter, kTable):
		s = p.alterTable(start)
	}
	if s == nil {
		p.i, p.named, p.rejected = back, named, rejected
	}
	return s
}

// aboutTables is tableStatement or, failing that, otherStatement.
func (p *parser) aboutTables(start int) plan.Statement {
	if s := p.tableStatement(start); s != nil {
		return s
	}
	return p.otherStatement(start)
}

func (p *parser) atEnd() bool { return p.is(tEOF) || p.is(tSemicolon) }

// createTable: (CREATE (OR REPLACE)? | REPLACE) EXTERNAL? TABLE (IF NOT EXISTS)? identifierReference
// (LEFT_PAREN colDefinition (COMMA colDefinition)* RIGHT_PAREN)? tableProvider? createTableClauses (AS? query)?
func (p *parser) createTable(start int) plan.Statement {
	c := &plan.CreateTable{}
	p.acceptAny(kCreate)
	p.accept(kOr)
	c.Replace = p.accept(kReplace)
	c.External = p.accept(kExternal)
	if !p.accept(kTable) || p.atEnd() {
		return nil
	}
	c.IfNotExists = p.acceptAll(kIf, kNot, kExists)
	c.Name = p.identifierReference()
	if p.is(kLike) {
		return p.createLike(start, c)
	}
	if p.is(tLeftParen) && !p.startsNestedQuery() {
		if p.ahead(2) == tComma || p.ahead(2) == tRightParen {
			return nil // names without types
		}
		c.Columns = parenList(p, func(p *parser) plan.Field { return p.columnDefinition(c) })
	}
	if p.accept(kUsing) {
		c.Format = strings.ToLower(strings.Join(p.multipartIdentifier(), "."))
	}
	if !p.tableClauses(start, c) {
		return nil
	}
	if p.accept(kAs) || !p.atEnd() && p.startsQuery(0) || p.is(tLeftParen) {
		c.Query = p.query()
	}
	if !p.atEnd() {
		return nil
	}
	if c.Query != nil && len(c.Columns) > 0 {
		p.reject(start, "_LEGACY_ERROR_TEMP_0035", "message", "Schema may not be specified in a Create Table As Select (CTAS) statement")
	}
	c.CommandBase = p.command(start)
	return c
}

// columnDefinition: errorIdentifier dataType (NOT NULL | DEFAULT expression | COMMENT string)*
func (p *parser) columnDefinition(c *plan.CreateTable) plan.Field {
	f := plan.Field{Name: p.errorIdentifier(), Type: p.dataType(), Nullable: true}
	for {
		switch {
		case p.acceptAll(kNot, kNull), p.acceptAll(tBang, kNull):
			f.Nullable = false
		case p.accept(kComment):
			comment, _ := json.Marshal(map[string]string{"comment": p.stringLiteral()})
			f.Metadata = string(comment)
		case p.accept(kDefault):
			p.expression()
			c.Hard = "a column's DEFAULT"
		default:
			return f
		}
	}
}

// tableClauses parses what may stand before AS; false if there is one plan cannot say.
func (p *parser) tableClauses(start int, c *plan.CreateTable) bool {
	seen := map[string]bool{}
	for {
		switch {
		case p.is(kOptions):
			p.once(start, seen, "OPTIONS")
			p.advance()
			c.Options = p.propertyList()
		case p.are(kPartitioned, kBy):
			p.once(start, seen, "PARTITIONED BY")
			p.i += 2
			if !p.plainNames() {
				return false
			}
			c.PartitionBy = p.identifierList()
		case p.is(kLocation):
			p.once(start, seen, "LOCATION")
			p.advance()
			c.Location = p.stringLiteral()
		case p.is(kComment):
			p.once(start, seen, "COMMENT")
			p.advance()
			comment := p.stringLiteral()
			c.Comment = &comment
		case p.is(kTblproperties):
			p.once(start, seen, "TBLPROPERTIES")
			p.advance()
			c.Properties = p.propertyList()
		default:
			return p.atEnd() || p.is(kAs) || p.is(tLeftParen) || p.startsQuery(0)
		}
	}
}

// plainNames tells whether a list of nothing but names comes next.
func (p *parser) plainNames() bool {
	for n := 0; ; n += 2 {
		between := p.ahead(n)
		if n == 0 && between != tLeftParen || n > 0 && between != tComma && between != tRightParen {
			return false
		}
		if n > 0 && between == tRightParen {
			return true
		}
		if !p.ahead(n + 1).isIdent() {
			return false
		}
	}
}

// statement: DROP TABLE (IF EXISTS)? identifierReference PURGE?
func (p *parser) dropTable(start int) plan.Statement {
	p.expect(kDrop, kTable)
	if p.atEnd() {
		return nil
	}
	d := &plan.DropTable{IfExists: p.acceptAll(kIf, kExists)}
	d.Name = p.identifierReference()
	if !p.atEnd() {
		p.expect(kPurge)
	}
	d.CommandBase = p.command(start)
	return d
}

// statement: TRUNCATE TABLE identifierReference partitionSpec?
func (p *parser) truncateTable(start int) plan.Statement {
	p.expect(kTruncate, kTable)
	if p.atEnd() {
		return nil
	}
	t := &plan.TruncateTable{Name: p.identifierReference()}
	if p.accept(kPartition) {
		t.Partition = p.partitionSpec(start)
	}
	t.CommandBase = p.command(start)
	return t
}

// partitionSpec: LEFT_PAREN partitionVal (COMMA partitionVal)* RIGHT_PAREN
func (p *parser) partitionSpec(start int) []plan.PartitionValue {
	values := parenList(p, (*parser).partitionValue)
	for i, v := range values {
		if slices.ContainsFunc(values[:i], func(w plan.PartitionValue) bool { return w.Name == v.Name }) {
			p.reject(start, "DUPLICATE_KEY", "keyColumn", plan.Quote(v.Name))
		}
	}
	return values
}

// partitionVal: identifier (EQ constant)?
func (p *parser) partitionValue() plan.PartitionValue {
	v := plan.PartitionValue{Name: p.identifier()}
	if p.accept(tEq) {
		v.Value = p.expression()
	}
	return v
}

// statement: ALTER TABLE identifierReference (ADD (COLUMN | COLUMNS) ... | RENAME TO ... | (SET | UNSET) TBLPROPERTIES ...)
func (p *parser) alterTable(start int) plan.Statement {
	p.expect(kAlter, kTable)
	if p.atEnd() {
		return nil
	}
	name := p.identifierReference()
	var s plan.Statement
	switch {
	case p.is(kAdd) && (p.ahead(1) == kColumn || p.ahead(1) == kColumns):
		s = p.addColumns(start, name)
	case p.is(kAdd), p.is(kDrop) && (p.ahead(1) == kPartition || p.ahead(1) == kIf && p.ahead(3) == kPartition):
		s = p.alterPartitions(start, name)
	case p.acceptAll(kRename, kTo):
		to := p.multipartIdentifier()
		s = &plan.RenameTable{CommandBase: p.command(start), Name: name, To: to}
	case p.acceptAll(kSet, kTblproperties):
		set := p.propertyList()
		s = &plan.SetProperties{CommandBase: p.command(start), Name: name, Set: set}
	case p.acceptAll(kUnset, kTblproperties):
		p.acceptAll(kIf, kExists)
		keys := parenList(p, (*parser).propertyKey)
		s = &plan.SetProperties{CommandBase: p.command(start), Name: name, Unset: keys}
	default:
		s = p.alterColumn(start, name)
	}
	if s == nil || !p.atEnd() {
		return nil
	}
	return s
}

// addColumns: ADD (COLUMN | COLUMNS) (LEFT_PAREN columns RIGHT_PAREN | columns)
func (p *parser) addColumns(start int, name []string) plan.Statement {
	p.i += 2
	a := &plan.AddColumns{Name: name}
	paren := p.accept(tLeftParen)
	a.Columns = commaList(p, (*parser).colType)
	if paren && !p.accept(tRightParen) {
		return nil
	}
	a.CommandBase = p.command(start)
	return a
}
