package session

// This file writes expressions as an explained plan shows them.

import (
	"fmt"
	"hash/fnv"
	"strings"

	"shoal/plan"
)

// name is a column's name and identity.
func (p *printer) name(name string, id plan.ColumnID) string {
	if p.ids == nil {
		return fmt.Sprintf("%s#%d", name, id)
	}
	n, ok := p.ids[id]
	if !ok {
		n = len(p.ids)
		p.ids[id] = n
	}
	return fmt.Sprintf("#%d", n)
}

// digest tells data apart in a fingerprint.
func (p *printer) digest(data []byte) string {
	if p.ids == nil {
		return ""
	}
	h := fnv.New64a()
	h.Write(data)
	return fmt.Sprintf(" %x", h.Sum64())
}

func (p *printer) list(exprs []plan.Expr) string {
	parts := make([]string, len(exprs))
	for i, e := range exprs {
		parts[i] = p.expr(e)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (p *printer) order(order []plan.SortOrder) string {
	parts := make([]string, len(order))
	for i, o := range order {
		parts[i] = p.expr(o.Expr) + map[bool]string{false: " ASC", true: " DESC"}[o.Desc] +
			map[bool]string{false: " NULLS LAST", true: " NULLS FIRST"}[o.NullsFirst]
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

var infix = map[string]bool{
	"+": true, "-": true, "*": true, "/": true, "%": true, "div": true, "&": true, "|": true, "^": true,
	"=": true, "<=>": true, "<": true, "<=": true, ">": true, ">=": true, "and": true, "or": true, "like": true,
}

// expr writes an expression.
func (p *printer) expr(e plan.Expr) string {
	//size: one case per node
	switch e := e.(type) {
	case nil:
		return ""
	case *plan.Literal:
		return literal(e)
	case *plan.Column:
		return p.name(e.Name, e.ID)
	case *plan.OuterColumn:
		return "outer(" + p.name(e.Column.Name, e.Column.ID) + ")"
	case *plan.Func:
		return p.function(e)
	case *plan.Cast:
		word := map[plan.CastMode]string{plan.CastTry: "try_cast"}[e.Mode]
		if word == "" {
			word = "cast"
		}
		return word + "(" + p.expr(e.Expr) + " as " + e.To.String() + ")"
	case *plan.Alias:
		if p.ids != nil {
			return p.expr(e.Expr) + " AS " + p.name("", e.ID)
		}
		return p.expr(e.Expr) + " AS " + p.name(strings.Join(e.Names, ", "), e.ID)
	case *plan.Lambda:
		params := make([]string, len(e.Params))
		for i, v := range e.Params {
			params[i] = p.name(v.Name, v.ID)
		}
		return "lambdafunction(" + strings.Join(params, ", ") + " -> " + p.expr(e.Body) + ")"
	case *plan.LambdaVar:
		return "lambda " + p.name(e.Name, e.ID)
	case *plan.Subquery:
		kind := [...]string{"scalar-subquery", "exists", "in", "table"}[e.Kind]
		if len(e.Values) == 0 {
			return kind
		}
		return p.list(e.Values) + " " + kind
	case *plan.Window:
		return fmt.Sprintf("%s OVER (PARTITION BY %s ORDER BY %s%s)", p.expr(e.Func), p.list(e.Partition), p.order(e.Order), p.frame(e.Frame))
	case *plan.Name:
		return "'" + strings.Join(e.Parts, ".")
	case *plan.Call:
		return "'" + strings.Join(e.Name, ".") + "(" + strings.Trim(p.list(e.Args), "[]") + ")"
	case *plan.Star:
		return "*"
	default:
		return fmt.Sprintf("'%T", e)[len("'*plan."):]
	}
}

func (p *printer) function(f *plan.Func) string {
	if infix[f.Name] && len(f.Args) == 2 {
		return "(" + p.expr(f.Args[0]) + " " + strings.ToUpper(f.Name) + " " + p.expr(f.Args[1]) + ")"
	}
	args := strings.TrimSuffix(strings.TrimPrefix(p.list(f.Args), "["), "]")
	if f.Distinct {
		args = "distinct " + args
	}
	text := f.Name + "(" + args + ")"
	if f.Filter != nil {
		text += " FILTER (WHERE " + p.expr(f.Filter) + ")"
	}
	if len(f.OrderBy) > 0 {
		text += " WITHIN GROUP " + p.order(f.OrderBy)
	}
	return text
}

func (p *printer) frame(f *plan.Frame) string {
	if f == nil {
		return ""
	}
	unit := " RANGE"
	if f.Rows {
		unit = " ROWS"
	}
	return unit + " BETWEEN " + p.bound(f.Start) + " AND " + p.bound(f.End)
}

func (p *printer) bound(b plan.Bound) string {
	word := [...]string{"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"}[b.Kind]
	if b.Expr != nil {
		return p.expr(b.Expr) + " " + word
	}
	return word
}

func literal(l *plan.Literal) string {
	switch v := l.Value.(type) {
	case nil:
		return "null"
	case plan.Unscaled:
		if d, ok := l.Type.(plan.Decimal); ok {
			return v.Text(d.Scale)
		}
	case plan.Days:
		y, m, d := civil(int64(v))
		return dateText(y, m, d)
	case string:
		return v
	}
	return fmt.Sprint(l.Value)
}
