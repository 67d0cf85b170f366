package analyze

import (
	"shoal/plan"
)

// This file finds common types, by Spark's TypeCoercion (without ANSI) and AnsiTypeCoercion.

// sameType ignores nested nullability, as Spark does before it casts.
func sameType(x, y plan.Type) bool { return plan.SameIgnoringNulls(x, y) }

func allSameType(types []plan.Type) bool {
	for _, t := range types[1:] {
		if !sameType(types[0], t) {
			return false
		}
	}
	return true
}

// numericRank orders the numeric types other than decimals.
func numericRank(t plan.Type) int {
	switch t {
	case plan.Byte:
		return 1
	case plan.Short:
		return 2
	case plan.Int:
		return 3
	case plan.Long:
		return 4
	case plan.Float:
		return 5
	case plan.Double:
		return 6
	}
	return 0
}

// widening is a rule for the common type of two types; nil means there is none.
type widening func(x, y plan.Type) plan.Type

// tightest is the common type without loss of precision and without promoting strings.
func (a *analyzer) tightest(x, y plan.Type) plan.Type {
	switch {
	case plan.Equal(x, y):
		return x
	case x == plan.Null:
		return y
	case y == plan.Null:
		return x
	}
	if d, ok := y.(plan.Decimal); ok && isIntegral(x) && holds(d, x) {
		return d
	}
	if d, ok := x.(plan.Decimal); ok && isIntegral(y) && holds(d, y) {
		return d
	}
	if rx, ry := numericRank(x), numericRank(y); rx > 0 && ry > 0 {
		return a.widerNumber(x, y, rx, ry)
	}
	if isDatetime(x) && isDatetime(y) {
		return widerDatetime(x, y)
	}
	switch x := x.(type) {
	case plan.DayTimeInterval:
		if y, ok := y.(plan.DayTimeInterval); ok {
			return plan.DayTimeInterval{From: min(x.From, y.From), To: max(x.To, y.To)}
		}
	case plan.YearMonthInterval:
		if y, ok := y.(plan.YearMonthInterval); ok {
			return plan.YearMonthInterval{From: min(x.From, y.From), To: max(x.To, y.To)}
		}
	}
	return a.complexType(x, y, a.tightest)
}

// widerNumber: under ANSI an integer and a FLOAT meet at DOUBLE, which loses less.
func (a *analyzer) widerNumber(x, y plan.Type, rx, ry int) plan.Type {
	wider := x
	if ry > rx {
		wider = y
	}
	if a.settings.ANSI && wider == plan.Type(plan.Float) && rx != ry {
		return plan.Double
	}
	return wider
}

func widerDatetime(x, y plan.Type) plan.Type {
	if x == plan.Timestamp || y == plan.Timestamp {
		return plan.Timestamp
	}
	return plan.TimestampNTZ // of a date and a timestamp without zone
}

// complexType looks into arrays, maps and structs.
func (a *analyzer) complexType(x, y plan.Type, find widening) plan.Type {
	switch x := x.(type) {
	case plan.Array:
		y, ok := y.(plan.Array)
		if !ok {
			return nil
		}
		if t := find(x.Elem, y.Elem); t != nil {
			return plan.Array{Elem: t, ContainsNull: x.ContainsNull || y.ContainsNull || mayFail(x.Elem, t) || mayFail(y.Elem, t)}
		}
	case plan.Map:
		y, ok := y.(plan.Map)
		if !ok {
			return nil
		}
		k := find(x.Key, y.Key)
		if k == nil || mayFail(x.Key, k) || mayFail(y.Key, k) {
			return nil
		}
		if v := find(x.Value, y.Value); v != nil {
			return plan.Map{Key: k, Value: v,
				ValueContainsNull: x.ValueContainsNull || y.ValueContainsNull || mayFail(x.Value, v) || mayFail(y.Value, v)}
		}
	case plan.Struct:
		if y, ok := y.(plan.Struct); ok && len(x.Fields) == len(y.Fields) {
			return a.complexStruct(x, y, find)
		}
	}
	return nil
}

func (a *analyzer) complexStruct(x, y plan.Struct, find widening) plan.Type {
	fields := make([]plan.Field, len(x.Fields))
	for i, f := range x.Fields {
		g := y.Fields[i]
		if !a.sameName(f.Name, g.Name) {
			return nil
		}
		t := find(f.Type, g.Type)
		if t == nil {
			return nil
		}
		fields[i] = plan.Field{Name: f.Name, Type: t,
			Nullable: f.Nullable || g.Nullable || mayFail(f.Type, t) || mayFail(g.Type, t)}
	}
	return plan.Struct{Fields: fields}
}

// mayFail is Spark's Cast.forceNullable, which ignores the ANSI mode.
func mayFail(from, to plan.Type) bool {
	known := &plan.Literal{Value: true, Type: from} // any value that is not NULL
	return plan.Nullable(&plan.Cast{Expr: known, To: to, Mode: plan.CastLegacy})
}

// wider is the common type of two, with loss of precision and promotion of strings allowed.
func (a *analyzer) wider(x, y plan.Type) plan.Type {
	if t := a.tightest(x, y); t != nil {
		return t
	}
	if t := widerDecimal(x, y); t != nil {
		return t
	}
	if a.settings.ANSI {
		if t := ansiStringType(x, y); t != nil {
			return t
		}
	} else if t := stringPromotion(x, y); t != nil {
		return t
	}
	return a.complexType(x, y, a.wider)
}

