package translate

// This file holds the format of the function tables; doc.go teaches how to use it.

import (
	"maps"
	"regexp"
	"strconv"
	"strings"

	"shoal/plan"
)

// A renderer writes one resolved call as DuckDB SQL. See doc.go for its three rules.
type renderer func(c *call) string

// funcs maps Spark's canonical function names to renderers.
type funcs map[string]renderer

// allFuncs joins the families. A name may stand in one table only.
var allFuncs = join(operatorFuncs, mathFuncs, stringFuncs, datetimeFuncs, intervalFuncs, conditionalFuncs,
	collectionFuncs, lambdaFuncs, miscFuncs, aggregateFuncs, windowFuncs, tryFuncs, regexpFuncs, jsonFuncs, mapFuncs, binaryFuncs, bitmapFuncs,
	sketchFuncs, variantFuncs, xmlFuncs)

func join(tables ...funcs) funcs {
	all := funcs{}
	for _, t := range tables {
		for name := range t {
			if _, twice := all[name]; twice {
				panic("translate: two renderers for " + name)
			}
		}
		maps.Copy(all, t)
	}
	return all
}

// same calls the DuckDB function of that name with the same arguments, for scalar,
// aggregate and window functions alike.
func same(name string) renderer {
	return func(c *call) string { return c.apply(name, c.args()...) }
}

// tmpl fills $1, $2, ... with the arguments, $* with all of them, $type with the result's
// physical type and $zone with the session time zone as a string literal. Scalar functions only.
func tmpl(text string) renderer {
	pieces := parseTemplate(text)
	enclose := !standsAlone(text)
	return func(c *call) string {
		var b strings.Builder
		if enclose {
			b.WriteByte('(')
		}
		for _, p := range pieces {
			p.write(&b, c)
		}
		if enclose {
			b.WriteByte(')')
		}
		return b.String()
	}
}

// build is a renderer written as a function; it reads well in the tables.
func build(f func(c *call) string) renderer { return f }

// typed casts what r yields to the physical type of the result.
func typed(r renderer) renderer {
	return func(c *call) string { return "CAST(" + r(c) + " AS " + c.physical() + ")" }
}

// fallible marks what DuckDB itself may refuse at run time, such as an overflow.
func fallible(r renderer) renderer {
	return func(c *call) string {
		c.t.traits |= overflows
		return r(c)
	}
}

// piece is a part of a parsed template: text, then perhaps a hole.
type piece struct {
	text string
	hole int // argument number from 1; or one of the below
}

const (
	noHole = -iota
	allHole
	typeHole
	zoneHole
)

var holePattern = regexp.MustCompile(`\$(\d+|\*|type|zone)`)

func parseTemplate(text string) []piece {
	var pieces []piece
	for {
		loc := holePattern.FindStringSubmatchIndex(text)
		if loc == nil {
			return append(pieces, piece{text, noHole})
		}
		p := piece{text: text[:loc[0]]}
		switch name := text[loc[2]:loc[3]]; name {
		case "*":
			p.hole = allHole
		case "type":
			p.hole = typeHole
		case "zone":
			p.hole = zoneHole
		default:
			p.hole, _ = strconv.Atoi(name)
		}
		pieces = append(pieces, p)
		text = text[loc[1]:]
	}
}

func (p piece) write(b *strings.Builder, c *call) {
	b.WriteString(p.text)
	switch p.hole {
	case noHole:
	case allHole:
		b.WriteString(strings.Join(c.args(), ", "))
	case typeHole:
		b.WriteString(c.physical())
	case zoneHole:
		b.WriteString(quoteText(c.zone()))
	default:
		b.WriteString(c.arg(p.hole - 1))
	}
}

// standsAlone tells whether SQL text can be an operand as it is: name, $1, f(...), (...),
// CASE ... END.
func standsAlone(text string) bool {
	if strings.HasPrefix(text, "CASE ") && strings.HasSuffix(text, " END") && strings.Count(text, "CASE ") == 1 {
		return true
	}
	depth, quoted := 0, false
	for i := range len(text) {
		switch ch := text[i]; {
		case ch == '\'':
			quoted = !quoted
		case quoted:
		case ch == '(':
			depth++
		case ch == ')':
			depth--
			if depth == 0 && i < len(text)-1 {
				return false
			}
		case depth == 0 && strings.IndexByte(" +-*/%<>=|&[:~^", ch) >= 0:
			return false
		}
	}
	return true
}

