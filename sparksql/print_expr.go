package sparksql

import (
	"strings"

	"shoal/plan"
)

// infix is how a function that is an infix operator is written.
type infix struct {
	text string
	prec uint8
}

// infixes is the precedence table by function.
var infixes = func() map[string]infix {
	m := map[string]infix{}
	for k, op := range operators {
		if op.prec == precNone {
			continue
		}
		text := strings.ToUpper(op.name[0])
		switch kind(k) {
		case tShiftLeft:
			text = "<<"
		case tShiftRight:
			text = ">>"
		case tShiftRightUnsigned:
			text = ">>>"
		}
		m[op.name[0]] = infix{text, op.prec}
	}
	return m
}()

// operatorName is the function of a call written as an operator, else "".
func operatorName(e plan.Expr) string {
	if c, ok := e.(*plan.Call); ok && c.Operator && len(c.Name) == 1 {
		return c.Name[0]
	}
	return ""
}

// precedence is how tightly the text of e binds.
func precedence(e plan.Expr) uint8 {
	switch e := e.(type) {
	case *plan.Alias, *plan.NamedArg, *plan.Lambda:
		return precNone
	case *plan.Subquery:
		switch e.Kind {
		case plan.ExistsSubquery:
			return precNot
		case plan.InSubquery:
			return precPredicate
		}
	}
	switch name := operatorName(e); name {
	case "":
	case "not":
		return precNot
	case "isnull", "isnotnull", "isunknown", "isnotunknown", "like", "ilike", "rlike", "between", "in", "likeany", "likeall", "notlikeany", "notlikeall",
		"ilikeany", "ilikeall", "notilikeany", "notilikeall":
		return precPredicate
	case "negative", "positive", "~":
		return precUnary
	default:
		if op, ok := infixes[name]; ok {
			return op.prec
		}
	}
	return precPrimary
}

// expr writes e, in parentheses if it binds looser than min.
func (w *printer) expr(e plan.Expr, min uint8) {
	if precedence(e) < min {
		w.puts("(")
		w.bare(e)
		w.puts(")")
		return
	}
	w.bare(e)
}

func (w *printer) exprs(list_ []plan.Expr) {
	list(w, list_, ", ", func(e plan.Expr) { w.expr(e, precNone) })
}

//size:one case per node
func (w *printer) bare(e plan.Expr) {
	switch e := e.(type) {
	case *plan.Literal:
		w.literal(e)
	case *plan.Name:
		w.name(e.Parts)
	case *plan.Star:
		w.star(e)
	case *plan.Call:
		w.call(e)
	case *plan.NamedArg:
		w.ident(e.Name)
		w.puts(" => ")
		w.expr(e.Expr, precNone)
	case *plan.Param:
		if e.Name == "" {
			w.puts("?")
		} else {
			w.puts(":")
			w.ident(e.Name)
		}
	case *plan.Cast:
		w.cast(e)
	case *plan.Alias:
		w.expr(e.Expr, precOr)
		w.puts(" AS ")
		if len(e.Names) == 1 && !e.List {
			w.ident(e.Names[0])
		} else {
			w.idents(e.Names)
		}
	case *plan.Lambda:
		w.lambda(e)
	case *plan.LambdaVar:
		w.ident(e.Name)
	case *plan.ExtractValue:
		w.extractValue(e)
	case *plan.Subquery:
		w.subquery(e)
	case *plan.Window:
		w.expr(e.Func, precPrimary)
		w.puts(" OVER ")
		w.windowSpec(e)
	case *plan.Column:
		w.name(append(e.Qualifier[:len(e.Qualifier):len(e.Qualifier)], e.Name))
	case *plan.OuterColumn:
		w.bare(e.Column)
	case *plan.Func:
		_, isInfix := infixes[e.Name]
		w.call(&plan.Call{Name: []string{e.Name}, Args: e.Args, Distinct: e.Distinct, Filter: e.Filter,
			OrderBy: e.OrderBy, IgnoreNulls: e.IgnoreNulls, Operator: isInfix || e.Name == "not"})
	case *plan.PythonUDF:
		w.ident(e.Name)
		w.puts("(")
		w.exprs(e.Args)
		w.puts(")")
	case *plan.Opaque:
		w.opaque(e.Pos, e.What, "NULL")
	default:
		w.puts("NULL")
	}
}

