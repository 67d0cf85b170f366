package translate

// This file holds numeric functions.

import (
	"strconv"

	"shoal/plan"
)

var mathFuncs = funcs{
	"abs":    build(absolute),
	"e":      tmpl("CAST(2.718281828459045 AS DOUBLE)"),
	"pi":     same("pi"),
	"sqrt":   outside("< 0", nan, "sqrt"),
	"cbrt":   same("shoal_cbrt"),
	"exp":    same("shoal_exp"),
	"expm1":  same("shoal_expm1"),
	"ln":     outside("<= 0", "NULL", "shoal_log"),
	"log10":  outside("<= 0", "NULL", "shoal_log10"),
	"log1p":  outside("<= -1", "NULL", "shoal_log1p"),
	"log2":   tmpl("CASE WHEN $1 > 0 THEN shoal_log($1) / 0.6931471805599453e0 END"),
	"log":    tmpl("CASE WHEN $1 > 0 AND $2 > 0 THEN shoal_log($2) / shoal_log($1) END"),
	"rint":   tmpl("round_even($1, 0)"),
	"signum": tmpl("CASE WHEN isnan($1) OR $1 = 0 THEN $1 ELSE CAST(sign($1) AS DOUBLE) END"),

	"sin":     finite("sin"),
	"sinh":    same("sinh"),
	"asin":    outside("NOT BETWEEN -1 AND 1", nan, "asin"),
	"asinh":   same("shoal_asinh"),
	"cos":     finite("cos"),
	"cosh":    same("shoal_cosh"),
	"acos":    outside("NOT BETWEEN -1 AND 1", nan, "acos"),
	"acosh":   same("shoal_acosh"),
	"tan":     finite("tan"),
	"tanh":    same("tanh"),
	"atan":    same("atan"),
	"atanh":   same("shoal_atanh"),
	"cot":     reciprocal("tan"),
	"csc":     reciprocal("sin"),
	"sec":     reciprocal("cos"),
	"degrees": same("degrees"),
	"radians": same("radians"),
	"atan2":   tmpl("atan2($1 + 0e0, $2 + 0e0)"), // -0.0 is 0.0
	"hypot":   same("shoal_hypot"),
	"power":   same("shoal_pow"),

	"ceil":   build(whole("ceil")),
	"floor":  build(whole("floor")),
	"round":  build(rounding("shoal_round")),
	"bround": build(rounding("shoal_bround")),

	"factorial": tmpl("CASE WHEN $1 BETWEEN 0 AND 20 THEN CAST(factorial($1) AS BIGINT) END"),
	"bin":       tmpl("bin($1)"),
	"hex":       tmpl("hex($1)"),
	"conv":      build(conv),

	"width_bucket": tmpl(`CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL OR $4 IS NULL THEN NULL
		WHEN isnan($1) OR isnan($2) OR isnan($3) OR $2 = $3 OR $4 <= 0 OR $4 = 9223372036854775807 THEN NULL
		WHEN isinf($2) OR isinf($3) THEN NULL
		WHEN $2 < $3 THEN CASE WHEN $1 < $2 THEN 0 WHEN $1 >= $3 THEN $4 + 1
			ELSE CAST(floor($4 * ($1 - $2) / ($3 - $2)) AS BIGINT) + 1 END
		ELSE CASE WHEN $1 > $2 THEN 0 WHEN $1 <= $3 THEN $4 + 1
			ELSE CAST(floor($4 * ($2 - $1) / ($2 - $3)) AS BIGINT) + 1 END END`),
	"shiftleft":          build(shift("shoal_shiftleft")),
	"shiftright":         build(shift("shoal_shiftright")),
	"shiftrightunsigned": build(shift("shoal_shiftrightunsigned")),
	"bit_count":          build(bitCount),
	"bit_get":            build(bitGet),

	"rand":  build(random("random()")),
	"randn": build(random("sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())")),
}

const nan = "CAST('NaN' AS DOUBLE)"

// outside calls a DuckDB function of one double that fails where the argument is what cond says;
// there Spark gives other.
func outside(cond, other, name string) renderer {
	return func(c *call) string {
		return c.let(c.arg(0), func(x string) string {
			return "CASE WHEN " + x + " " + cond + " THEN " + other + " ELSE " + name + "(" + x + ") END"
		})
	}
}

