package sketch

// This file holds KLL sketches of quantiles, while they still keep every value: up to K of them.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"shoal/engine/duckdb/java"
)

// Number is what KLL sketches are made of.
type Number interface{ int64 | float32 | float64 }

// KLL is a sketch of one level. Items stand as in its bytes: the one that came last comes first.
type KLL[T Number] struct {
	k        int
	sorted   bool
	min, max T
	items    []T
}

// The layout of a KLL sketch: int32s of preamble, version, family, flags; K and M; then for two values
// and more how many there are, the least K, the number of levels and where they begin.
const (
	kllFamily   = 15
	kllM        = 8
	kllShort    = 8  // bytes of preamble of a sketch of no value or one
	kllLong     = 20 // of any other
	kllEmpty    = 1
	kllSorted   = 2
	kllSingle   = 4
	kllVersion  = 1
	kllOne      = 2 // the version of a sketch of one value
	kllMinimumK = 8
)

// NewKLL is a sketch without values.
func NewKLL[T Number](k int) *KLL[T] { return &KLL[T]{k: k} }

// K is the sketch's size, N how many values it was given.
func (s *KLL[T]) K() int { return s.k }

// N is how many values the sketch was given.
func (s *KLL[T]) N() int { return len(s.items) }

// Add gives the sketch values, one after the other. NaN is left out.
func (s *KLL[T]) Add(values []T) error {
	fresh := make([]T, 0, len(values))
	for _, v := range values {
		if v == v {
			fresh = append(fresh, v)
		}
	}
	if len(s.items)+len(fresh) > s.k {
		return ErrBeyond
	}
	if len(fresh) == 0 {
		return nil
	}
	if len(s.items) == 0 {
		s.min, s.max = fresh[0], fresh[0]
	}
	for _, v := range fresh {
		s.min, s.max = min(s.min, v), max(s.max, v)
	}
	slices.Reverse(fresh)
	s.items, s.sorted = append(fresh, s.items...), false
	return nil
}

// Merge gives the sketch the values of another.
func (s *KLL[T]) Merge(other *KLL[T]) error { return s.Add(other.items) }

// Turned is the sketch as another that it was merged into has it: the values the other way round.
func (s *KLL[T]) Turned() *KLL[T] {
	turned := *s
	turned.items = slices.Clone(s.items)
	slices.Reverse(turned.items)
	return &turned
}

// Bytes is the sketch's compact form.
func (s *KLL[T]) Bytes() []byte {
	var flags byte
	if len(s.items) == 0 {
		flags |= kllEmpty
	}
	if s.sorted {
		flags |= kllSorted
	}
	ints, version := byte(kllShort/4), byte(kllVersion)
	switch len(s.items) {
	case 0:
	case 1:
		flags |= kllSingle
		version = kllOne
	default:
		ints = kllLong / 4
	}
	b := []byte{ints, version, kllFamily, flags, byte(s.k), byte(s.k >> 8), kllM, 0}
	switch len(s.items) {
	case 0:
		return b
	case 1:
		return appendNumbers(b, s.items)
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(len(s.items)))
	b = append(b, byte(s.k), byte(s.k>>8), 1, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.k-len(s.items)))
	b = appendNumbers(b, []T{s.min, s.max})
	return appendNumbers(b, s.items)
}

func appendNumbers[T Number](b []byte, values []T) []byte {
	b, _ = binary.Append(b, binary.LittleEndian, values) // of fixed size
	return b
}

// ReadKLL reads a sketch's compact form.
func ReadKLL[T Number](b []byte) (*KLL[T], error) {
	if len(b) < kllShort || b[2] != kllFamily || b[6] != kllM {
		return nil, ErrInvalid
	}
	s := &KLL[T]{k: int(b[4]) | int(b[5])<<8, sorted: b[3]&kllSorted != 0}
	size := binary.Size(s.min)
	var n int
	switch at := [2]byte{b[0], b[1]}; {
	case s.k < kllMinimumK:
		return nil, ErrInvalid
	case at == [2]byte{kllShort / 4, kllVersion} && b[3]&kllEmpty != 0:
		return s, nil
	case at == [2]byte{kllShort / 4, kllOne} && b[3]&kllSingle != 0:
		n, b = 1, b[kllShort:]
	case at == [2]byte{kllLong / 4, kllVersion} && len(b) >= kllLong+4 && b[3]&(kllEmpty|kllSingle) == 0:
		if b[18] != 1 {
			return nil, ErrBeyond
		}
		n = int(min(binary.LittleEndian.Uint64(b[8:]), math.MaxUint16+1))
		if n > s.k || int(binary.LittleEndian.Uint32(b[kllLong:])) != s.k-n {
			return nil, ErrInvalid
		}
		b = b[kllLong+4:]
	default:
		return nil, ErrInvalid
	}
	return s, s.read(b, n, size)
}

