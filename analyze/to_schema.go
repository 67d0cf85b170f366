package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds df.to(schema) inside structs.

// reconciled is a value, of the type and nullability of from, with the fields of its structs chosen by name, in the order of the type wanted, each
// cast as df.to casts columns.
func (a *analyzer) reconciled(e plan.Expr, from plan.Field, to plan.Type, path []string, r *plan.ToSchema) (plan.Expr, error) {
	is := from.Type
	_, ok := is.(plan.Struct)
	want, both := to.(plan.Struct)
	switch {
	case ok && both && !sameType(is, to):
	case !sameType(is, to) && (isArray(is) && isArray(to) || isMap(is) && isMap(to)):
		return nil, fault.Unsupported("df.to with a change inside an array or map").At(r.Pos)
	case !sameType(is, to) && !canStoreAssign(is, to):
		return nil, fault.New("INVALID_COLUMN_OR_FIELD_DATA_TYPE", "name", plan.QuoteParts(path),
			"type", quoteSQL(plan.SQL(is)), "expectedType", quoteSQL(plan.SQL(to))).At(r.Pos)
	default:
		if plan.Equal(is, to) {
			return e, nil
		}
		return &plan.Cast{Expr: e, To: to, Mode: plan.CastANSI, Implicit: true}, nil
	}
	var fields []plan.Expr
	for _, f := range want.Fields {
		value, err := a.reconciledField(e, from, f, path, r)
		if err != nil {
			return nil, err
		}
		fields = append(fields, lit(f.Name), value)
	}
	made := called("named_struct", fields...)
	if !from.Nullable {
		return made, nil
	}
	return called("if", called("isnull", e), &plan.Cast{Expr: lit(nil), To: to, Implicit: true}, made), nil
}

func (a *analyzer) reconciledField(e plan.Expr, from, f plan.Field, path []string, r *plan.ToSchema) (plan.Expr, error) {
	have := from.Type.(plan.Struct)
	var found plan.Field
	names := make([]string, len(have.Fields))
	n := 0
	for i, field := range have.Fields {
		names[i] = plan.Quote(field.Name)
		if a.sameName(field.Name, f.Name) {
			found, n = field, n+1
		}
	}
	inner := append(path[:len(path):len(path)], f.Name)
	switch {
	case n > 1:
		return nil, fault.New("AMBIGUOUS_COLUMN_OR_FIELD", "name", plan.QuoteParts(inner), "n", itoa(n)).At(r.Pos)
	case n == 0 && f.Nullable:
		return &plan.Cast{Expr: lit(nil), To: f.Type, Implicit: true}, nil
	case n == 0:
		return nil, fault.New("UNRESOLVED_FIELD.WITH_SUGGESTION", "fieldName", plan.Quote(f.Name), "columnPath", plan.QuoteParts(path),
			"proposal", strings.Join(names, ", ")).At(r.Pos)
	case found.Nullable && !f.Nullable:
		return nil, fault.New("NULLABLE_COLUMN_OR_FIELD", "name", plan.QuoteParts(inner)).At(r.Pos)
	}
	value := &plan.ExtractValue{Expr: e, Key: lit(found.Name), Dot: true}
	found.Nullable = found.Nullable || from.Nullable
	return a.reconciled(value, found, f.Type, inner, r)
}
