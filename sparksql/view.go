package sparksql

import (
	"strings"

	"shoal/plan"
)

// createView: CREATE (OR REPLACE)? (GLOBAL? TEMPORARY)? VIEW (IF NOT EXISTS)? identifierReference identifierCommentList?
// (commentSpec | WITH SCHEMA ... | TBLPROPERTIES propertyList)* AS query
//
// nil if the statement creates something else.
func (p *parser) createView(start int) plan.Statement {
	v := &plan.CreateView{}
	n := 1
	if p.ahead(n) == kOr && p.ahead(n+1) == kReplace {
		v.Replace = true
		n += 2
	}
	if p.ahead(n) == kGlobal {
		v.Global = true
		n++
	}
	if p.ahead(n) == kTemporary || p.ahead(n) == kTemp {
		v.Temporary = true
		n++
	}
	if v.Global && !v.Temporary {
		p.i += n
		p.syntaxError("")
	}
	if p.ahead(n) != kView {
		return nil
	}
	p.i += n + 1
	if p.acceptAll(kIf, kNot, kExists) {
		v.IfNotExists = true
	}
	v.Name = p.identifierReference()
	if v.Temporary && p.viewUsing(start, v) {
		return v
	}
	if p.is(tLeftParen) {
		for _, c := range parenList(p, (*parser).identifierComment) {
			v.Columns = append(v.Columns, c.name)
			v.Comments = append(v.Comments, c.comment)
		}
	}
	p.viewClauses(start, v)
	p.expect(kAs)
	at := p.start()
	v.Query = p.query()
	v.Text = p.sourceFrom(at)
	v.CommandBase = p.command(start)
	p.checkView(start, v)
	return v
}

// checkView refuses combinations of clauses that the grammar allows.
func (p *parser) checkView(start int, v *plan.CreateView) {
	switch {
	case v.IfNotExists && v.Replace:
		p.reject(start, "_LEGACY_ERROR_TEMP_0052")
	case !v.Temporary:
	case v.IfNotExists:
		p.reject(start, "_LEGACY_ERROR_TEMP_0053")
	case v.Properties != nil:
		p.reject(start, "_LEGACY_ERROR_TEMP_0035", "message", "TBLPROPERTIES can't coexist with CREATE TEMPORARY VIEW")
	case len(v.Name) > 1 && !v.Global:
		p.reject(start, "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "actualName", plan.QuoteParts(v.Name))
	}
}

// viewClauses parses what may stand between a view's columns and AS.
func (p *parser) viewClauses(start int, v *plan.CreateView) {
	seen := map[string]bool{}
	for {
		switch {
		case p.is(kComment):
			p.once(start, seen, "COMMENT")
			p.advance()
			v.Comment = p.stringLiteral()
		case p.is(kTblproperties):
			p.once(start, seen, "TBLPROPERTIES")
			p.advance()
			v.Properties = p.propertyList()
		case p.is(kWith) && p.ahead(1) == kSchema:
			p.once(start, seen, "WITH SCHEMA")
			v.Mode = p.viewMode()
		case p.are(kDefault, kCollation):
			p.once(start, seen, "COLLATION")
			p.i += 2
			if !strings.EqualFold(p.identifier(), "UTF8_BINARY") {
				v.Hard = "DEFAULT COLLATION"
			}
		case p.acceptAll(kPartitioned, kOn):
			p.identifierList()
			v.Hard = "PARTITIONED ON"
		default:
			return
		}
	}
}

// viewMode: WITH SCHEMA (BINDING | COMPENSATION | TYPE? EVOLUTION)
func (p *parser) viewMode() string {
	p.expect(kWith, kSchema)
	if p.acceptAll(kType, kEvolution) {
		return "TYPE EVOLUTION"
	}
	switch mode := strings.ToUpper(p.text()); mode {
	case "BINDING", "COMPENSATION", "EVOLUTION":
		p.advance()
		return mode
	}
	p.syntaxError("")
	return ""
}

// statement: ALTER VIEW identifierReference (AS? query | RENAME TO multipartIdentifier | SET TBLPROPERTIES propertyList
// | UNSET TBLPROPERTIES (IF EXISTS)? propertyList | WITH SCHEMA ...)
func (p *parser) alterView(start int) plan.Statement {
	p.expect(kAlter, kView)
	v := &plan.AlterView{Name: p.identifierReference()}
	switch {
	case p.acceptAll(kRename, kTo):
		v.To = p.multipartIdentifier()
	case p.acceptAll(kSet, kTblproperties):
		v.Set = p.propertyList()
	case p.acceptAll(kUnset, kTblproperties):
		v.IfExists = p.acceptAll(kIf, kExists)
		v.Unset = parenList(p, (*parser).propertyKey)
	case p.are(kWith, kSchema):
		v.Mode = p.viewMode()
	default:
		p.accept(kAs)
		at := p.start()
		v.Query = p.query()
		v.Text = p.sourceFrom(at)
	}
	v.CommandBase = p.command(start)
	return v
}

type commentedName struct{ name, comment string }

// identifierComment: identifier (COMMENT string)?
func (p *parser) identifierComment() commentedName {
	c := commentedName{name: p.errorIdentifier()}
	if p.accept(kComment) {
		c.comment = p.stringLiteral()
	}
	return c
}

// viewUsing: (LEFT_PAREN colTypeList RIGHT_PAREN)? USING multipartIdentifier (OPTIONS propertyList)?
//
// It goes on with CREATE TEMPORARY VIEW name; false if that is none over files.
func (p *parser) viewUsing(start int, v *plan.CreateView) bool {
	back := p.i
	read := &plan.Read{}
	if p.is(tLeftParen) && p.ahead(2).isIdent() && p.ahead(2) != kComment {
		read.Schema = &plan.Struct{Fields: parenList(p, (*parser).colType)}
	}
	if !p.accept(kUsing) {
		p.i = back
		return false
	}
	read.Format = strings.ToLower(strings.Join(p.multipartIdentifier(), "."))
	if p.accept(kOptions) {
		read.Options = lowerKeys(p.propertyList())
	}
	if path, ok := read.Options["path"]; ok {
		read.Paths = []string{path}
		delete(read.Options, "path")
	}
	read.Common = p.common(start)
	v.Query = read
	v.CommandBase = p.command(start)
	return true
}

// statement: DROP VIEW (IF EXISTS)? identifierReference
func (p *parser) dropView(start int) plan.Statement {
	p.expect(kDrop, kView)
	d := &plan.DropView{IfExists: p.acceptAll(kIf, kExists)}
	d.Name = p.identifierReference()
	d.CommandBase = p.command(start)
	return d
}
