package textfile

// This file makes typed values of variants.

import (
	"math"
	"math/big"
	"time"
	"unicode/utf8"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
	"shoal/variant"
)

// VariantReader casts variants to a type. It belongs to one goroutine.
type VariantReader struct {
	t       plan.Type
	strict  bool
	clock   *java.Clock
	now     time.Time
	builder variant.Builder
}

// NewVariantReader makes a reader: what cannot be cast is an error if it is strict, else NULL.
func NewVariantReader(t plan.Type, zone string, strict bool) (*VariantReader, error) {
	z, err := java.LoadZone(zone)
	if err != nil {
		return nil, fault.Unsupported("the time zone %s", zone).Because(err)
	}
	return &VariantReader{t: t, strict: strict, clock: z.Clock(), now: time.Now()}, nil
}

// Read casts one variant.
func (r *VariantReader) Read(v variant.Value) (Value, error) { return r.value(v, r.t) }

// value casts to t. What fails inside of a nested value is NULL there.
func (r *VariantReader) value(v variant.Value, t plan.Type) (Value, error) {
	kind, err := v.Kind()
	if err != nil {
		return Value{}, variantError(err)
	}
	if t == plan.Variant {
		return variantValue(&r.builder, func(b *variant.Builder) error { return b.Value(v) })
	}
	if kind == variant.Null {
		return Value{}, nil
	}
	var out Value
	ok := false
	switch t := t.(type) {
	case plan.Array:
		if ok = kind == variant.Array; ok {
			out, err = r.elements(v, t.Elem)
		}
	case plan.Map:
		if ok = kind == variant.Object; ok {
			out, err = r.entries(v, t.Value)
		}
	case plan.Struct:
		if ok = kind == variant.Object; ok {
			out, err = r.fields(v, t)
		}
	default:
		out, ok, err = r.scalar(v, kind, t)
	}
	switch {
	case err != nil:
		return Value{}, variantError(err)
	case ok:
		return out, nil
	case r.strict:
		text, _ := v.AppendJSON(nil, r.clock)
		return Value{}, fault.New("INVALID_VARIANT_CAST", "value", string(text), "dataType", `"`+plan.SQL(t)+`"`)
	}
	return Value{}, nil
}

// variantError is the error of bytes that are no variant; others stay as they are.
func variantError(err error) error {
	switch err {
	case variant.ErrMalformed:
		return fault.New("MALFORMED_VARIANT")
	case variant.ErrTooLarge:
		return fault.Unsupported("%v", err)
	}
	return err
}

// variantValue is what write makes of an empty builder.
func variantValue(b *variant.Builder, write func(*variant.Builder) error) (Value, error) {
	b.Reset()
	if err := write(b); err != nil {
		return Value{}, variantError(err)
	}
	v, err := b.Result()
	return Encoded(v), variantError(err)
}

// Encoded is a value of type VARIANT.
func Encoded(v variant.Value) Value {
	return several([]Value{words(string(v.Bytes)), words(string(v.Meta))})
}

// ParseVariant reads JSON as a value of type VARIANT.
func ParseVariant(b *variant.Builder, text string) (Value, error) {
	return variantValue(b, func(b *variant.Builder) error { return b.Parse(text) })
}

// VariantParts is the type of what [ExplodeVariant] makes.
func VariantParts() plan.Type {
	return plan.Array{Elem: plan.Struct{Fields: []plan.Field{{Name: "pos", Type: plan.Int},
		{Name: "key", Type: plan.String, Nullable: true}, {Name: "value", Type: plan.Variant}}}}
}

// ExplodeVariant lists the elements of an array, or the fields of an object; other variants have none.
func ExplodeVariant(v variant.Value) (Value, error) {
	kind, err := v.Kind()
	if err != nil || kind != variant.Object && kind != variant.Array {
		return several(nil), variantError(err)
	}
	n, err := v.Open()
	if err != nil {
		return Value{}, variantError(err)
	}
	list := make([]Value, n.Len)
	err = n.Each(func(i int, name string, part variant.Value) error {
		var key Value
		if kind == variant.Object {
			key = words(name)
		}
		list[i] = several([]Value{number(int64(i)), key, Encoded(part)})
		return nil
	})
	return several(list), variantError(err)
}

func (r *VariantReader) elements(v variant.Value, elem plan.Type) (Value, error) {
	n, err := v.Open()
	if err != nil {
		return Value{}, err
	}
	list := make([]Value, n.Len)
	err = n.Each(func(i int, _ string, e variant.Value) (err error) {
		list[i], err = r.value(e, elem)
		return err
	})
	return several(list), err
}

