package sparksql

import (
	"strconv"
	"strings"

	"shoal/plan"
)

// autoName is the alias Spark gives a subquery in FROM that has none.
const autoName = "__auto_generated_subquery_name"

// fromClause: relation (COMMA relation)* lateralView* pivotClause? unpivotClause?
func (p *parser) fromClause() plan.Relation {
	clause, start := p.lastStart(), p.start()
	from := p.relation(nil)
	for p.accept(tComma) {
		from = p.relation(from)
	}
	from = p.lateralViews(from)
	_, lateral := from.(*plan.Generate)
	for {
		word := p.kind()
		next := p.pivots(start, from)
		if next == nil {
			return from
		}
		if lateral {
			p.reject(clause, "NOT_ALLOWED_IN_FROM.LATERAL_WITH_"+keywordText[word-firstKeyword])
		}
		from = next
	}
}

// relation: LATERAL? relationPrimary relationExtension*
//
// left, if there is one, is what stands before the comma. A comma binds as tightly as JOIN does
// (spark.sql.ansi.relationPrecedence is off): FROM a, b JOIN c joins c to both.
func (p *parser) relation(left plan.Relation) plan.Relation {
	start := p.start()
	if left != nil {
		start = left.At().Start
	}
	lateral := p.is(kLateral) && p.ahead(1) != kView && p.accept(kLateral)
	r := p.relationPrimary()
	if lateral && left == nil {
		left = &plan.OneRow{Common: plan.Common{Pos: plan.Pos{Src: p.src, Start: start, Stop: start}}}
	}
	if left != nil {
		r = &plan.Join{Common: p.common(start), Left: left, Right: r, Lateral: lateral}
	}
	return p.extensions(start, r)
}

// relationExtension: joinRelation | pivotClause | unpivotClause
func (p *parser) extensions(start int, left plan.Relation) plan.Relation {
	for {
		next := p.joinRelation(left)
		if next == nil {
			next = p.pivots(start, left)
		}
		if next == nil {
			return left
		}
		left = next
	}
}

// joinRelation: joinType JOIN LATERAL? relationPrimary joinCriteria? | NATURAL joinType JOIN LATERAL? relationPrimary
func (p *parser) joinRelation(left plan.Relation) plan.Relation {
	start := p.start()
	natural := p.is(kNatural)
	n := 0
	if natural {
		n = 1
	}
	joinType, words := p.joinType(n)
	if p.ahead(n+words) != kJoin {
		if natural || words > 0 {
			if p.ahead(n+words) == tEOF && !natural {
				p.syntaxError("")
			}
			p.i += n + words
			hint := ""
			if p.kind().isIdent() || p.is(tLeftParen) {
				hint = ": missing 'JOIN'"
			}
			p.syntaxError(hint)
		}
		return nil
	}
	p.i += n + words + 1
	join := &plan.Join{Left: left, Type: joinType, Natural: natural}
	join.Lateral = p.accept(kLateral)
	p.enter()
	join.Right = p.relationPrimary()
	p.depth--
	if !natural {
		if p.accept(kOn) {
			join.Cond = p.expression()
		} else if p.accept(kUsing) {
			join.Using = p.identifierList()
		}
	}
	if natural && joinType == plan.CrossJoin {
		p.reject(start, "INCOMPATIBLE_JOIN_TYPES", "joinType1", "NATURAL", "joinType2", "CROSS")
	}
	join.Common = p.common(start)
	return join
}

// joinType: INNER? | CROSS | LEFT OUTER? | LEFT? SEMI | RIGHT OUTER? | FULL OUTER? | LEFT? ANTI
//
// It looks n tokens ahead and returns how many words it found.
func (p *parser) joinType(n int) (t plan.JoinType, words int) {
	outer := func(t plan.JoinType) (plan.JoinType, int) {
		if p.ahead(n+1) == kOuter {
			return t, 2
		}
		return t, 1
	}
	switch p.ahead(n) {
	case kInner:
		return plan.InnerJoin, 1
	case kCross:
		return plan.CrossJoin, 1
	case kSemi:
		return plan.LeftSemiJoin, 1
	case kAnti:
		return plan.LeftAntiJoin, 1
	case kRight:
		return outer(plan.RightOuterJoin)
	case kFull:
		return outer(plan.FullOuterJoin)
	case kLeft:
		switch p.ahead(n + 1) {
		case kSemi:
			return plan.LeftSemiJoin, 2
		case kAnti:
			return plan.LeftAntiJoin, 2
		}
		return outer(plan.LeftOuterJoin)
	}
	return plan.InnerJoin, 0
}

