package analyze

import "shoal/plan"

// This file holds the string functions.

var stringFuncs = funcs{
	"upper":            fn(tString).returns(plan.String),
	"ucase":            fn(tString).returns(plan.String).is("upper"),
	"lower":            fn(tString).returns(plan.String),
	"lcase":            fn(tString).returns(plan.String).is("lower"),
	"initcap":          fn(tString).returns(plan.String),
	"length":           fn(tStringOrBinary).returns(plan.Int),
	"len":              fn(tStringOrBinary).returns(plan.Int).is("length"),
	"char_length":      fn(tStringOrBinary).returns(plan.Int).is("length"),
	"character_length": fn(tStringOrBinary).returns(plan.Int).is("length"),
	"bit_length":       fn(tStringOrBinary).returns(plan.Int),
	"octet_length":     fn(tStringOrBinary).returns(plan.Int),
	"ascii":            fn(tString).returns(plan.Int),
	"char":             fn(tLong).returns(plan.String),
	"chr":              fn(tLong).returns(plan.String).is("char"),
	"space":            fn(tInt).returns(plan.String),
	"repeat":           fn(tString, tInt).returns(plan.String),
	"quote":            fn(tString).returns(plan.String).always(),

	"substring":       fn(tStringOrBinary, tInt, tInt).defaults(lit(maxInt)).returnsArg(0),
	"substr":          fn(tStringOrBinary, tInt, tInt).defaults(lit(maxInt)).returnsArg(0).is("substring"),
	"left":            fn(tStringOrBinary, tInt).returnsArg(0),
	"right":           fn(tString, tInt).returns(plan.String).always(),
	"substring_index": fn(tString, tString, tInt).returns(plan.String),
	"split_part":      fn(tString, tString, tInt).returns(plan.String).always(),
	"overlay":         fn(tStringOrBinary, tStringOrBinary, tInt, tInt).defaults(lit(-1)).returnsArg(0),
	"elt":             fn(tInt, tStringOrBinary).variadic().min(2).returnsArg(1).always(),
	"lpad":            fn(tStringOrBinary, tInt, tStringOrBinary).defaults(lit(" ")).coerce(padArgs).returnsArg(0),
	"rpad":            fn(tStringOrBinary, tInt, tStringOrBinary).defaults(lit(" ")).coerce(padArgs).returnsArg(0),
	"reverse":         fn(oneOf(tString, tArray)).returnsArg(0),
	"replace":         fn(tString, tString, tString).defaults(lit("")).returns(plan.String),
	"translate":       fn(tString, tString, tString).returns(plan.String),

	"trim":  fn(tString, tString).min(1).returns(plan.String),
	"ltrim": fn(tString, tString).min(1).returns(plan.String),
	"rtrim": fn(tString, tString).min(1).returns(plan.String),
	"btrim": fn(tString, tString).min(1).returns(plan.String),

	"concat_ws":   fn(tString, oneOf(arrayOf(tString), tString)).variadic().min(1).returns(plan.String).nullIf(firstNull),
	"contains":    fn(tStringOrBinary, tStringOrBinary).coerce(eitherWay).returns(plan.Boolean).nullIf(eitherNull),
	"startswith":  fn(tStringOrBinary, tStringOrBinary).coerce(eitherWay).returns(plan.Boolean).nullIf(eitherNull),
	"endswith":    fn(tStringOrBinary, tStringOrBinary).coerce(eitherWay).returns(plan.Boolean).nullIf(eitherNull),
	"instr":       fn(tString, tString).returns(plan.Int),
	"locate":      fn(tString, tString, tInt).defaults(lit(1)).returns(plan.Int),
	"position":    fn(tString, tString, tInt).defaults(lit(1)).returns(plan.Int).is("locate"),
	"find_in_set": fn(tString, tString).returns(plan.Int),
	"levenshtein": fn(tString, tString, tInt).min(2).returns(plan.Int),
	"soundex":     fn(tString).strict().returns(plan.String),
	"luhn_check":  fn(tString).returns(plan.Boolean).always(),

	"split":              fn(tString, tString, tInt).defaults(lit(-1)).returns(plan.Array{Elem: plan.String}),
	"regexp_replace":     fn(tString, tString, tString, tInt).defaults(lit(1)).returns(plan.String),
	"regexp_extract":     fn(tString, tString, tInt).defaults(lit(1)).returns(plan.String),
	"regexp_extract_all": fn(tString, tString, tInt).defaults(lit(1)).returns(plan.Array{Elem: plan.String, ContainsNull: true}),
	"regexp_count":       fn(tString, tString).returns(plan.Int),
	"regexp_instr":       fn(tString, tString, tInt).defaults(lit(0)).returns(plan.Int),
	"regexp_substr":      fn(tString, tString).returns(plan.String).always(),

	"base64":        fn(tBinary).returns(plan.String),
	"unbase64":      fn(tString).returns(plan.Binary),
	"encode":        fn(tString, tString).returns(plan.Binary).always(),
	"url_encode":    fn(tString).returns(plan.String).always(),
	"url_decode":    fn(tString).returns(plan.String).always(),
	"parse_url":     fn(tString, tString, tString).min(2).returns(plan.String).always(),
	"try_parse_url": fn(tString, tString, tString).min(2).returns(plan.String).always(),
	"format_number": fn(tNumeric, oneOf(tInt, tString)).strict().returns(plan.String).always(),
	"format_string": fn(tString, tAny).variadic().min(1).returns(plan.String).nullIf(firstNull),
	"printf":        fn(tString, tAny).variadic().min(1).returns(plan.String).nullIf(firstNull).is("format_string"),
	"mask": fn(tString, tString, tString, tString, tString).strict().
		defaults(lit("X"), lit("x"), lit("n"), lit(nil)).returns(plan.String).always(),
	"str_to_map": fn(tString, tString, tString).strict().defaults(lit(","), lit(":")).
		returns(plan.Map{Key: plan.String, Value: plan.String, ValueContainsNull: true}),
	"sentences": fn(tString, tString, tString).defaults(lit(""), lit("")).
		returns(plan.Array{Elem: plan.Array{Elem: plan.String}}).always(),
	"is_valid_utf8":     fn(tString).coerce(bytesOrText).returns(plan.Boolean).always(),
	"make_valid_utf8":   fn(tString).coerce(bytesOrText).returns(plan.String).always(),
	"validate_utf8":     fn(tString).coerce(bytesOrText).returns(plan.String).always(),
	"try_validate_utf8": fn(tString).coerce(bytesOrText).returns(plan.String).always(),
	"try_url_decode":    fn(tString).returns(plan.String).always(),
}

