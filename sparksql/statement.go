package sparksql

import (
	"strings"

	"shoal/plan"
)

// singleStatement: statement SEMICOLON* EOF
func (p *parser) singleStatement() plan.Statement {
	s := p.statement()
	return s
}

// statement: query | a command, which its first word tells
func (p *parser) statement() plan.Statement {
	start := p.start()
	switch p.kind() {
	case kSelect, kValues, tLeftParen, kTable:
		return p.query()
	case kWith, kFrom:
		return p.dmlOrQuery(start)
	case kInsert:
		return p.insert(start, definitions{})
	case kCreate:
		if s := p.createView(start); s != nil {
			return s
		}
		if s := p.createFunction(start); s != nil {
			return s
		}
		return p.aboutTables(start)
	case kDrop:
		if p.ahead(1) == kView {
			return p.dropView(start)
		}
		if (p.ahead(1) == kTemporary || p.ahead(1) == kTemp) && p.ahead(2) == kVariable {
			return p.dropVariable(start)
		}
		if n := p.ahead(1); n == kFunction && p.ahead(2).isIdent() || (n == kTemporary || n == kTemp) && p.ahead(2) == kFunction && p.ahead(3).isIdent() {
			return p.dropFunction(start)
		}
		return p.aboutTables(start)
	case kReplace, kTruncate, kAlter, kComment, kDelete, kUpdate, kMerge:
		if p.are(kAlter, kView) && p.ahead(2) != tEOF {
			return p.alterView(start)
		}
		return p.aboutTables(start)
	case kDeclare:
		return p.declare(start)
	case kExecute:
		if p.ahead(1) == kImmediate {
			return p.executeImmediate(start)
		}
	case kSet:
		return p.set(start)
	case kReset:
		return p.reset(start)
	case kUse:
		return p.use(start)
	case kShow:
		if s := p.show(start); s != nil {
			return s
		}
	case kDesc, kDescribe:
		return p.describe(start)
	case kExplain:
		return p.explain(start)
	case kCache, kUncache, kClear, kRefresh:
		return p.cache(start)
	case kMap, kReduce:
		return p.query()
	}
	return p.otherStatement(start)
}

// dmlStatement: ctes? (insertInto query | fromClause (insertInto ...)+ | DELETE | UPDATE | MERGE)
func (p *parser) dmlOrQuery(start int) plan.Statement {
	with := p.ctes()
	switch p.kind() {
	case kInsert:
		return p.insert(start, with)
	case kDelete, kUpdate, kMerge:
		if with.defs != nil {
			return p.otherStatement(start)
		}
	}
	at := p.start()
	q := p.queryPrimary()
	if p.is(kInsert) && (p.ahead(1) == kInto || p.ahead(1) == kOverwrite) {
		p.skipBalanced()
		return &plan.OpaqueCommand{CommandBase: p.command(start), What: "INSERT"}
	}
	return with.over(p, start, p.queryAfter(at, q))
}

// opaque takes the rest of a statement that is only recognised.
func (p *parser) opaque(start int, what string) plan.Statement {
	for !p.is(tEOF) && !p.is(tSemicolon) {
		p.advance()
	}
	return &plan.OpaqueCommand{CommandBase: p.command(start), What: what}
}

// otherStatements lists the beginnings of the statements that are recognised and no more. A word in
// brackets may be left out; names how the statement is called is the beginning without those.
var otherStatements = []string{
	"ADD *", "ALTER DATABASE", "ALTER NAMESPACE", "ALTER SCHEMA", "ALTER TABLE", "ALTER VIEW",
	"ANALYZE TABLE", "ANALYZE TABLES", "BEGIN", "CALL *", "COMMENT ON",
	"CREATE DATABASE", "CREATE NAMESPACE", "CREATE SCHEMA", "CREATE [OR] [REPLACE] [TEMPORARY] [TEMP] FUNCTION",
	"CREATE [OR] [REPLACE] [TEMPORARY] [TEMP] [EXTERNAL] TABLE", "CREATE INDEX", "CREATE FLOW",
	"CREATE MATERIALIZED VIEW", "CREATE STREAMING TABLE", "REPLACE TABLE",
	"DELETE FROM", "DROP DATABASE", "DROP NAMESPACE", "DROP SCHEMA", "DROP TABLE",
	"DROP [TEMPORARY] [TEMP] FUNCTION", "DROP INDEX",
	"LIST *", "LOAD DATA", "MERGE [WITH] [SCHEMA] [EVOLUTION] INTO", "MSCK REPAIR TABLE", "REPAIR TABLE",
	"SHOW TABLE EXTENDED", "SHOW PROCEDURES", "TRUNCATE TABLE", "UPDATE *",
}