// relationPrimary: a table, a table function, VALUES, or a query or relation in parentheses
func (p *parser) relationPrimary() plan.Relation {
	start := p.start()
	switch {
	case p.is(tLeftParen):
		r, isQuery := p.parenRelation()
		r = p.watermark(start, p.sample(start, r))
		if isQuery {
			return p.tableAlias(start, r, autoName)
		}
		return p.tableAlias(start, r, "")
	case p.is(kValues) && !endsOperand(p.ahead(1)) && (!p.ahead(1).isIdent() || p.ahead(1) == kNull):
		return p.inlineTable()
	case p.is(kStream) && (p.ahead(1) == tLeftParen || p.ahead(1).isIdent() && !p.endsItem(1) && p.ahead(1) != kAs):
		p.skipBalanced()
		return &plan.OpaqueRelation{Common: p.common(start), What: "STREAM"}
	}
	if !p.kind().isIdent() {
		p.syntaxError("")
	}
	return p.namedRelation(start)
}

// parenRelation: LEFT_PAREN query RIGHT_PAREN | LEFT_PAREN relation RIGHT_PAREN
//
// After "((" a query in parentheses may turn out to be the beginning of a set operation or of a join.
func (p *parser) parenRelation() (r plan.Relation, isQuery bool) {
	p.enter()
	defer func() { p.depth-- }()
	p.expect(tLeftParen)
	start := p.start()
	switch {
	case p.startsQuery(0):
		r, isQuery = p.query(), true
	case p.is(tLeftParen):
		r, isQuery = p.parenRelation()
		if isQuery && (p.is(tRightParen) || p.continuesQuery()) {
			r = p.queryAfter(start, r)
			break
		}
		r = p.sample(start, r)
		alias := ""
		if isQuery {
			alias = autoName
		}
		r = p.extensions(start, p.tableAlias(start, r, alias))
		isQuery = false
	default:
		r = p.relation(nil)
	}
	p.closeQuery()
	return r, isQuery
}

// namedRelation: identifierReference temporalClause? optionsClause? sample? tableAlias
// | functionName LEFT_PAREN (functionTableArgument (COMMA functionTableArgument)*)? RIGHT_PAREN tableAlias
func (p *parser) namedRelation(start int) plan.Relation {
	name := p.identifierReference()
	if p.is(tLeftParen) {
		p.advance()
		fn := &plan.TableFunc{Name: name}
		if len(name) > 1 {
			p.reject(start, "INVALID_SQL_SYNTAX.INVALID_TABLE_VALUED_FUNC_NAME", "funcName", plan.QuoteParts(name))
		}
		if !p.is(tRightParen) {
			fn.Args = commaList(p, (*parser).functionTableArgument)
		}
		p.expect(tRightParen)
		fn.Common = p.common(start)
		return p.tableAlias(start, p.watermark(start, fn), "")
	}
	var r plan.Relation = &plan.Table{Common: p.common(start), Name: name}
	if p.temporalClause() {
		r = &plan.OpaqueRelation{Common: p.common(start), What: "time travel"}
	}
	if p.is(kWith) && p.ahead(1) == tLeftParen {
		p.advance()
		options := p.propertyList()
		if t, ok := r.(*plan.Table); ok {
			t.Options = options
			t.Common = p.common(start)
		}
	}
	r = p.sample(start, r)
	return p.tableAlias(start, p.watermark(start, r), "")
}

// functionTableArgument: TABLE identifierReference | TABLE LEFT_PAREN (query | identifierReference) RIGHT_PAREN | functionArgument
func (p *parser) functionTableArgument() plan.Expr {
	start := p.start()
	n := 0
	if p.kind().isIdent() && p.ahead(1) == tFatArrow {
		n = 2
	}
	if p.ahead(n) != kTable || endsOperand(p.ahead(n+1)) {
		return p.functionArgument()
	}
	depth := 0
	for ; depth > 0 || !p.is(tComma) && !p.is(tRightParen); p.advance() {
		switch p.kind() {
		case tLeftParen:
			depth++
		case tRightParen:
			depth--
		case tEOF:
			p.syntaxError("")
		}
	}
	return &plan.Opaque{Pos: p.pos(start), What: "a table as a function's argument"}
}

