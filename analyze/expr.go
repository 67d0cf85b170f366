package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves expressions, bottom-up.

// expr resolves an expression in a scope: every node of the result has a type.
//
// size: one case per node
func (a *analyzer) expr(e plan.Expr, sc *scope) (plan.Expr, error) {
	if err := a.enter(e.At()); err != nil {
		return nil, err
	}
	defer a.leave()
	switch e := e.(type) {
	case *plan.Literal:
		return e, nil
	case *plan.Name:
		return a.name(e, sc)
	case *plan.Call:
		return a.call(e, sc)
	case *plan.Cast:
		return a.cast(e, sc)
	case *plan.ExtractValue:
		return a.extractValue(e, sc)
	case *plan.Alias:
		// An alias inside an expression names nothing, but for struct's fields (see call.go).
		return a.expr(e.Expr, sc)
	case *plan.Window:
		return a.window(e, sc)
	case *plan.Subquery:
		return a.subquery(e, sc)
	case *plan.UpdateField:
		return a.updateField(e, sc)
	case *plan.Column, *plan.OuterColumn, *plan.Func:
		return e, nil // made by the analyzer's own rewrites
	case *plan.LambdaVar:
		return a.name(&plan.Name{Pos: e.Pos, Parts: []string{e.Name}}, sc)
	case *plan.Lambda:
		return nil, fault.New("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "class", "?").At(e.Pos)
	case *plan.Star:
		return nil, fault.New("INVALID_USAGE_OF_STAR_OR_REGEX", "elem", "'*'", "prettyName", "expression").At(e.Pos)
	case *plan.NameRegex:
		return nil, fault.New("INVALID_USAGE_OF_STAR_OR_REGEX", "elem", "regular expression '"+e.Pattern+"'",
			"prettyName", "expression").At(e.Pos)
	case *plan.NamedArg:
		return nil, fault.Unsupported("named arguments of functions").At(e.Pos)
	case *plan.Param:
		return nil, fault.New("UNBOUND_SQL_PARAMETER", "name", paramName(e)).At(e.Pos)
	case *plan.PythonUDF:
		return a.pythonUDF(e, sc)
	case *plan.Opaque:
		return nil, fault.Unsupported("expression %s", e.What).At(e.Pos)
	default:
		return nil, fault.Internalf("analyze: expression %T", e)
	}
}

func paramName(p *plan.Param) string {
	if p.Name == "" {
		return "_" + itoa(p.Start)
	}
	return p.Name
}

// exprs resolves a list.
func (a *analyzer) exprs(list []plan.Expr, sc *scope) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(list))
	for i, e := range list {
		r, err := a.expr(e, sc)
		if err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, nil
}

// condition resolves a boolean expression of a filter.
func (a *analyzer) pythonUDF(e *plan.PythonUDF, sc *scope) (plan.Expr, error) {
	args, err := a.exprs(e.Args, sc)
	if err != nil {
		return nil, err
	}
	u := *e
	u.Args = args
	return &u, nil
}

// extractValue resolves a[b] and a.b.
func (a *analyzer) extractValue(e *plan.ExtractValue, sc *scope) (plan.Expr, error) {
	base, err := a.expr(e.Expr, sc)
	if err != nil {
		return nil, err
	}
	if _, ok := e.Key.(*plan.Literal); !ok && isStruct(plan.TypeOf(base)) {
		return nil, fault.New("INVALID_EXTRACT_FIELD_TYPE", "extraction", quoteSQL(a.pretty(e.Key)))
	}
	key, err := a.expr(e.Key, sc)
	if err != nil {
		return nil, mapKeyError(err, plan.TypeOf(base))
	}
	r, err := a.extract(base, key, e.Pos)
	if err != nil && !e.Dot {
		return nil, withoutPlace(err)
	}
	return r, err
}

// mapKeyError: a name nobody knows, as the key of a map, may be meant as a string.
func mapKeyError(err error, base plan.Type) error {
	e, ok := err.(*fault.Error)
	if rest, unknown := strings.CutPrefix(errClass(e), "UNRESOLVED_COLUMN"); ok && unknown && isMap(base) {
		params := []string{"objectName", e.Params["objectName"]}
		if p, ok := e.Params["proposal"]; ok {
			params = append(params, "proposal", p)
		}
		k := fault.New("UNRESOLVED_MAP_KEY"+rest, params...)
		k.Context = e.Context
		return k
	}
	return err
}