// invalidStatements lists what Spark knows from Hive and refuses.
var invalidStatements = []string{
	"CREATE ROLE", "DROP ROLE", "GRANT ROLE", "GRANT", "REVOKE ROLE", "REVOKE", "SHOW GRANT", "SHOW ROLE GRANT",
	"SHOW ROLE", "SHOW PRINCIPALS", "SHOW ROLES", "SHOW CURRENT ROLES", "EXPORT TABLE", "IMPORT TABLE",
	"SHOW COMPACTIONS", "SHOW TRANSACTIONS", "SHOW INDEXES", "SHOW LOCKS", "ALTER INDEX", "LOCK TABLE",
	"LOCK DATABASE", "UNLOCK TABLE", "UNLOCK DATABASE", "CREATE TEMPORARY MACRO", "DROP TEMPORARY MACRO",
	"START TRANSACTION", "COMMIT", "ROLLBACK", "DFS",
}

// otherStatement recognises a statement by its first words.
func (p *parser) otherStatement(start int) plan.Statement {
	longest := 0
	for _, words := range otherStatements {
		name, taken, all := p.matches(words)
		if all {
			p.i += taken
			if (p.is(tEOF) || p.is(tSemicolon)) && name != "BEGIN" && name != "SHOW PROCEDURES" {
				p.syntaxError("")
			}
			if name == "BEGIN" {
				p.i = len(p.toks) - 1
			}
			return p.opaque(start, name)
		}
		longest = max(longest, taken)
	}
	for _, words := range invalidStatements {
		name, taken, all := p.matches(words)
		if all {
			s := p.opaque(start, name)
			p.reject(start, "INVALID_STATEMENT_OR_CLAUSE", "operation", name)
			return s
		}
		longest = max(longest, taken)
	}
	p.i += longest
	p.syntaxError("")
	return nil
}

// matches compares the next tokens with words; it returns the statement's name, how many tokens were
// alike and whether all words were found. * is any token.
func (p *parser) matches(words string) (name string, taken int, all bool) {
	var found []string
	for _, word := range strings.Fields(words) {
		if word == "*" {
			return strings.Join(found, " "), taken, true
		}
		optional := strings.HasPrefix(word, "[")
		word = strings.Trim(word, "[]")
		i := min(p.i+taken, len(p.toks)-1)
		if p.toks[i].kind != tQuoted && strings.EqualFold(p.textAt(i), word) {
			taken++
			if !optional {
				found = append(found, word)
			}
		} else if !optional {
			return "", taken, false
		}
	}
	return strings.Join(found, " "), taken, true
}

// insertInto: INSERT OVERWRITE LOCAL? DIRECTORY ... | INSERT (INTO | OVERWRITE) TABLE? identifierReference ...
func (p *parser) insert(start int, with definitions) plan.Statement {
	p.expect(kInsert)
	overwrite := p.is(kOverwrite)
	if !p.acceptAny(kInto, kOverwrite) {
		p.syntaxError("")
	}
	if overwrite && (p.is(kDirectory) && p.ahead(1).isString() || p.is(kLocal) && p.ahead(1) == kDirectory || p.is(kDirectory) && p.ahead(1) == kUsing) {
		return p.insertDirectory(start, with)
	}
	if p.is(kTable) && p.ahead(1).isIdent() {
		p.advance()
	}
	s := &plan.Insert{Table: p.identifierReference(), Overwrite: overwrite}
	opaque := false
	if p.is(kWith) && p.ahead(1) == tLeftParen {
		p.advance()
		p.propertyList()
		opaque = true
	}
	if p.is(kPartition) {
		at := p.start()
		p.advance()
		s.Partition = p.partitionSpec(at)
	}
	if p.accept(kIf) {
		p.expect(kNot, kExists)
		if !overwrite {
			p.reject(start, "INVALID_STATEMENT_OR_CLAUSE", "operation", "INSERT INTO ... IF NOT EXISTS")
		}
		opaque = true
	}
	switch {
	case p.acceptAll(kBy, kName):
		s.ByName = true
	case p.is(kReplace) && p.ahead(1) == kWhere:
		p.i += 2
		p.expression()
		opaque = true
	case p.is(tLeftParen) && !p.startsNestedQuery():
		s.Columns = p.identifierList()
	}
	s.Head = p.pos(start)
	at := p.start()
	q := p.query()
	if opaque {
		return &plan.OpaqueCommand{CommandBase: p.command(start), What: "INSERT"}
	}
	s.Query = with.over(p, at, q)
	s.CommandBase = p.command(start)
	return s
}

