package translate

// This file keeps expressions that may fail from being evaluated where Spark would not.
//
// DuckDB runs the conjuncts of a filter in an order of its own, pushes them about, and in a
// value computes both sides of AND and OR on all rows. It never evaluates a branch of CASE on
// rows that do not reach it, nor moves parts of a CASE. So a conjunct that may fail carries
// the conjuncts before it as its condition, and one that stands behind an error() is folded
// into it, so that the error is not lost. Conditions on other FROM items are left out: Spark,
// too, pushes a filter down to the only table it reads.

import (
	"math/bits"
	"strings"

	"shoal/plan"
)

// conjuncts splits e at its ANDs.
func conjuncts(e plan.Expr) []plan.Expr { return members(e, "and") }

// conditions renders the conjuncts of a predicate, whose NULL counts as false.
func (t *translator) conditions(cond plan.Expr) []fragment {
	if cond == nil {
		return nil
	}
	var first, last []fragment
	for _, e := range conjuncts(cond) {
		f := t.capture(func() string { return t.condition(e) })
		eq, ok := e.(*plan.Func)
		f.key = ok && (eq.Name == "=" || eq.Name == "<=>") && bits.OnesCount64(f.reads) > 1
		if f.traits&fails != 0 && isMembership(e) {
			last = append(last, f)
		} else {
			first = append(first, f)
		}
	}
	return append(first, last...)
}

// isMembership tells an IN or EXISTS with a query, or its negation. Spark makes a join of it, above
// a filter of the other conditions, so one that may fail stands behind them. The others stay where
// they are: DuckDB's order of its joins may depend on it.
func isMembership(e plan.Expr) bool {
	if f, ok := e.(*plan.Func); ok && f.Name == "not" {
		e = f.Args[0]
	}
	s, ok := e.(*plan.Subquery)
	return ok && s.Kind != plan.ScalarSubquery
}

// condition is one conjunct: IN and NOT IN with a query need not make false of NULL here.
func (t *translator) condition(e plan.Expr) string {
	negated, ok := e.(*plan.Func)
	if ok && negated.Name == "not" {
		e = negated.Args[0]
	}
	if s, is := e.(*plan.Subquery); is && s.Kind == plan.InSubquery {
		return t.unlessNull(s, func() string {
			if ok && len(s.Values) == 1 && isFloating(typeOf(s.Values[0])) && !correlated(s.Plan) {
				return t.notInZeros(s)
			}
			return t.inTest(s, !ok)
		})
	}
	if ok {
		return t.expr(negated)
	}
	return t.predicate(e)
}

// conjoin writes conditions as one predicate: the text after WHERE, HAVING or ON. No
// conditions give "".
func conjoin(conds []fragment) string {
	guarded := make([]fragment, 0, len(conds))
	for i, c := range conds {
		switch {
		case c.traits&fails != 0:
			guards := guardsOf(c, conds[:i])
			if len(guards) > 0 && !c.key {
				c.sql = "CASE WHEN " + strings.Join(guards, " AND ") + " THEN " + c.sql + " ELSE FALSE END"
			}
		case foldsInto(c, guarded):
			last := &guarded[len(guarded)-1]
			last.sql = "CASE WHEN " + last.sql + " THEN " + c.sql + " ELSE FALSE END"
			continue
		}
		guarded = append(guarded, c)
	}
	texts := make([]string, len(guarded))
	for i, c := range guarded {
		texts[i] = c.sql
	}
	return strings.Join(texts, " AND ")
}

// guardsOf lists the earlier conditions that Spark would have evaluated before c.
func guardsOf(c fragment, earlier []fragment) []string {
	var guards []string
	for _, g := range earlier {
		if g.traits&(queries|volatile) == 0 && g.reads&^c.reads == 0 {
			guards = append(guards, g.sql)
		}
	}
	return guards
}

// foldsInto tells whether c must wait for the last condition, an error() on the same tables.
func foldsInto(c fragment, done []fragment) bool {
	if len(done) == 0 || c.traits&queries != 0 || c.reads == 0 {
		return false
	}
	last := done[len(done)-1]
	return last.traits&raises != 0 && c.reads&^last.reads == 0 && !c.key
}

