package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file resolves LIMIT, OFFSET and tail: constant, non-negative INTs.

func (a *analyzer) limit(r *plan.Limit, outer *scope) (*node, error) {
	in, count, err := a.counted(r.Input, r.Count, "limit", outer)
	if err != nil {
		return nil, err
	}
	return over(&plan.Limit{Common: at(r), Input: in.rel, Count: count}, in), nil
}

func (a *analyzer) offset(r *plan.Offset, outer *scope) (*node, error) {
	in, count, err := a.counted(r.Input, r.Count, "offset", outer)
	if err != nil {
		return nil, err
	}
	return over(&plan.Offset{Common: at(r), Input: in.rel, Count: count}, in), nil
}

func (a *analyzer) tail(r *plan.Tail, outer *scope) (*node, error) {
	in, count, err := a.counted(r.Input, r.Count, "tail", outer)
	if err != nil {
		return nil, err
	}
	return over(&plan.Tail{Common: at(r), Input: in.rel, Count: count}, in), nil
}

// counted resolves the input and the number of rows.
func (a *analyzer) counted(input plan.Relation, count plan.Expr, name string, outer *scope) (*node, plan.Expr, error) {
	in, err := a.relation(input, outer)
	if err != nil {
		return nil, nil, err
	}
	n, err := a.rowCount(count, name, in)
	return in, n, err
}

// origin is where r's select list has a column; of other expressions it is pos.
func origin(e plan.Expr, r plan.Relation, pos plan.Pos) plan.Pos {
	c, ok := e.(*plan.Column)
	if !ok {
		return pos
	}
	if p, ok := r.(*plan.Project); ok {
		for _, item := range p.Exprs {
			if same, ok := item.(*plan.Column); ok && same.ID == c.ID {
				return item.At()
			}
		}
	}
	return pos
}

// plainLimits is how Spark calls the operators whose counts are computed.
var plainLimits = map[string]string{"limit": "GlobalLimit", "offset": "Offset"}

func (a *analyzer) rowCount(count plan.Expr, name string, in *node) (plan.Expr, error) {
	pos := count.At()
	e, err := a.expr(count, &scope{inputs: []*node{in}, plain: plainLimits[name]})
	if err != nil {
		return nil, err
	}
	if !isFoldable(e) {
		return nil, fault.New("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "name", name, "expr", quoteSQL(a.pretty(e))).At(origin(e, in.rel, pos))
	}
	if t := plan.TypeOf(e); t != plan.Int {
		return nil, fault.New("INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", "name", name, "expr", quoteSQL(a.pretty(e)),
			"dataType", plan.QuotedSQL(t)).At(pos)
	}
	if l, ok := e.(*plan.Literal); ok && l.Value == nil {
		return nil, fault.New("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", "name", name, "expr", quoteSQL(a.pretty(e))).At(pos)
	}
	n, ok := intLiteral(e)
	if !ok {
		return nil, fault.Unsupported("a computed %s", name).At(pos)
	}
	if n < 0 {
		return nil, fault.New("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "name", name, "expr", quoteSQL(a.pretty(e)),
			"v", itoa(int(n))).At(pos)
	}
	return &plan.Literal{Pos: pos, Value: int32(n), Type: plan.Int}, nil
}
