package analyze

import (
	"strings"

	"shoal/plan"
)

// This file holds the mathematical functions; the operators are in func_operator.go.

var mathFuncs = funcs{
	"abs":    fn(oneOf(tNumeric, tDayTime, tYearMonth)).returnsArg(0),
	"e":      fn().returns(plan.Double).shown("E").never(),
	"pi":     fn().returns(plan.Double).shown("PI").never(),
	"sqrt":   mathFn("SQRT"),
	"cbrt":   mathFn("CBRT"),
	"exp":    mathFn("EXP"),
	"expm1":  mathFn("EXPM1"),
	"ln":     mathFn("ln"),
	"log10":  mathFn("LOG10"),
	"log1p":  mathFn("LOG1P"),
	"log2":   mathFn("LOG2"),
	"rint":   mathFn("rint"),
	"sign":   fn(oneOf(tDouble, tYearMonth, tDayTime)).returns(plan.Double).always().is("signum"),
	"signum": fn(oneOf(tDouble, tYearMonth, tDayTime)).returns(plan.Double).always().shown("SIGNUM"),

	"sin":     mathFn("SIN"),
	"sinh":    mathFn("SINH"),
	"asin":    mathFn("ASIN"),
	"asinh":   mathFn("ASINH"),
	"cos":     mathFn("COS"),
	"cosh":    mathFn("COSH"),
	"acos":    mathFn("ACOS"),
	"acosh":   mathFn("ACOSH"),
	"tan":     mathFn("TAN"),
	"tanh":    mathFn("TANH"),
	"atan":    mathFn("ATAN"),
	"atanh":   mathFn("ATANH"),
	"cot":     mathFn("COT"),
	"csc":     mathFn("CSC"),
	"sec":     mathFn("SEC"),
	"degrees": mathFn("DEGREES"),
	"radians": mathFn("RADIANS"),
	"atan2":   fn(tDouble, tDouble).returns(plan.Double).shown("ATAN2"),
	"hypot":   fn(tDouble, tDouble).returns(plan.Double).shown("HYPOT"),
	"power":   fn(tDouble, tDouble).returns(plan.Double).shown("POWER"),
	"pow":     fn(tDouble, tDouble).returns(plan.Double).is("power"),
	"log":     fn(tDouble, tDouble).min(1).returns(plan.Double).always().shown("LOG").rewrite(logarithm),

	"ceil":    fn(tAny, tInt).min(1).coerce(wholeArg).returnsBy(wholeType).always().shown("CEIL"),
	"ceiling": fn(tAny, tInt).min(1).coerce(wholeArg).returnsBy(wholeType).always().is("ceil"),
	"floor":   fn(tAny, tInt).min(1).coerce(wholeArg).returnsBy(wholeType).always().shown("FLOOR"),
	"round":   fn(tNumeric, tInt).defaults(lit(0)).constant(1).returnsBy(roundType).always(),
	"bround":  fn(tNumeric, tInt).defaults(lit(0)).constant(1).returnsBy(roundType).always(),

	"factorial":          fn(tInt).returns(plan.Long).always(),
	"bin":                fn(tLong).returns(plan.String),
	"hex":                fn(oneOf(tLong, tBinary, tString)).returns(plan.String),
	"unhex":              fn(tString).returns(plan.Binary).always(),
	"conv":               fn(tString, tInt, tInt).returns(plan.String).always(),
	"width_bucket":       fn(tDouble, tDouble, tDouble, tLong).returns(plan.Long).always(),
	"shiftleft":          fn(oneOf(tInt, tLong), tInt).returnsArg(0),
	"shiftright":         fn(oneOf(tInt, tLong), tInt).returnsArg(0),
	"shiftrightunsigned": fn(oneOf(tInt, tLong), tInt).returnsArg(0),
	"bit_count":          fn(oneOf(tIntegral, tBool)).strict().returns(plan.Int),
	"bit_get":            fn(tIntegral, tInt).returns(plan.Byte),
	"getbit":             fn(tIntegral, tInt).returns(plan.Byte).is("bit_get"),

	"rand":   fn(oneOf(tInt, tLong)).min(0).strict().check(seedArg).returns(plan.Double).never().nondeterministic(),
	"random": fn(oneOf(tInt, tLong)).min(0).strict().check(seedArg).returns(plan.Double).never().nondeterministic().is("rand").shown("rand"),
	"randn":  fn(oneOf(tInt, tLong)).min(0).strict().check(seedArg).returns(plan.Double).never().nondeterministic(),
}

// mathFn is a function of one double; Spark calls them nullable whatever the argument.
func mathFn(shown string) sig { return fn(tDouble).returns(plan.Double).shown(shown).always() }

// left recognises a function, whatever its arguments, and leaves it to a real Spark.
func left(reason string) sig { return fn(tAny).variadic().min(0).unknown(reason) }

// logarithm gives log(x) its base, which Spark shows.
func logarithm(c *call) (plan.Expr, error) {
	f := &plan.Func{Pos: c.pos, Name: "log", Args: c.args, Type: plan.Double, Nullable: true, ANSI: c.ansi()}
	if len(c.args) == 1 {
		base, err := c.a.invoke("e", c.pos)
		if err != nil {
			return nil, err
		}
		f.Args = []plan.Expr{base, c.args[0]}
		c.args = f.Args
	}
	return f, nil
}

// wholeArg casts what ceil and floor take: DOUBLE, DECIMAL or BIGINT; with a scale only DECIMAL.
// Source: org.apache.spark.sql.catalyst.expressions.CeilFloorExpressionBuilderBase.
func wholeArg(c *call) error {
	if len(c.args) == 2 {
		c.show = strings.ToLower(c.show)
		return c.castArgs(tDecimal, tInt)
	}
	return c.castArgs(oneOf(tDouble, tDecimal, tLong))
}

// wholeType is the result of ceil and floor.
func wholeType(c *call) plan.Type {
	d, ok := c.typ(0).(plan.Decimal)
	switch {
	case !ok:
		return plan.Long
	case len(c.args) == 2:
		return roundType(c)
	case d.Scale == 0:
		return plan.Decimal{Precision: d.Precision}
	default:
		return plan.Decimal{Precision: d.Precision - d.Scale + 1}
	}
}

// roundType is the result of rounding argument 0 to the literal argument 1: decimals shrink.
// Source: org.apache.spark.sql.catalyst.expressions.RoundBase.
func roundType(c *call) plan.Type {
	d, ok := c.typ(0).(plan.Decimal)
	if !ok {
		return c.typ(0)
	}
	scale := 0
	if l, ok := c.args[1].(*plan.Literal); ok {
		if n, ok := l.Value.(int32); ok {
			scale = int(n)
		}
	}
	whole := d.Precision - d.Scale + 1
	if scale < 0 {
		return plan.Decimal{Precision: min(max(whole, -scale+1), 38)}
	}
	scale = min(d.Scale, scale)
	return plan.Decimal{Precision: min(whole+scale, 38), Scale: scale}
}