// watermarkClause: WATERMARK namedExpression DELAY OF interval
//
// It is for streams, which are opaque.
func (p *parser) watermark(start int, r plan.Relation) plan.Relation {
	if !p.is(kWatermark) || !p.startsRelationClause(0) {
		return r
	}
	p.advance()
	at := p.start()
	e := p.expression()
	if !p.is(kDelay) {
		p.aliased(at, e)
	}
	p.expect(kDelay, kOf)
	p.interval(p.start())
	return &plan.OpaqueRelation{Common: p.common(start), What: "WATERMARK"}
}

// temporalClause: FOR? (VERSION | SYSTEM_VERSION) AS OF version | FOR? (TIMESTAMP | SYSTEM_TIME) AS OF valueExpression
func (p *parser) temporalClause() bool {
	n := 0
	if p.is(kFor) {
		n = 1
	}
	switch p.ahead(n) {
	case kVersion, kSystemVersion, kTimestamp, kSystemTime:
	default:
		return false
	}
	if p.ahead(n+1) != kAs || p.ahead(n+2) != kOf {
		return false
	}
	p.i += n + 3
	p.value(precCompare)
	return true
}

// tableAlias: (AS? strictIdentifier identifierList? | AS identifierList)?
//
// Without one, r gets the alias otherwise, if that is not empty.
func (p *parser) tableAlias(start int, r plan.Relation, otherwise string) plan.Relation {
	alias := &plan.SubqueryAlias{Input: r, Alias: otherwise}
	k := p.kind()
	switch {
	case k == kAs && p.ahead(1).isStrictIdent() && !(p.ahead(1) >= firstKeyword && p.startsClause(1)):
		p.advance()
		alias.Alias = p.identifier()
	case k == kAs && p.ahead(1) == tLeftParen: // columns only
		p.advance()
	case k == kAs && !p.endsItem(1):
		p.advance()
		p.syntaxError("")
	case k.isStrictIdent() && (k <= tQuoted || !p.startsClause(0)):
		alias.Alias = p.identifier()
	case otherwise == "":
		return r
	default:
		alias.Common = p.common(start)
		return alias
	}
	if p.is(tLeftParen) {
		alias.Columns = p.identifierList()
	}
	alias.Common = p.common(start)
	return alias
}

// lateralView: LATERAL VIEW OUTER? qualifiedName LEFT_PAREN expressionSeq? RIGHT_PAREN identifier
// (AS? identifier (COMMA identifier)*)?
func (p *parser) lateralViews(r plan.Relation) plan.Relation {
	if p.is(kLateral) && p.ahead(1) != kView {
		p.advance()
		p.syntaxError(": missing 'VIEW'")
	}
	for p.is(kLateral) && p.ahead(1) == kView {
		start := p.start()
		p.i += 2
		g := &plan.Generate{Input: r}
		g.Outer = p.is(kOuter) && p.ahead(1).isIdent() && p.accept(kOuter)
		at := p.start()
		name := p.multipartIdentifier()
		p.expect(tLeftParen)
		call := &plan.Call{Name: name}
		if !p.is(tRightParen) {
			call.Args = p.expressionSeq()
		}
		p.expect(tRightParen)
		call.Pos = p.pos(at)
		g.Gen = call
		g.Alias = p.identifier()
		if p.is(kAs) || p.kind().isIdent() && !p.startsClause(0) {
			p.accept(kAs)
			g.Columns = commaList(p, (*parser).identifier)
		}
		g.Common = p.common(start)
		r = g
	}
	return r
}

