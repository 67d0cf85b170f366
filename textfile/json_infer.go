package textfile

// This file infers the types of JSON, as Spark does: of each record, and then of all together.

import (
	"slices"
	"strings"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
)

// Inference gathers the type of JSON records.
type Inference struct {
	r    *jsonReader
	root plan.Type
}

// Infer begins an inference.
func (j *JSON) Infer() *Inference { return &Inference{r: j.reader(true), root: plan.Struct{}} }

// Add looks at a record.
func (n *Inference) Add(text string) error {
	t, err := n.r.typeOf(text)
	if n.r.err != nil {
		return n.r.err
	}
	if err != nil {
		switch n.r.mode {
		case DropMalformed:
			return nil
		case FailFast:
			return n.r.malformed().Because(err)
		}
		t = plan.Struct{Fields: []plan.Field{{Name: n.r.corrupt, Type: plan.String, Nullable: true}}}
	}
	return n.Merge(t)
}

// malformed is the error of the mode FAILFAST, as Spark words it.
func (r *jsonReader) malformed() *fault.Error {
	return fault.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", r.corrupt, "failFastMode", "FAILFAST")
}

// Merge takes in the type of other records.
func (n *Inference) Merge(t plan.Type) (err error) {
	n.root, err = n.r.mergeRoots(n.root, t)
	return err
}

// Root is the type so far.
func (n *Inference) Root() plan.Type { return n.root }

// Schema is the type of all records.
func (n *Inference) Schema() plan.Struct {
	t, _ := n.r.canonical(n.root)
	s, _ := t.(plan.Struct)
	return s
}

// TypeOf is the type of a single document, as schema_of_json gives it.
func (j *JSON) TypeOf(text string) (plan.Type, error) {
	r := j.reader(false)
	t, err := r.typeOf(text)
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case plan.Struct:
		if c, ok := r.canonical(t); ok {
			return c, nil
		}
		return plan.Struct{}, nil
	case plan.Array:
		if c, ok := r.canonical(t.Elem); ok {
			return plan.Array{Elem: c, ContainsNull: t.ContainsNull}, nil
		}
		return plan.Array{Elem: plan.Struct{}, ContainsNull: t.ContainsNull}, nil
	}
	if c, ok := r.canonical(t); ok {
		return c, nil
	}
	return plan.String, nil
}

func (r *jsonReader) typeOf(text string) (plan.Type, error) {
	r.p.Reset(text, r.syntax)
	if _, err := r.p.Next(); err != nil {
		r.note(err)
		return nil, err
	}
	return r.infer()
}

// infer is the type of the value at the current token.
//
// size: one case per token
func (r *jsonReader) infer() (plan.Type, error) {
	if r.p.Token == java.JSONField {
		if _, err := r.p.Next(); err != nil {
			r.note(err)
			return nil, err
		}
	}
	switch r.p.Token {
	case java.JSONNone, java.JSONNull:
		return plan.Null, nil
	case java.JSONText:
		return r.inferText(r.p.Text), nil
	case java.JSONStartObject:
		return r.inferObject()
	case java.JSONStartArray:
		elem := plan.Type(plan.Null)
		for {
			token, err := r.p.Next()
			if err != nil {
				r.note(err)
				return nil, err
			}
			if token == java.JSONEndArray || token == java.JSONNone {
				return plan.Array{Elem: elem, ContainsNull: true}, nil
			}
			t, err := r.infer()
			if err != nil {
				return nil, err
			}
			elem = mergeTypes(elem, t)
		}
	case java.JSONWhole, java.JSONFraction:
		if r.primitivesAsString {
			return plan.String, nil
		}
		return r.inferNumber(), nil
	case java.JSONTrue, java.JSONFalse:
		if r.primitivesAsString {
			return plan.String, nil
		}
		return plan.Boolean, nil
	}
	return nil, fault.Internalf("a JSON token out of place")
}

func (r *jsonReader) inferObject() (plan.Type, error) {
	var s plan.Struct
	for {
		token, err := r.p.Next()
		if err != nil {
			r.note(err)
			return nil, err
		}
		if token == java.JSONEndObject || token == java.JSONNone {
			break
		}
		name, _ := r.p.Name()
		t, err := r.infer()
		if err != nil {
			return nil, err
		}
		s.Fields = append(s.Fields, plan.Field{Name: name, Type: t, Nullable: true})
	}
	sortFields(s.Fields)
	return s, nil
}

func sortFields(fields []plan.Field) {
	slices.SortStableFunc(fields, func(a, b plan.Field) int { return strings.Compare(a.Name, b.Name) })
}

func (r *jsonReader) inferText(s string) plan.Type {
	if s == "" {
		return plan.Null
	}
	if r.prefersDecimal {
		if unscaled, scale, ok := ParseDecimal(strings.ReplaceAll(s, ",", "")); ok {
			if p := len(unscaled.Abs(unscaled).String()); p <= MaxPrecision && scale <= p && scale >= 0 {
				return plan.Decimal{Precision: p, Scale: scale}
			}
		}
	}
	if r.inferTimestamp {
		if _, ok := r.clock.parseTime(s); ok {
			return plan.Timestamp
		}
	}
	return plan.String
}