// finite calls a periodic function, which DuckDB refuses for infinities.
func finite(name string) renderer {
	return outside("IN ('Infinity'::DOUBLE, '-Infinity'::DOUBLE)", nan, name)
}

// reciprocal is 1 / name(x), which may be infinite.
func reciprocal(name string) renderer {
	inner := finite(name)
	return func(c *call) string { return "(1.0e0 / " + inner(c) + ")" }
}

// absolute: the smallest integer has no absolute value.
func absolute(c *call) string {
	if isIntegral(c.result()) && !c.ansi() {
		return wrap("abs(CAST("+c.arg(0)+" AS HUGEINT))", c.result())
	}
	if isFloating(c.result()) {
		return "abs(" + c.arg(0) + ")"
	}
	if isDecimal(c.result()) { // which DuckDB makes an INTEGER of NULL
		return "CAST(abs(" + c.arg(0) + ") AS " + c.physical() + ")"
	}
	c.t.mayOverflow("abs", c.result())
	return "abs(" + c.arg(0) + ")"
}

// whole is ceil and floor: BIGINT of a double, as Java converts; fewer digits of a decimal.
func whole(name string) func(c *call) string {
	return func(c *call) string {
		if c.n() == 2 {
			return c.wholeDigits(name)
		}
		if isFloating(c.typ(0)) {
			return "shoal_float_to_bigint(" + name + "(" + c.arg(0) + "))"
		}
		if isIntegral(c.typ(0)) {
			return c.arg(0)
		}
		return "CAST(" + name + "(" + c.arg(0) + ") AS " + c.physical() + ")"
	}
}

// wholeDigits keeps some digits of a decimal: what rounding misses of the direction is added.
func (c *call) wholeDigits(name string) string {
	digits, ok := c.integer(1)
	if !ok {
		return c.unsupported("%s with a scale that is not constant", name)
	}
	d := c.typ(0).(plan.Decimal)
	if int(digits) >= d.Scale {
		return "CAST(" + c.arg(0) + " AS " + c.physical() + ")"
	}
	unit := "1" + zeros(-int(digits))
	if digits > 0 {
		unit = "0." + zeros(int(digits)-1) + "1"
	}
	cmp, op := "<", "+"
	if name == "floor" {
		cmp, op = ">", "-"
	}
	c.t.traits |= overflows
	return c.let(c.arg(0), func(x string) string {
		r := roundDecimal(x, d, int(digits))
		return "CAST(CASE WHEN " + r + " " + cmp + " " + x + " THEN " + r + " " + op + " " + unit + " ELSE " + r + " END AS " + c.physical() + ")"
	})
}

func zeros(n int) string {
	text := ""
	for range n {
		text += "0"
	}
	return text
}

// rounding rounds half up (round) or half even (bround) at a constant digit.
func rounding(name string) func(c *call) string {
	return func(c *call) string {
		digits, ok := c.integer(1)
		if l, isNull := c.literal(1); isNull && l.Value == nil {
			return "CAST(NULL AS " + c.physical() + ")"
		}
		if !ok {
			return c.unsupported("%s at a digit that is not constant", c.f.Name)
		}
		at := strconv.FormatInt(digits, 10)
		switch {
		case c.typ(0) == plan.Double:
			return name + "(" + c.arg(0) + ", " + at + ")"
		case c.typ(0) == plan.Float:
			return "CAST(" + name + "(CAST(" + c.arg(0) + " AS DOUBLE), " + at + ") AS FLOAT)"
		case isIntegral(c.typ(0)):
			return c.roundInteger(name, digits)
		case name == "shoal_bround":
			return c.roundDecimalEven(digits)
		}
		c.t.traits |= overflows
		return "CAST(" + roundDecimal(c.arg(0), c.typ(0).(plan.Decimal), int(digits)) + " AS " + c.physical() + ")"
	}
}

// roundDecimal rounds half up. DuckDB gives 0, also for NULL, where no digit of the type stays.
func roundDecimal(x string, d plan.Decimal, digits int) string {
	switch room := d.Precision - d.Scale; {
	case -digits > room:
		return "CASE WHEN " + x + " IS NOT NULL THEN 0 END"
	case -digits == room && room > 0:
		unit, half := "1"+zeros(room), "5"+zeros(room-1)
		return "CASE WHEN abs(" + x + ") < " + half + " THEN 0 WHEN " + x + " > 0 THEN " + unit + " WHEN " + x + " < 0 THEN -" + unit + " END"
	}
	return "round(" + x + ", " + strconv.Itoa(digits) + ")"
}