func (r *VariantReader) entries(v variant.Value, t plan.Type) (Value, error) {
	n, err := v.Open()
	if err != nil {
		return Value{}, err
	}
	list := make([]Value, 0, 2*n.Len)
	err = n.Each(func(_ int, name string, e variant.Value) error {
		value, err := r.value(e, t)
		list = append(list, words(name), value)
		return err
	})
	return several(list), err
}

func (r *VariantReader) fields(v variant.Value, t plan.Struct) (Value, error) {
	n, err := v.Open()
	if err != nil {
		return Value{}, err
	}
	list := make([]Value, len(t.Fields))
	for i, f := range t.Fields {
		e, found, err := n.Field(f.Name)
		if err != nil {
			return Value{}, err
		}
		if !found {
			continue
		}
		if list[i], err = r.value(e, f.Type); err != nil {
			return Value{}, err
		}
	}
	return several(list), nil
}

// scalar casts to a type that is not nested, as CAST does under ANSI; not ok is what that refuses.
func (r *VariantReader) scalar(v variant.Value, kind variant.Kind, t plan.Type) (out Value, ok bool, err error) {
	if kind == variant.Object || kind == variant.Array {
		if t != plan.String {
			return Value{}, false, nil
		}
		text, err := v.AppendJSON(nil, r.clock)
		return words(string(text)), true, err
	}
	switch t {
	case plan.String, plan.Binary:
		return r.bytes(v, kind, t)
	case plan.Date, plan.Timestamp, plan.TimestampNTZ:
		out, ok, err = r.moment(v, kind, t)
	case plan.Boolean:
		out, ok, err = r.truth(v, kind)
	case plan.Byte:
		out, ok, err = r.integer(v, kind, math.MinInt8, math.MaxInt8)
	case plan.Short:
		out, ok, err = r.integer(v, kind, math.MinInt16, math.MaxInt16)
	case plan.Int:
		out, ok, err = r.integer(v, kind, math.MinInt32, math.MaxInt32)
	case plan.Long:
		out, ok, err = r.integer(v, kind, math.MinInt64, math.MaxInt64)
	case plan.Float:
		out, ok, err = r.floating(v, kind, 32)
	case plan.Double:
		out, ok, err = r.floating(v, kind, 64)
	default:
		if d, isDecimal := t.(plan.Decimal); isDecimal {
			return r.decimal(v, kind, d)
		}
	}
	return out, ok, err
}

// text is a scalar's text, valid as long as the variant is.
func (r *VariantReader) text(v variant.Value) (string, error) {
	b, err := v.AppendText(nil, r.clock)
	return string(b), err
}

func (r *VariantReader) bytes(v variant.Value, kind variant.Kind, t plan.Type) (Value, bool, error) {
	if t == plan.Binary && kind != variant.Binary && kind != variant.String {
		return Value{}, false, nil
	}
	s, err := r.text(v)
	if err == nil && t == plan.String && !utf8.ValidString(s) {
		err = fault.Unsupported("a cast of bytes that are no UTF-8 from a variant to STRING")
	}
	return words(s), true, err
}

func (r *VariantReader) truth(v variant.Value, kind variant.Kind) (Value, bool, error) {
	switch kind {
	case variant.Boolean:
		return truth(v.Bool()), true, nil
	case variant.Long:
		return truth(v.Long() != 0), true, nil
	case variant.Double, variant.Float:
		return truth(v.Double() != 0), true, nil
	case variant.Decimal:
		n, _, err := v.Decimal()
		return truth(err == nil && n.Sign() != 0), true, err
	case variant.String:
		s, err := v.Text()
		b, ok := java.ParseBool(string(s))
		return truth(b), ok, err
	}
	return Value{}, false, nil
}

func (r *VariantReader) integer(v variant.Value, kind variant.Kind, least, most int64) (Value, bool, error) {
	var n int64
	ok := true
	switch kind {
	case variant.Boolean:
		n = truth(v.Bool()).n
	case variant.Long:
		n = v.Long()
	case variant.Timestamp:
		n = floorDiv(v.Long(), 1e6)
	case variant.Double, variant.Float:
		f := v.Double()
		// Java compares with the bounds as doubles, and then takes the nearest integer.
		if ok = math.Floor(f) <= float64(most) && math.Ceil(f) >= float64(least); ok {
			n = most
			if f < float64(most) {
				n = int64(f)
			}
		}
	case variant.Decimal:
		d, scale, err := v.Decimal()
		if err != nil {
			return Value{}, false, err
		}
		d.Quo(d, power10(scale))
		n, ok = d.Int64(), d.IsInt64()
	case variant.String:
		s, err := v.Text()
		if err != nil {
			return Value{}, false, err
		}
		n, ok = java.ParseLong(string(s), false)
	default:
		ok = false
	}
	return number(n), ok && n >= least && n <= most, nil
}