// read takes the least, the greatest and n values.
func (s *KLL[T]) read(b []byte, n, size int) error {
	extremes := 2
	if n == 1 {
		extremes = 0
	}
	values := make([]T, n+extremes)
	switch want := len(values) * size; {
	case len(b) < want:
		return ErrInvalid
	case len(b) > want: // a sketch of wider numbers: Spark reads them as they stand
		return ErrForeign
	}
	if err := binary.Read(bytes.NewReader(b), binary.LittleEndian, values); err != nil {
		return ErrInvalid
	}
	s.items = values[extremes:]
	s.min, s.max = values[0], values[extremes/2]
	return nil
}

// tailRounding is how finely ranks are told apart.
const tailRounding = 1e7

// Quantile is the least value of which at least this share of the values is not greater.
func (s *KLL[T]) Quantile(rank float64) (T, error) {
	switch {
	case len(s.items) == 0:
		return 0, ErrEmpty
	case rank < 0 || rank > 1:
		return 0, ErrRank
	case rank != rank:
		rank = 0
	}
	natural := math.Ceil(math.Floor(rank*float64(len(s.items))*tailRounding+0.5) / tailRounding)
	return s.inOrder()[max(int(natural)-1, 0)], nil
}

// Rank is the share of the values that are not greater than x.
func (s *KLL[T]) Rank(x T) (float64, error) {
	if len(s.items) == 0 || x != x {
		return 0, ErrEmpty
	}
	n := 0
	for _, v := range s.items {
		if v <= x {
			n++
		}
	}
	return float64(n) / float64(len(s.items)), nil
}

// inOrder sorts as Java does: -0.0 before 0.0.
func (s *KLL[T]) inOrder() []T {
	sorted := slices.Clone(s.items)
	slices.SortFunc(sorted, func(a, b T) int {
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return signOf(b) - signOf(a)
	})
	return sorted
}

// signOf is 1 for negative numbers, also for -0.0.
func signOf[T Number](x T) int {
	if math.Signbit(float64(x)) {
		return 1
	}
	return 0
}

// Text describes the sketch, as DataSketches does.
func (s *KLL[T]) Text() string {
	name := "Longs"
	switch any(s.min).(type) {
	case float32:
		name = "Floats"
	case float64:
		name = "Doubles"
	}
	n, size := len(s.items), binary.Size(s.min)
	lowest, highest := "NaN", "NaN"
	if n > 0 {
		lowest, highest = number(s.min), number(s.max)
	}
	var b strings.Builder
	line := func(key string, value any) { fmt.Fprintf(&b, "   %-23s: %v\n", key, value) }
	b.WriteString("\n### KllKll" + name + "Sketch Summary:\n")
	line("K", s.k)
	line("Dynamic min K", s.k)
	line("M", kllM)
	line("N", n)
	line("Epsilon", percent(2.296/math.Pow(float64(s.k), 0.9723)))
	line("Epsilon PMF", percent(2.446/math.Pow(float64(s.k), 0.9433)))
	line("Empty", n == 0)
	line("Estimation Mode", false)
	line("Levels", 1)
	line("Level 0 Sorted", s.sorted)
	line("Capacity Items", s.k)
	line("Retained Items", n)
	line("Free Space", s.k-n)
	line("ReadOnly", false)
	line("Updatable Storage Bytes", kllLong+8+(2+s.k)*size)
	line("Compact Storage Bytes", len(s.Bytes()))
	line("Min Item", lowest)
	line("Max Item", highest)
	b.WriteString("### End sketch summary\n")
	return b.String()
}

func number[T Number](x T) string {
	switch x := any(x).(type) {
	case float32:
		return string(java.AppendFloat(nil, x))
	case float64:
		return string(java.AppendDouble(nil, x))
	}
	return strconv.FormatInt(int64(x), 10)
}

// percent has three digits.
func percent(x float64) string { return strconv.FormatFloat(x*100, 'f', 3, 64) + "%" }