func (w *printer) star(s *plan.Star) {
	if len(s.Target) > 0 {
		w.name(s.Target)
		w.puts(".")
	}
	w.puts("*")
	if len(s.Except) > 0 {
		w.puts(" EXCEPT (")
		list(w, s.Except, ", ", w.name)
		w.puts(")")
	}
}

func (w *printer) cast(c *plan.Cast) {
	if l, ok := c.Expr.(*plan.Literal); ok && c.Implicit && c.To == plan.Timestamp && l.Type == plan.TimestampNTZ {
		w.puts("TIMESTAMP '", timestampText(l.Value.(plan.Micros)), "'")
		return
	}
	if c.Mode == plan.CastTry {
		w.puts("TRY_")
	}
	w.puts("CAST(")
	w.expr(c.Expr, precOr)
	w.puts(" AS ")
	w.dataType(c.To)
	w.puts(")")
}

func (w *printer) lambda(l *plan.Lambda) {
	if len(l.Params) == 1 {
		w.ident(l.Params[0].Name)
	} else {
		w.puts("(")
		list(w, l.Params, ", ", func(v *plan.LambdaVar) { w.ident(v.Name) })
		w.puts(")")
	}
	w.puts(" -> ")
	w.expr(l.Body, precNone)
}

func (w *printer) extractValue(e *plan.ExtractValue) {
	_, isName := e.Expr.(*plan.Name)
	l, isLiteral := e.Expr.(*plan.Literal)
	switch {
	case isLiteral && l.Type != plan.String:
		w.puts("(")
		w.bare(e.Expr)
		w.puts(")")
	default:
		w.expr(e.Expr, precPrimary)
	}
	key, keyIsText := e.Key.(*plan.Literal)
	if e.Dot && keyIsText && key.Type == plan.String && !isName {
		w.puts(".")
		w.ident(key.Value.(string))
		return
	}
	w.puts("[")
	w.expr(e.Key, precCompare)
	w.puts("]")
}

func (w *printer) subquery(s *plan.Subquery) {
	switch s.Kind {
	case plan.ExistsSubquery:
		w.puts("EXISTS ")
	case plan.InSubquery:
		if len(s.Values) == 1 {
			w.expr(s.Values[0], precCompare)
		} else {
			w.puts("(")
			w.exprs(s.Values)
			w.puts(")")
		}
		w.puts(" IN ")
	}
	w.puts("(")
	if s.Plan != nil {
		w.query(s.Plan)
	}
	w.puts(")")
}

// call writes an operator, special syntax or name(args).
func (w *printer) call(c *plan.Call) {
	if c.Operator && len(c.Name) == 1 && w.operator(c) {
		return
	}
	w.functionName(c.Name)
	w.puts("(")
	if c.Distinct {
		w.puts("DISTINCT ")
	}
	w.exprs(c.Args)
	w.puts(")")
	if len(c.OrderBy) > 0 {
		w.puts(" WITHIN GROUP (ORDER BY ")
		w.sortItems(c.OrderBy)
		w.puts(")")
	}
	if c.Filter != nil {
		w.puts(" FILTER (WHERE ")
		w.expr(c.Filter, precOr)
		w.puts(")")
	}
	if c.IgnoreNulls {
		w.puts(" IGNORE NULLS")
	}
}

