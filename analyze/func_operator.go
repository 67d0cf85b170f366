package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the operators: arithmetic, comparisons, logic, bits. What they accept is in
// coerce_binary.go and coerce_datetime.go.

var operatorFuncs = funcs{
	"+":   custom(arithmetic),
	"-":   custom(arithmetic),
	"*":   custom(arithmetic),
	"/":   custom(arithmetic),
	"%":   custom(arithmetic),
	"mod": custom(arithmetic).is("%"),
	"div": custom(arithmetic),

	"=":   custom(comparison),
	"==":  custom(comparison).is("="),
	"<=>": custom(comparison),
	"<":   custom(comparison),
	"<=":  custom(comparison),
	">":   custom(comparison),
	">=":  custom(comparison),
	"<>":  custom(notEqual),
	"!=":  custom(notEqual),

	"and": custom(logic),
	"or":  custom(logic),
	"not": fn(tBool).returns(plan.Boolean),
	"!":   fn(tBool).returns(plan.Boolean).is("not"),

	"&": custom(bits),
	"|": custom(bits),
	"^": custom(bits),
	"~": fn(tIntegral).returnsArg(0),

	"negative": custom(sign).shown("-"),
	"positive": custom(sign).shown("+"),
	"||":       custom(concat).is("concat").shown("concat"),
	"concat":   custom(concat),

	"isnull":       fn(tAny).returns(plan.Boolean).never(),
	"isnotnull":    fn(tAny).returns(plan.Boolean).never(),
	"isunknown":    custom(unknown("isnull", " IS NULL")).inner(),
	"isnotunknown": custom(unknown("isnotnull", " IS NOT NULL")).inner(),
	"isnan":        fn(oneOf(tDouble, tFloat)).returns(plan.Boolean).never(),
	"like":         fn(tString, tString, tString).min(2).returns(plan.Boolean).coerce(likeArgs),
	"ilike":        fn(tString, tString, tString).min(2).returns(plan.Boolean).coerce(likeArgs),
	"rlike":        fn(tString, tString).returns(plan.Boolean).shown("RLIKE"),
	"regexp":       fn(tString, tString).returns(plan.Boolean).is("rlike").shown("REGEXP"),
	"regexp_like":  fn(tString, tString).returns(plan.Boolean).is("rlike").shown("REGEXP_LIKE"),
	"likeany":      custom(likeList).inner(),
	"likeall":      custom(likeList).inner(),
	"notlikeany":   custom(likeList).inner(),
	"notlikeall":   custom(likeList).inner(),
	"ilikeany":     custom(likeList).inner().shown("likeany"),
	"ilikeall":     custom(likeList).inner().shown("likeall"),
	"notilikeany":  custom(likeList).inner().shown("notlikeany"),
	"notilikeall":  custom(likeList).inner().shown("notlikeall"),
	"in":           custom(in),
	"between":      custom(between),

	"get_array_item": custom(arrayItem).inner(),
	"get_map_value":  custom(mapValue).inner(),
}

// unknown is IS UNKNOWN: IS NULL of a boolean, and shown as that unless it is of constants.
func unknown(name, test string) func(c *call) (plan.Expr, error) {
	return func(c *call) (plan.Expr, error) {
		if l, ok := c.args[0].(*plan.Literal); ok && l.Type != plan.Boolean && l.Type != plan.Null { // of columns any type will do
			c.name = name
			return nil, c.wrongType(0, tBool)
		}
		e, err := c.a.invoke(name, c.pos, c.args...)
		if err != nil || !saysTruth(c.args[0]) {
			return e, err
		}
		c.form, c.show = formText, "("+c.a.pretty(c.args[0])+strings.Replace(test, "NULL", "UNKNOWN", 1)+")"
		return c.a.remember(e, c), nil
	}
}

// saysTruth tells true, false and their negations.
func saysTruth(e plan.Expr) bool {
	if f, ok := e.(*plan.Func); ok && f.Name == "not" {
		return saysTruth(f.Args[0])
	}
	l, ok := e.(*plan.Literal)
	return ok && l.Value != nil
}

// arithmetic resolves + - * / % div.
func arithmetic(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	if e, err := c.datetimeArithmetic(); e != nil || err != nil {
		return e, err
	}
	c.promoteStrings(false)
	if e, err := c.datetimeArithmetic(); e != nil || err != nil {
		return e, err // a string became a date
	}
	c.decimalOperands()
	if c.name == "/" {
		c.fractionalOperands()
	}
	if c.name == "div" {
		c.longOperands()
	}
	c.tightestOperands(operandTypes[c.name])
	if err := c.checkOperands(operandTypes[c.name]); err != nil {
		return nil, err
	}
	t := c.typ(0)
	if x, ok := t.(plan.Decimal); ok {
		y, _ := c.typ(1).(plan.Decimal)
		t = c.a.decimalResult(c.name, x, y)
	}
	nullable := c.anyNull() || c.name == "/" || c.name == "%" || c.name == "div"
	if isDecimal(t) && !c.ansi() {
		nullable = true // overflow gives NULL
	}
	if c.name == "div" {
		t = plan.Long
	}
	return c.make(t, nullable), nil
}