// call is a function call being rendered: typed access to its arguments, the session's
// settings and fresh names. Errors stick to the translator: return what is returned.
type call struct {
	t    *translator
	f    *plan.Func
	over string // the OVER clause, for a window
}

// n is the number of arguments.
func (c *call) n() int { return len(c.f.Args) }

// has tells whether argument i was given.
func (c *call) has(i int) bool { return i < len(c.f.Args) }

// arg is argument i (from 0) as SQL.
func (c *call) arg(i int) string {
	if i >= len(c.f.Args) {
		return c.unsupported("%s with %d arguments", c.f.Name, len(c.f.Args))
	}
	return c.t.expr(c.f.Args[i])
}

// args are all arguments as SQL.
func (c *call) args() []string { return c.all(c.f.Args) }

// all are expressions as SQL.
func (c *call) all(exprs []plan.Expr) []string {
	out := make([]string, len(exprs))
	for i, e := range exprs {
		out[i] = c.t.expr(e)
	}
	return out
}

// typ is argument i's Spark type.
func (c *call) typ(i int) plan.Type { return typeOf(c.f.Args[i]) }

// result is the call's Spark type, physical the DuckDB name of its physical type.
func (c *call) result() plan.Type { return plan.Stored(c.f.Type) }
func (c *call) physical() string  { return c.t.physical(c.f.Type) }

// ansi tells whether overflow and bad input are errors.
func (c *call) ansi() bool { return c.f.ANSI }

// zone is the session's time zone.
func (c *call) zone() string { return c.t.settings.TimeZone }

// set tells whether a conf has a value, whatever its case.
func (c *call) set(conf, value string) bool {
	v, _ := c.t.settings.Get(conf)
	return strings.EqualFold(v, value)
}

// utc tells whether the session's local time is UTC.
func (c *call) utc() bool { return isUTC(c.t.settings.TimeZone) }

// literal is argument i where it is a constant. A NULL has Value nil.
func (c *call) literal(i int) (*plan.Literal, bool) {
	if !c.has(i) {
		return nil, false
	}
	return constant(c.f.Args[i])
}

// text is argument i where it is a constant string other than NULL.
func (c *call) text(i int) (string, bool) {
	l, ok := c.literal(i)
	if !ok {
		return "", false
	}
	s, ok := l.Value.(string)
	return s, ok
}

// integer is argument i where it is a constant integer other than NULL.
func (c *call) integer(i int) (int64, bool) {
	l, ok := c.literal(i)
	if !ok {
		return 0, false
	}
	switch v := l.Value.(type) {
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}

// lambda is argument i, which must be a lambda, as DuckDB writes it: "lambda l1, l2: body".
// Traits of the body count for the call.
func (c *call) lambda(i int) string {
	l, ok := c.f.Args[i].(*plan.Lambda)
	if !ok {
		return c.unsupported("%s without a lambda", c.f.Name)
	}
	names := make([]string, len(l.Params))
	for j, p := range l.Params {
		names[j] = lambdaName(p.ID)
	}
	return "lambda " + strings.Join(names, ", ") + ": " + c.t.expr(l.Body)
}

// apply calls a DuckDB function. For an aggregate or window function it adds DISTINCT,
// FILTER, IGNORE NULLS and OVER as the call has them.
func (c *call) apply(name string, args ...string) string {
	if c.f.Kind == plan.ScalarFunc && c.over == "" {
		return name + "(" + strings.Join(args, ", ") + ")"
	}
	return c.aggregate(aggregateCall{name: name, args: args, ignoreNulls: c.f.IgnoreNulls})
}

// let gives SQL that would be written several times a name: body receives the name. The
// value is computed once and only when the expression is.
func (c *call) let(value string, body func(name string) string) string {
	return c.t.let(value, body)
}

// fresh is a name unused elsewhere in the query.
func (c *call) fresh(prefix string) string { return c.t.fresh(prefix) }

// raise is SQL that fails with one of Spark's error conditions; params alternate the
// parameter's name and SQL that yields its text ([quoteText] for a constant). The SQL has
// no type of its own: use it as a branch of a CASE.
func (c *call) raise(class string, params ...string) string { return c.t.raise(class, params...) }

// unsupported refuses the query.
func (c *call) unsupported(format string, args ...any) string {
	return c.t.unsupported(format, args...)
}