// functionName leaves a keyword that names a function bare; STRUCT has its special syntax only so.
func (w *printer) functionName(name []string) {
	if len(name) == 1 {
		switch k := lookup(name[0]); k {
		case kIf, kArray, kMap, kStruct, kLeft, kRight, kReplace, kFilter, kAnyValue, kSubstr, kSubstring, kTrim, kOverlay,
			kExtract, kTimestampadd, kTimestampdiff, kDateadd, kDateAdd, kDatediff, kDateDiff, kTransform, kReduce, kAggregate,
			kChar, kInt, kBigint, kSmallint, kTinyint, kString, kDouble, kFloat, kBoolean, kBinary, kDecimal, kRange, kSome,
			kAny, kCollate, kCollation, kTimestampNtz, kTimestampLtz, kRlike, kIlike, kLike, kGrouping, kWindow:
			w.puts(name[0])
			return
		}
	}
	w.name(name)
}

// operator writes a call marked as such; false if it is none the grammar has.
func (w *printer) operator(c *plan.Call) bool {
	name := c.Name[0]
	if op, ok := infixes[name]; ok && len(c.Args) == 2 {
		w.infix(c, op)
		return true
	}
	if len(c.Args) == 0 && name != "struct" {
		return false
	}
	switch name {
	case "not":
		w.puts("NOT ")
		w.expr(c.Args[0], precNot)
	case "negative", "positive", "~":
		w.unary(c)
	case "isnull", "isnotnull", "isunknown", "isnotunknown", "like", "ilike", "rlike", "between", "in", "likeany", "likeall", "notlikeany", "notlikeall",
		"ilikeany", "ilikeall", "notilikeany", "notilikeall":
		w.predicate(c)
	case "when":
		w.caseWhen(c)
	case "struct":
		w.puts("(")
		w.exprs(c.Args)
		w.puts(")")
	default:
		return w.keywordCall(c)
	}
	return true
}

func (w *printer) infix(c *plan.Call, op infix) {
	left, right := op.prec, op.prec+1
	if op.prec <= precAnd {
		if operands := balancedOperands(c); operands != nil {
			list(w, operands, " "+op.text+" ", func(e plan.Expr) { w.expr(e, op.prec+1) })
			return
		}
		left = op.prec + 1
	}
	w.expr(c.Args[0], left)
	w.puts(" ", op.text, " ")
	w.expr(c.Args[1], right)
}

// balancedOperands are the operands of a chain of AND or OR, if their tree is the one that the parser
// makes of a chain; else nil.
func balancedOperands(c *plan.Call) []plan.Expr {
	name := c.Name[0]
	var operands []plan.Expr
	var collect func(plan.Expr)
	collect = func(e plan.Expr) {
		if operatorName(e) == name {
			for _, a := range e.(*plan.Call).Args {
				collect(a)
			}
			return
		}
		operands = append(operands, e)
	}
	collect(c)
	var balanced func(e plan.Expr, n int) bool
	balanced = func(e plan.Expr, n int) bool {
		if n == 1 || operatorName(e) != name {
			return n == 1 && operatorName(e) != name
		}
		args, half := e.(*plan.Call).Args, (n+1)/2
		return len(args) == 2 && balanced(args[0], half) && balanced(args[1], n-half)
	}
	if !balanced(c, len(operands)) {
		return nil
	}
	return operands
}

func (w *printer) unary(c *plan.Call) {
	switch c.Name[0] {
	case "negative":
		w.puts("-")
		if l, ok := c.Args[0].(*plan.Literal); ok && isNumeric(l.Type) {
			w.puts("(") // without, it would be a negative literal
			w.bare(l)
			w.puts(")")
			return
		}
		if precedence(c.Args[0]) == precUnary {
			w.puts(" ") // -- begins a comment
		}
	case "positive":
		w.puts("+")
	default:
		w.puts("~")
	}
	w.expr(c.Args[0], precUnary)
}

func isNumeric(t plan.Type) bool {
	if _, ok := t.(plan.Decimal); ok {
		return true
	}
	b, ok := t.(plan.Basic)
	return ok && b >= plan.Byte && b <= plan.Double
}