func (r *VariantReader) floating(v variant.Value, kind variant.Kind, bits int) (Value, bool, error) {
	var f float64
	switch kind {
	case variant.Boolean:
		f = float64(truth(v.Bool()).n)
	case variant.Long:
		if f = float64(v.Long()); bits == 32 {
			f = float64(float32(v.Long()))
		}
	case variant.Timestamp:
		f = float64(v.Long()) / 1e6
	case variant.Double, variant.Float:
		f = v.Double()
	case variant.Decimal, variant.String:
		s, err := r.text(v)
		if err != nil {
			return Value{}, false, err
		}
		var ok bool
		if f, ok = java.ParseDouble(s, bits); !ok {
			return Value{}, false, nil
		}
	default:
		return Value{}, false, nil
	}
	return float(f), true, nil
}

func (r *VariantReader) decimal(v variant.Value, kind variant.Kind, t plan.Decimal) (Value, bool, error) {
	var n *big.Int
	scale, ok := 0, true
	switch kind {
	case variant.Boolean:
		n = big.NewInt(truth(v.Bool()).n)
	case variant.Long:
		n = big.NewInt(v.Long())
	case variant.Timestamp:
		n, scale, ok = ParseDecimal(string(java.AppendDouble(nil, float64(v.Long())/1e6)))
	case variant.Double, variant.Float:
		n, scale, ok = ParseDecimal(string(java.AppendDouble(nil, v.Double())))
	case variant.Decimal:
		var err error
		if n, scale, err = v.Decimal(); err != nil {
			return Value{}, false, err
		}
	case variant.String:
		s, err := v.Text()
		if err != nil {
			return Value{}, false, err
		}
		text, how := java.AppendDecimal(nil, string(s), t.Precision, t.Scale)
		if how != java.DecimalOK {
			return Value{}, false, nil
		}
		n, scale, ok = ParseDecimal(string(text))
	default:
		ok = false
	}
	if !ok {
		return Value{}, false, nil
	}
	d, ok := fitDecimal(n, scale, t)
	return Value{set: true, dec: d}, ok, nil
}

// moment casts to dates and times: each from the others, and from texts; numbers count seconds.
func (r *VariantReader) moment(v variant.Value, kind variant.Kind, t plan.Type) (Value, bool, error) {
	switch kind {
	case variant.String:
		s, err := v.Text()
		if err != nil {
			return Value{}, false, err
		}
		return r.parseMoment(string(s), t)
	case variant.Date, variant.Timestamp, variant.TimestampNTZ:
		return number(r.convertMoment(v.Long(), kind, t)), true, nil
	}
	if t != plan.Timestamp {
		return Value{}, false, nil
	}
	micros := new(big.Int)
	switch kind {
	case variant.Long:
		micros.Mul(big.NewInt(v.Long()), big.NewInt(1e6))
	case variant.Double, variant.Float:
		f := v.Double() * 1e6
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return Value{}, false, nil
		}
		big.NewFloat(f).Int(micros)
	case variant.Decimal:
		d, scale, err := v.Decimal()
		if err != nil {
			return Value{}, false, err
		}
		micros.Quo(d.Mul(d, big.NewInt(1e6)), power10(scale))
	default:
		return Value{}, false, nil
	}
	return number(micros.Int64()), micros.IsInt64(), nil
}

func (r *VariantReader) parseMoment(s string, t plan.Type) (Value, bool, error) {
	switch t {
	case plan.Date:
		days, ok := java.ParseDate(s)
		return number(int64(days)), ok, nil
	case plan.Timestamp:
		micros, ok := java.ParseTimestamp(s, r.clock, r.now)
		return number(micros), ok, nil
	}
	micros, ok := java.ParseTimestampNTZ(s)
	return number(micros), ok, nil
}

const dayMicros = 86400 * 1e6

// convertMoment goes by way of the wall clock.
func (r *VariantReader) convertMoment(n int64, kind variant.Kind, t plan.Type) int64 {
	if kind == variant.Date && t == plan.Date || kind == variant.Timestamp && t == plan.Timestamp {
		return n
	}
	local := n
	switch kind {
	case variant.Date:
		local = n * dayMicros
	case variant.Timestamp:
		local = r.clock.Local(n)
	}
	switch t {
	case plan.Date:
		return floorDiv(local, dayMicros)
	case plan.Timestamp:
		return r.clock.Instant(local)
	}
	return local
}
