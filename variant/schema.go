package variant

// This file describes the types in values, and joins descriptions.

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"shoal/plan"
)

// Schema is a type of values: nested ones have parts. The zero Schema is VOID.
type Schema struct {
	kind             Kind
	precision, scale int      // of Decimal
	any              bool     // VARIANT: values that go together in nothing else
	names            []string // of Object, in order
	parts            []Schema // of Object's fields; of Array's elements: one
}

var kindNames = [...]string{Null: "VOID", Boolean: "BOOLEAN", Long: "BIGINT", Double: "DOUBLE", Date: "DATE",
	Timestamp: "TIMESTAMP", TimestampNTZ: "TIMESTAMP_NTZ", Float: "FLOAT", Binary: "BINARY", String: "STRING"}

// String writes a schema as Spark does.
func (s Schema) String() string {
	switch {
	case s.any:
		return "VARIANT"
	case s.kind == Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", s.precision, s.scale)
	case s.kind == Array:
		return "ARRAY<" + s.parts[0].String() + ">"
	case s.kind == Object:
		fields := make([]string, len(s.names))
		for i, name := range s.names {
			fields[i] = quoted(name) + ": " + s.parts[i].String()
		}
		return "OBJECT<" + strings.Join(fields, ", ") + ">"
	}
	return kindNames[s.kind]
}

// quoted is a field's name, in back-quotes unless it is an identifier.
func quoted(name string) string {
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		return plan.Quote(name)
	}
	return plan.QuoteIfNeeded(name)
}

// Schema is the value's type.
func (v Value) Schema() (Schema, error) { return v.schema(0) }

func (v Value) schema(depth int) (Schema, error) {
	kind, err := v.Kind()
	if err != nil {
		return Schema{}, err
	}
	s := Schema{kind: kind}
	switch kind {
	case Decimal:
		n, scale, err := v.Decimal()
		if err != nil {
			return s, err
		}
		s.scale, s.precision = scale, max(len(new(big.Int).Abs(n).String()), scale)
	case Array, Object:
		n, err := v.Open()
		if err != nil || depth > maxDepth {
			return s, errors.Join(ErrMalformed, err)
		}
		if kind == Array {
			s.parts = make([]Schema, 1)
		}
		err = n.Each(func(_ int, name string, v Value) error {
			t, err := v.schema(depth + 1)
			if kind == Array {
				s.parts[0] = s.parts[0].Merge(t)
			} else {
				s.names, s.parts = append(s.names, name), append(s.parts, t)
			}
			return err
		})
		return s, err
	}
	return s, nil
}

// Merge is the type of values of both types.
func (s Schema) Merge(t Schema) Schema {
	switch {
	case s.any || t.any:
		return Schema{any: true}
	case s.kind == Null:
		return t
	case t.kind == Null:
		return s
	case s.kind == Array && t.kind == Array:
		return Schema{kind: Array, parts: []Schema{s.parts[0].Merge(t.parts[0])}}
	case s.kind == Object && t.kind == Object:
		return s.mergeFields(t)
	case s.number() && t.number():
		return s.mergeNumbers(t)
	case s.kind == t.kind:
		return s
	case s.moment() && t.moment():
		if s.kind == Timestamp || t.kind == Timestamp {
			return Schema{kind: Timestamp}
		}
		return Schema{kind: TimestampNTZ}
	}
	return Schema{any: true}
}

func (s Schema) moment() bool {
	return s.kind == Date || s.kind == Timestamp || s.kind == TimestampNTZ
}

func (s Schema) number() bool {
	return s.kind == Long || s.kind == Decimal || s.kind == Float || s.kind == Double
}

// mergeNumbers: a decimal takes integers in, a double everything.
func (s Schema) mergeNumbers(t Schema) Schema {
	if s.kind == t.kind && s.kind != Decimal {
		return s
	}
	if s.kind == Long && t.kind == Float || s.kind == Float && t.kind == Long {
		return Schema{kind: Float}
	}
	if s.kind == Float || s.kind == Double || t.kind == Float || t.kind == Double {
		return Schema{kind: Double}
	}
	s, t = s.asDecimal(), t.asDecimal()
	whole, scale := max(s.precision-s.scale, t.precision-t.scale), max(s.scale, t.scale)
	if whole+scale > maxDecimal {
		return Schema{kind: Double}
	}
	return Schema{kind: Decimal, precision: whole + scale, scale: scale}
}

func (s Schema) asDecimal() Schema {
	if s.kind == Long {
		return Schema{kind: Decimal, precision: 20}
	}
	return s
}

func (s Schema) mergeFields(t Schema) Schema {
	out := Schema{kind: Object, names: slices.Clone(s.names), parts: slices.Clone(s.parts)}
	for i, name := range t.names {
		at, found := slices.BinarySearchFunc(out.names, name, compareJava)
		if found {
			out.parts[at] = out.parts[at].Merge(t.parts[i])
			continue
		}
		out.names = slices.Insert(out.names, at, name)
		out.parts = slices.Insert(out.parts, at, t.parts[i])
	}
	return out
}

// ParseSchema reads what String writes.
func ParseSchema(text string) (Schema, error) {
	p := schemaReader{text}
	s := p.schema()
	if p.rest != "" {
		return Schema{}, fmt.Errorf("no schema of a variant: %q", text)
	}
	return s, nil
}

// schemaReader reads schemas; rest is what is left, "!" after an error.
type schemaReader struct{ rest string }

func (p *schemaReader) take(word string) (ok bool) {
	p.rest, ok = strings.CutPrefix(p.rest, word)
	return ok
}

func (p *schemaReader) schema() Schema {
	switch {
	case p.take("ARRAY<"):
		s := Schema{kind: Array, parts: []Schema{p.schema()}}
		p.expect(">")
		return s
	case p.take("OBJECT<"):
		return p.object()
	case p.take("DECIMAL("):
		s := Schema{kind: Decimal}
		if n, _ := fmt.Sscanf(p.rest, "%d,%d)", &s.precision, &s.scale); n != 2 {
			return p.fail()
		}
		_, p.rest, _ = strings.Cut(p.rest, ")")
		return s
	case p.take("VARIANT"):
		return Schema{any: true}
	}
	found := -1
	for kind, name := range kindNames { // TIMESTAMP begins TIMESTAMP_NTZ
		if name != "" && strings.HasPrefix(p.rest, name) && (found < 0 || len(name) > len(kindNames[found])) {
			found = kind
		}
	}
	if found < 0 {
		return p.fail()
	}
	p.take(kindNames[found])
	return Schema{kind: Kind(found)}
}

func (p *schemaReader) fail() Schema {
	p.rest = "!"
	return Schema{}
}

func (p *schemaReader) expect(word string) {
	if !p.take(word) {
		p.fail()
	}
}

func (p *schemaReader) object() Schema {
	s := Schema{kind: Object}
	for p.rest != "" && p.rest != "!" && !p.take(">") {
		if len(s.names) > 0 {
			p.expect(", ")
		}
		s.names = append(s.names, p.name())
		p.expect(": ")
		s.parts = append(s.parts, p.schema())
	}
	return s
}

// name is a field's, in back-quotes where it must be.
func (p *schemaReader) name() string {
	if !p.take("`") {
		name, rest, _ := strings.Cut(p.rest, ":")
		p.rest = ":" + rest
		return name
	}
	var name strings.Builder
	for {
		part, rest, ok := strings.Cut(p.rest, "`")
		name.WriteString(part)
		if p.rest = rest; !ok {
			p.fail()
		}
		if !p.take("`") {
			return name.String()
		}
		name.WriteByte('`')
	}
}