// behindFilter makes a column of a subquery independent of where DuckDB puts the subquery's
// filter: its optimizer pulls filters up above projections on their way through a join, and pushes
// others down below. What may fail therefore carries the filter itself; rows that the filter drops
// are dropped wherever it ends up.
func (b *block) behindFilter(f fragment) string {
	conds := b.where
	if b.grouped {
		conds = b.having
	}
	if f.traits&fails == 0 || f.traits&windowed != 0 {
		return f.sql
	}
	f.reads = ^uint64(0)
	guards := guardsOf(f, conds)
	if len(guards) == 0 {
		return f.sql
	}
	return "CASE WHEN " + strings.Join(guards, " AND ") + " THEN " + f.sql + " END"
}

// members splits e at one connective, and or or.
func members(e plan.Expr, connective string) []plan.Expr {
	return appendMembers(nil, e, connective)
}

func appendMembers(out []plan.Expr, e plan.Expr, connective string) []plan.Expr {
	f, ok := e.(*plan.Func)
	if !ok || f.Name != connective {
		return append(out, e)
	}
	for _, a := range f.Args {
		out = appendMembers(out, a, connective)
	}
	return out
}

// connected is a chain of ANDs or ORs as a value.
func connected(c *call) string { return c.t.chain(c.f, false) }

// predicate is a condition where NULL counts as false.
func (t *translator) predicate(e plan.Expr) string {
	if f, ok := e.(*plan.Func); ok && (f.Name == "and" || f.Name == "or") {
		return t.chain(f, true)
	}
	return t.expr(e)
}

// chain writes ANDs or ORs flat, which lets DuckDB find common factors, and join keys in them. A
// member that may fail begins a new link, which is not evaluated where the links before have
// decided.
func (t *translator) chain(f *plan.Func, predicate bool) string {
	var links []string
	var link []string
	nullable, mayFail := false, false
	closeLink := func() {
		text := strings.Join(link, " "+strings.ToUpper(f.Name)+" ")
		if len(link) > 1 {
			text = "(" + text + ")"
		}
		links, link = append(links, text), nil
	}
	all := members(f, f.Name)
	if f.Name == "or" {
		all = gathered(all)
	}
	for i, e := range all {
		part := t.capture(func() string {
			if predicate {
				return t.predicate(e)
			}
			return t.expr(e)
		})
		_, decided := e.(*plan.Literal)
		if i > 0 && (part.traits&fails != 0 || decided && mayFail) {
			closeLink() // DuckDB drops what stands before TRUE in an OR
		}
		mayFail = mayFail || part.traits&fails != 0
		text := t.use(part)
		if n := len(link); n > 0 {
			if both, ok := between(link[n-1], text); ok && f.Name == "and" {
				link, text = link[:n-1], both
			}
		}
		link = append(link, text)
		nullable = nullable || plan.Nullable(e)
	}
	closeLink()
	out := links[len(links)-1]
	for i := len(links) - 2; i >= 0; i-- {
		out = t.lazily(f.Name, links[i], out, nullable && !predicate)
	}
	return out
}

// between joins x >= a and x <= b, into which the analyzer splits BETWEEN: DuckDB would take one
// half for a factor of an OR and misjudge how much it filters.
func between(low, high string) (string, bool) {
	x, a, ok := strings.Cut(low, " >= ")
	if !ok || !strings.HasPrefix(high, x+" <= ") || strings.Contains(a, " >= ") || !standsAlone(low) || !standsAlone(high) {
		return "", false
	}
	b := high[len(x)+len(" <= "):]
	return x + " BETWEEN " + a[:len(a)-1] + " AND " + b, true
}

// lazily is x AND rest, or x OR rest, with rest evaluated only where x has not decided.
func (t *translator) lazily(connective, x, rest string, nullable bool) string {
	switch {
	case connective == "and" && !nullable:
		return "CASE WHEN " + x + " THEN " + rest + " ELSE FALSE END"
	case connective == "and":
		return "CASE WHEN NOT " + x + " THEN FALSE ELSE (" + x + " AND " + rest + ") END"
	case !nullable:
		return "CASE WHEN " + x + " THEN TRUE ELSE " + rest + " END"
	}
	return "CASE WHEN " + x + " THEN TRUE ELSE (" + x + " OR " + rest + ") END"
}

// let writes body with a name for value where value is long: a list of one and a lambda, the
// only way DuckDB has to bind a name lazily. A short value is written out.
func (t *translator) let(value string, body func(name string) string) string {
	if len(value) <= longText || t.traits&(aggregates|windowed|queries) != 0 {
		return body(value)
	}
	name := t.fresh("v")
	return "list_transform([" + value + "], lambda " + name + ": " + body(name) + ")[1]"
}