// insertInto: INSERT OVERWRITE LOCAL? DIRECTORY string? (tableProvider (OPTIONS propertyList)? | rowFormat? createFileFormat?)
func (p *parser) insertDirectory(start int, with definitions) plan.Statement {
	p.accept(kLocal)
	p.expect(kDirectory)
	w := &plan.WriteFiles{Mode: "overwrite", Options: map[string]string{}}
	if p.kind().isString() {
		w.Path = p.stringLiteral()
	}
	if !p.accept(kUsing) {
		return p.opaque(start, "INSERT OVERWRITE DIRECTORY")
	}
	w.Format = strings.ToLower(strings.Join(p.multipartIdentifier(), "."))
	if p.accept(kOptions) {
		w.Options = lowerKeys(p.propertyList())
	}
	if path, ok := w.Options["path"]; ok {
		if w.Path != "" {
			p.reject(start, "_LEGACY_ERROR_TEMP_0049")
		}
		w.Path = path
		delete(w.Options, "path")
	}
	if w.Path == "" {
		p.reject(start, "_LEGACY_ERROR_TEMP_0049")
	}
	at := p.start()
	w.Query = with.over(p, at, p.query())
	w.CommandBase = p.command(start)
	return w
}

func lowerKeys(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[strings.ToLower(k)] = v
	}
	return out
}

// statement: EXPLAIN (LOGICAL | FORMATTED | EXTENDED | CODEGEN | COST)? statement
func (p *parser) explain(start int) plan.Statement {
	p.expect(kExplain)
	e := &plan.Explain{Mode: "simple"}
	switch k := p.kind(); k {
	case kExtended, kCodegen, kCost, kFormatted:
		e.Mode = strings.ToLower(p.text())
		p.advance()
	case kLogical:
		s := p.opaque(start, "EXPLAIN LOGICAL")
		p.reject(start, "INVALID_STATEMENT_OR_CLAUSE", "operation", "EXPLAIN LOGICAL")
		return s
	}
	p.enter()
	e.Statement = p.statement()
	p.depth--
	e.CommandBase = p.command(start)
	return e
}

// statement: CACHE LAZY? TABLE identifierReference (OPTIONS propertyList)? (AS? query)?
// | UNCACHE TABLE (IF EXISTS)? identifierReference | CLEAR CACHE
// | REFRESH (TABLE identifierReference | FUNCTION identifierReference | string | ...)
func (p *parser) cache(start int) plan.Statement {
	c := &plan.CacheTable{What: strings.ToUpper(p.text())}
	word := p.kind()
	p.advance()
	switch {
	case word == kClear:
		p.expect(kCache)
	case word == kRefresh && !(p.is(kTable) && p.ahead(1).isIdent()):
		if p.acceptAll(kFunction) {
			p.identifierReference()
			return p.opaque(start, "REFRESH FUNCTION")
		}
		if p.is(tEOF) || p.is(tSemicolon) {
			p.reject(start, "_LEGACY_ERROR_TEMP_0064", "msg", "REFRESH needs a path")
		}
		return p.opaque(start, "REFRESH")
	default:
		c.Lazy = word == kCache && p.accept(kLazy)
		p.expect(kTable)
		c.IfExists = word == kUncache && p.acceptAll(kIf, kExists)
		c.Name = p.identifierReference()
	}
	if word == kCache {
		if p.accept(kOptions) {
			p.propertyList()
		}
		if p.accept(kAs) || !p.is(tEOF) && !p.is(tSemicolon) {
			c.Query = p.query()
			if n := len(c.Name); n > 1 {
				p.reject(start, "_LEGACY_ERROR_TEMP_0037", "quoted", strings.Join(c.Name[:n-1], "."))
			}
		}
	}
	c.CommandBase = p.command(start)
	return c
}

// statement: USE namespace? identifierReference
func (p *parser) use(start int) plan.Statement {
	p.expect(kUse)
	if isNamespaceWord(p.kind()) && p.ahead(1).isIdent() {
		p.advance()
	}
	name := p.identifierReference()
	return &plan.Use{CommandBase: p.command(start), Name: name}
}

func isNamespaceWord(k kind) bool { return k == kNamespace || k == kDatabase || k == kSchema }

// sourceFrom is the text of what was read since byte start.
func (p *parser) sourceFrom(start int) string {
	return p.src.Text[start:p.pos(start).Stop]
}

// once refuses a clause that was seen before.
func (p *parser) once(start int, seen map[string]bool, clause string) {
	if seen[clause] {
		p.reject(start, "DUPLICATE_CLAUSES", "clauseName", clause)
	}
	seen[clause] = true
}