// widerNoString is wider without the promotion of strings: for greatest and least.
func (a *analyzer) widerNoString(x, y plan.Type) plan.Type {
	if t := a.tightest(x, y); t != nil {
		return t
	}
	if t := widerDecimal(x, y); t != nil {
		return t
	}
	return a.complexType(x, y, a.widerNoString)
}

// common is the common type of many; nil if there is none. Without ANSI strings come first, since
// promotion is not associative.
func (a *analyzer) common(types []plan.Type) plan.Type {
	if !a.settings.ANSI {
		var text, other []plan.Type
		for _, t := range types {
			if hasString(t) {
				text = append(text, t)
			} else {
				other = append(other, t)
			}
		}
		types = append(text, other...)
	}
	return fold(types, a.wider)
}

func (a *analyzer) commonNoString(types []plan.Type) plan.Type { return fold(types, a.widerNoString) }

func fold(types []plan.Type, find widening) plan.Type {
	var t plan.Type = plan.Null
	for _, u := range types {
		if t = find(t, u); t == nil {
			return nil
		}
	}
	return t
}

func hasString(t plan.Type) bool {
	if arr, ok := t.(plan.Array); ok {
		return hasString(arr.Elem)
	}
	return t == plan.String
}

// stringPromotion: without ANSI, a string and anything atomic meet at STRING.
func stringPromotion(x, y plan.Type) plan.Type {
	other := func(t plan.Type) bool { return isAtomic(t) && t != plan.Binary && t != plan.Boolean }
	if (x == plan.String && other(y)) || (y == plan.String && other(x)) {
		return plan.String
	}
	return nil
}

// ansiStringType: under ANSI, a string becomes what it meets: BIGINT, DOUBLE, or the other's type.
func ansiStringType(x, y plan.Type) plan.Type {
	if x != plan.String {
		x, y = y, x
	}
	if x != plan.String || y == plan.String {
		return nil
	}
	switch {
	case isIntegral(y):
		return plan.Long
	case isFractional(y):
		return plan.Double
	case y == plan.Null:
		return plan.String
	case isInterval(y):
		return nil
	case isAtomic(y):
		return y
	}
	return nil
}

// castTo casts implicitly; an expression of that very type stays as it is.
func (a *analyzer) castTo(e plan.Expr, t plan.Type) plan.Expr {
	from := plan.TypeOf(e)
	if plan.Equal(from, t) {
		return e
	}
	if l, ok := e.(*plan.Literal); ok && l.Value == nil && from == plan.Null {
		return &plan.Literal{Pos: l.Pos, Type: t}
	}
	return &plan.Cast{Pos: e.At(), Expr: e, To: t, Mode: a.castMode(), Implicit: true}
}

// castUnlessSame casts unless the types differ in nested nullability only.
func (a *analyzer) castUnlessSame(e plan.Expr, t plan.Type) plan.Expr {
	if sameType(plan.TypeOf(e), t) {
		return e
	}
	return a.castTo(e, t)
}

func (a *analyzer) castMode() plan.CastMode {
	if a.settings.ANSI {
		return plan.CastANSI
	}
	return plan.CastLegacy
}

// widenArgs casts a call's arguments to their common type, if there is one; the type check that
// follows reports those that have none.
func widenArgs(c *call) error { return c.widenFrom(0, c.a.common) }

func widenArgsNoString(c *call) error { return c.widenFrom(0, c.a.commonNoString) }

// widenFrom widens the arguments from the given one on, and demands that they have one type.
func (c *call) widenFrom(first int, find func([]plan.Type) plan.Type) error {
	args := c.args[first:]
	if len(args) < 2 {
		return nil
	}
	types := typesOf(args)
	if allSameType(types) {
		return nil
	}
	t := find(types)
	if t == nil {
		return c.differentTypes(types)
	}
	for i := range args {
		args[i] = c.a.castUnlessSame(args[i], t)
	}
	return nil
}

// differentTypes is the error for arguments that must have one type. Spark lists the types in two ways.
func (c *call) differentTypes(types []plan.Type) error {
	name, list := c.show, typeChoice(types)
	switch c.name {
	case "when":
		name, list = "casewhen", typeList(types)
	case "if", "in", "greatest", "least":
		list = typeList(types)
	}
	return c.mismatch("DATA_DIFF_TYPES", "functionName", plan.Quote(name), "dataType", list)
}

// merged is the one type of arguments that differ in nested nullability at most.
func (a *analyzer) merged(types []plan.Type) plan.Type {
	t := types[0]
	for _, u := range types[1:] {
		t = mergeNulls(t, u)
	}
	return t
}

// mergeNulls makes nested parts nullable where either type has them so.
func mergeNulls(x, y plan.Type) plan.Type {
	switch x := x.(type) {
	case plan.Array:
		if y, ok := y.(plan.Array); ok {
			return plan.Array{Elem: mergeNulls(x.Elem, y.Elem), ContainsNull: x.ContainsNull || y.ContainsNull}
		}
	case plan.Map:
		if y, ok := y.(plan.Map); ok {
			return plan.Map{Key: mergeNulls(x.Key, y.Key), Value: mergeNulls(x.Value, y.Value),
				ValueContainsNull: x.ValueContainsNull || y.ValueContainsNull}
		}
	case plan.Struct:
		y, ok := y.(plan.Struct)
		if !ok || len(x.Fields) != len(y.Fields) {
			return x
		}
		fields := make([]plan.Field, len(x.Fields))
		for i, f := range x.Fields {
			f.Type = mergeNulls(f.Type, y.Fields[i].Type)
			f.Nullable = f.Nullable || y.Fields[i].Nullable
			fields[i] = f
		}
		return plan.Struct{Fields: fields}
	}
	return x
}
