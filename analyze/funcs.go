package analyze

import (
	"sync"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the function registry: what the analyzer knows of each of Spark's functions.
//
// # How to add a function
//
// Find its family's table (func_math.go, func_string.go, ...) and add a line. Most need no more:
//
//	"upper":  fn(tString).returns(plan.String),
//	"ucase":  fn(tString).returns(plan.String).is("upper"),
//	"repeat": fn(tString, tInt).returns(plan.String),
//	"hypot":  fn(tDouble, tDouble).returns(plan.Double).shown("HYPOT"),
//
// The key is the lower-case name users write. fn lists what each argument must be (param.go has
// the vocabulary: tString, tNumeric, oneOf(...), arrayOf(...), tAny ...): other types are cast
// implicitly by Spark's rules, under ANSI and without it, and what cannot be cast is Spark's
// DATATYPE_MISMATCH. Then, where the function needs it:
//
//	.is("upper")         another spelling: plan.Func.Name is "upper", the shown column name stays
//	.shown("POWER")      Spark shows another name than the key (ask: SELECT power(1, 2))
//	.min(1)              trailing arguments may be left out (down to one)
//	.defaults(lit(...))  left-out trailing arguments get these values; Spark shows them too
//	.variadic()          the last parameter may repeat (also zero times: combine with min)
//	.returns(t)          the result type is t
//	.returnsArg(i)       it is that of argument i, after coercion
//	.returnsBy(f)        it is computed from the call
//	.never() .always()   the result is never NULL / may always be NULL; without either it may be NULL
//	                     when an argument may be
//	.nullIf(f)           whether it may be NULL is computed from the call
//	.orErrors()          like always(), but without ANSI only: with it the failure is an error
//	.strict()            arguments are not cast implicitly (Spark's ExpectsInputTypes): NULLs still are;
//	                     uncast() casts nothing at all
//	.widen()             arguments are cast to their common type first, as coalesce's are; widenNoString as greatest's
//	.constant(i)         argument i must be foldable; arguments("x", "y") gives the names messages use
//	.showing(n)          column names show the first n arguments only
//	.inOrder(f)          an aggregate that takes WITHIN GROUP: f finds the ordering in c.order and does all
//	.aggregate() .windowOnly() .generator(f)   where it may stand
//	.fromOnly()          a generator that stands in FROM only
//	.inner()             syntax, or the analyzer's own: users cannot call it by name
//	.nondeterministic()  as rand, uuid, shuffle
//	.check(f)            more checks, after coercion; returns a *fault.Error
//	.coerce(f)           replaces the implicit casts altogether
//	.rewrite(f)          the call becomes another expression (Spark's RuntimeReplaceable); the
//	                     column name still shows the call as written
//	.lambda(i, f)        argument i may be a lambda: f gives the types of its n parameters
//	.unknown(reason)     recognised, but left to a real Spark
//
// A function that fits nowhere is custom(f): f is given the resolved arguments and does all.
// Record Spark's answer for it in testdata/ (see tools/record_schemas.py) before you trust it.

// funcs is one family's table.
type funcs map[string]sig

// A sig is what the analyzer knows of one function name. Values are immutable: every method
// returns a changed copy.
type sig struct {
	name      string // canonical name, "" = the key
	show      string // name in column names, "" = the key
	kind      plan.FuncKind
	params    []param
	least     int // fewest arguments; -1 = len(params)
	repeat    bool
	tail      []plan.Expr // defaults of trailing arguments
	result    func(c *call) plan.Type
	nullable  func(c *call) bool
	casts     func(c *call) error
	checks    []func(c *call) error
	build     func(c *call) (plan.Expr, error)
	lambdas   map[int]lambdaParams
	foldable  []int
	columns   func(c *call) []plan.Field // a generator's output
	shownArgs int                        // 0 = all
	replaced  bool                       // build makes another expression: names show the call as written
	isStrict  bool
	isInner   bool
	isFrom    bool // a table function only
	random    bool
	ordered   bool        // takes WITHIN GROUP (ORDER BY ...)
	frame     *plan.Frame // the only frame a window function takes
	refusal   string
	counts    string                                               // how WRONG_NUM_ARGS says what is accepted, "" = computed
	anyCount  bool                                                 // build or a check counts the arguments itself
	argNames  []string                                             // Spark's names of the arguments, for messages
	names     func(c *call, i int, arg plan.Expr, sc *scope) error // sees arguments as written: struct
}

// lambdaParams gives the parameters of a lambda with n parameters, the arguments before it being
// resolved; nil means that n is wrong.
type lambdaParams func(c *call, n int) []plan.LambdaVar

// call is one function call while it is analyzed.
type call struct {
	a          *analyzer
	pos        plan.Pos
	sig        *sig
	name       string // canonical
	show       string // as shown in column names
	args       []plan.Expr
	source     *plan.Call       // as written; nil when the analyzer itself makes the call
	order      []plan.SortOrder // of WITHIN GROUP
	form       form             // how it is shown
	fieldNames []string         // of struct(...)
}

// form is the way a rewritten call is shown in column names.
type form uint8

const (
	formCall  form = iota // show(args), or as the operator called name
	formBare              // x show y
	formField             // x.show
	formText              // show
	formNamed             // name(args) AS show
)

func (c *call) typ(i int) plan.Type     { return plan.TypeOf(c.args[i]) }
func (c *call) nulls(i int) bool        { return plan.Nullable(c.args[i]) }
func (c *call) ansi() bool              { return c.a.settings.ANSI }
func (c *call) types() []plan.Type      { return typesOf(c.args) }
func (c *call) cast(i int, t plan.Type) { c.args[i] = c.a.castTo(c.args[i], t) }

// anyNull tells whether an argument may be NULL.
func (c *call) anyNull() bool {
	for _, e := range c.args {
		if plan.Nullable(e) {
			return true
		}
	}
	return false
}

// fn begins a signature.
func fn(params ...param) sig { return sig{params: params, least: -1} }

// custom begins a signature that f handles altogether, whatever the arguments.
func custom(f func(c *call) (plan.Expr, error)) sig {
	return sig{params: []param{tAny}, repeat: true, anyCount: true, build: f}
}

func (s sig) inner() sig                       { s.isInner = true; return s }
func (s sig) fromOnly() sig                    { s.isFrom = true; return s }
func (s sig) is(name string) sig               { s.name = name; return s }
func (s sig) shown(name string) sig            { s.show = name; return s }
func (s sig) min(n int) sig                    { s.least = n; return s }
func (s sig) variadic() sig                    { s.repeat = true; return s }
func (s sig) returns(t plan.Type) sig          { return s.returnsBy(func(*call) plan.Type { return t }) }
func (s sig) returnsArg(i int) sig             { return s.returnsBy(func(c *call) plan.Type { return c.typ(i) }) }
func (s sig) never() sig                       { return s.nullIf(func(*call) bool { return false }) }
func (s sig) always() sig                      { return s.nullIf(func(*call) bool { return true }) }
func (s sig) nullIf(f func(c *call) bool) sig  { s.nullable = f; return s }
func (s sig) strict() sig                      { s.isStrict = true; return s }
func (s sig) aggregate() sig                   { s.kind = plan.AggregateFunc; return s }
func (s sig) nondeterministic() sig            { s.random = true; return s }
func (s sig) coerce(f func(c *call) error) sig { s.casts = f; return s }
func (s sig) unknown(reason string) sig        { s.refusal = reason; return s }
func (s sig) widen() sig                       { return s.coerce(widenArgs) }
func (s sig) widenNoString() sig               { return s.coerce(widenArgsNoString) }

func (s sig) returnsBy(f func(c *call) plan.Type) sig { s.result = f; return s }

func (s sig) orErrors() sig {
	return s.nullIf(func(c *call) bool { return !c.ansi() || c.anyNull() })
}

func (s sig) defaults(values ...plan.Expr) sig {
	s.tail, s.least = values, len(s.params)-len(values)
	return s
}

func (s sig) check(f func(c *call) error) sig {
	s.checks = append(s.checks[:len(s.checks):len(s.checks)], f)
	return s
}

// uncast checks the arguments and casts none, not even NULL.
func (s sig) uncast() sig {
	return s.coerce(func(c *call) error {
		for i := range c.args {
			if p := c.param(i); !p.accepts(c.typ(i)) {
				return c.wrongType(i, p)
			}
		}
		return nil
	})
}

// arguments gives the arguments the names that Spark's messages use.
func (s sig) arguments(names ...string) sig { s.argNames = names; return s }

// showing keeps all but the first n arguments out of column names.
func (s sig) showing(n int) sig { s.shownArgs = n; return s }

func (s sig) constant(i int) sig {
	s.foldable = append(s.foldable[:len(s.foldable):len(s.foldable)], i)
	return s
}

// windowOnly marks a function that needs OVER; frame nil lets the user choose one.
func (s sig) windowOnly(frame *plan.Frame) sig {
	s.kind, s.frame = plan.WindowFunc, frame
	return s
}

// generator marks a function that makes rows; f names and types its columns.
func (s sig) generator(f func(c *call) []plan.Field) sig {
	s.kind, s.columns = plan.GeneratorFunc, f
	return s
}

// rewrite replaces the checked and coerced call by what f makes of it.
func (s sig) rewrite(f func(c *call) (plan.Expr, error)) sig {
	s.build, s.replaced = f, true
	return s
}

func (s sig) lambda(i int, f lambdaParams) sig {
	m := map[int]lambdaParams{i: f}
	for j, g := range s.lambdas {
		m[j] = g
	}
	s.lambdas = m
	return s
}

// registry lists the families. A name stands in one of them only (a test looks).
var registry = []funcs{
	operatorFuncs, mathFuncs, stringFuncs, datetimeFuncs, aggregateFuncs, windowFuncs,
	collectionFuncs, arrayFuncs, lambdaFuncs, conditionalFuncs, miscFuncs, generatorFuncs,
	castFuncs, tryFuncs, statFuncs, hashFuncs, mapLambdaFuncs, jsonFuncs,
	withinGroupFuncs, patternFuncs, intervalFuncs, bitmapFuncs, sketchFuncs, seededFuncs, zonelessTable,
	variantFuncs, xmlFuncs,
}

// functionIndex is the registry by the name users write.
type functionIndex map[string]*sig

// functions builds the index on first use.
var functions = sync.OnceValue(indexFunctions)

func indexFunctions() functionIndex {
	index := make(functionIndex, 600)
	for _, family := range registry {
		for key, s := range family {
			if s.name == "" {
				s.name = key
			}
			if s.show == "" {
				s.show = key
			}
			if s.least < 0 {
				s.least = len(s.params)
			}
			index[key] = &s
		}
	}
	return index
}

// lit makes a literal for a signature's defaults.
func lit(value any) plan.Expr {
	switch v := value.(type) {
	case nil:
		return &plan.Literal{Type: plan.Null}
	case int:
		return &plan.Literal{Value: int32(v), Type: plan.Int}
	case bool:
		return &plan.Literal{Value: v, Type: plan.Boolean}
	case string:
		return &plan.Literal{Value: v, Type: plan.String}
	case float64:
		return &plan.Literal{Value: v, Type: plan.Double}
	}
	panic("analyze: lit of an unlisted Go type")
}

// mismatch is a DATATYPE_MISMATCH of the call, with Spark's sub-condition.
func (c *call) mismatch(sub string, params ...string) *fault.Error {
	params = append([]string{"sqlExpr", c.a.sqlOfCall(c)}, params...)
	return fault.New("DATATYPE_MISMATCH."+sub, params...).At(c.pos)
}
