package analyze

import (
	"fmt"
	"strings"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
)

// This file holds the functions that read and write numbers and binaries by a constant pattern.

var patternFuncs = funcs{
	"to_number":     custom(toNumber),
	"try_to_number": custom(toNumber),
	"to_char":       custom(toChar),
	"to_varchar":    custom(toChar).shown("to_char"),
	"to_binary":     custom(toBinary),
	"try_to_binary": custom(toBinary),
}

// toNumber is to_number(text, pattern): the pattern tells the decimal's size.
func toNumber(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	if err := c.castArgs(tString, tString); err != nil {
		return nil, err
	}
	pattern, err := c.numberPattern()
	if err != nil {
		return nil, err
	}
	var t plan.Type = plan.Decimal{Precision: 10}
	if pattern != nil {
		precision, scale := pattern.Size()
		if precision > 38 {
			return nil, fault.Unsupported("%s with more than 38 digits", c.name).At(c.pos)
		}
		t = plan.Decimal{Precision: precision, Scale: scale}
	}
	return c.make(t, c.name == "try_to_number" || c.anyNull()), nil
}

// numberPattern reads and checks the second argument; nil is a NULL.
func (c *call) numberPattern() (*java.NumberPattern, error) {
	if !isFoldable(c.args[1]) {
		return nil, c.mismatch("NON_FOLDABLE_INPUT", "inputName", c.nameOf(c.args[1]), "inputType", plan.QuotedSQL(c.typ(1)),
			"inputExpr", quoteSQL(c.a.pretty(c.args[1])))
	}
	l, ok := bareLiteral(c.args[1])
	if !ok {
		return nil, fault.Unsupported("%s with a pattern that is not a literal", c.name).At(c.pos)
	}
	if l.Value == nil {
		return nil, nil
	}
	text, ok := l.Value.(string)
	if !ok {
		return nil, fault.Unsupported("%s with a pattern of %s", c.name, l.Type).At(c.pos)
	}
	p := java.CompileNumberPattern(text)
	sub, token := p.Problem()
	if sub == "" {
		return p, nil
	}
	params := []string{"format", "'" + strings.ToUpper(text) + "'"}
	if token != "" {
		params = append(params, "token", token)
	}
	return nil, fault.New("INVALID_FORMAT."+sub, params...).At(c.pos)
}

// nameOf is an expression's name in messages about its place: a function's name, or what it is.
func (c *call) nameOf(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Func:
		return plan.Quote(e.Name)
	case *plan.Cast:
		return plan.Quote("cast")
	}
	return plan.Quote("attributereference")
}

// toChar is to_char(value, pattern): dates and times go by date_format, binaries by a format's name.
func toChar(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	switch t := c.typ(0); {
	case isDatetime(t):
		e, err := c.a.invoke("date_format", c.pos, c.args...)
		return e, err
	case t == plan.Binary:
		return c.binaryToChar()
	}
	if err := c.castArgs(tDecimal, tString); err != nil {
		return nil, err
	}
	c.name = "to_char"
	if _, err := c.numberPattern(); err != nil {
		return nil, err
	}
	return c.make(plan.String, c.anyNull()), nil
}

func (c *call) binaryToChar() (plan.Expr, error) {
	format, isNull, err := c.formatName("format")
	if err != nil {
		return nil, err
	}
	if isNull {
		return nil, fault.New("DATATYPE_MISMATCH.UNEXPECTED_NULL", "exprName", "`format`", "sqlExpr", quoteSQL("NULL")).At(c.pos)
	}
	switch strings.TrimSpace(format) {
	case "base64":
		return c.a.invoke("base64", c.pos, c.args[0])
	case "hex":
		return c.a.invoke("hex", c.pos, c.args[0])
	case "utf-8":
		return c.a.invoke("decode", c.pos, c.args...)
	}
	return nil, fault.New("INVALID_PARAMETER_VALUE.BINARY_FORMAT", "functionName", plan.Quote(c.written()), "parameter", "`format`",
		"invalidFormat", "'"+strings.TrimSpace(format)+"'").At(c.pos)
}

// formatName is the constant name of a format, in lower case.
func (c *call) formatName(param string) (name string, isNull bool, err error) {
	l, ok := bareLiteral(c.args[1])
	if !isFoldable(c.args[1]) || c.typ(1) != plan.String && c.typ(1) != plan.Null {
		return "", false, fault.New("NON_FOLDABLE_ARGUMENT", "funcName", plan.Quote(c.written()), "paramName", plan.Quote(param),
			"paramType", `"STRING"`).At(c.pos)
	}
	if !ok {
		return "", false, fault.Unsupported("%s with a format that is not a literal", c.name).At(c.pos)
	}
	if l.Value == nil {
		return "", true, nil
	}
	return strings.ToLower(fmt.Sprint(l.Value)), false, nil
}

// toBinary is to_binary(text [, format]).
func toBinary(c *call) (plan.Expr, error) {
	if len(c.args) < 1 || len(c.args) > 2 {
		return nil, c.wrongCount("[1, 2]")
	}
	try := c.name == "try_to_binary"
	written := *c
	if err := c.castArgs(tString, tString); err != nil {
		return nil, err
	}
	format := "hex"
	if len(c.args) == 2 {
		if !isFoldable(c.args[1]) {
			return nil, c.mismatch("NON_FOLDABLE_INPUT", "inputName", "`fmt`", "inputType", plan.QuotedSQL(c.typ(1)),
				"inputExpr", quoteSQL(c.a.pretty(c.args[1])))
		}
		name, isNull, err := c.formatName("fmt")
		switch {
		case err != nil:
			return nil, err
		case isNull:
			return c.a.remember(&plan.Literal{Pos: c.pos, Type: plan.Binary}, &written), nil
		}
		format = name
	}
	switch format {
	case "hex", "base64":
	case "utf-8", "utf8":
		format = "utf-8"
	default:
		if try {
			return c.a.remember(&plan.Literal{Pos: c.pos, Type: plan.Binary}, &written), nil
		}
		return nil, c.mismatch("INVALID_ARG_VALUE", "inputName", "fmt", "requireType", "case-insensitive \"STRING\"",
			"validValues", "'hex', 'utf-8', 'utf8', or 'base64'", "inputValue", "'"+format+"'")
	}
	c.args = []plan.Expr{c.args[0], bare(format)}
	e := c.make(plan.Binary, try || format != "base64" || plan.Nullable(c.args[0]))
	return c.a.remember(e, &written), nil
}
