package analyze

import (
	"fmt"
	"hash/maphash"

	"shoal/plan"
)

// This file tells expressions that mean the same apart from those that do not (Spark's
// semanticEquals): GROUP BY a + b and SELECT b + a have one key.

// digest identifies the meaning of an expression. Two seeds make accidental equality as good as impossible.
type digest [2]uint64

var digestSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func mix(label string, parts ...digest) digest {
	var out digest
	for i := range out {
		h := maphash.String(digestSeeds[i], label)
		for _, p := range parts {
			h = (h ^ p[i]) * 0x9E3779B97F4A7C15
			h ^= h >> 29
		}
		out[i] = h
	}
	return out
}

// sum combines without regard to order.
func sum(parts []digest) digest {
	var out digest
	for _, p := range parts {
		for i := range out {
			out[i] += p[i] * (p[i] | 1)
		}
	}
	return out
}

// commutative operators mean the same with their operands exchanged, and regrouped.
var commutative = map[string]bool{"+": true, "*": true, "and": true, "or": true, "=": true, "<=>": true,
	"&": true, "|": true, "^": true, "greatest": true, "least": true}

// meaning is an expression's digest.
//
// size: one case per node
func (a *analyzer) meaning(e plan.Expr) digest {
	switch e := e.(type) {
	case *plan.Literal:
		return mix(fmt.Sprintf("l%v:%v", e.Type, e.Value))
	case *plan.Column:
		return mix("c" + itoa(int(a.origin(e.ID))))
	case *plan.OuterColumn:
		return mix("o" + itoa(int(e.Column.ID)))
	case *plan.Alias:
		return a.meaning(e.Expr)
	case *plan.Cast:
		return mix("cast "+e.To.String()+itoa(int(e.Mode)), a.meaning(e.Expr))
	case *plan.Func:
		return a.funcMeaning(e)
	case *plan.LambdaVar:
		if n, ok := a.params[e.ID]; ok {
			return mix("v#" + itoa(n))
		}
		return mix("v" + itoa(int(e.ID)))
	case *plan.Lambda:
		return a.lambdaMeaning(e)
	case *plan.Window:
		parts := append([]digest{a.meaning(e.Func)}, a.meanings(e.Partition)...)
		parts = append(parts, a.orderMeaning(e.Order)...)
		return mix(fmt.Sprintf("w%v%v%v", e.Frame.Rows, e.Frame.Start.Kind, e.Frame.End.Kind),
			append(parts, a.boundMeaning(e.Frame.Start), a.boundMeaning(e.Frame.End))...)
	default:
		return mix(fmt.Sprintf("%p", e))
	}
}

// lambdaMeaning does not depend on what the parameters are called: the number counts, from the outside in.
func (a *analyzer) lambdaMeaning(l *plan.Lambda) digest {
	if a.params == nil {
		a.params = map[plan.ColumnID]int{}
	}
	for _, p := range l.Params {
		a.params[p.ID] = len(a.params)
	}
	d := mix("lambda"+itoa(len(l.Params)), a.meaning(l.Body))
	for _, p := range l.Params {
		delete(a.params, p.ID)
	}
	return d
}

func (a *analyzer) boundMeaning(b plan.Bound) digest {
	if b.Expr == nil {
		return digest{}
	}
	return a.meaning(b.Expr)
}

func (a *analyzer) meanings(list []plan.Expr) []digest {
	out := make([]digest, len(list))
	for i, e := range list {
		out[i] = a.meaning(e)
	}
	return out
}

func (a *analyzer) orderMeaning(order []plan.SortOrder) []digest {
	out := make([]digest, len(order))
	for i, o := range order {
		out[i] = mix(fmt.Sprintf("s%v%v", o.Desc, o.NullsFirst), a.meaning(o.Expr))
	}
	return out
}

func (a *analyzer) funcMeaning(f *plan.Func) digest {
	if a.digests == nil {
		return a.digestOf(f)
	}
	d, ok := a.digests[f]
	if !ok {
		d = a.digestOf(f)
		a.digests[f] = d
	}
	return d
}

func (a *analyzer) digestOf(f *plan.Func) digest {
	if plan.IsRandom(f.Name) {
		return mix(fmt.Sprintf("%p", f))
	}
	if commutative[f.Name] {
		return mix("f"+f.Name, sum(a.operands(f, nil)))
	}
	parts := a.meanings(f.Args)
	switch f.Name {
	case ">", ">=": // a > b is b < a
		if len(parts) == 2 {
			return mix("f"+map[string]string{">": "<", ">=": "<="}[f.Name], parts[1], parts[0])
		}
	}
	if f.Filter != nil {
		parts = append(parts, mix("filter", a.meaning(f.Filter)))
	}
	parts = append(parts, a.orderMeaning(f.OrderBy)...)
	label := "f" + f.Name
	if f.Distinct {
		label += " distinct"
	}
	if f.IgnoreNulls {
		label += " ignore nulls"
	}
	return mix(label, parts...)
}

// operands flattens chains of one commutative operator.
func (a *analyzer) operands(f *plan.Func, into []digest) []digest {
	for _, e := range f.Args {
		if g, ok := e.(*plan.Func); ok && g.Name == f.Name && len(g.Args) == 2 {
			into = a.operands(g, into)
			continue
		}
		into = append(into, a.meaning(e))
	}
	return into
}
