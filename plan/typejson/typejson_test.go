package typejson

import (
	"strings"
	"testing"

	"shoal/plan"
)

// TestParse: the forms real Spark 4.1.4 takes and refuses in a schema.
func TestParse(t *testing.T) {
	for name, want := range map[string]plan.Type{
		"decimal": plan.Decimal{Precision: 10}, "decimal( 10 , 2 )": plan.Decimal{Precision: 10, Scale: 2}, "timestamp_ltz": plan.Timestamp,
		"null": plan.Null, "void": plan.Null, "interval": plan.CalendarInterval, "interval day": plan.DayTimeInterval{From: plan.Day, To: plan.Day},
		"varchar(3)": plan.Varchar{Length: 3}, "long": plan.Long,
	} {
		if got, err := Parse(`"` + name + `"`); err != nil || !plan.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	for _, text := range []string{`"int"`, `"bigint"`, `"DOUBLE"`, `"calendarinterval"`, `"decimal(39,0)"`, `"decimal(2,3)"`,
		`"interval second to day"`, `"interval year to day"`, `{"type":"strct"}`, `{`, `1`, `null`, ``, "\"\xff\"",
		`{"type":"struct","fields":[{"name":"a"}]}`, `{"type":"array","elementType":"int","containsNull":true}`,
		// members Spark insists on, or does not know
		`{"type":"array","elementType":"integer"}`, `{"type":"map","keyType":"integer","valueType":"string"}`, `{"type":"struct"}`,
		`{"type":"struct","fields":[{"name":"g","type":"variant","nullable":false,"extra":1}]}`} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%s: got %v, want an error", text, got)
		}
	}
}

func TestTooDeep(t *testing.T) {
	const n = 10_000
	text := strings.Repeat(`{"type":"array","containsNull":true,"elementType":`, n) + `"integer"` + strings.Repeat("}", n)
	if _, err := Parse(text); err == nil {
		t.Errorf("%d levels were parsed", n)
	}
}

func TestRoundTrip(t *testing.T) {
	const text = `{"type":"struct","fields":[{"name":"a\"<é","type":{"type":"map","keyType":"string","valueType":"decimal(5,2)",` +
		`"valueContainsNull":true},"nullable":false,"metadata":{"comment":"x"}},{"name":"u","type":` +
		`{"type":"udt","class":"c","pyClass":"p.q","sqlType":"string"},"nullable":true,"metadata":{}}]}`
	got, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if again := Format(got); again != text {
		t.Errorf("got  %s\nwant %s", again, text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":{}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if (err == nil) == (got == nil) {
			t.Errorf("got %v and %v", got, err)
		}
	})
}
