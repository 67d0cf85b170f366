package analyze

import (
	"math/big"

	"shoal/plan"
)

// This file coerces the operands of binary operators. The steps are Spark's rules, in Spark's order:
// strings, decimals, booleans (without ANSI), division, then the tightest common type.

var tNumericOrAnyInterval = oneOf(tNumeric, family("INTERVAL DAY TO SECOND", dayTime, isDayTime),
	family("INTERVAL YEAR TO MONTH", yearMonth, isYearMonth), tCalendar)

// promoteStrings turns a string operand into what the other one is.
func (c *call) promoteStrings(comparing bool) {
	x, y := c.typ(0), c.typ(1)
	if x != plan.String && y != plan.String {
		return
	}
	var t plan.Type
	switch {
	case c.ansi():
		t = ansiStringType(x, y)
	case comparing:
		t = c.legacyComparisonType(x, y)
	case isArithmetic(c.name):
		c.stringsToDouble(x, y)
	}
	for i := 0; t != nil && i < 2; i++ {
		if c.typ(i) == plan.Null {
			c.args[i] = &plan.Literal{Pos: c.args[i].At(), Type: t} // Spark shows NULL, whatever it was
		}
		c.cast(i, t)
	}
}

func isArithmetic(name string) bool {
	switch name {
	case "+", "-", "*", "/", "%", "div", "pmod", "&", "|", "^":
		return true
	}
	return false
}

func (c *call) stringsToDouble(x, y plan.Type) {
	interval := func(t plan.Type) bool { return isInterval(t) || t == plan.CalendarInterval }
	if x == plan.String && !interval(y) {
		c.cast(0, plan.Double)
	}
	if y == plan.String && !interval(x) {
		c.cast(1, plan.Double)
	}
}

// legacyComparisonType: without ANSI a string compares as the other's type, decimals as DOUBLE.
func (c *call) legacyComparisonType(x, y plan.Type) plan.Type {
	if x != plan.String {
		x, y = y, x
	}
	switch {
	case y == plan.String:
		return nil
	case y == plan.Null:
		return plan.String
	case isDecimal(y):
		return plan.Double
	case isAtomic(y) && !isInterval(y):
		return y
	}
	return nil
}

// decimalOperands brings a decimal and another number together; two decimals stay as they are in
// arithmetic, whose result type takes care of them.
func (c *call) decimalOperands() {
	x, y := c.typ(0), c.typ(1)
	dx, isX := x.(plan.Decimal)
	dy, isY := y.(plan.Decimal)
	switch {
	case isX && isY:
		if isComparison(c.name) && dx != dy {
			t := unionDecimal(dx, dy)
			c.cast(0, t)
			c.cast(1, t)
		}
	case isX && isIntegral(y):
		c.cast(1, integerAsDecimal(c.args[1]))
	case isY && isIntegral(x):
		c.cast(0, integerAsDecimal(c.args[0]))
	case isX && isFloating(y):
		c.cast(0, plan.Double)
	case isY && isFloating(x):
		c.cast(1, plan.Double)
	default:
		return
	}
	if isComparison(c.name) {
		c.decimalOperandsAgain()
	}
}

// decimalOperandsAgain widens once more what has become two different decimals.
func (c *call) decimalOperandsAgain() {
	dx, isX := c.typ(0).(plan.Decimal)
	dy, isY := c.typ(1).(plan.Decimal)
	if isX && isY && dx != dy {
		t := unionDecimal(dx, dy)
		c.cast(0, t)
		c.cast(1, t)
	}
}

func isComparison(name string) bool {
	switch name {
	case "=", "<=>", "<", "<=", ">", ">=":
		return true
	}
	return false
}

// roundedComparison compares an integer with a decimal literal by rounding the literal: i > 1.5 is
// i > 1. Outside the range of BIGINT the answer is known. Nil means that it is no such comparison.
func (c *call) roundedComparison() plan.Expr {
	side := 1 // where the literal is
	if l, ok := c.args[0].(*plan.Literal); ok && isDecimal(l.Type) && l.Value != nil && isIntegral(c.typ(1)) {
		side = 0
	} else if l, ok := c.args[1].(*plan.Literal); !ok || !isDecimal(l.Type) || l.Value == nil || !isIntegral(c.typ(0)) {
		return nil
	}
	l := c.args[side].(*plan.Literal)
	var up, greater bool // to round up; whether the other side is asked to be greater
	switch c.name {
	case ">":
		up, greater = side == 0, side == 1
	case ">=":
		up, greater = side == 1, side == 1
	case "<":
		up, greater = side == 1, side == 0
	case "<=":
		up, greater = side == 0, side == 0
	default:
		return nil
	}
	n := roundDecimal(l.Value.(plan.Unscaled), l.Type.(plan.Decimal).Scale, up)
	if !n.IsInt64() {
		return &plan.Literal{Pos: c.pos, Value: greater == (n.Sign() < 0), Type: plan.Boolean}
	}
	c.args[side] = &plan.Literal{Pos: l.Pos, Value: n.Int64(), Type: plan.Long}
	return nil
}

