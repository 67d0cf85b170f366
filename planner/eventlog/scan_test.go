package eventlog

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSkip passes over any value that encoding/json writes, and stops right after it.
func TestSkip(t *testing.T) {
	var value *rapid.Generator[any]
	value = rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.OneOf(
			rapid.Custom(func(t *rapid.T) any { return rapid.String().Draw(t, "s") }),
			rapid.Custom(func(t *rapid.T) any { return rapid.Int64().Draw(t, "n") }),
			rapid.Custom(func(t *rapid.T) any { return rapid.Bool().Draw(t, "b") }),
			rapid.Just(any(nil)),
			rapid.Just(any(`a "quoted" \ {[]} text`)),
			rapid.Custom(func(t *rapid.T) any { return rapid.SliceOfN(value, 0, 4).Draw(t, "a") }),
			rapid.Custom(func(t *rapid.T) any { return rapid.MapOfN(rapid.String(), value, 0, 4).Draw(t, "o") }),
		)
	})
	rapid.Check(t, func(t *rapid.T) {
		v := value.Draw(t, "v")
		var text []byte
		if rapid.Bool().Draw(t, "indented") {
			text, _ = json.MarshalIndent(v, "", " ")
		} else {
			text, _ = json.Marshal(v)
		}
		c := &cursor{b: append(text, `,"next"`...)}
		if c.skip(); c.bad || c.i != len(text) {
			t.Fatalf("%s: stopped at %d of %d, bad %v", text, c.i, len(text), c.bad)
		}
		if s, ok := v.(string); ok {
			if got := (&cursor{b: text}).text(); got != strings.ToValidUTF8(s, "\ufffd") {
				t.Fatalf("%s: %q", text, got)
			}
		}
		if n, ok := v.(int64); ok && n > -1<<62 && n < 1<<62 {
			if got := (&cursor{b: text}).number(); got != n {
				t.Fatalf("%s: %d", text, got)
			}
		}
	})
}

// TestNumber reads what is no plain number too.
func TestNumber(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-7": -7, "12.9": 12, "1e3": 1000, `"5"`: 0, "null": 0, "99999999999999999999": 0, "-": 0,
	} {
		if got := (&cursor{b: []byte(text)}).number(); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

// TestDist compares quantiles with sorted values.
func TestDist(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var all, left, right Dist
	var values []float64
	for i := range 5000 {
		v := int64(rng.ExpFloat64() * 100_000)
		if i%50 == 0 {
			v = 0
		}
		all.Add(v)
		if i%3 == 0 {
			left.Add(v)
		} else {
			right.Add(v)
		}
		values = append(values, float64(v))
	}
	left.Merge(&right)
	var few Dist
	few.Add(3)
	few.Merge(&Dist{})
	left.Merge(&few)
	if left.Count != 5001 || left.Sum != all.Sum+3 {
		t.Errorf("merged %d values, sum %d", left.Count, left.Sum)
	}
	slices.Sort(values)
	for _, q := range []float64{0, 0.01, 0.1, 0.5, 0.9, 0.99, 1} {
		want := values[min(max(int(q*5000+0.999999)-1, 0), 4999)]
		for _, d := range []*Dist{&all, &left} {
			if got := d.Quantile(q); got < want*0.985-1 || got > want*1.015+1 {
				t.Errorf("quantile %v: %v, want %v", q, got, want)
			}
		}
	}
	if (&Dist{}).Quantile(0.5) != 0 || (&Dist{}).Mean() != 0 {
		t.Error("an empty distribution has values")
	}
}
