package analyze

import (
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// This file resolves function calls.

// lookup finds a function by the name users write, in lower case.
func (a *analyzer) lookup(name string) (*sig, bool) {
	s, ok := a.functions[name]
	return s, ok
}

// call resolves f(args).
func (a *analyzer) call(e *plan.Call, sc *scope) (plan.Expr, error) {
	key := strings.ToLower(e.Name[len(e.Name)-1])
	if a.names != nil && !e.Operator && a.names.HasFunction(key) {
		return nil, fault.Unsupported("the session's own function %s", key).At(e.Pos)
	}
	if f := a.sqlFunction(e.Name, e.Operator); f != nil {
		return a.callWritten(f, e, sc)
	}
	s, ok := a.called(key)
	if ok && s.isFrom && len(e.Name) == 1 && !sc.tableFunc {
		return nil, a.unresolvedRoutine(e)
	}
	if !ok || s.isInner && !e.Operator && zonelessFuncs[key] == "" || len(e.Name) > 1 {
		return nil, a.unknownFunction(e, key)
	}
	if r, err := a.placed(e, key, sc); r != nil || err != nil {
		return r, err
	}
	if r, err := a.drawn(e, key, sc); r != nil || err != nil {
		return r, err
	}
	if s.refusal != "" {
		return nil, fault.Unsupported("%s", s.refusal).At(e.Pos)
	}
	if err := a.allowed(e, s, sc); err != nil {
		return nil, err
	}
	inner := s.inside(sc)
	c := &call{a: a, pos: e.Pos, sig: s, name: s.name, show: s.show, source: e}
	if key == "negative" && !e.Operator {
		c.show = key
	} else if op, ok := shiftOperators[key]; ok && e.Operator {
		c.show = op
	}
	if err := c.resolveArgs(e, inner); err != nil {
		return nil, err
	}
	if err := c.ordering(inner); err != nil {
		return nil, err
	}
	r, err := c.finish()
	if err != nil {
		return nil, err
	}
	if err := c.placed(r, sc); err != nil {
		return nil, err
	}
	if s.kind == plan.AggregateFunc || s.kind == plan.WindowFunc {
		return c.modifiers(r, inner)
	}
	return r, c.noModifiers()
}

// inside is the scope of a call's arguments.
func (s *sig) inside(sc *scope) *scope {
	switch {
	case sc.windowArg:
		copied := *sc
		copied.windowArg = false
		return &copied
	case s.kind == plan.AggregateFunc && s.name != "grouping" && s.name != "grouping_id":
		return sc.insideAggregate()
	case s.kind == plan.GeneratorFunc:
		return sc.insideGenerator()
	}
	return sc
}

// placed refuses aggregates and window functions that mean nothing where they stand.
func (c *call) placed(r plan.Expr, sc *scope) error {
	if sc.windowArg {
		return nil
	}
	switch c.sig.kind {
	case plan.AggregateFunc:
		if err := c.a.checkOuterAggregate(r); err != nil {
			return err
		}
		if lca := sc.laterals.in(r); lca != nil {
			return fault.New("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC", "lca", plan.Quote(lca.Name),
				"aggFunc", quoteSQL(c.a.pretty(r)))
		}
	case plan.WindowFunc:
		return fault.New("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "funcName", quoteSQL(c.a.pretty(r))).At(sc.at)
	}
	return nil
}

// ordering resolves WITHIN GROUP, and looks for generators among the arguments, which cannot be there.
func (c *call) ordering(sc *scope) error {
	if c.sig.ordered && len(c.source.OrderBy) > 0 {
		var err error
		if c.order, err = c.a.sortOrders(c.source.OrderBy, sc); err != nil {
			return err
		}
	}
	for _, arg := range c.args {
		if isGenerator(arg) {
			return fault.New("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", c.a.sqlOfCall(c))
		}
	}
	return nil
}

// unknownFunction tells Spark's functions that we do not know from names nobody knows.
func (a *analyzer) unknownFunction(e *plan.Call, key string) error {
	if len(e.Name) == 1 && sparkHas(key) {
		return fault.Unsupported("function %s", key).At(e.Pos)
	}
	if len(e.Name) > 2 && !strings.EqualFold(e.Name[0], catalog.SparkCatalog) {
		return fault.New("REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", catalog.SparkCatalog,
			"namespace", plan.QuoteParts(e.Name[:len(e.Name)-1]))
	}
	return a.unresolvedRoutine(e)
}

func (a *analyzer) unresolvedRoutine(e *plan.Call) error {
	return fault.New("UNRESOLVED_ROUTINE", "routineName", plan.QuoteParts(e.Name),
		"searchPath", "[`system`.`builtin`, `system`.`session`, "+plan.QuoteParts(a.currentPath())+"]").At(e.Pos)
}

func (a *analyzer) currentPath() []string {
	if a.names == nil {
		return []string{catalog.SparkCatalog, catalog.DefaultDatabase}
	}
	return []string{a.names.Catalog(), a.names.Database()}
}

// checkOuterAggregate: an aggregate in a subquery cannot take columns of both queries. One that takes
// columns of the outer query only belongs to that one, which is left to Spark.
func (a *analyzer) checkOuterAggregate(e plan.Expr) error {
	outer, own := false, false
	plan.Walk(e, func(x plan.Expr) bool {
		switch x.(type) {
		case *plan.OuterColumn:
			outer = true
		case *plan.Column:
			own = true
		}
		return true
	})
	switch {
	case outer && own:
		return fault.New("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES",
			"function", a.fullSQL(e)).At(e.At())
	case outer:
		return fault.Unsupported("an aggregate of the outer query's columns in a subquery").At(e.At())
	}
	return nil
}

// allowed refuses aggregates, window functions and generators where they cannot stand.
func (a *analyzer) allowed(e *plan.Call, s *sig, sc *scope) error {
	switch s.kind {
	case plan.AggregateFunc:
		if sc.windowArg {
			return nil
		}
		if sc.inAgg {
			return fault.New("NESTED_AGGREGATE_FUNCTION").At(e.Pos)
		}
		sc.sawAggregate(e)
	case plan.WindowFunc:
	case plan.GeneratorFunc:
		if !sc.generator {
			return misplacedGenerator(e)
		}
	}
	return nil
}

// resolveArgs resolves a call's arguments: stars are expanded, lambdas wait for the others.
func (c *call) resolveArgs(e *plan.Call, sc *scope) error {
	args := e.Args
	if hasStar(args) {
		if c.name == "count" && len(args) == 1 && bareStar(args[0]) && !e.Distinct {
			c.args = []plan.Expr{&plan.Literal{Pos: args[0].At(), Value: int32(1), Type: plan.Int}}
			return nil
		}
		if s, ok := args[0].(*plan.Star); ok && c.name == "count" && len(s.Target) > 0 {
			return fault.New("_LEGACY_ERROR_TEMP_1021", "targetString", strings.Join(s.Target, "."))
		}
		var err error
		if args, err = c.a.expandStars(args, sc, c.name); err != nil {
			return err
		}
	}
	if c.name == "aggregate" && len(args) == 3 {
		args = append(args[:3:3], identityLambda())
	}
	if c.name == "array_sort" && len(args) == 1 {
		args = append(args[:1:1], naturalOrder())
	}
	c.args = make([]plan.Expr, len(args))
	for i, arg := range args {
		if c.sig.names != nil {
			if err := c.sig.names(c, i, arg, sc); err != nil {
				return err
			}
		}
		if l, ok := arg.(*plan.Lambda); ok && c.sig.lambdas == nil {
			return notHigherOrder(c)
		} else if ok {
			c.args[i] = l
			continue
		}
		r, err := c.a.expr(arg, sc)
		if err != nil {
			return err
		}
		c.args[i] = r
	}
	return c.resolveLambdas(sc)
}

func hasStar(args []plan.Expr) bool {
	for _, e := range args {
		switch e.(type) {
		case *plan.Star, *plan.NameRegex:
			return true
		}
	}
	return false
}

func bareStar(e plan.Expr) bool {
	s, ok := e.(*plan.Star)
	return ok && len(s.Target) == 0 && len(s.Except) == 0
}

// finish checks, coerces and types the call.
func (c *call) finish() (plan.Expr, error) {
	s := c.sig
	if !s.anyCount {
		if err := c.countArgs(); err != nil {
			return nil, err
		}
	}
	if s.build != nil && s.anyCount {
		return s.build(c)
	}
	before := c.args
	if s.build != nil {
		before = append([]plan.Expr{}, c.args...)
	}
	casts := s.casts
	if casts == nil {
		casts = (*call).implicitCasts
	}
	if err := casts(c); err != nil {
		return nil, err
	}
	for _, i := range s.foldable {
		if i < len(c.args) && !isFoldable(c.args[i]) {
			return nil, c.notFoldable(i)
		}
	}
	for _, check := range s.checks {
		if err := check(c); err != nil {
			return nil, err
		}
	}
	if s.build != nil {
		r, err := s.build(c)
		if err != nil {
			return nil, err
		}
		if len(c.args) != len(before) {
			before = c.args // build added an argument that Spark shows, too
		}
		if s.replaced {
			c.a.remember(r, &call{a: c.a, name: c.name, show: c.show, args: before, sig: s})
		}
		return r, nil
	}
	if s.columns != nil {
		return c.make(plan.Struct{Fields: s.columns(c)}, false), nil
	}
	nullable := false
	if s.nullable != nil {
		nullable = s.nullable(c)
	} else {
		nullable = c.anyNull()
	}
	return c.make(s.result(c), nullable), nil
}

// make builds the resolved call.
func (c *call) make(t plan.Type, nullable bool) plan.Expr {
	f := &plan.Func{Pos: c.pos, Name: c.name, Kind: c.sig.kind, Args: c.args, Type: t, Nullable: nullable, ANSI: c.ansi()}
	if n := c.sig.shownArgs; n > 0 && n < len(c.args) {
		c.args = c.args[:n:n]
		return c.a.remember(f, c)
	}
	if canonical, ok := c.a.lookup(c.name); !ok || canonical.show != c.show {
		c.a.remember(f, c)
	}
	return f
}

// countArgs checks the number of arguments and adds the defaults of those left out.
func (c *call) countArgs() error {
	n, s := len(c.args), c.sig
	if n == 0 && c.name == "count" {
		return fault.New("WRONG_NUM_ARGS.WITH_SUGGESTION", "functionName", "`count`", "expectedNum", " >= 1", "actualNum", "0",
			"legacyNum", "0", "legacyConfKey", `"spark.sql.legacy.allowParameterlessCount"`, "legacyConfValue", `"true"`)
	}
	if n < s.least && s.repeat {
		c.pos = plan.Pos{} // Spark counts these when it checks types, and does not say where
	}
	if n < s.least || (n > len(s.params) && !s.repeat) {
		return c.wrongCount(s.expected())
	}
	if missing := len(s.params) - n; len(s.tail) > 0 && missing > 0 {
		c.args = append(c.args, s.tail[len(s.tail)-missing:]...)
	}
	return nil
}

// expected is the accepted numbers of arguments, as Spark lists them.
func (s *sig) expected() string {
	if s.counts != "" {
		return s.counts
	}
	if s.repeat {
		return "> " + itoa(s.least-1)
	}
	if s.least == len(s.params) {
		return itoa(s.least)
	}
	var all []string
	for n := s.least; n <= len(s.params); n++ {
		all = append(all, itoa(n))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func (c *call) wrongCount(expected string) error {
	return fault.New("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", plan.Quote(c.written()),
		"expectedNum", expected, "actualNum", itoa(len(c.args)),
		"docroot", docRoot).At(c.pos)
}

// shiftOperators are functions that the parser makes of operators.
var shiftOperators = map[string]string{"shiftleft": "<<", "shiftright": ">>", "shiftrightunsigned": ">>>"}

// docRoot is where Spark's messages point to.
const docRoot = "https://spark.apache.org/docs/latest"

// written is the function's name as the user wrote it.
func (c *call) written() string {
	if c.source != nil {
		return strings.ToLower(c.source.Name[len(c.source.Name)-1])
	}
	return c.name
}

func (c *call) notFoldable(i int) error {
	name := "arg" + itoa(i+1)
	if len(c.sig.argNames) > i {
		name = c.sig.argNames[i]
	}
	return c.mismatch("NON_FOLDABLE_INPUT", "inputName", plan.Quote(name), "inputType", plan.QuotedSQL(c.typ(i)),
		"inputExpr", quoteSQL(c.inputText(i)))
}

// inputText shows an argument; Spark negates lag's offset.
func (c *call) inputText(i int) string {
	if c.name == "lag" && i == 1 {
		return "(- " + c.a.pretty(c.args[i]) + ")"
	}
	return c.a.pretty(c.args[i])
}

// modifiers adds DISTINCT, FILTER, ORDER BY and IGNORE NULLS to an aggregate's or window function's call.
func (c *call) modifiers(r plan.Expr, sc *scope) (plan.Expr, error) {
	e := c.source
	if !e.Distinct && e.Filter == nil && len(e.OrderBy) == 0 && !e.IgnoreNulls {
		return r, nil
	}
	f, ok := r.(*plan.Func)
	if !ok {
		return nil, fault.Unsupported("DISTINCT, FILTER or IGNORE NULLS with %s", c.written()).At(c.pos)
	}
	g := *f
	g.Distinct, g.IgnoreNulls = e.Distinct, f.IgnoreNulls || e.IgnoreNulls
	if e.IgnoreNulls && !takesIgnoreNulls(g.Name) {
		return nil, c.misused("IGNORE NULLS")
	}
	if e.IgnoreNulls && (c.show == "first_value" || c.show == "last_value") {
		c.show = strings.TrimSuffix(c.show, "_value") // so Spark names it then
	}
	if e.Filter != nil {
		cond, err := c.filterClause(e.Filter, sc)
		if err != nil {
			return nil, err
		}
		g.Filter = cond
	}
	if len(e.OrderBy) > 0 && !c.sig.ordered {
		return nil, c.misused("WITHIN GROUP (ORDER BY ...)")
	}
	if w, ok := c.a.written[r]; ok {
		c.a.remember(&g, w)
	}
	return &g, nil
}

func takesIgnoreNulls(name string) bool {
	switch name {
	case "first", "last", "any_value", "lag", "lead", "nth_value":
		return true
	}
	return false
}

// noModifiers refuses DISTINCT and the like for functions that are no aggregates.
func (c *call) noModifiers() error {
	e := c.source
	switch {
	case e.Distinct:
		return c.misused("DISTINCT")
	case e.Filter != nil:
		return c.misused("FILTER CLAUSE")
	case e.IgnoreNulls:
		return c.misused("IGNORE NULLS")
	case len(e.OrderBy) > 0:
		return c.misused("WITHIN GROUP (ORDER BY ...)")
	}
	return nil
}

func (c *call) misused(syntax string) error {
	return fault.New("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "prettyName", plan.Quote(c.show),
		"syntax", syntax).At(c.pos)
}