func (w *printer) predicate(c *plan.Call) {
	w.expr(c.Args[0], precCompare)
	switch name := c.Name[0]; name {
	case "isnull":
		w.puts(" IS NULL")
	case "isnotnull":
		w.puts(" IS NOT NULL")
	case "isunknown":
		w.puts(" IS UNKNOWN")
	case "isnotunknown":
		w.puts(" IS NOT UNKNOWN")
	case "between":
		w.puts(" BETWEEN ")
		w.expr(c.Args[1], precCompare)
		w.puts(" AND ")
		w.expr(c.Args[2], precCompare)
	case "in":
		w.puts(" IN (")
		w.exprs(c.Args[1:])
		w.puts(")")
	case "likeany", "likeall", "notlikeany", "notlikeall", "ilikeany", "ilikeall", "notilikeany", "notilikeall":
		if rest, not := strings.CutPrefix(name, "not"); not {
			w.puts(" NOT")
			name = rest
		}
		like, quantifier := name[:len(name)-3], name[len(name)-3:]
		w.puts(" ", strings.ToUpper(like), " ", strings.ToUpper(quantifier), " (")
		w.exprs(c.Args[1:])
		w.puts(")")
	default:
		w.puts(" ", strings.ToUpper(name), " ")
		w.expr(c.Args[1], precCompare)
		if len(c.Args) == 3 {
			w.puts(" ESCAPE ")
			w.expr(c.Args[2], precPrimary)
		}
	}
}

func (w *printer) caseWhen(c *plan.Call) {
	w.puts("CASE")
	args := c.Args
	for ; len(args) > 1; args = args[2:] {
		w.puts(" WHEN ")
		w.expr(args[0], precOr)
		w.puts(" THEN ")
		w.expr(args[1], precOr)
	}
	if len(args) == 1 {
		w.puts(" ELSE ")
		w.expr(args[0], precOr)
	}
	w.puts(" END")
}

// keywordForms says what stands before each argument of a call in special syntax, then what ends it. A
// leading = marks a word given as a string literal.
var keywordForms = map[string][]string{
	"extract":       {"EXTRACT(=", " FROM ", ")"},
	"substring":     {"SUBSTRING(", " FROM ", " FOR ", ")"},
	"locate":        {"POSITION(", " IN ", ")"},
	"overlay":       {"OVERLAY(", " PLACING ", " FROM ", " FOR ", ")"},
	"timestampadd":  {"TIMESTAMPADD(=", ", ", ", ", ")"},
	"timestampdiff": {"TIMESTAMPDIFF(=", ", ", ", ", ")"},
}

// keywordCall writes a call with a syntax of its own.
func (w *printer) keywordCall(c *plan.Call) bool {
	name := c.Name[0]
	if form, ok := keywordForms[name]; ok {
		for i, a := range c.Args {
			before, word := strings.CutSuffix(form[i], "=")
			w.puts(before)
			if l, ok := a.(*plan.Literal); ok && word {
				w.puts(l.Value.(string))
				continue
			}
			w.expr(a, precCompare)
		}
		w.puts(")")
		return true
	}
	switch name {
	case "trim", "ltrim", "rtrim":
		w.puts("TRIM(", map[string]string{"trim": "BOTH ", "ltrim": "LEADING ", "rtrim": "TRAILING "}[name])
		if len(c.Args) == 2 {
			w.expr(c.Args[0], precCompare)
			w.puts(" ")
		}
		w.puts("FROM ")
		w.expr(c.Args[len(c.Args)-1], precCompare)
		w.puts(")")
	case "collate":
		w.expr(c.Args[0], precPrimary)
		w.puts(" COLLATE ")
		w.ident(c.Args[1].(*plan.Literal).Value.(string))
	case "semi_structured_extract":
		w.expr(c.Args[0], precPrimary)
		w.puts(":", c.Args[1].(*plan.Literal).Value.(string))
	case "date_add":
		w.puts("DATE 'tomorrow'")
	case "date_sub":
		w.puts("DATE 'yesterday'")
	case "rollup", "cube", "grouping_sets":
		w.puts(strings.ToUpper(strings.ReplaceAll(name, "_", " ")), "(")
		w.exprs(c.Args)
		w.puts(")")
	default:
		return false
	}
	return true
}