// roundDecimal is the integer below or above a decimal.
func roundDecimal(u plan.Unscaled, scale int, up bool) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	n, rest := new(big.Int).DivMod(u.Int, unit, new(big.Int)) // rounds down, the rest is not negative
	if up && rest.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	return n
}

// integerAsDecimal: a literal needs only as many digits as it has.
func integerAsDecimal(e plan.Expr) plan.Decimal {
	if l, ok := e.(*plan.Literal); ok && l.Value != nil {
		return decimalOfLiteral(l)
	}
	return decimalFor(plan.TypeOf(e))
}

// booleanOperands: without ANSI, true = 1.
func (c *call) booleanOperands() {
	if c.name != "=" && c.name != "<=>" {
		return
	}
	if c.typ(0) == plan.Boolean && isNumeric(c.typ(1)) {
		c.cast(0, c.typ(1))
	} else if c.typ(1) == plan.Boolean && isNumeric(c.typ(0)) {
		c.cast(1, c.typ(0))
	}
}

// fractionalOperands: / computes in DOUBLE unless it computes in decimals.
func (c *call) fractionalOperands() {
	number := func(t plan.Type) bool { return isNumeric(t) || t == plan.Null }
	x, y := c.typ(0), c.typ(1)
	if x == plan.Double || isDecimal(x) || !number(x) || !number(y) {
		return
	}
	c.cast(0, plan.Double)
	c.cast(1, plan.Double)
}

// longOperands: div computes in BIGINT.
func (c *call) longOperands() {
	for i := range c.args {
		if t := c.typ(i); t == plan.Byte || t == plan.Short || t == plan.Int {
			c.cast(i, plan.Long)
		}
	}
}

// tightestOperands casts both operands to their tightest common type, if the operator takes it.
func (c *call) tightestOperands(want param) {
	x, y := c.typ(0), c.typ(1)
	if x == plan.Null && y == plan.Null && !want.accepts(plan.Null) {
		for i := range c.args {
			c.args[i] = &plan.Literal{Pos: c.args[i].At(), Type: want.concrete}
		}
		return
	}
	if plan.Equal(x, y) {
		return
	}
	if (isDecimal(x) && y != plan.Null) || (isDecimal(y) && x != plan.Null) {
		return
	}
	if t := c.a.tightest(x, y); t != nil && want.accepts(t) {
		c.cast(0, t)
		c.cast(1, t)
	}
}

// checkOperands demands that both operands have one type, and that it is one the operator takes.
func (c *call) checkOperands(want param) error {
	x, y := c.typ(0), c.typ(1)
	bothDecimal := isDecimal(x) && isDecimal(y) && isArithmetic(c.name) && c.name != "&" && c.name != "|" && c.name != "^"
	if !bothDecimal && !sameShape(x, y) {
		return c.mismatch("BINARY_OP_DIFF_TYPES", "left", plan.QuotedSQL(x), "right", plan.QuotedSQL(y))
	}
	if !want.accepts(x) {
		return c.mismatch("BINARY_OP_WRONG_TYPE", "inputType", want.String(), "actualDataType", plan.QuotedSQL(x))
	}
	return nil
}

// sameShape compares types but for the names of struct fields and nullability.
func sameShape(x, y plan.Type) bool {
	switch x := x.(type) {
	case plan.Struct:
		y, ok := y.(plan.Struct)
		if !ok || len(x.Fields) != len(y.Fields) {
			return false
		}
		for i := range x.Fields {
			if !sameShape(x.Fields[i].Type, y.Fields[i].Type) {
				return false
			}
		}
		return true
	case plan.Array:
		y, ok := y.(plan.Array)
		return ok && sameShape(x.Elem, y.Elem)
	}
	return sameType(x, y)
}

func allSameShape(types []plan.Type) bool {
	for _, t := range types[1:] {
		if !sameShape(types[0], t) {
			return false
		}
	}
	return true
}

// ordered demands a type that can be compared.
func (c *call) ordered(t plan.Type) error {
	if orderable(t) {
		return nil
	}
	return c.mismatch("INVALID_ORDERING_TYPE", "functionName", plan.Quote(c.show), "dataType", plan.QuotedSQL(t))
}

// orderable is Spark's RowOrdering.isOrderable.
func orderable(t plan.Type) bool {
	switch t := t.(type) {
	case plan.Map:
		return false
	case plan.UDT:
		return orderable(t.SQLType)
	case plan.Array:
		return orderable(t.Elem)
	case plan.Struct:
		for _, f := range t.Fields {
			if !orderable(f.Type) {
				return false
			}
		}
	case plan.Basic:
		return t != plan.CalendarInterval && t != plan.Variant
	}
	return true
}
