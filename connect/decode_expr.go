package connect

// This file decodes expressions, except literals (decode_literal.go).

import (
	"strings"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/session"
	"shoal/sparksql"
)

func (d *decoder) exprs(in []*sparkpb.Expression) []plan.Expr {
	if len(in) == 0 {
		return nil
	}
	out := make([]plan.Expr, len(in))
	for i, e := range in {
		out[i] = d.expr(e)
	}
	return out
}

// expr decodes any expression. size: one case per node
func (d *decoder) expr(e *sparkpb.Expression) plan.Expr {
	if !d.enter() {
		return nil
	}
	defer d.leave()
	pos := position(e.GetCommon().GetOrigin())
	switch x := e.GetExprType().(type) {
	case nil:
		d.bad("an expression is missing")
		return nil
	case *sparkpb.Expression_Literal_:
		if l := d.literal(x.Literal); l != nil {
			return l
		}
		return nil
	case *sparkpb.Expression_UnresolvedAttribute_:
		return d.attribute(pos, x.UnresolvedAttribute)
	case *sparkpb.Expression_UnresolvedFunction_:
		return d.function(pos, x.UnresolvedFunction)
	case *sparkpb.Expression_CallFunction:
		f := x.CallFunction
		return &plan.Call{Pos: pos, Name: d.name(f.GetFunctionName()), Args: d.exprs(f.GetArguments())}
	case *sparkpb.Expression_ExpressionString_:
		return d.expressionString(x.ExpressionString.GetExpression())
	case *sparkpb.Expression_UnresolvedStar_:
		return d.star(pos, x.UnresolvedStar)
	case *sparkpb.Expression_UnresolvedRegex_:
		return d.regex(pos, x.UnresolvedRegex)
	case *sparkpb.Expression_Alias_:
		return d.alias(pos, x.Alias)
	case *sparkpb.Expression_Cast_:
		return d.cast(pos, x.Cast)
	case *sparkpb.Expression_LambdaFunction_:
		return d.lambda(pos, x.LambdaFunction)
	case *sparkpb.Expression_UnresolvedNamedLambdaVariable_:
		return d.lambdaVar(pos, x.UnresolvedNamedLambdaVariable)
	case *sparkpb.Expression_Window_:
		return d.window(pos, x.Window)
	case *sparkpb.Expression_UnresolvedExtractValue_:
		v := x.UnresolvedExtractValue
		return &plan.ExtractValue{Pos: pos, Expr: d.expr(v.GetChild()), Key: d.expr(v.GetExtraction())}
	case *sparkpb.Expression_UpdateFields_:
		return d.updateField(pos, x.UpdateFields)
	case *sparkpb.Expression_NamedArgumentExpression:
		a := x.NamedArgumentExpression
		return &plan.NamedArg{Pos: pos, Name: a.GetKey(), Expr: d.expr(a.GetValue())}
	case *sparkpb.Expression_SubqueryExpression:
		return d.subquery(pos, x.SubqueryExpression)
	case *sparkpb.Expression_CommonInlineUserDefinedFunction:
		return d.udf(pos, x.CommonInlineUserDefinedFunction)
	default:
		return &plan.Opaque{Pos: pos, What: setField(e, "expr_type")}
	}
}

// expressionString parses an expression as selectExpr has it.
func (d *decoder) expressionString(text string) plan.Expr {
	err := session.CheckText(d.settings, text)
	if err != nil {
		d.fail(err)
		return nil
	}
	out, err := sparksql.ParseExpr(text)
	if err != nil {
		d.fail(err)
	}
	return out
}

// name parses the dotted name of a function or table.
func (d *decoder) name(text string) []string {
	parts, err := sparksql.ParseName(text)
	if err != nil {
		d.fail(err)
	}
	return parts
}

func planID(id *int64) plan.PlanID {
	if id == nil {
		return plan.PlanID{}
	}
	return plan.PlanID{ID: *id, Set: true}
}

func (d *decoder) attribute(pos plan.Pos, a *sparkpb.Expression_UnresolvedAttribute) plan.Expr {
	if a.GetIsMetadataColumn() {
		return &plan.Opaque{Pos: pos, What: "metadata_column"}
	}
	return &plan.Name{Pos: pos, Parts: d.attributeParts(a.GetUnparsedIdentifier()), PlanID: planID(a.PlanId)}
}

