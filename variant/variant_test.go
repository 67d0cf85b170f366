package variant

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"math"
	"math/big"
	"strings"
	"testing"

	"shoal/engine/duckdb/java"
)

// recorded holds texts and what parse_json makes of them in Spark 4.1.4: the value's bytes, the dictionary's.
//
//go:embed testdata/spark.txt
var recorded string

func lines() [][]string {
	var out [][]string
	for line := range strings.Lines(recorded) {
		out = append(out, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return out
}

func TestParse(t *testing.T) {
	for _, line := range lines() {
		var b Builder
		err := b.Parse(line[0])
		if line[1] == "error" {
			if err == nil {
				t.Errorf("%s: no error", line[0])
			}
			continue
		}
		v, _ := b.Result()
		if got := hex.EncodeToString(v.Bytes); err != nil || got != line[1] || hex.EncodeToString(v.Meta) != line[2] {
			t.Errorf("%.60s: %s %x, %v, want %s %s", line[0], got, v.Meta, err, line[1], line[2])
		}
	}
}

func utc(t testing.TB) *java.Clock {
	zone, err := java.LoadZone("UTC")
	if err != nil {
		t.Fatal(err)
	}
	return zone.Clock()
}

// write makes a value of what f writes.
func write(t *testing.T, f func(*Builder)) Value {
	var b Builder
	f(&b)
	v, err := b.Result()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestScalars(t *testing.T) {
	big38, _ := new(big.Int).SetString("-99999999999999999999999999999999999999", 10)
	for _, c := range []struct {
		write  func(*Builder)
		json   string
		schema string
	}{
		{func(b *Builder) { b.Null() }, "null", "VOID"},
		{func(b *Builder) { b.Bool(true) }, "true", "BOOLEAN"},
		{func(b *Builder) { b.Long(math.MinInt64) }, "-9223372036854775808", "BIGINT"},
		{func(b *Builder) { b.Decimal(big38, 38) }, "-0.99999999999999999999999999999999999999", "DECIMAL(38,38)"},
		{func(b *Builder) { b.Decimal(big.NewInt(-1500), 2) }, "-15", "DECIMAL(2,0)"},
		{func(b *Builder) { b.Double(math.Inf(-1)) }, `"-Infinity"`, "DOUBLE"},
		{func(b *Builder) { b.Float(1.5) }, "1.5", "FLOAT"},
		{func(b *Builder) { b.Date(19724) }, `"2024-01-02"`, "DATE"},
		{func(b *Builder) { b.Timestamp(1704182645123400) }, `"2024-01-02 08:04:05.1234+00:00"`, "TIMESTAMP"},
		{func(b *Builder) { b.TimestampNTZ(-1) }, `"1969-12-31 23:59:59.999999"`, "TIMESTAMP_NTZ"},
		{func(b *Builder) { b.Binary([]byte{1, 2}) }, `"AQI="`, "BINARY"},
		{func(b *Builder) { b.String(strings.Repeat("é", 40)) }, `"` + strings.Repeat("é", 40) + `"`, "STRING"},
	} {
		v := write(t, c.write)
		got, err := v.AppendJSON(nil, utc(t))
		schema, schemaErr := v.Schema()
		if err != nil || schemaErr != nil || string(got) != c.json || schema.String() != c.schema {
			t.Errorf("%x: %s %s, %v %v, want %s %s", v.Bytes, got, schema, err, schemaErr, c.json, c.schema)
		}
	}
}

func TestPath(t *testing.T) {
	var b Builder
	if err := b.Parse(`{"a":{"b":[1,{"x y":"z"}]},"":0}`); err != nil {
		t.Fatal(err)
	}
	v, _ := b.Result()
	for path, want := range map[string]string{
		"$": `{"":0,"a":{"b":[1,{"x y":"z"}]}}`, "$.a.b[0]": "1", `$['a']["b"][1]['x y']`: `"z"`, "$['']": "0",
		"$.a.c": "none", "$.a[0]": "none", "$.a.b[2]": "none", "$.a.b.c": "none",
		"": "error", "a": "error", "$.": "error", "$..a": "error", "$[": "error", "$[-1]": "error", "$['a'": "error", "$a": "error",
	} {
		p, err := ParsePath(path)
		got := "error"
		if err == nil {
			at, found, err := v.Get(p)
			if got = "none"; found && err == nil {
				text, _ := at.AppendJSON(nil, utc(t))
				got = string(text)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestSchemas(t *testing.T) {
	for text, want := range map[string]string{
		`[1,2.5,null]`: "ARRAY<DECIMAL(21,1)>", `[{"a":1},{"b":"x","a":null}]`: "ARRAY<OBJECT<a: BIGINT, b: STRING>>",
		`[1,"a"]`: "ARRAY<VARIANT>", `[[],[true]]`: "ARRAY<ARRAY<BOOLEAN>>", `[]`: "ARRAY<VOID>",
		"{\"a b\":1,\"c`d\":{},\"1x\":1e1}":            "OBJECT<`1x`: DOUBLE, `a b`: BIGINT, `c``d`: OBJECT<>>",
		`[12345678901234567890123456789012345678,0.5]`: "ARRAY<DOUBLE>",
	} {
		var b Builder
		err := b.Parse(text)
		v, _ := b.Result()
		s, schemaErr := v.Schema()
		if err != nil || schemaErr != nil || s.String() != want {
			t.Errorf("%s: %s, %v %v, want %s", text, s, err, schemaErr, want)
		}
		back, err := ParseSchema(want)
		if err != nil || back.String() != want {
			t.Errorf("ParseSchema(%s) = %s, %v", want, back, err)
		}
	}
	for _, bad := range []string{"", "INTEGERS", "ARRAY<", "OBJECT<a", "OBJECT<`a", "DECIMAL(1)", "ARRAY<BIGINT>>"} {
		if s, err := ParseSchema(bad); err == nil {
			t.Errorf("ParseSchema(%q) = %s", bad, s)
		}
	}
}

func TestDuplicates(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"b":3,"a":"xyz"}`: "020200010200060c030d78797a", // recorded from Spark with allowDuplicateKeys
		`{"a":"xyz","b":3,"a":1}`: "020200010200040c030c01",
	} {
		b := Builder{Duplicates: true}
		if err := b.Parse(text); err != nil {
			t.Fatal(err)
		}
		v, _ := b.Result()
		if got := hex.EncodeToString(v.Bytes); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// FuzzRead reads any bytes: an error or an answer, and no end without one.
func FuzzRead(f *testing.F) {
	for _, line := range lines() {
		if line[1] != "error" {
			bytes, _ := hex.DecodeString(line[1])
			meta, _ := hex.DecodeString(line[2])
			f.Add(bytes, meta)
		}
	}
	f.Fuzz(func(t *testing.T, data, meta []byte) {
		if len(data) > 4096 {
			return
		}
		v := Value{data, meta}
		_, jsonErr := v.AppendJSON(nil, utc(t))
		_, _ = v.Schema()
		_, _, _ = v.Get(Path{{"a", -1}, {"", 0}})
		var b Builder
		if err := b.Value(v); err != nil || jsonErr != nil {
			return
		}
		again, err := b.Result()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := again.Schema(); err != nil {
			t.Fatalf("%x was written again as %x: %v", data, again.Bytes, err)
		}
	})
}

// FuzzParse writes what JSON says as JSON again: once its numbers are decimals nothing changes.
func FuzzParse(f *testing.F) {
	for _, line := range lines() {
		f.Add(line[0])
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b Builder
		if b.Parse(text) != nil {
			return
		}
		var last []byte
		for round := range 3 {
			v, err := b.Result()
			if err != nil {
				return
			}
			json, err := v.AppendJSON(nil, utc(t))
			if err != nil || round == 2 && !bytes.Equal(json, last) {
				t.Fatalf("%q: %s became %s: %v", text, last, json, err)
			}
			last = json
			b.Reset()
			if err := b.Parse(string(json)); err != nil {
				t.Fatalf("%q became %s: %v", text, json, err)
			}
		}
	})
}
