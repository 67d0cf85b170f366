package sparksql

import (
	"strings"

	"shoal/plan"
)

// windowSpec: errorIdentifier | LEFT_PAREN errorIdentifier RIGHT_PAREN | LEFT_PAREN windowDef RIGHT_PAREN
func (p *parser) windowSpec(start int, fn plan.Expr) *plan.Window {
	w := &plan.Window{Func: fn}
	switch {
	case p.kind().isIdent():
		w.Ref = p.errorIdentifier()
	case p.is(tLeftParen) && p.ahead(1).isIdent() && p.ahead(2) == tRightParen:
		p.advance()
		w.Ref = p.errorIdentifier()
		p.expect(tRightParen)
	default:
		open := p.i
		p.expect(tLeftParen)
		p.enter()
		if !p.startsWindowDef() {
			p.i = open
			p.syntaxError("")
		}
		p.windowDef(w)
		p.depth--
		p.expect(tRightParen)
	}
	w.Pos = p.pos(start)
	return w
}

func (p *parser) startsWindowDef() bool {
	switch p.kind() {
	case kCluster, kPartition, kDistribute, kOrder, kSort:
		return p.ahead(1) == kBy
	}
	return p.is(kRows) || p.is(kRange) || p.is(tRightParen)
}

// windowDef: (CLUSTER BY expressionSeq | ((PARTITION | DISTRIBUTE) BY expressionSeq)?
// ((ORDER | SORT) BY sortItem (COMMA sortItem)*)?) windowFrame?
func (p *parser) windowDef(w *plan.Window) {
	if p.acceptAll(kCluster, kBy) {
		w.Partition = p.expressionSeq()
		p.windowFrame(w)
		return
	}
	if p.acceptAll(kPartition, kBy) || p.acceptAll(kDistribute, kBy) {
		w.Partition = p.expressionSeq()
	}
	if p.acceptAll(kOrder, kBy) || p.acceptAll(kSort, kBy) {
		w.Order = commaList(p, (*parser).sortItem)
	}
	p.windowFrame(w)
}

// windowFrame: (RANGE | ROWS) (frameBound | BETWEEN frameBound AND frameBound)
func (p *parser) windowFrame(w *plan.Window) {
	frame := &plan.Frame{Rows: p.is(kRows)}
	if !p.acceptAny(kRows, kRange) {
		return
	}
	if p.accept(kBetween) {
		frame.Start = p.frameBound()
		p.expect(kAnd)
		frame.End = p.frameBound()
	} else {
		frame.Start = p.frameBound()
		frame.End = plan.Bound{Kind: plan.CurrentRow}
	}
	w.Frame = frame
}

// frameBound: UNBOUNDED (PRECEDING | FOLLOWING) | CURRENT ROW | expression (PRECEDING | FOLLOWING)
func (p *parser) frameBound() plan.Bound {
	switch {
	case p.acceptAll(kUnbounded, kPreceding):
		return plan.Bound{Kind: plan.UnboundedPreceding}
	case p.acceptAll(kUnbounded, kFollowing):
		return plan.Bound{Kind: plan.UnboundedFollowing}
	case p.acceptAll(kCurrent, kRow):
		return plan.Bound{Kind: plan.CurrentRow}
	}
	start := p.start()
	e := p.expression()
	if !isConstant(e) {
		p.reject(start, "_LEGACY_ERROR_TEMP_0064", "msg", "Frame bound value must be a literal.")
	}
	if p.accept(kPreceding) {
		return plan.Bound{Kind: plan.Preceding, Expr: e}
	}
	p.expect(kFollowing)
	return plan.Bound{Kind: plan.Following, Expr: e}
}

// sortItem: expression (ASC | DESC)? (NULLS (FIRST | LAST))?
func (p *parser) sortItem() plan.SortOrder {
	o := plan.SortOrder{Expr: p.expression()}
	o.Desc = p.is(kDesc)
	p.acceptAny(kAsc, kDesc)
	o.NullsFirst = !o.Desc
	if p.accept(kNulls) {
		o.NullsFirst = p.is(kFirst)
		if !p.acceptAny(kFirst, kLast) {
			p.syntaxError("")
		}
	}
	return o
}

// windowClause: WINDOW errorIdentifier AS windowSpec (COMMA errorIdentifier AS windowSpec)*
func (p *parser) windowClause(input plan.Relation) plan.Relation {
	if !p.is(kWindow) || !p.ahead(1).isIdent() {
		return input
	}
	start := p.start()
	defs := map[string]*plan.Window{}
	p.blaming(p.i, func() {
		p.advance()
		commaList(p, func(p *parser) bool {
			at := p.start()
			name := p.errorIdentifier()
			if defs[strings.ToLower(name)] != nil {
				p.reject(start, "INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION", "windowName", plan.Quote(name))
			}
			p.expect(kAs)
			defs[strings.ToLower(name)] = p.windowSpec(at, nil)
			return true
		})
	})
	return &plan.WindowDefs{Common: p.common(start), Input: input, Defs: defs}
}

// isConstant tells whether e is made of literals, parameters and operators only.
func isConstant(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Literal, *plan.Param:
		return true
	case *plan.Cast:
		return isConstant(e.Expr)
	case *plan.Call:
		for _, a := range e.Args {
			if !isConstant(a) {
				return false
			}
		}
		return e.Operator
	}
	return false
}
