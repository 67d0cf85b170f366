package analyze

import "shoal/plan"

// This file casts function arguments to what a parameter wants, as Spark's ImplicitTypeCasts does.

// implicit is the type an argument of type t is cast to for the parameter; nil if it cannot be.
func (a *analyzer) implicit(t plan.Type, p param) plan.Type {
	if p.accepts(t) {
		return t
	}
	if a.settings.ANSI {
		return a.implicitANSI(t, p)
	}
	return a.implicitLegacy(t, p)
}

func (a *analyzer) implicitANSI(t plan.Type, p param) plan.Type {
	switch {
	case p.any != nil:
		return a.firstChoice(t, p)
	case isNumeric(t) && p.is(tDecimal):
		return decimalFor(t)
	case t == plan.String && p.is(tString):
		return nil
	case isFractional(t) && p.is(tIntegral):
		return nil
	case t == plan.String && (p.exact && isAtomic(p.concrete) || p.is(tNumeric) || p.is(tAnyTimestamp)):
		return p.concrete
	case t == plan.String && p.is(tDecimal):
		return systemDecimal
	}
	if arr, ok := t.(plan.Array); ok && p.elem != nil {
		if e := a.implicit(arr.Elem, *p.elem); e != nil {
			return plan.Array{Elem: e, ContainsNull: true}
		}
		return nil
	}
	if canStoreAssign(t, p.concrete) {
		return p.concrete
	}
	return nil
}

func (a *analyzer) implicitLegacy(t plan.Type, p param) plan.Type {
	switch {
	case t == plan.Null:
		return p.concrete
	case p.any != nil:
		return a.firstChoice(t, p)
	case t == plan.String && p.is(tNumeric):
		return plan.Double
	case isNumeric(t) && p.is(tDecimal):
		return decimalFor(t)
	case isNumeric(t) && p.exact && isNumeric(p.concrete):
		return p.concrete
	case isDatetime(t) && p.exact && isDatetime(p.concrete), isDatetime(t) && p.is(tAnyTimestamp):
		return p.concrete
	case t == plan.String && p.is(tDecimal):
		return systemDecimal
	case t == plan.String && p.exact && (isNumeric(p.concrete) || isDatetime(p.concrete) || p.is(tBinary)),
		t == plan.String && p.is(tAnyTimestamp):
		return p.concrete
	case isAtomic(t) && p.is(tString):
		return plan.String
	}
	if arr, ok := t.(plan.Array); ok && p.elem != nil {
		if e := a.implicit(arr.Elem, *p.elem); e != nil {
			return plan.Array{Elem: e, ContainsNull: arr.ContainsNull || mayFail(arr.Elem, e)}
		}
	}
	return nil
}

// firstChoice is the cast to the first of a parameter's types that can be cast to.
func (a *analyzer) firstChoice(t plan.Type, p param) plan.Type {
	for _, q := range p.any {
		if to := a.implicit(t, q); to != nil {
			return to
		}
	}
	return nil
}

// is compares parameters: those of the vocabulary differ in type or label.
func (p param) is(q param) bool {
	return p.any == nil && p.elem == nil && p.exact == q.exact && p.label == q.label &&
		(p.label != "" || p.concrete == q.concrete)
}

// implicitCasts casts a call's arguments to its parameters, and reports what cannot be.
func (c *call) implicitCasts() error {
	for i := range c.args {
		p := c.param(i)
		if _, isLambda := c.args[i].(*plan.Lambda); isLambda {
			if !p.accepts(c.typ(i)) {
				return c.wrongType(i, p)
			}
			continue
		}
		t := c.typ(i)
		if c.sig.isStrict {
			if t == plan.Null && !p.accepts(t) {
				c.cast(i, p.concrete)
			}
		} else if to := c.a.implicit(t, p); to != nil {
			c.cast(i, to)
		}
		if !p.accepts(c.typ(i)) {
			return c.wrongType(i, p)
		}
	}
	return nil
}

// strictArgs checks the arguments without casting any but NULLs.
func (c *call) strictArgs() error {
	strict := *c.sig
	strict.isStrict = true
	c.sig = &strict
	return c.implicitCasts()
}

// param is the parameter argument i belongs to.
func (c *call) param(i int) param { return c.sig.params[min(i, len(c.sig.params)-1)] }

// wrongType is the error for an argument of a type that the parameter does not accept.
func (c *call) wrongType(i int, p param) error {
	return c.mismatch("UNEXPECTED_INPUT_TYPE", "paramIndex", ordinal(i+1), "requiredType", p.String(),
		"inputSql", c.a.plainSQL(c.args[i]), "inputType", plan.QuotedSQL(c.typ(i)))
}

var ordinals = [...]string{"zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
	"eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"}

func ordinal(n int) string {
	if n < len(ordinals) {
		return ordinals[n]
	}
	return itoa(n) + "th"
}

// castArgs is implicitCasts for parameters that depend on the call.
func (c *call) castArgs(params ...param) error {
	s, d := *c.sig, *c
	s.params = params
	d.sig = &s
	return d.implicitCasts()
}