// operandTypes is what each operator takes, once its operands are of one type.
var operandTypes = map[string]param{
	"+":   tNumericOrAnyInterval,
	"-":   tNumericOrAnyInterval,
	"*":   tNumeric,
	"/":   oneOf(tDouble, tDecimal),
	"%":   tNumeric,
	"div": oneOf(tLong, tDecimal, tYearMonth, tDayTime),
	"and": tBool,
	"or":  tBool,
	"&":   tIntegral,
	"|":   tIntegral,
	"^":   tIntegral,
	"cmp": tAny,
}

func comparison(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	if e := c.roundedComparison(); e != nil {
		return e, nil
	}
	c.promoteStrings(true)
	c.decimalOperands()
	if !c.ansi() {
		c.booleanOperands()
	}
	c.tightestOperands(tAny)
	if err := c.checkOperands(tAny); err != nil {
		return nil, err
	}
	if err := c.ordered(c.typ(0)); err != nil {
		return nil, err
	}
	return c.make(plan.Boolean, c.name != "<=>" && c.anyNull()), nil
}

// notEqual is NOT (a = b), and shown so.
func notEqual(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	eq, err := c.a.invoke("=", c.pos, c.args...)
	if err != nil {
		return nil, err
	}
	return c.a.invoke("not", c.pos, eq)
}

func logic(c *call) (plan.Expr, error) { return c.sameOperands(plan.Boolean) }

func bits(c *call) (plan.Expr, error) { return c.sameOperands(nil) }

// sameOperands resolves an operator whose operands must be of one type; the result is of type t,
// or of theirs.
func (c *call) sameOperands(t plan.Type) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	c.promoteStrings(false)
	c.decimalOperands()
	c.tightestOperands(operandTypes[c.name])
	if err := c.checkOperands(operandTypes[c.name]); err != nil {
		return nil, err
	}
	if t == nil {
		t = c.typ(0)
	}
	return c.make(t, c.anyNull()), nil
}

// sign is unary minus and plus.
func sign(c *call) (plan.Expr, error) {
	if len(c.args) != 1 {
		return nil, c.wrongCount("1")
	}
	if c.typ(0) == plan.String {
		c.cast(0, plan.Double)
	}
	if to := c.a.implicit(c.typ(0), tNumericOrAnyInterval); to != nil {
		c.cast(0, to)
	}
	if !tNumericOrAnyInterval.accepts(c.typ(0)) {
		return nil, c.wrongType(0, tNumericOrAnyInterval)
	}
	return c.make(c.typ(0), c.anyNull()), nil
}

// likeArgs: the escape character, if any, stays a literal.
func likeArgs(c *call) error { return c.implicitCasts() }

// likeList is x [NOT] [I]LIKE ANY|ALL (patterns): a comparison with each, joined by or or and. Spark
// holds that it may always be NULL, and shows only the value.
func likeList(c *call) (plan.Expr, error) {
	name, negated := strings.CutPrefix(c.name, "not")
	like, quantifier := name[:len(name)-3], name[len(name)-3:]
	if to := c.a.implicit(c.typ(0), tString); to == nil {
		value := &call{a: c.a, pos: c.pos, show: c.show, args: c.args[:1]}
		return nil, value.wrongType(0, tString)
	}
	var all plan.Expr
	for _, pattern := range c.args[1:] {
		e, err := c.a.invoke(like, c.pos, c.args[0], pattern)
		if err == nil && negated {
			e, err = c.a.invoke("not", c.pos, e)
		}
		if err == nil && all != nil {
			e, err = c.a.invoke(map[string]string{"any": "or", "all": "and"}[quantifier], c.pos, all, e)
		}
		if err != nil {
			return nil, err
		}
		all = e
	}
	all.(*plan.Func).Nullable = true
	shown := c.args[0]
	if like == "ilike" {
		lower, err := c.a.invoke("lower", c.pos, shown)
		if err != nil {
			return nil, err
		}
		shown = lower
	}
	return c.a.remember(all, &call{a: c.a, name: c.name, show: c.show, args: []plan.Expr{shown}}), nil
}