// sample: TABLESAMPLE LEFT_PAREN sampleMethod RIGHT_PAREN (REPEATABLE LEFT_PAREN integerValue RIGHT_PAREN)?
func (p *parser) sample(start int, r plan.Relation) plan.Relation {
	if !p.is(kTablesample) || p.ahead(1) != tLeftParen {
		return r
	}
	at := p.start()
	p.i += 2
	sample := &plan.Sample{Input: r}
	result := p.sampleMethod(start, at, sample)
	p.expect(tRightParen)
	if p.accept(kRepeatable) {
		p.expect(tLeftParen)
		seed, err := strconv.ParseInt(p.text(), 10, 64)
		if !p.is(tInteger) || err != nil {
			p.syntaxError("")
		}
		p.advance()
		p.expect(tRightParen)
		sample.Seed = &seed
	}
	sample.Common = p.common(start)
	return result
}

// sampleMethod: number PERCENT | expression ROWS | BUCKET number OUT OF number (ON ...)? | bytes
func (p *parser) sampleMethod(start, at int, sample *plan.Sample) plan.Relation {
	n := 0
	if p.is(tMinus) {
		n = 1
	}
	switch {
	case p.ahead(n+1) == kPercent && (p.ahead(n) == tInteger || p.ahead(n) == tDecimal):
		percent, _ := strconv.ParseFloat(p.textAt(p.i+n), 64)
		p.i += n + 2
		if n == 1 {
			percent = -percent
		}
		p.checkFraction(at, percent/100)
		sample.Upper = percent / 100
		return sample
	case p.is(kBucket) && p.ahead(1) == tInteger:
		return p.bucketSample(at, sample)
	case p.is(tRightParen):
		p.reject(at, "_LEGACY_ERROR_TEMP_0014")
		return sample.Input
	}
	bytes := p.start()
	count := p.expression()
	if p.accept(kRows) {
		return &plan.Limit{Common: p.common(start), Input: sample.Input, Count: count}
	}
	p.reject(bytes, "_LEGACY_ERROR_TEMP_0015", "msg", "byteLengthLiteral")
	return sample.Input
}

func (p *parser) checkFraction(start int, fraction float64) {
	const slack = 1e-6
	if fraction < 0-slack || fraction > 1+slack {
		p.reject(start, "_LEGACY_ERROR_TEMP_0064", "msg", "Sampling fraction ("+strconv.FormatFloat(fraction, 'f', -1, 64)+") must be on interval [0, 1]")
	}
}

func (p *parser) bucketSample(start int, sample *plan.Sample) plan.Relation {
	bucket := p.start()
	p.advance()
	numerator, _ := strconv.ParseFloat(p.text(), 64)
	p.advance()
	p.expect(kOut, kOf)
	denominator, err := strconv.ParseFloat(p.text(), 64)
	if !p.is(tInteger) || err != nil {
		p.syntaxError("")
	}
	p.advance()
	if p.accept(kOn) {
		p.multipartIdentifier()
		what := "colname"
		if p.acceptAll(tLeftParen, tRightParen) {
			what = "function"
		}
		p.reject(bucket, "_LEGACY_ERROR_TEMP_0015", "msg", "BUCKET x OUT OF y ON "+what)
	}
	p.checkFraction(start, numerator/denominator)
	sample.Upper = numerator / denominator
	return sample
}

// propertyList: LEFT_PAREN property (COMMA property)* RIGHT_PAREN
func (p *parser) propertyList() map[string]string {
	properties := map[string]string{}
	start := p.start()
	var bare []string
	p.expect(tLeftParen)
	for {
		key := p.propertyKey()
		p.accept(tEq)
		value := ""
		switch k := p.kind(); {
		case k.isString():
			value = p.stringLiteral()
		case k == tInteger, k == tDecimal, k == kTrue, k == kFalse:
			value = strings.ToLower(p.text())
			p.advance()
		case k == tComma, k == tRightParen:
			bare = append(bare, key)
		default:
			p.syntaxError("")
		}
		properties[key] = value
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tRightParen)
	if bare != nil {
		p.reject(start, "_LEGACY_ERROR_TEMP_0035", "message", "Values must be specified for key(s): ["+strings.Join(bare, ",")+"]")
	}
	return properties
}

// propertyKey: identifier (DOT identifier)* | string
func (p *parser) propertyKey() string {
	if p.kind().isString() {
		key := unquote(p.text())
		p.advance()
		return key
	}
	return strings.Join(p.multipartIdentifier(), ".")
}
