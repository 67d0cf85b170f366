package analyze

import (
	"encoding/hex"
	"strings"

	"shoal/plan"
)

// This file gives columns the names Spark gives them (toPrettySQL): implicit casts are invisible,
// columns lose their qualifiers, strings their quotes.

// pretty is the name Spark derives from a resolved expression.
func (a *analyzer) pretty(e plan.Expr) string {
	var b strings.Builder
	w := namer{a: a, b: &b}
	w.expr(e)
	return b.String()
}

// sqlOfCall is a call as messages quote it.
func (a *analyzer) sqlOfCall(c *call) string {
	var b strings.Builder
	w := namer{a: a, b: &b, plain: true}
	w.written(c)
	return quoteSQL(b.String())
}

type namer struct {
	a *analyzer
	b *strings.Builder
	// full keeps qualifiers and quotes: Expression.sql rather than toPrettySQL.
	full bool
	// plain leaves out the names that aliases give to fields.
	plain bool
}

// plainSQL is an expression as messages quote it.
func (a *analyzer) plainSQL(e plan.Expr) string {
	var b strings.Builder
	w := namer{a: a, b: &b, plain: true}
	w.expr(e)
	return quoteSQL(b.String())
}

// fullSQL is an expression with the qualifiers of its columns.
func (a *analyzer) fullSQL(e plan.Expr) string {
	var b strings.Builder
	w := namer{a: a, b: &b, full: true}
	w.expr(e)
	return b.String()
}

func (w namer) add(parts ...string) {
	for _, p := range parts {
		w.b.WriteString(p)
	}
}

func (w namer) list(args []plan.Expr, sep string) {
	for i, e := range args {
		if i > 0 {
			w.add(sep)
		}
		w.expr(e)
	}
}

// expr writes an expression.
//
// size: one case per node
func (w namer) expr(e plan.Expr) {
	if c, ok := w.a.written[e]; ok {
		f, isFunc := e.(*plan.Func)
		if isFunc && (f.Distinct || f.Filter != nil || len(f.OrderBy) > 0 || f.Kind == plan.AggregateFunc) {
			w.aggregate(f, c.show, c.args)
			return
		}
		w.written(c)
		return
	}
	switch e := e.(type) {
	case *plan.Literal:
		w.literal(e)
	case *plan.Column:
		w.column(e)
	case *plan.OuterColumn:
		w.add("outer(")
		full := namer{a: w.a, b: w.b, full: true}
		full.column(e.Column)
		w.add(")")
	case *plan.Cast:
		w.cast(e)
	case *plan.Func:
		w.function(e)
	case *plan.Alias:
		w.expr(e.Expr)
		if !w.plain {
			w.add(" AS ", plan.QuoteIfNeeded(e.Names[0]))
		}
	case *plan.Window:
		w.window(e)
	case *plan.Lambda:
		w.lambda(e)
	case *plan.LambdaVar:
		if e.Type == nil {
			w.add(e.Name) // not resolved
			return
		}
		w.add("namedlambdavariable()")
	case *plan.Name:
		w.add(nameText(e))
	case *plan.Subquery:
		w.subquery(e)
	case *plan.PythonUDF:
		w.add(e.Name, "(")
		w.list(e.Args, ", ")
		w.add(")")
	}
}

func (w namer) literal(e *plan.Literal) {
	text := prettyLiteral(e, w.a.settings)
	if s, ok := e.Value.(string); ok && w.full {
		text = "'" + strings.ReplaceAll(s, "'", "\\'") + "'"
	}
	w.add(text)
}

func (w namer) column(c *plan.Column) {
	if w.full {
		for _, q := range c.Qualifier {
			w.add(plan.QuoteIfNeeded(q), ".")
		}
		w.add(plan.QuoteIfNeeded(c.Name))
		return
	}
	w.add(c.Name)
}

func (w namer) cast(e *plan.Cast) {
	switch e.To.(type) {
	case plan.Array, plan.Map, plan.Struct:
		w.expr(e.Expr) // Spark does not show casts to nested types
		return
	}
	if e.Implicit {
		w.expr(e.Expr)
		return
	}
	if e.Mode == plan.CastTry {
		w.add("TRY_")
	}
	w.add("CAST(")
	w.expr(e.Expr)
	w.add(" AS ", plan.SQL(e.To), ")")
}

func (w namer) function(f *plan.Func) {
	if f.Kind == plan.AggregateFunc {
		w.aggregate(f, w.shown(f.Name), f.Args)
		return
	}
	w.call(f.Name, w.shown(f.Name), f.Args)
}

