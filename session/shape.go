package session

// This file says what a query is about without the constants in it.

import (
	"encoding/hex"
	"hash/fnv"
	"io"
	"strings"

	"shoal/plan"
	"shoal/sparksql"
)

// maxText is how much of a query people see.
const maxText = 300

// shape is what a query has in common with others that ask the same of other constants.
type shape struct {
	text        string
	fingerprint string
}

// shapeOf is SQL text with its constants left out; of DataFrame code it is the relations, from the last to the first, and
// its fingerprint counts the names and functions in them, too.
func shapeOf(st plan.Statement) shape {
	if st == nil {
		return shape{}
	}
	w := &shaper{}
	w.statement(st)
	sum := fnv.New64a()
	io.WriteString(sum, w.text.String())
	io.WriteString(sum, w.names.String())
	return shape{text: shortened(w.text.String()), fingerprint: hex.EncodeToString(sum.Sum(nil))}
}

func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "..."
}

// shaper writes a statement's shape. Only so much of a deep plan is looked at.
type shaper struct {
	text, names strings.Builder
	nodes       int
}

const maxNodes = 500

func (w *shaper) statement(st plan.Statement) {
	if at := st.At(); at.Src != nil && at.Src.Text != "" {
		w.text.WriteString(sparksql.Redact(at.Src.Text))
		return
	}
	if w.nodes++; w.nodes > maxNodes {
		w.text.WriteString("...")
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
func (w *shaper) relation(r plan.Relation) {
	switch r := r.(type) {
	case *plan.Table:
		w.text.WriteString(" " + plan.QuoteParts(r.Name))
	case *plan.Read:
		w.text.WriteString(" " + r.Format)
	}
	for _, e := range plan.Exprs(r) {
		plan.Walk(e, func(e plan.Expr) bool {
			switch e := e.(type) {
			case *plan.Name:
				w.names.WriteString(plan.QuoteParts(e.Parts))
			case *plan.Call:
				w.names.WriteString(plan.QuoteParts(e.Name))
			}
			return true
		})
	}
	w.below(plan.Inputs(r)...)
}

func (w *shaper) below(inputs ...plan.Relation) {
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