// in is value IN (list).
func in(c *call) (plan.Expr, error) {
	types := c.types()
	differ := false
	for _, t := range types[1:] {
		differ = differ || !plan.Equal(t, types[0])
	}
	if differ {
		if t := c.a.common(types); t != nil {
			for i := range c.args {
				c.cast(i, t)
			}
		}
	}
	types = c.types()
	if !allSameType(types) {
		if !allSameShape(types) {
			return nil, c.differentTypes(types)
		}
		for i := range c.args { // Spark compares them by position
			c.cast(i, c.a.merged(types))
		}
	}
	if err := c.ordered(types[0]); err != nil {
		return nil, err
	}
	return c.make(plan.Boolean, c.anyNull()), nil
}

// between is low <= value AND value <= high, and shown as written.
func between(c *call) (plan.Expr, error) {
	if len(c.args) != 3 {
		return nil, c.wrongCount("3")
	}
	low, err := c.compareShared(">=", c.args[1])
	if err != nil {
		return nil, err
	}
	high, err := c.compareShared("<=", c.args[2])
	if err != nil {
		return nil, err
	}
	e, err := c.a.invoke("and", c.pos, low, high)
	if err != nil {
		return nil, err
	}
	return c.a.remember(e, c), nil
}

// compareShared compares the first argument, which is used more than once, with another one. Spark
// shows it in errors as a reference.
func (c *call) compareShared(op string, with plan.Expr) (plan.Expr, error) {
	r, err := c.a.invoke(op, c.pos, c.args[0], with)
	if e, ok := err.(*fault.Error); ok && e.Params["sqlExpr"] != "" {
		shown := quoteSQL("(commonexpressionref() " + op + " " + c.a.pretty(with) + ")")
		e.Message = strings.ReplaceAll(e.Message, e.Params["sqlExpr"], shown)
		e.Params["sqlExpr"] = shown
	}
	return r, err
}

// concat joins strings, binaries or arrays.
func concat(c *call) (plan.Expr, error) {
	if len(c.args) == 0 {
		return c.make(plan.String, false), nil
	}
	types := c.types()
	arrays, binaries := true, true
	for _, t := range types {
		arrays = arrays && isArray(t)
		binaries = binaries && t == plan.Binary
	}
	switch {
	case arrays:
		if err := widenArgs(c); err != nil {
			return nil, err
		}
		return c.make(c.a.merged(c.types()), c.anyNull()), nil
	case !binaries:
		for i, t := range types {
			if to := c.a.implicit(t, tString); to != nil {
				c.cast(i, to)
			}
		}
	}
	for i := range c.args {
		if want := oneOf(tString, tBinary, tArray); !want.accepts(c.typ(i)) {
			return nil, c.wrongType(i, want)
		}
	}
	if !allSameType(c.types()) {
		return nil, c.differentTypes(c.types())
	}
	return c.make(c.typ(0), c.anyNull()), nil
}

// arrayItem is array[index].
func arrayItem(c *call) (plan.Expr, error) {
	arr := c.typ(0).(plan.Array)
	if to := c.a.implicit(c.typ(1), tIntegral); to != nil {
		c.cast(1, to)
	}
	if !isIntegral(c.typ(1)) {
		return nil, c.wrongType(1, tIntegral)
	}
	return c.make(arr.Elem, c.itemNullable(arr)), nil
}

// itemNullable: Spark looks into array(...) for an element at a constant index, and does not trust
// any other array that it is there; an index that is computed raises an error under ANSI.
func (c *call) itemNullable(arr plan.Array) bool {
	if !isFoldable(c.args[1]) || plan.Nullable(c.args[1]) {
		return !c.ansi() || c.anyNull() || arr.ContainsNull
	}
	made, ok := c.args[0].(*plan.Func)
	if !ok || made.Name != "array" {
		return true
	}
	i, ok := intLiteral(c.args[1])
	if ok && i >= 0 && i < int64(len(made.Args)) {
		return plan.Nullable(made.Args[i])
	}
	return !ok || !c.ansi()
}

// mapValue is map[key].
func mapValue(c *call) (plan.Expr, error) {
	m := c.typ(0).(plan.Map)
	if to := c.a.implicitTo(c.typ(1), m.Key); to != nil {
		c.cast(1, to)
	}
	if m.Key == plan.Null && c.typ(1) == plan.String { // map() has no entry: Spark casts a text, and fails
		if _, err := c.a.makeCast(c.args[1], &plan.Cast{Pos: c.pos, To: plan.Null, Implicit: true}); err != nil {
			return nil, err
		}
	}
	if !sameType(c.typ(1), m.Key) {
		return nil, c.wrongType(1, concrete(m.Key))
	}
	return c.make(m.Value, true), nil
}
