package analyze

import (
	"shoal/plan"
)

// This file holds functions of arrays, maps and structs.

var collectionFuncs = funcs{
	"array":        custom(arrayCall),
	"map":          custom(mapCall),
	"struct":       custom(structCall).seeing(structNames),
	"named_struct": custom(namedStruct),
	"size":         fn(oneOf(tArray, tMap)).returns(plan.Int).nullIf(sizeNullable).strict(),
	"cardinality":  fn(oneOf(tArray, tMap)).returns(plan.Int).nullIf(sizeNullable).strict().is("size"),
}

// sizeNullable: size(NULL) is -1 only without ANSI, unless spark.sql.legacy.sizeOfNull says otherwise.
func sizeNullable(c *call) bool {
	v, ok := c.a.settings.Get("spark.sql.legacy.sizeOfNull")
	legacy := !c.ansi() && (!ok || v != "false")
	return !legacy && c.nulls(0)
}

// seeing lets f look at the arguments as written, before they are resolved.
func (s sig) seeing(f func(c *call, i int, arg plan.Expr, sc *scope) error) sig {
	s.names = f
	return s
}

func arrayCall(c *call) (plan.Expr, error) {
	if len(c.args) == 0 {
		return c.make(plan.Array{Elem: plan.Null}, false), nil
	}
	if err := widenArgs(c); err != nil {
		return nil, err
	}
	nulls := c.anyNull()
	return c.make(plan.Array{Elem: c.a.merged(c.types()), ContainsNull: nulls}, false), nil
}

// mapCall is map(k, v, k, v, ...).
func mapCall(c *call) (plan.Expr, error) {
	if len(c.args)%2 != 0 {
		c.pos = plan.Pos{}
		return nil, c.wrongCount("2n (n > 0)")
	}
	if len(c.args) == 0 {
		return c.make(plan.Map{Key: plan.Null, Value: plan.Null}, false), nil
	}
	var types [2]plan.Type
	nulls := false
	for side, label := range [2]string{"keys", "values"} {
		t, err := c.mapSide(side, label)
		if err != nil {
			return nil, err
		}
		types[side] = t
	}
	for i := 1; i < len(c.args); i += 2 {
		nulls = nulls || c.nulls(i)
	}
	if hasMap(types[0]) || hasVariant(types[0]) {
		return nil, c.mismatch("INVALID_MAP_KEY_TYPE", "keyType", plan.QuotedSQL(types[0]))
	}
	return c.make(plan.Map{Key: types[0], Value: types[1], ValueContainsNull: nulls}, false), nil
}

// mapSide widens a map's keys (side 0) or values (side 1).
func (c *call) mapSide(side int, label string) (plan.Type, error) {
	var types []plan.Type
	for i := side; i < len(c.args); i += 2 {
		types = append(types, c.typ(i))
	}
	if !allSameType(types) {
		t := c.a.common(types)
		if t == nil {
			sub := "CREATE_MAP_" + map[string]string{"keys": "KEY", "values": "VALUE"}[label] + "_DIFF_TYPES"
			return nil, c.mismatch(sub, "functionName", plan.Quote(c.show), "dataType", typeList(types))
		}
		for i := side; i < len(c.args); i += 2 {
			c.args[i] = c.a.castUnlessSame(c.args[i], t)
			types[i/2] = c.typ(i)
		}
	}
	return c.a.merged(types), nil
}

// structNames notes how the fields of struct(a, b + 1, c AS x) are called.
func structNames(c *call, i int, arg plan.Expr, sc *scope) error {
	name := ""
	switch e := arg.(type) {
	case *plan.Alias:
		name = e.Names[0]
	case *plan.Name:
		name = e.Parts[len(e.Parts)-1]
	case *plan.Column:
		name = e.Name
	case *plan.ExtractValue:
		if l, ok := e.Key.(*plan.Literal); ok && l.Type == plan.String && l.Value != nil {
			name = l.Value.(string)
		}
	}
	c.fieldNames = append(c.fieldNames, name)
	return nil
}

// structCall makes named_struct of the fields' names; the column is shown as struct(...).
func structCall(c *call) (plan.Expr, error) {
	if len(c.args) == 0 {
		return nil, c.wrongCount("> 0")
	}
	named := make([]plan.Expr, 0, 2*len(c.args))
	shown := make([]plan.Expr, len(c.args))
	for i, e := range c.args {
		name := c.fieldNames[i]
		shown[i] = e
		if name == "" {
			name = "col" + itoa(i+1)
		} else if _, isAlias := c.source.Args[min(i, len(c.source.Args)-1)].(*plan.Alias); isAlias {
			shown[i] = &plan.Alias{Expr: e, Names: []string{name}}
		}
		named = append(named, fieldLiteral(name, e.At()), e)
	}
	r, err := c.a.invoke("named_struct", c.pos, named...)
	if err != nil {
		return nil, err
	}
	if c.source.Operator { // (a, b) is shown as what it becomes
		return r, nil
	}
	return c.a.remember(r, &call{a: c.a, name: c.name, show: c.show, args: shown}), nil
}

// namedStruct is named_struct(name, value, ...).
func namedStruct(c *call) (plan.Expr, error) {
	if len(c.args) == 0 || len(c.args)%2 != 0 {
		c.pos = plan.Pos{}
		return nil, c.wrongCount("2n (n > 0)")
	}
	fields := make([]plan.Field, len(c.args)/2)
	for i := range fields {
		l, ok := c.args[2*i].(*plan.Literal)
		if !ok || l.Type != plan.String {
			return nil, c.mismatch("CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", "inputExprs", "["+quoteSQL(c.a.pretty(c.args[2*i]))+"]")
		}
		if l.Value == nil {
			return nil, c.mismatch("UNEXPECTED_NULL", "exprName", c.listArgs())
		}
		v := c.args[2*i+1]
		fields[i] = plan.Field{Name: l.Value.(string), Type: plan.TypeOf(v), Nullable: plan.Nullable(v)}
	}
	return c.make(plan.Struct{Fields: fields}, false), nil
}

// listArgs lists a call's arguments as messages do.
func (c *call) listArgs() string {
	s := "["
	for i, e := range c.args {
		if i > 0 {
			s += ", "
		}
		s += quoteSQL(c.a.pretty(e))
	}
	return s + "]"
}

// typeList lists types as ["INT", "STRING"].
func typeList(types []plan.Type) string {
	s := "["
	for i, t := range types {
		if i > 0 {
			s += ", "
		}
		s += plan.QuotedSQL(t)
	}
	return s + "]"
}
