package textfile

// This file converts JSON to values of a schema, as Spark does: what does not fit is NULL, and the
// rest of the record stays.

import (
	"encoding/base64"
	"math"
	"math/big"
	"strconv"
	"strings"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
	"shoal/variant"
)

// state says how a value was read: as it is, in part, or not at all.
type state uint8

const (
	fine state = iota
	partial
	failed
)

// jsonReader converts records; it belongs to one goroutine.
type jsonReader struct {
	*JSON
	p     java.JSONTokens
	clock clock
	err   error // ends the query
	exact bool

	builder variant.Builder
}

func (j *JSON) reader(exact bool) *jsonReader {
	return &jsonReader{JSON: j, clock: j.times.clock(), exact: exact && j.exact}
}

// jsonTakes refuses types that are not read from JSON here.
func jsonTakes(t plan.Type) error {
	switch t := t.(type) {
	case plan.Array:
		return jsonTakes(t.Elem)
	case plan.Map:
		if t.Key != plan.String {
			return fault.Unsupported("reading %s from JSON", t)
		}
		return jsonTakes(t.Value)
	case plan.Struct:
		for _, f := range t.Fields {
			if err := jsonTakes(f.Type); err != nil {
				return err
			}
		}
		return nil
	case plan.Decimal:
		return nil
	}
	switch t {
	case plan.Null, plan.Boolean, plan.Byte, plan.Short, plan.Int, plan.Long, plan.Float, plan.Double, plan.String, plan.Binary,
		plan.Date, plan.Timestamp, plan.TimestampNTZ, plan.Variant:
		return nil
	}
	return fault.Unsupported("reading %s from JSON", t)
}

// rows reads a record whose root has the type t. ok is false if it is malformed: the rows, if any,
// hold what could be read. asStructs takes an array of objects as several rows.
func (r *jsonReader) rows(text string, t plan.Type, asStructs bool) (rows []Value, ok bool) {
	r.p.Reset(text, r.syntax)
	token, err := r.p.Next()
	switch {
	case err != nil:
		return nil, r.note(err)
	case token == java.JSONNone:
		return nil, true
	case token == java.JSONNull && t != plan.Variant:
		return nil, false
	}
	var v Value
	var st state
	switch root := t.(type) {
	case plan.Struct:
		if token == java.JSONStartArray && asStructs {
			v, st = r.array(root, true)
			return v.list, st == fine
		}
		if token != java.JSONStartObject {
			return nil, false
		}
		v, st = r.object(root)
	case plan.Array:
		elem, isStruct := root.Elem.(plan.Struct)
		if token == java.JSONStartObject && isStruct {
			v, st = r.object(elem)
			v = several([]Value{v})
		} else {
			v, st = r.value(t)
		}
	default:
		v, st = r.value(t)
	}
	if st == failed {
		return nil, false
	}
	return []Value{v}, st == fine
}

// note keeps an error that is not about malformed JSON; the record is malformed anyway.
func (r *jsonReader) note(err error) bool {
	if err == java.ErrSurrogate && r.err == nil {
		r.err = fault.Unsupported("JSON with half of a surrogate pair")
	}
	return false
}

// next reads a token; false if the JSON is malformed.
func (r *jsonReader) next() (java.JSONToken, bool) {
	t, err := r.p.Next()
	if err != nil {
		return t, r.note(err)
	}
	return t, true
}

// object reads the fields behind the current opening brace.
func (r *jsonReader) object(t plan.Struct) (Value, state) {
	row := make([]Value, len(t.Fields))
	st := fine
	for {
		token, ok := r.next()
		if !ok {
			return Value{}, failed
		}
		if token == java.JSONEndObject || token == java.JSONNone {
			return several(row), st
		}
		name, _ := r.p.Name()
		i := fieldNamed(t.Fields, name)
		if i < 0 {
			if token == java.JSONField {
				if _, ok := r.next(); !ok {
					return Value{}, failed
				}
			}
			if err := r.p.Skip(); err != nil {
				r.note(err)
				return Value{}, failed
			}
			continue
		}
		v, how := r.value(t.Fields[i].Type)
		switch how {
		case failed:
			st = partial
			if err := r.p.Skip(); err != nil {
				r.note(err)
				return Value{}, failed
			}
			continue
		case partial:
			st = partial
		}
		row[i] = v
	}
}

func fieldNamed(fields []plan.Field, name string) int {
	for i := range fields {
		if fields[i].Name == name {
			return i
		}
	}
	return -1
}

// array reads the elements behind the current opening bracket; rows may not be NULL.
func (r *jsonReader) array(elem plan.Type, rows bool) (Value, state) {
	list := []Value{}
	st := fine
	for {
		token, ok := r.next()
		if !ok {
			return Value{}, failed
		}
		if token == java.JSONEndArray || token == java.JSONNone {
			return several(list), st
		}
		v, how := r.value(elem)
		if how == failed || rows && !v.set {
			return Value{}, failed
		}
		st = max(st, how)
		list = append(list, v)
	}
}

// mapping reads the entries behind the current opening brace; equal keys all stay, as in Spark.
func (r *jsonReader) mapping(t plan.Map) (Value, state) {
	list := []Value{}
	st := fine
	for {
		token, ok := r.next()
		if !ok {
			return Value{}, failed
		}
		if token == java.JSONEndObject || token == java.JSONNone {
			if st == failed {
				return Value{}, failed
			}
			return several(list), st
		}
		name, _ := r.p.Name()
		v, how := r.value(t.Value)
		st = max(st, how)
		if how == failed {
			if err := r.p.Skip(); err != nil {
				r.note(err)
				return Value{}, failed
			}
			continue
		}
		list = append(list, words(name), v)
	}
}

