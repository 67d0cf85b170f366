package analyze

import (
	"strings"

	"shoal/plan"
)

// This file resolves session variables: constants with a name.

// variable looks a name up among the session's variables; what is behind one are fields of its value.
func (a *analyzer) variable(n *plan.Name) (plan.Expr, error) {
	if a.names == nil {
		return nil, nil
	}
	for parts := len(n.Parts); parts > 0; parts-- {
		v, ok := a.names.Variable(n.Parts[:parts])
		if !ok {
			continue
		}
		value := &plan.Literal{Pos: n.Pos, Value: v.Value.Value, Type: v.Type}
		shown := "variablereference(system.session." + strings.ToLower(v.Name) + "=" + a.literalSQL(value) + ")"
		return a.fields(a.remember(value, &call{a: a, form: formText, show: shown}), n.Parts[parts:], n.Pos)
	}
	return nil, nil
}

// literalSQL is a constant as Spark's Literal.sql writes it.
func (a *analyzer) literalSQL(l *plan.Literal) string {
	if l.Value == nil {
		if l.Type == plan.Null {
			return "NULL"
		}
		return "CAST(NULL AS " + plan.SQL(l.Type) + ")"
	}
	text := prettyLiteral(l, a.settings)
	switch v := l.Value.(type) {
	case int8:
		return text + "Y"
	case int16:
		return text + "S"
	case int64:
		return text + "L"
	case float64:
		return text + "D"
	case float32:
		return "CAST(" + text + " AS FLOAT)"
	case plan.Unscaled:
		return text + "BD"
	case string:
		return "'" + strings.ReplaceAll(v, "'", "\\'") + "'"
	}
	return text
}