// attributeParts parts a column's name at its dots. Unlike a name in SQL text, it may hold any
// character; back-quotes keep dots together.
func (d *decoder) attributeParts(name string) []string {
	parts, ok := splitAttribute(name)
	if !ok {
		d.fail(fault.New("INVALID_ATTRIBUTE_NAME_SYNTAX", "name", name))
	}
	return parts
}

func splitAttribute(name string) (parts []string, ok bool) {
	for rest := name; ; {
		part, after := rest, ""
		more := false
		if strings.HasPrefix(rest, "`") {
			if part, after, ok = cutQuoted(rest[1:]); !ok {
				return nil, false
			}
			more = strings.HasPrefix(after, ".")
			if !more && after != "" {
				return nil, false
			}
			after = strings.TrimPrefix(after, ".")
		} else {
			part, after, more = strings.Cut(rest, ".")
			if strings.Contains(part, "`") || part == "" && name != "" {
				return nil, false
			}
		}
		parts = append(parts, part)
		if !more {
			return parts, true
		}
		if after == "" {
			return nil, false
		}
		rest = after
	}
}

// cutQuoted reads up to the closing back-quote; a doubled one stands for itself.
func cutQuoted(s string) (part, after string, ok bool) {
	var b strings.Builder
	for {
		head, tail, found := strings.Cut(s, "`")
		if !found {
			return "", "", false
		}
		b.WriteString(head)
		if !strings.HasPrefix(tail, "`") {
			return b.String(), tail, true
		}
		b.WriteByte('`')
		s = tail[1:]
	}
}

func (d *decoder) star(pos plan.Pos, s *sparkpb.Expression_UnresolvedStar) plan.Expr {
	out := &plan.Star{Pos: pos, PlanID: planID(s.PlanId)}
	if s == nil || s.UnparsedTarget == nil {
		return out
	}
	target, ok := strings.CutSuffix(*s.UnparsedTarget, ".*")
	if !ok {
		d.bad("a star's target must end with .*, not be %q", *s.UnparsedTarget)
		return nil
	}
	out.Target = d.attributeParts(target)
	return out
}

// regex decodes df.colRegex: only a back-quoted text is a pattern, anything else is a column's name.
func (d *decoder) regex(pos plan.Pos, r *sparkpb.Expression_UnresolvedRegex) plan.Expr {
	text := r.GetColName()
	if len(text) < 3 || !strings.HasSuffix(text, "`") {
		return &plan.Name{Pos: pos, Parts: d.attributeParts(text), PlanID: planID(r.PlanId)}
	}
	if text[0] == '`' {
		return &plan.NameRegex{Pos: pos, Pattern: text[1 : len(text)-1], PlanID: planID(r.PlanId)}
	}
	if strings.Contains(text, ".`") {
		return &plan.Opaque{Pos: pos, What: "unresolved_regex with a qualifier"}
	}
	return &plan.Name{Pos: pos, Parts: d.attributeParts(text), PlanID: planID(r.PlanId)}
}

// operators maps what clients send for operators and special syntax to plan.Call's spelling.
// The analyzer gives other names their columns' names itself: "negative" is a function here.
var operators = map[string]string{
	"+": "+", "-": "-", "*": "*", "/": "/", "%": "%", "div": "div",
	"&": "&", "|": "|", "^": "^", "~": "~", "||": "||",
	"=": "=", "==": "=", "<=>": "<=>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "<>": "<>", "!=": "<>",
	"and": "and", "or": "or", "not": "not", "!": "not",
	"isnull": "isnull", "isnotnull": "isnotnull", "in": "in", "when": "when",
	"like": "like", "ilike": "ilike", "rlike": "rlike",
	"product": "product", "years": "years", "months": "months", "days": "days", "hours": "hours", "bucket": "bucket", "unwrap_udt": "unwrap_udt", "distributed_sequence_id": "distributed_sequence_id", // have no names in SQL
}

func (d *decoder) function(pos plan.Pos, f *sparkpb.Expression_UnresolvedFunction) plan.Expr {
	out := &plan.Call{Pos: pos, Args: d.exprs(f.GetArguments()), Distinct: f.GetIsDistinct()}
	if f.GetIsUserDefinedFunction() {
		out.Name = d.name(f.GetFunctionName())
		return out
	}
	name, operator := operators[strings.ToLower(f.GetFunctionName())]
	if !operator {
		name = f.GetFunctionName()
	}
	out.Name, out.Operator = []string{name}, operator
	return out
}

