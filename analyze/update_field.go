package analyze

import (
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves Column.withField and dropFields.

func (a *analyzer) updateField(e *plan.UpdateField, sc *scope) (plan.Expr, error) {
	base, err := a.expr(e.Expr, sc)
	if err != nil {
		return nil, err
	}
	var value plan.Expr
	if e.Value != nil {
		if value, err = a.expr(e.Value, sc); err != nil {
			return nil, err
		}
	}
	r, err := a.changeField(base, strings.Split(e.Field, "."), value, e.Pos)
	if err != nil {
		return nil, err
	}
	text := a.updateText(base, strings.Split(e.Field, "."), value)
	return a.remember(r, &call{a: a, show: text, form: formText}), nil
}

// updateText is the name Spark shows.
func (a *analyzer) updateText(base plan.Expr, path []string, value plan.Expr) string {
	return "update_fields(" + a.updateOf(a.pretty(base), path, value) + ")"
}

func (a *analyzer) updateOf(base string, path []string, value plan.Expr) string {
	switch {
	case len(path) > 1:
		inner := base + "." + path[0]
		return base + ", WithField(update_fields(" + a.updateOf(inner, path[1:], value) + "))"
	case value == nil:
		return base + ", dropfield()"
	}
	return base + ", WithField(" + a.pretty(value) + ")"
}

// keepingNulls gives the fields that were kept the nullability they had: a struct that is NULL stays NULL as a whole.
func keepingNulls(made plan.Expr, before plan.Struct) plan.Expr {
	f := *made.(*plan.Func)
	after := f.Type.(plan.Struct)
	after.Fields = slices.Clone(after.Fields)
	for i := range after.Fields {
		value := f.Args[2*i+1]
		kept, ok := value.(*plan.Func)
		if !ok || kept.Name != "get_struct_field" {
			continue
		}
		for _, old := range before.Fields {
			if l, ok := kept.Args[1].(*plan.Literal); ok && l.Value == old.Name {
				after.Fields[i].Nullable = old.Nullable
			}
		}
	}
	f.Type = after
	return &f
}

// changeField rebuilds a struct with one field set, added or (value nil) dropped.
func (a *analyzer) changeField(base plan.Expr, path []string, value plan.Expr, pos plan.Pos) (plan.Expr, error) {
	t, ok := plan.TypeOf(base).(plan.Struct)
	if !ok {
		return nil, fault.New("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "sqlExpr", quoteSQL("update_fields("+a.pretty(base)+")"),
			"paramIndex", ordinal(1), "requiredType", `"STRUCT"`, "inputSql", quoteSQL(a.pretty(base)),
			"inputType", plan.QuotedSQL(plan.TypeOf(base))).At(pos)
	}
	var args []plan.Expr
	found := false
	for _, f := range t.Fields {
		field, err := a.structField(base, t, &plan.Literal{Value: f.Name, Type: plan.String, Pos: pos}, pos)
		if err != nil {
			return nil, err
		}
		name := f.Name
		if a.sameName(name, path[0]) {
			found = true
			switch {
			case len(path) > 1:
				if field, err = a.changeField(field, path[1:], value, pos); err != nil {
					return nil, err
				}
			case value == nil:
				continue
			default:
				field, name = value, path[0]
			}
		}
		args = append(args, fieldLiteral(name, pos), field)
	}
	if !found && len(path) > 1 {
		return nil, fault.New("FIELD_NOT_FOUND", "fieldName", plan.Quote(path[0]), "fields", fieldList(t)).At(pos)
	}
	if !found && value != nil {
		args = append(args, fieldLiteral(path[0], pos), value)
	}
	if len(args) == 0 {
		return nil, fault.New("DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS", "sqlExpr", quoteSQL("update_fields("+a.pretty(base)+")")).At(pos)
	}
	made, err := a.invoke("named_struct", pos, args...)
	if err != nil || !plan.Nullable(base) {
		return made, err
	}
	made = keepingNulls(made, t)
	missing, err := a.invoke("isnull", pos, base)
	if err != nil {
		return nil, err
	}
	return a.invoke("if", pos, missing, &plan.Literal{Pos: pos, Type: plan.TypeOf(made)}, made)
}