// value reads the value at, or behind the name at, the current token.
//
// size: one case per type
func (r *jsonReader) value(t plan.Type) (Value, state) {
	if r.p.Token == java.JSONField {
		if _, ok := r.next(); !ok {
			return Value{}, failed
		}
	}
	token := r.p.Token
	if t == plan.Variant && token != java.JSONNone {
		return r.variant(token)
	}
	if token == java.JSONNull || token == java.JSONNone {
		return Value{}, fine
	}
	switch t := t.(type) {
	case plan.Struct, plan.Array, plan.Map:
		return r.nested(token, t)
	case plan.Decimal:
		return r.decimal(token, t)
	}
	switch t {
	case plan.String:
		if token == java.JSONText {
			return words(r.p.Text), fine
		}
		s, err := r.p.Source(r.exact)
		if err != nil {
			r.note(err)
			return Value{}, failed
		}
		return words(s), fine
	case plan.Boolean:
		return truth(token == java.JSONTrue), unless(token == java.JSONTrue || token == java.JSONFalse)
	case plan.Byte:
		return r.integer(token, 32, math.MinInt8, math.MaxUint8)
	case plan.Short:
		return r.integer(token, 32, math.MinInt16, math.MaxInt16)
	case plan.Int:
		return r.integer(token, 32, math.MinInt32, math.MaxInt32)
	case plan.Long:
		return r.integer(token, 64, math.MinInt64, math.MaxInt64)
	case plan.Float:
		return r.floating(token, 32)
	case plan.Double:
		return r.floating(token, 64)
	case plan.Null:
		return Value{}, fine
	}
	return r.timed(token, t)
}

// nested reads an object or an array.
func (r *jsonReader) nested(token java.JSONToken, t plan.Type) (Value, state) {
	switch t := t.(type) {
	case plan.Struct:
		if token == java.JSONStartObject {
			return r.object(t)
		}
	case plan.Array:
		if token == java.JSONStartArray {
			return r.array(t.Elem, false)
		}
	case plan.Map:
		if token == java.JSONStartObject {
			return r.mapping(t)
		}
	}
	return Value{}, failed
}

// variant reads whatever stands there.
func (r *jsonReader) variant(token java.JSONToken) (Value, state) {
	v, err := variantValue(&r.builder, func(b *variant.Builder) error { return b.From(&r.p, token) })
	if fault.IsUnsupported(err) {
		r.err = err
	} else {
		r.note(err)
	}
	return v, unless(err == nil)
}

// unless is failed unless ok.
func unless(ok bool) state {
	if ok {
		return fine
	}
	return failed
}

func (r *jsonReader) integer(token java.JSONToken, bits int, least, most int64) (Value, state) {
	if token != java.JSONWhole {
		return Value{}, failed
	}
	n, err := strconv.ParseInt(r.p.Text, 10, bits)
	if err != nil || n < least || n > most {
		return Value{}, failed
	}
	return number(n), fine
}

func (r *jsonReader) floating(token java.JSONToken, bits int) (Value, state) {
	s := r.p.Text
	switch token {
	case java.JSONWhole, java.JSONFraction:
	case java.JSONText:
		if !r.syntax.NonNumeric || s != "NaN" && strings.Trim(s, "+-") != "INF" && strings.Trim(s, "+-") != "Infinity" {
			return Value{}, failed
		}
		if s == "INF" {
			return Value{}, failed
		}
	default:
		return Value{}, failed
	}
	switch strings.TrimLeft(s, "+-") {
	case "INF", "Infinity":
		return float(math.Inf(1 - 2*btoi(s[0] == '-'))), fine
	case "NaN":
		return float(math.NaN()), fine
	}
	f, _ := strconv.ParseFloat(s, bits) // out of range is infinite, or zero
	return float(f), fine
}

func (r *jsonReader) decimal(token java.JSONToken, t plan.Decimal) (Value, state) {
	s := r.p.Text
	switch token {
	case java.JSONWhole, java.JSONFraction:
	case java.JSONText:
		s = strings.ReplaceAll(s, ",", "")
	default:
		return Value{}, failed
	}
	unscaled, scale, ok := ParseDecimal(s)
	if !ok {
		return Value{}, failed
	}
	n, ok := fitDecimal(unscaled, scale, t)
	return Value{set: true, dec: n}, unless(ok)
}

// timed reads dates, times and binaries.
func (r *jsonReader) timed(token java.JSONToken, t plan.Type) (Value, state) {
	s := r.p.Text
	if t == plan.Timestamp && token == java.JSONWhole {
		n, ok := new(big.Int).SetString(s, 10)
		return number(n.Int64() * 1_000_000), unless(ok && n.IsInt64())
	}
	if token != java.JSONText || s == "" && t != plan.Binary {
		return Value{}, failed
	}
	switch t {
	case plan.Binary:
		b, err := base64.StdEncoding.DecodeString(s)
		return words(string(b)), unless(err == nil)
	case plan.Date:
		n, ok := r.clock.parseDate(s)
		if days, err := strconv.ParseInt(s, 10, 32); !ok && err == nil && r.clock.date == nil && days >= gregorian {
			n, ok = int32(days), true // how Spark 1.5 wrote dates
		}
		return number(int64(n)), unless(ok)
	case plan.Timestamp:
		n, ok := r.clock.parseTime(s)
		return number(n), unless(ok)
	}
	n, ok := r.clock.parseLocal(s)
	return number(n), unless(ok)
}

// gregorian is the day on which today's calendar began.
const gregorian = -141427