func (d *decoder) alias(pos plan.Pos, a *sparkpb.Expression_Alias) *plan.Alias {
	if len(a.GetName()) > 1 && a.GetMetadata() != "" {
		d.bad("an alias of several columns cannot have metadata")
	}
	return &plan.Alias{Pos: pos, Expr: d.expr(a.GetExpr()), Names: a.GetName(), Metadata: a.GetMetadata()}
}

var castModes = map[sparkpb.Expression_Cast_EvalMode]plan.CastMode{
	sparkpb.Expression_Cast_EVAL_MODE_UNSPECIFIED: plan.CastDefault,
	sparkpb.Expression_Cast_EVAL_MODE_LEGACY:      plan.CastLegacy,
	sparkpb.Expression_Cast_EVAL_MODE_ANSI:        plan.CastANSI,
	sparkpb.Expression_Cast_EVAL_MODE_TRY:         plan.CastTry,
}

func (d *decoder) cast(pos plan.Pos, c *sparkpb.Expression_Cast) plan.Expr {
	out := &plan.Cast{Pos: pos, Expr: d.expr(c.GetExpr()), Mode: castModes[c.GetEvalMode()]}
	if c.GetType() != nil {
		out.To = d.dataType(c.GetType())
		return out
	}
	to, err := sparksql.ParseType(c.GetTypeStr())
	if err != nil {
		d.fail(err)
	}
	out.To = to
	return out
}

func (d *decoder) lambda(pos plan.Pos, l *sparkpb.Expression_LambdaFunction) plan.Expr {
	if n := len(l.GetArguments()); n < 1 || n > 3 {
		d.bad("a lambda takes 1 to 3 parameters, not %d", n)
		return nil
	}
	out := &plan.Lambda{Pos: pos, Body: d.expr(l.GetFunction())}
	for _, a := range l.GetArguments() {
		out.Params = append(out.Params, d.lambdaVar(plan.Pos{}, a))
	}
	return out
}

func (d *decoder) lambdaVar(pos plan.Pos, v *sparkpb.Expression_UnresolvedNamedLambdaVariable) *plan.LambdaVar {
	if len(v.GetNameParts()) == 0 {
		d.bad("a lambda's variable needs a name")
	}
	return &plan.LambdaVar{Pos: pos, Name: strings.Join(v.GetNameParts(), ".")}
}

func (d *decoder) updateField(pos plan.Pos, u *sparkpb.Expression_UpdateFields) plan.Expr {
	out := &plan.UpdateField{Pos: pos, Expr: d.expr(u.GetStructExpression()), Field: u.GetFieldName()}
	if u.GetValueExpression() != nil {
		out.Value = d.expr(u.GetValueExpression())
	}
	return out
}

var subqueryKinds = map[sparkpb.SubqueryExpression_SubqueryType]plan.SubqueryKind{
	sparkpb.SubqueryExpression_SUBQUERY_TYPE_SCALAR:    plan.ScalarSubquery,
	sparkpb.SubqueryExpression_SUBQUERY_TYPE_EXISTS:    plan.ExistsSubquery,
	sparkpb.SubqueryExpression_SUBQUERY_TYPE_IN:        plan.InSubquery,
	sparkpb.SubqueryExpression_SUBQUERY_TYPE_TABLE_ARG: plan.TableArgSubquery,
}

func (d *decoder) subquery(pos plan.Pos, s *sparkpb.SubqueryExpression) plan.Expr {
	kind, ok := subqueryKinds[s.GetSubqueryType()]
	if !ok {
		d.bad("unknown type of subquery %v", s.GetSubqueryType())
	}
	return &plan.Subquery{Pos: pos, Kind: kind, Values: d.exprs(s.GetInSubqueryValues()),
		PlanID: plan.PlanID{ID: s.GetPlanId(), Set: true}}
}

func (d *decoder) udf(pos plan.Pos, f *sparkpb.CommonInlineUserDefinedFunction) plan.Expr {
	py := f.GetPythonUdf()
	switch {
	case setField(f, "function") == "":
		d.bad("a user-defined function has no body")
		return nil
	case py == nil:
		return &plan.Opaque{Pos: pos, What: setField(f, "function")}
	}
	return &plan.PythonUDF{Pos: pos, Name: f.GetFunctionName(), Args: d.exprs(f.GetArguments()),
		Type: d.dataType(py.GetOutputType()), EvalType: int(py.GetEvalType()), Command: py.GetCommand()}
}
