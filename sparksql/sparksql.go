package sparksql

import (
	"strings"

	"shoal/plan"
)

// Parse reads one statement, a query or a command, with or without a semicolon behind it.
func Parse(text string) (plan.Statement, error) {
	return run(text, (*parser).singleStatement)
}

// Arguments are the values of a statement's parameters: by name, and in order for each ?.
type Arguments struct {
	Named      map[string]plan.Expr
	Positional []plan.Expr
}

// ParseWith is Parse of a statement that may take its names from parameters: IDENTIFIER(:name). The
// other parameters are left to [Bind].
func ParseWith(text string, args Arguments) (plan.Statement, error) {
	return run(text, func(p *parser) plan.Statement {
		p.args = args
		s := p.singleStatement()
		if v, ok := s.(*plan.CreateView); ok && p.argsNamed > 0 {
			v.Text = PrintStatement(v.Query)
		}
		return s
	})
}

// ParseQuery reads a query.
func ParseQuery(text string) (plan.Relation, error) {
	return run(text, (*parser).query)
}

// ParseExpr reads what may stand in a select list: an expression, a star, either with an alias.
func ParseExpr(text string) (plan.Expr, error) {
	return run(text, (*parser).namedExpression)
}

// ParseType reads a data type: "INT", "array<struct<a: int>>".
func ParseType(text string) (plan.Type, error) {
	return run(text, (*parser).dataType)
}

// ParseSchema reads columns with types ("a INT, b STRING NOT NULL"), or a struct type.
func ParseSchema(ddl string) (plan.Struct, error) {
	if t, err := ParseType(ddl); err == nil {
		if s, ok := t.(plan.Struct); ok {
			return s, nil
		}
	}
	fields, err := run(ddl, func(p *parser) []plan.Field { return commaList(p, (*parser).colType) })
	return plan.Struct{Fields: fields}, err
}

// ParseName reads a dotted name, its parts plain or back-quoted.
func ParseName(text string) ([]string, error) {
	if isPlainName(text) {
		return strings.Split(text, "."), nil
	}
	return run(text, (*parser).multipartIdentifier)
}

// isPlainName tells whether a name is ASCII words with dots between, and so needs no parser.
func isPlainName(text string) bool {
	word := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isWordByte(c):
			word = true
		case c == '.' && word:
			word = false
		default:
			return false
		}
	}
	return word
}