func (w namer) shown(name string) string {
	if s, ok := w.a.lookup(name); ok {
		return s.show
	}
	return name
}

// written writes a call that the analyzer replaced, as the user wrote it.
func (w namer) written(c *call) {
	switch c.form {
	case formBare:
		w.expr(c.args[0])
		w.add(" ", c.show, " ")
		w.expr(c.args[1])
	case formText:
		w.add(c.show)
	case formNamed:
		w.call(c.name, c.name, c.args)
		if !w.plain && c.show != "" {
			w.add(" AS ", plan.QuoteIfNeeded(c.show))
		}
	case formField:
		w.expr(c.args[0])
		w.add(".", c.show)
	default:
		if c.source != nil && c.source.Distinct {
			w.add(c.show, "(DISTINCT ")
			w.list(c.args, ", ")
			w.add(")")
			return
		}
		w.call(c.name, c.show, c.args)
	}
}

// call writes operators in their own way and everything else as show(args).
//
// size: one case per operator
func (w namer) call(name, show string, args []plan.Expr) {
	if w.specialForm(name, show, args) {
		return
	}
	if name == "ilike" && len(args) == 3 {
		args = args[:2] // Spark does not show an escape character
	}
	switch name {
	case "not":
		w.wrap("(NOT ", args[0], ")")
	case "negative":
		w.sign(show, "(- ", args)
	case "positive":
		w.sign(show, "(+ ", args)
	case "~":
		w.wrap("~", args[0], "")
	case "isnull":
		w.wrap("(", args[0], " IS NULL)")
	case "isnotnull":
		w.wrap("(", args[0], " IS NOT NULL)")
	case "in":
		w.wrap("(", args[0], " IN (")
		w.list(args[1:], ", ")
		w.add("))")
	case "like":
		w.wrap("", args[0], " LIKE ")
		w.expr(args[1])
		if len(args) > 2 {
			w.wrap(" ESCAPE '", args[2], "'")
		}
	case "when":
		w.caseWhen(args)
	case "if":
		w.add("(IF(")
		w.list(args, ", ")
		w.add("))")
	case "get_array_item", "get_map_value":
		w.wrap("", args[0], "[")
		w.expr(args[1])
		w.add("]")
	case "get_struct_field", "get_array_struct_fields":
		w.wrap("", args[0], ".")
		w.expr(args[1])
	case "subtract_dates", "subtract_timestamps":
		w.binary(args, " - ")
	case "multiply_ym", "multiply_dt":
		w.binary(args, " * ")
	case "divide_ym", "divide_dt":
		w.binary(args, " / ")
	default:
		w.add(show, "(")
		w.list(args, ", ")
		w.add(")")
	}
}

// specialForm writes calls with two arguments that have a syntax of their own.
func (w namer) specialForm(name, show string, args []plan.Expr) bool {
	if len(args) != 2 {
		return false
	}
	side, trims := trimSides[name]
	switch {
	case show == "extract", show == "datepart":
		w.wrap(show+"(", args[0], " FROM ")
		w.wrap("", args[1], ")")
	case infixOperators[show]:
		w.binary(args, " "+infixShown(show)+" ")
	case trims && show == name:
		w.wrap("TRIM("+side+" ", args[0], " FROM ")
		w.wrap("", args[1], ")")
	default:
		return false
	}
	return true
}

func (w namer) wrap(before string, e plan.Expr, after string) {
	w.add(before)
	w.expr(e)
	w.add(after)
}

func (w namer) binary(args []plan.Expr, op string) {
	w.wrap("(", args[0], op)
	w.expr(args[1])
	w.add(")")
}

var trimSides = map[string]string{"trim": "BOTH", "ltrim": "LEADING", "rtrim": "TRAILING"}

var infixOperators = map[string]bool{
	"+": true, "-": true, "*": true, "/": true, "%": true, "div": true, "=": true, "==": true, "<=>": true,
	"<": true, "<=": true, ">": true, ">=": true, "and": true, "or": true, "&": true, "|": true, "^": true,
	"<<": true, ">>": true, ">>>": true,
}

func infixShown(op string) string {
	switch op {
	case "==":
		return "="
	case "and", "or":
		return strings.ToUpper(op)
	}
	return op
}

// sign shows -x, or negative(x) if that is how it was written.
func (w namer) sign(show, operator string, args []plan.Expr) {
	if show == "negative" {
		w.wrap("negative(", args[0], ")")
		return
	}
	w.wrap(operator, args[0], ")")
}

