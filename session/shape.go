package session

// This file says to people what a query is about, without the constants in it.

import (
	"strings"

	"shoal/plan"
	"shoal/sparksql"
)

// maxText is how much of a query people see.
const maxText = 300

// textOf is SQL text with its constants left out; of DataFrame code it is the relations, from the last to the first.
func textOf(st plan.Statement) string {
	if st == nil {
		return ""
	}
	w := &texter{}
	w.statement(st)
	return shortened(w.text.String())
}

func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "..."
}

// texter writes a statement's text. Only so much of a deep plan is looked at.
type texter struct {
	text  strings.Builder
	nodes int
}

const maxNodes = 500

func (w *texter) statement(st plan.Statement) {
	if at := st.At(); at.Src != nil && at.Src.Text != "" {
		w.text.WriteString(sparksql.Redact(at.Src.Text))
		return
	}
	if w.nodes++; w.nodes > maxNodes {
		w.text.WriteString("...")
		return
	}
	if c, ok := st.(*plan.OpaqueCommand); ok && c.About != "" {
		w.text.WriteString(c.About)
		return
	}
	w.text.WriteString(kindOf(st))
	if r, ok := st.(plan.Relation); ok {
		w.relation(r)
		return
	}
	if q := queryOf(st); q != nil {
		w.below(q)
	}
}

// relation writes what is behind a relation's kind.
func (w *texter) relation(r plan.Relation) {
	switch r := r.(type) {
	case *plan.Table:
		w.text.WriteString(" " + plan.QuoteParts(r.Name))
	case *plan.Read:
		w.text.WriteString(" " + r.Format)
	}
	w.below(plan.Inputs(r)...)
}

func (w *texter) below(inputs ...plan.Relation) {
	for i, in := range inputs {
		w.text.WriteString([]string{"(", ", "}[min(i, 1)])
		w.statement(in)
	}
	if len(inputs) > 0 {
		w.text.WriteByte(')')
	}
}

// queryOf is the query in a command of DataFrame code.
func queryOf(st plan.Statement) plan.Relation {
	switch st := st.(type) {
	case *plan.CreateView:
		return st.Query
	case *plan.WriteFiles:
		return st.Query
	case *plan.Insert:
		return st.Query
	case *plan.CreateTable:
		return st.Query
	}
	return nil
}