func (r *jsonReader) inferNumber() plan.Type {
	if _, ok := ParseInteger(r.p.Text, 64); ok && r.p.Token == java.JSONWhole {
		return plan.Long
	}
	if r.p.Token == java.JSONWhole || r.prefersDecimal {
		if unscaled, scale, ok := ParseDecimal(r.p.Text); ok {
			if p := max(len(unscaled.Abs(unscaled).String()), scale); p <= MaxPrecision && scale >= 0 {
				return plan.Decimal{Precision: p, Scale: scale}
			}
		}
	}
	return plan.Double
}

// mergeRoots is mergeTypes for records: arrays stand for their elements, and what is neither object
// nor nothing is malformed.
func (r *jsonReader) mergeRoots(a, b plan.Type) (plan.Type, error) {
	if x, ok := a.(plan.Array); ok {
		return r.mergeRoots(x.Elem, b)
	}
	if x, ok := b.(plan.Array); ok {
		return r.mergeRoots(a, x.Elem)
	}
	s, okA := a.(plan.Struct)
	t, okB := b.(plan.Struct)
	switch {
	case okA && b == plan.Null:
		return s, nil
	case okB && a == plan.Null:
		return t, nil
	case okA && !okB:
		return r.withCorrupt(s)
	case okB && !okA:
		return r.withCorrupt(t)
	}
	return mergeTypes(a, b), nil
}

func (r *jsonReader) withCorrupt(s plan.Struct) (plan.Type, error) {
	switch r.mode {
	case DropMalformed:
		return s, nil
	case FailFast:
		return nil, r.malformed()
	}
	if fieldNamed(s.Fields, r.corrupt) >= 0 {
		return s, nil
	}
	fields := append([]plan.Field{{Name: r.corrupt, Type: plan.String, Nullable: true}}, s.Fields...)
	sortFields(fields)
	return plan.Struct{Fields: fields}, nil
}

// mergeTypes is the type for values of both.
func mergeTypes(a, b plan.Type) plan.Type {
	switch {
	case plan.Equal(a, b), b == plan.Null:
		return a
	case a == plan.Null:
		return b
	}
	switch x := a.(type) {
	case plan.Struct:
		if y, ok := b.(plan.Struct); ok {
			return plan.Struct{Fields: mergeFields(x.Fields, y.Fields)}
		}
		return plan.String
	case plan.Array:
		if y, ok := b.(plan.Array); ok {
			return plan.Array{Elem: mergeTypes(x.Elem, y.Elem), ContainsNull: true}
		}
		return plan.String
	}
	if isNumber(a) && b == plan.Double || isNumber(b) && a == plan.Double {
		return plan.Double
	}
	x, okA := asDecimal(a)
	y, okB := asDecimal(b)
	if !okA || !okB {
		return plan.String
	}
	scale := max(x.Scale, y.Scale)
	whole := max(x.Precision-x.Scale, y.Precision-y.Scale)
	if whole+scale > MaxPrecision {
		return plan.Double
	}
	return plan.Decimal{Precision: whole + scale, Scale: scale}
}

// mergeFields joins fields in the order of their names.
func mergeFields(a, b []plan.Field) []plan.Field {
	out := make([]plan.Field, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch strings.Compare(a[0].Name, b[0].Name) {
		case 0:
			out = append(out, plan.Field{Name: a[0].Name, Type: mergeTypes(a[0].Type, b[0].Type), Nullable: true})
			a, b = a[1:], b[1:]
		case -1:
			out, a = append(out, a[0]), a[1:]
		default:
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// asDecimal is the decimal type that holds every value of t.
func asDecimal(t plan.Type) (plan.Decimal, bool) {
	switch t := t.(type) {
	case plan.Decimal:
		return t, true
	case plan.Basic:
		switch t {
		case plan.Int:
			return plan.Decimal{Precision: 10}, true
		case plan.Long:
			return plan.Decimal{Precision: 20}, true
		}
	}
	return plan.Decimal{}, false
}

func isNumber(t plan.Type) bool {
	_, ok := asDecimal(t)
	return ok || t == plan.Double
}

// canonical drops objects without fields, and makes strings of what was always null.
func (r *jsonReader) canonical(t plan.Type) (plan.Type, bool) {
	switch t := t.(type) {
	case plan.Array:
		elem, ok := r.canonical(t.Elem)
		return plan.Array{Elem: elem, ContainsNull: t.ContainsNull}, ok
	case plan.Struct:
		var fields []plan.Field
		for _, f := range t.Fields {
			if c, ok := r.canonical(f.Type); ok && f.Name != "" {
				f.Type = c
				fields = append(fields, f)
			}
		}
		return plan.Struct{Fields: fields}, len(fields) > 0
	}
	if t == plan.Null {
		return plan.String, !r.dropAllNull
	}
	return t, true
}
