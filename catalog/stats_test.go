package catalog

import (
	"path/filepath"
	"reflect"
	"testing"

	"shoal/plan"
)

// TestStats: the values testdata/record.py writes, one row each.
func TestStats(t *testing.T) {
	c := testCatalog(t)
	for file, want := range map[string]map[string]any{
		"types/ints.parquet": {"int8": int8(1), "uint8": int16(1), "int16": int16(1), "uint16": int32(1), "int32": int32(1), "uint32": int64(1),
			"int64": int64(1), "uint64": plan.NewUnscaled(1)},
		"types/decimals.parquet":       {"d5": plan.NewUnscaled(150), "d18": plan.NewUnscaled(150), "d38": plan.NewUnscaled(150)},
		"types/decimals_fixed.parquet": {"d9": plan.NewUnscaled(150)},
		"types/micros.parquet":         {"ltz": plan.Micros(1577934245000006), "ntz": plan.Micros(1577934245000006)},
		"types/millis.parquet":         {"ltz": plan.Micros(1577934245000000)},
		"types/basic.parquet":          {"f": float32(1.5), "d": 1.5, "b": true, "s": "x", "bin": []byte("x"), "date": plan.Days(18262), "void": nil},
		"types/int96.parquet":          {"t": nil},
	} {
		s, err := c.Stats(filepath.Join(files(t), file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if s.Rows != 1 {
			t.Errorf("%s: %d rows", file, s.Rows)
		}
		for name, v := range want {
			got, ok := s.Columns[name]
			if !ok || !reflect.DeepEqual(got.Min, v) || !reflect.DeepEqual(got.Max, v) {
				t.Errorf("%s %s: got %#v, want %#v", file, name, got, v)
			}
		}
	}
	if s, _ := c.Stats(filepath.Join(files(t), "types/basic.parquet")); s.Columns["s"].Nulls != 0 {
		t.Errorf("null counts are wrong: %+v", s.Columns)
	}
	if s, err := c.Stats(filepath.Join(files(t), "corrupt/footer.parquet")); err == nil {
		t.Errorf("corrupt: got %+v", s)
	}
}