func errClass(e *fault.Error) string {
	if e == nil {
		return ""
	}
	return e.Class
}

// withoutPlace: Spark's errors about a field in a[b] do not say where.
func withoutPlace(err error) error {
	if e, ok := err.(*fault.Error); ok && !strings.HasPrefix(e.Class, "DATATYPE_MISMATCH") {
		e.Context = nil
	}
	return err
}

// extract is element, entry or field access, by the base's type.
func (a *analyzer) extract(base, key plan.Expr, pos plan.Pos) (plan.Expr, error) {
	name, isText := key.(*plan.Literal)
	isText = isText && name.Type == plan.String && name.Value != nil
	switch t := plan.TypeOf(base).(type) {
	case plan.Struct:
		if isText {
			return a.structField(base, t, name, pos)
		}
		return nil, fault.New("INVALID_EXTRACT_FIELD_TYPE", "extraction", quoteSQL(a.pretty(key))).At(pos)
	case plan.Array:
		if s, ok := t.Elem.(plan.Struct); ok && isText {
			i, err := a.fieldIndex(s, name, pos)
			if err != nil {
				return nil, err
			}
			f := s.Fields[i]
			return &plan.Func{Pos: pos, Name: "get_array_struct_fields", Args: []plan.Expr{base, fieldLiteral(f.Name, pos)},
				Type: plan.Array{Elem: f.Type, ContainsNull: t.ContainsNull || f.Nullable}, Nullable: plan.Nullable(base), ANSI: a.settings.ANSI}, nil
		}
		return a.invoke("get_array_item", pos, base, key)
	case plan.Map:
		return a.invoke("get_map_value", pos, base, key)
	default:
		return nil, fault.New("INVALID_EXTRACT_BASE_FIELD_TYPE", "base", quoteSQL(a.pretty(base)),
			"other", plan.QuotedSQL(t)).At(pos)
	}
}

func (a *analyzer) structField(base plan.Expr, t plan.Struct, name *plan.Literal, pos plan.Pos) (plan.Expr, error) {
	i, err := a.fieldIndex(t, name, pos)
	if err != nil {
		return nil, err
	}
	f := t.Fields[i]
	e := &plan.Func{Pos: pos, Name: "get_struct_field", Args: []plan.Expr{base, fieldLiteral(f.Name, pos)},
		Type: f.Type, Nullable: plan.Nullable(base) || f.Nullable, ANSI: a.settings.ANSI}
	if spelled := name.Value.(string); spelled != f.Name {
		return a.remember(e, &call{a: a, name: e.Name, show: spelled, args: e.Args, form: formField}), nil
	}
	return e, nil
}

func fieldLiteral(name string, pos plan.Pos) plan.Expr {
	return &plan.Literal{Pos: pos, Value: name, Type: plan.String}
}

// fieldIndex finds a struct's field by name.
func (a *analyzer) fieldIndex(t plan.Struct, name *plan.Literal, pos plan.Pos) (int, error) {
	found := -1
	for i, f := range t.Fields {
		if !a.sameName(f.Name, name.Value.(string)) {
			continue
		}
		if found >= 0 {
			return 0, ambiguousFields(a, t, name, pos)
		}
		found = i
	}
	if found < 0 {
		return 0, fault.New("FIELD_NOT_FOUND", "fieldName", plan.Quote(name.Value.(string)),
			"fields", fieldList(t)).At(pos)
	}
	return found, nil
}

// invoke makes a call of the analyzer's own: arguments are resolved already.
func (a *analyzer) invoke(name string, pos plan.Pos, args ...plan.Expr) (plan.Expr, error) {
	s, ok := a.lookup(name)
	if !ok {
		return nil, fault.Internalf("analyze: no function %s", name)
	}
	c := &call{a: a, pos: pos, sig: s, name: s.name, show: s.show, args: args}
	return c.finish()
}
