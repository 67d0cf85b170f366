package session

// This file explains a query: its plan as a tree, the engine that would run it, and why.

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
)

// The modes of EXPLAIN.
const (
	ExplainSimple    = "simple"
	ExplainExtended  = "extended"
	ExplainCodegen   = "codegen"
	ExplainCost      = "cost"
	ExplainFormatted = "formatted"
)

// Explain tells how a relation would be run.
func (s *Session) Explain(ctx context.Context, rel plan.Relation, mode string) (string, error) {
	asked := s.known(Query{Statement: rel, Forward: &Forward{}})
	settings := s.settings(asked.stays)
	resolved, err := s.analyze(ctx, rel, settings, nil)
	if err != nil {
		return "", err
	}
	q := s.asked(resolved, settings, asked)
	chosen, err := s.room.Router.Pick(q)
	eng, est := chosen.Engine, chosen.Estimate
	if asked.stays {
		chosen.Why = whyStays
	}
	var b strings.Builder
	switch mode {
	case ExplainExtended:
		fmt.Fprintf(&b, "== Parsed Logical Plan ==\n%s\n== Analyzed Logical Plan ==\n%s\n%s\n== Optimized Logical Plan ==\n%s\n", Tree(rel),
			schemaLine(plan.Output(resolved)), Tree(resolved), Tree(resolved))
	case ExplainCost:
		fmt.Fprintf(&b, "== Optimized Logical Plan ==\n%s\nStatistics: latency %.3fs, cpu %.3fs, reads %d bytes, peak memory %d bytes\n\n",
			Tree(resolved), est.Latency, est.CPUSeconds, est.Bytes, est.PeakMemory)
	}
	b.WriteString("== Physical Plan ==\n" + s.physicalTree(resolved))
	if err != nil {
		fmt.Fprintf(&b, "\nEngine: none (%s)\n", briefly(err))
		return b.String(), nil
	}
	if eng == nil {
		b.WriteString(s.chosenLines(chosen, s.room.Router.Remote.Name()))
		return b.String(), nil
	}
	b.WriteString(s.chosenLines(chosen, eng.Name()))
	if d, ok := eng.(interface {
		Explain(engine.Query) (string, error)
	}); ok && mode != ExplainSimple {
		if text, err := d.Explain(q); err == nil {
			b.WriteString("\n== " + eng.Name() + " ==\n" + text + "\n")
		}
	}
	return b.String(), nil
}

func briefly(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return err.Error()
}

func schemaLine(out []*plan.Column) string {
	parts := make([]string, len(out))
	for i, c := range out {
		parts[i] = c.Name + ": " + c.Type.String()
	}
	return strings.Join(parts, ", ")
}

// Tree draws a plan, a line a node.
func Tree(r plan.Relation) string {
	p := &printer{}
	p.tree(r, "", "")
	return p.b.String()
}

// physicalTree is the plan as it runs: a join by equal keys keeps one side in a table that all threads share.
func (s *Session) physicalTree(r plan.Relation) string {
	p := &printer{physical: true}
	if s.persists() {
		p.kept = s
	}
	p.tree(r, "", "")
	return p.b.String()
}

// Fingerprint tells plans apart by what they compute: equal for equal plans, whatever the
// identities of their columns.
func Fingerprint(resolved plan.Relation) string {
	p := &printer{ids: map[plan.ColumnID]int{}}
	p.tree(resolved, "", "")
	return p.b.String()
}

// printer writes plans. With ids, columns are numbered as they appear.
type printer struct {
	b        strings.Builder
	ids      map[plan.ColumnID]int
	physical bool
	kept     *Session // whose persisted relations are marked, or nil
}

// tree writes r after first, and what is below it after rest.
func (p *printer) tree(r plan.Relation, first, rest string) {
	if r == nil {
		return
	}
	if p.kept != nil {
		if level := p.kept.Persisted(Fingerprint(r)); level.somewhere() {
			p.b.WriteString(first + "InMemoryTableScan " + p.columns(plan.Output(r)) + ", " + level.String() + "; nothing is held, it is computed:\n")
			first, rest = rest+"+- ", rest+"   "
		}
	}
	p.b.WriteString(first + p.line(r) + "\n")
	below := append(plan.Inputs(r), p.subqueries(r)...)
	for i, in := range below {
		if i < len(below)-1 {
			p.tree(in, rest+":- ", rest+":  ")
		} else {
			p.tree(in, rest+"+- ", rest+"   ")
		}
	}
}