func (w namer) caseWhen(args []plan.Expr) {
	w.add("CASE")
	for i := 0; i+1 < len(args); i += 2 {
		w.wrap(" WHEN ", args[i], " THEN ")
		w.expr(args[i+1])
	}
	if len(args)%2 == 1 {
		w.wrap(" ELSE ", args[len(args)-1], "")
	}
	w.add(" END")
}

func (w namer) lambda(l *plan.Lambda) {
	w.add("lambdafunction(")
	w.expr(l.Body)
	for _, p := range l.Params {
		w.add(", ")
		w.expr(p)
	}
	w.add(")")
}

func (w namer) aggregate(f *plan.Func, show string, args []plan.Expr) {
	w.add(show, "(")
	if f.Distinct {
		w.add("DISTINCT ")
	}
	w.list(args, ", ")
	w.add(")")
	w.withinGroup(f)
	if f.Filter != nil {
		w.wrap(" FILTER (WHERE ", f.Filter, ")")
	}
}

func (w namer) orders(order []plan.SortOrder) {
	for i, o := range order {
		if i > 0 {
			w.add(", ")
		}
		w.expr(o.Expr)
		if o.Desc {
			w.add(" DESC")
		} else {
			w.add(" ASC")
		}
		if o.NullsFirst {
			w.add(" NULLS FIRST")
		} else {
			w.add(" NULLS LAST")
		}
	}
}

func (w namer) window(e *plan.Window) {
	w.expr(e.Func)
	if f, ok := e.Func.(*plan.Func); ok && f.IgnoreNulls && f.Name == "nth_value" {
		w.add(" ignore nulls") // Spark shows it for this function only
	}
	w.add(" OVER (")
	if len(e.Partition) > 0 {
		w.add("PARTITION BY ")
		w.list(e.Partition, ", ")
		w.add(" ")
	}
	if len(e.Order) > 0 {
		w.add("ORDER BY ")
		w.orders(e.Order)
		w.add(" ")
	}
	w.frame(e.Frame)
	w.add(")")
}

func (w namer) frame(f *plan.Frame) {
	if f == nil {
		w.add("unspecifiedframe$()")
		return
	}
	if f.Rows {
		w.add("ROWS BETWEEN ")
	} else {
		w.add("RANGE BETWEEN ")
	}
	w.bound(f.Start)
	w.add(" AND ")
	w.bound(f.End)
}

var boundNames = map[plan.BoundKind]string{plan.UnboundedPreceding: "UNBOUNDED PRECEDING", plan.CurrentRow: "CURRENT ROW",
	plan.UnboundedFollowing: "UNBOUNDED FOLLOWING"}

func (w namer) bound(b plan.Bound) {
	if b.Expr == nil {
		w.add(boundNames[b.Kind])
		return
	}
	if b.Kind == plan.Preceding && b.Expr.At().Src == nil { // DataFrame code has negative numbers
		w.wrap("-", b.Expr, " FOLLOWING")
		return
	}
	if c, ok := b.Expr.(*plan.Cast); ok && c.Implicit && b.Kind == plan.Preceding {
		w.wrap("(- ", b.Expr, ") FOLLOWING")
		return
	}
	w.expr(b.Expr)
	if b.Kind == plan.Preceding {
		w.add(" PRECEDING")
	} else {
		w.add(" FOLLOWING")
	}
}

func (w namer) subquery(e *plan.Subquery) {
	switch e.Kind {
	case plan.ScalarSubquery:
		w.add("scalarsubquery(")
	case plan.ExistsSubquery:
		w.add("exists(")
	case plan.InSubquery:
		if len(e.Values) == 1 {
			w.wrap("(", e.Values[0], " IN (listquery(")
		} else {
			w.rowValue(e.Values)
		}
		w.outerColumns(e)
		w.add(")))")
		return
	}
	w.outerColumns(e)
	w.add(")")
}

// rowValue shows (a, b) IN (...): Spark shows the struct it made of it.
func (w namer) rowValue(values []plan.Expr) {
	w.add("(named_struct(")
	for i, v := range values {
		name := "col" + itoa(i+1)
		if c, ok := v.(*plan.Column); ok {
			name = c.Name
		}
		if i > 0 {
			w.add(", ")
		}
		w.wrap("'"+name+"', ", v, "")
	}
	w.add(") IN (listquery(")
}

// outerColumns lists the columns of the enclosing query that a subquery uses.
func (w namer) outerColumns(e *plan.Subquery) {
	var names []string
	for _, c := range outerReferences(e.Plan) {
		names = append(names, c.Name)
	}
	w.add(strings.Join(names, ", "))
}

func hexLiteral(b []byte) string { return "X'" + strings.ToUpper(hex.EncodeToString(b)) + "'" }