const maxInt = 1<<31 - 1

// firstNull: only the first argument's NULL matters.
func firstNull(c *call) bool { return c.nulls(0) }

// padArgs: binaries are padded with binaries, with zeros unless told otherwise; everything else is text.
func padArgs(c *call) error {
	if c.typ(0) == plan.Binary && c.source != nil && len(c.source.Args) == 2 {
		c.args[2] = &plan.Literal{Value: []byte{0}, Type: plan.Binary}
	}
	if c.typ(0) == plan.Binary && c.typ(2) == plan.Binary {
		return c.castArgs(tBinary, tInt, tBinary)
	}
	return c.castArgs(tString, tInt, tString)
}

// eitherWay: two binaries stay binaries, everything else is text.
func eitherWay(c *call) error {
	if c.typ(0) == plan.Binary && c.typ(1) == plan.Binary {
		return nil
	}
	return c.castArgs(tString, tString)
}

// eitherNull: Spark calls the functions of two binaries nullable.
func eitherNull(c *call) bool { return c.typ(0) == plan.Binary || c.anyNull() }

// bytesOrText leaves a binary as it is: Spark's texts may hold any bytes, ours may not.
func bytesOrText(c *call) error {
	if c.typ(0) == plan.Binary {
		return nil
	}
	return c.castArgs(tString)
}