// subqueries lists the plans inside a relation's expressions.
func (p *printer) subqueries(r plan.Relation) (all []plan.Relation) {
	for _, e := range plan.Exprs(r) {
		plan.Walk(e, func(e plan.Expr) bool {
			if sub, ok := e.(*plan.Subquery); ok && sub.Plan != nil {
				all = append(all, sub.Plan)
			}
			return true
		})
	}
	return all
}

// line describes one node.
func (p *printer) line(r plan.Relation) string {
	//size: one case per node
	switch r := r.(type) {
	case *plan.Scan:
		paths := make([]string, 0, len(r.Files))
		for _, f := range r.Files {
			paths = append(paths, f.Path)
		}
		return fmt.Sprintf("Scan %s %s %d files%s", r.Format, p.columns(r.Out), len(r.Files), p.some(paths))
	case *plan.LocalData:
		kind := "LocalTableScan"
		if r.Checkpoint {
			kind = "Scan ExistingRDD"
		}
		return fmt.Sprintf("%s %s %d bytes%s", kind, p.columns(r.Out), len(r.Arrow), p.digest(r.Arrow))
	case *plan.Values:
		rows := make([]string, len(r.Rows))
		for i, row := range r.Rows {
			rows[i] = p.list(row)
		}
		return fmt.Sprintf("Values %s%s", p.columns(r.Out), p.some(rows))
	case *plan.Range:
		return fmt.Sprintf("Range (%d, %d, step=%d) %s", r.Start, r.End, r.Step, p.columns(r.Out))
	case *plan.OneRow:
		return "Scan OneRowRelation[]"
	case *plan.CTERef:
		return fmt.Sprintf("CTERef %d %s", r.ID, p.columns(r.Out))
	case *plan.Project:
		return "Project " + p.list(r.Exprs)
	case *plan.Filter:
		return "Filter " + p.expr(r.Cond)
	case *plan.Aggregate:
		return fmt.Sprintf("Aggregate %s, %s%s", p.list(r.Group), p.list(r.Aggs), sets(r))
	case *plan.Sort:
		return fmt.Sprintf("Sort %s, %t", p.order(r.Order), r.Global)
	case *plan.Limit:
		return "Limit " + p.expr(r.Count)
	case *plan.Offset:
		return "Offset " + p.expr(r.Count)
	case *plan.Tail:
		return "Tail " + p.expr(r.Count)
	case *plan.Distinct:
		return "Distinct " + p.list(r.Columns)
	case *plan.Generate:
		return fmt.Sprintf("Generate %s, outer=%t", p.expr(r.Gen), r.Outer)
	case *plan.Sample:
		return fmt.Sprintf("Sample %v, %v, %t", r.Lower, r.Upper, r.WithReplacement)
	case *plan.With:
		names := make([]string, len(r.Defs))
		for i, d := range r.Defs {
			names[i] = fmt.Sprintf("%s = CTE %d", d.Name, d.ID)
		}
		return "WithCTE [" + strings.Join(names, ", ") + "]"
	case *plan.Join:
		return p.join(r)
	case *plan.SetOp:
		return [...]string{"Union", "Intersect", "Except"}[r.Kind] + map[bool]string{true: " All"}[r.All]
	case *plan.Table:
		return "'UnresolvedRelation [" + strings.Join(r.Name, ", ") + "]"
	case *plan.SubqueryAlias:
		return "SubqueryAlias " + r.Alias
	case *plan.Hint:
		return fmt.Sprintf("'UnresolvedHint %s, %s", r.Name, p.list(r.Args))
	default:
		return "'" + kindOf(r)
	}
}

func (p *printer) join(r *plan.Join) string {
	kind := "Join"
	if p.physical {
		kind = "BroadcastNestedLoopJoin"
		plan.Walk(r.Cond, func(e plan.Expr) bool {
			f, ok := e.(*plan.Func)
			if ok && (f.Name == "=" || f.Name == "<=>") {
				kind = "BroadcastHashJoin"
			}
			return ok && f.Name == "and"
		})
	}
	if r.Cond == nil {
		return fmt.Sprintf("%s %s", kind, r.Type)
	}
	return fmt.Sprintf("%s %s, %s", kind, r.Type, p.expr(r.Cond))
}

func sets(r *plan.Aggregate) string {
	if r.Kind != plan.GroupSets {
		return ""
	}
	return fmt.Sprintf(", sets=%v", r.Sets)
}

// some lists texts: all of them for a fingerprint, three for people.
func (p *printer) some(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	if p.ids == nil && len(texts) > 3 {
		texts = append(texts[:3:3], "...")
	}
	return " [" + strings.Join(texts, ", ") + "]"
}

// columns lists output columns.
func (p *printer) columns(out []*plan.Column) string {
	parts := make([]string, len(out))
	for i, c := range out {
		parts[i] = p.name(c.Name, c.ID)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
