package plan

// This file makes a key of a resolved plan, for who wants to know whether another one means the same.

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Digest is a resolved plan in short.
type Digest struct {
	// Sum is that of all that is in the plan, constants and the states of files included, but for where it was written.
	Sum [sha256.Size]byte
	// Files are those it reads.
	Files []File
	// Fixed says that the plan has the same answer each time over the same content of the files.
	Fixed bool
}

// maxDigested is how many bytes of constants a plan may have and still be Fixed: to read more takes longer than many answers do.
const maxDigested = 16 << 20

// DigestOf looks at every field of every node: those it leaves out are listed in skipped, so that a field that is added later
// counts unless somebody decides otherwise.
func DigestOf(r Relation) Digest {
	d := &digester{hash: sha256.New(), seen: map[node]uint64{}, fixed: true}
	v := reflect.ValueOf(&r).Elem()
	encoderOf(v.Type())(d, v)
	d.flush()
	out := Digest{Files: d.files, Fixed: d.fixed}
	d.hash.Sum(out.Sum[:0])
	return out
}

// skipped are the types that tell where something was written, not what it means.
var skipped = []reflect.Type{reflect.TypeFor[Pos](), reflect.TypeFor[PlanID]()}

// digester writes a plan down for its hash. No two plans are written alike.
type digester struct {
	hash  hash.Hash
	text  []byte          // not yet hashed
	bytes int             // of constants
	seen  map[node]uint64 // those that were written, and as which one
	files []File
	fixed bool
}

// node is what a pointer points to. A thing and its first field have one address.
type node struct {
	at   uintptr
	kind reflect.Type
}

func (d *digester) flush() {
	d.hash.Write(d.text)
	d.text = d.text[:0]
}

func (d *digester) number(n uint64) {
	if len(d.text) > 8<<10 {
		d.flush()
	}
	d.text = binary.AppendUvarint(d.text, n)
}

func (d *digester) chars(s string) {
	d.number(uint64(len(s)))
	d.text = append(d.text, s...)
}

// encoder writes a value of one type.
type encoder func(*digester, reflect.Value)

// encoders are those that were made, by type.
var encoders sync.Map

func encoderOf(t reflect.Type) encoder {
	if e, ok := encoders.Load(t); ok {
		return e.(encoder)
	}
	// A type may hold itself: whoever comes first finds this one, which waits for the other.
	var once sync.Once
	var made encoder
	e, loaded := encoders.LoadOrStore(t, encoder(func(d *digester, v reflect.Value) {
		once.Do(func() { made = makeEncoder(t) })
		made(d, v)
	}))
	if loaded {
		return e.(encoder)
	}
	once.Do(func() { made = makeEncoder(t) })
	encoders.Store(t, made)
	return made
}

// makeEncoder knows each kind of types. What it cannot write down has no digest to rely on.
//
//size:one case per kind
func makeEncoder(t reflect.Type) encoder {
	switch t.Kind() {
	case reflect.Bool:
		return func(d *digester, v reflect.Value) {
			n := uint64(0)
			if v.Bool() {
				n = 1
			}
			d.number(n)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(d *digester, v reflect.Value) { d.number(uint64(v.Int())) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(d *digester, v reflect.Value) { d.number(v.Uint()) }
	case reflect.Float32, reflect.Float64: // -0 is not 0, and NaNs have payloads
		return func(d *digester, v reflect.Value) { d.number(math.Float64bits(v.Float())) }
	case reflect.String:
		return func(d *digester, v reflect.Value) { d.chars(v.String()) }
	case reflect.Slice:
		return sliceEncoder(t)
	case reflect.Map:
		return mapEncoder(t)
	case reflect.Struct:
		return structEncoder(t)
	case reflect.Pointer:
		return pointerEncoder(t)
	case reflect.Interface:
		return func(d *digester, v reflect.Value) {
			if v = v.Elem(); !v.IsValid() {
				d.chars("")
				return
			}
			d.chars(v.Type().String())
			encoderOf(v.Type())(d, v)
		}
	default:
		return func(d *digester, _ reflect.Value) { d.fixed = false }
	}
}

func sliceEncoder(t reflect.Type) encoder {
	elem := t.Elem()
	return func(d *digester, v reflect.Value) {
		if v.IsNil() {
			d.number(0)
			return
		}
		d.number(uint64(v.Len()) + 1)
		if elem.Kind() == reflect.Uint8 {
			d.constant(v.Bytes())
			return
		}
		e := encoderOf(elem)
		for i := range v.Len() {
			e(d, v.Index(i))
		}
	}
}

func (d *digester) constant(b []byte) {
	if d.bytes += len(b); d.bytes > maxDigested {
		d.fixed = false
		return
	}
	d.flush()
	d.hash.Write(b)
}

func mapEncoder(t reflect.Type) encoder {
	if t.Key().Kind() != reflect.String {
		return func(d *digester, _ reflect.Value) { d.fixed = false }
	}
	elem := t.Elem()
	return func(d *digester, v reflect.Value) {
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		d.number(uint64(len(keys)))
		for _, k := range keys {
			d.chars(k.String())
			encoderOf(elem)(d, v.MapIndex(k))
		}
	}
}

func structEncoder(t reflect.Type) encoder {
	var fields []int
	var encode []encoder
	for i := range t.NumField() {
		if f := t.Field(i).Type; !slices.Contains(skipped, f) {
			fields, encode = append(fields, i), append(encode, encoderOf(f))
		}
	}
	note := noteOf(t)
	return func(d *digester, v reflect.Value) {
		note(d, v)
		for i, f := range fields {
			encode[i](d, v.Field(f))
		}
	}
}

// pointerEncoder writes what is shared once: plans may be much larger as trees than they are in memory.
func pointerEncoder(t reflect.Type) encoder {
	elem := t.Elem()
	return func(d *digester, v reflect.Value) {
		if v.IsNil() {
			d.number(0)
			return
		}
		this := node{v.Pointer(), elem}
		if n, ok := d.seen[this]; ok {
			d.number(n + 2)
			return
		}
		d.number(1)
		d.seen[this] = uint64(len(d.seen))
		encoderOf(elem)(d, v.Elem())
	}
}

// noteOf is what the digest tells of nodes of a type besides their sum.
func noteOf(t reflect.Type) func(*digester, reflect.Value) {
	switch t {
	case reflect.TypeFor[Scan]():
		return func(d *digester, v reflect.Value) {
			d.files = append(d.files, v.FieldByName("Files").Interface().([]File)...)
		}
	case reflect.TypeFor[Func](), reflect.TypeFor[Literal](), reflect.TypeFor[Cast]():
		return func(d *digester, v reflect.Value) {
			d.fixed = d.fixed && v.CanAddr() && !changes(v.Addr().Interface().(Expr))
		}
	case reflect.TypeFor[Sample](), reflect.TypeFor[PythonUDF](), reflect.TypeFor[Call](), reflect.TypeFor[Opaque](),
		reflect.TypeFor[OpaqueRelation](), reflect.TypeFor[Table](), reflect.TypeFor[Read]():
		return func(d *digester, _ reflect.Value) { d.fixed = false }
	}
	return func(*digester, reflect.Value) {}
}