// roundInteger rounds at a digit left of the point.
func (c *call) roundInteger(name string, digits int64) string {
	if digits >= 0 {
		return c.arg(0)
	}
	if digits < -19 {
		return "CASE WHEN " + c.arg(0) + " IS NOT NULL THEN CAST(0 AS " + c.physical() + ") END"
	}
	unit := "CAST(1" + zeros(int(-digits)) + " AS HUGEINT)"
	sql := c.let(c.arg(0), func(x string) string {
		up := "abs(" + x + "::HUGEINT) % " + unit + " * 2"
		cond := up + " >= " + unit
		if name == "shoal_bround" {
			cond = "(" + up + " > " + unit + " OR " + up + " = " + unit + " AND (abs(" + x + "::HUGEINT) // " + unit + ") % 2 = 1)"
		}
		return "(sign(" + x + ") * (abs(" + x + "::HUGEINT) // " + unit + " + CASE WHEN " + cond + " THEN 1 ELSE 0 END) * " + unit + ")"
	})
	if !c.ansi() {
		return wrap(sql, c.result())
	}
	fail := c.raise("ARITHMETIC_OVERFLOW", "message", "'Overflow'", "alternative", "''", "config", ansiConf)
	return c.let(sql, func(r string) string {
		return "CASE WHEN TRY_CAST(" + r + " AS " + c.physical() + ") IS NULL AND " + r + " IS NOT NULL THEN " + fail +
			" ELSE TRY_CAST(" + r + " AS " + c.physical() + ") END"
	})
}

// roundDecimalEven is bround of a decimal: half up, then one unit back where a tie became odd.
func (c *call) roundDecimalEven(digits int64) string {
	d := c.typ(0).(plan.Decimal)
	if int(digits) >= d.Scale {
		return "CAST(" + c.arg(0) + " AS " + c.physical() + ")"
	}
	return c.unsupported("bround of a decimal")
}

// conv changes the base of a number in text.
func conv(c *call) string {
	if c.ansi() {
		c.t.mayRaise(c.result())
	}
	return "shoal_conv(" + c.arg(0) + ", " + c.arg(1) + ", " + c.arg(2) + ", " + boolText(c.ansi()) + ")"
}

func boolText(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

// shift moves bits as Java does, by the distance modulo the width.
func shift(macro string) func(c *call) string {
	return func(c *call) string {
		width := "32"
		if c.result() == plan.Long {
			width = "64"
		}
		return macro + width + "(" + c.arg(0) + ", " + c.arg(1) + ")"
	}
}

// bitCount counts the bits of an integer widened to 64, and those of a boolean.
func bitCount(c *call) string {
	if c.typ(0) == plan.Boolean {
		return "CAST(" + c.arg(0) + " AS INTEGER)"
	}
	return "CAST(bit_count(CAST(" + c.arg(0) + " AS BIGINT)) AS INTEGER)"
}

// bitGet is one bit; a position outside the type is an error.
func bitGet(c *call) string {
	width := map[plan.Type]string{plan.Byte: "8", plan.Short: "16", plan.Int: "32", plan.Long: "64"}[c.typ(0)]
	fail := c.raise("INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", "functionName", quoteText("`bit_get`"),
		"parameter", quoteText("`pos`"), "upper", quoteText(width), "invalidValue", "CAST("+c.arg(1)+" AS VARCHAR)")
	return "CASE WHEN " + c.arg(1) + " NOT BETWEEN 0 AND " + width + " - 1 THEN " + fail +
		" ELSE CAST((CAST(" + c.arg(0) + " AS HUGEINT) >> " + c.arg(1) + ") & 1 AS TINYINT) END"
}

// random draws numbers; what a seed gives depends on Spark's partitions.
func random(sql string) func(c *call) string {
	return func(c *call) string {
		if c.n() > 0 {
			return c.unsupported("%s with a seed: its numbers depend on Spark's partitions", c.f.Name)
		}
		c.t.traits |= volatile
		return "(" + sql + ")"
	}
}
