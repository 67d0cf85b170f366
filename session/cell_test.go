package session

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/plan"
)

// Expected texts in this file are what Spark 4.1.4's df.show() printed.

func TestFloats(t *testing.T) {
	for _, c := range []struct {
		v    float64
		bits int
		want string
	}{
		{1.5, 64, "1.5"}, {1e10, 64, "1.0E10"}, {1e-5, 64, "1.0E-5"}, {12345678.9, 64, "1.23456789E7"}, {0.001, 64, "0.001"},
		{100, 64, "100.0"}, {math.NaN(), 64, "NaN"}, {math.Inf(-1), 64, "-Infinity"}, {1e20, 32, "1.0E20"}, {float64(float32(1.1)), 32, "1.1"},
		{float64(float32(0.1)), 32, "0.1"}, {16777216, 32, "1.6777216E7"}, {5e-324, 64, "4.9E-324"}, {2.2250738585072014e-308, 64, "2.2250738585072014E-308"},
		{9007199254740993, 64, "9.007199254740992E15"}, {math.Copysign(0, -1), 64, "-0.0"}, {1e7, 64, "1.0E7"}, {9999999.999, 64, "9999999.999"},
		{9.999e-4, 64, "9.999E-4"}, {123456789012345680, 64, "1.2345678901234568E17"}, {2e10, 64, "2.0E10"},
		{1.1754943508222875e-38, 32, "1.17549435E-38"}, // not the shortest: Java 17's digits
	} {
		if got, err := floatCell(c.v, c.bits); err != nil || got != c.want {
			t.Errorf("%v: got %s, %v, want %s", c.v, got, err, c.want)
		}
	}
}

// floatCell is what a cell of a DOUBLE or FLOAT column shows.
func floatCell(v float64, bits int) (string, error) {
	if bits == 32 {
		b := array.NewFloat32Builder(memory.DefaultAllocator)
		b.Append(float32(v))
		return (&cells{}).text(b.NewArray(), 0, plan.Float)
	}
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	b.Append(v)
	return (&cells{}).text(b.NewArray(), 0, plan.Double)
}

func TestDatesAndTimes(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) int64 {
		v, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return v.UnixMicro()
	}
	for _, c := range []struct{ got, want string }{
		{timestampText(at("2024-02-03T04:05:06.7Z"), time.UTC), "2024-02-03 04:05:06.7"},
		{timestampText(at("1600-01-01T00:00:00.000001Z"), time.UTC), "1600-01-01 00:00:00.000001"},
		{timestampText(at("2024-07-03T08:05:06.7Z"), newYork), "2024-07-03 04:05:06.7"},
		{timestampText(at("1883-11-18T12:00:00Z"), newYork), "1883-11-18 07:03:58"},
		{timestampText(at("1800-01-01T00:00:00Z"), newYork), "1799-12-31 19:03:58"},
		{timestampText(time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.UTC), "+12345-01-01 00:00:00"},
		{dateText(1, 1, 1), "0001-01-01"},
		{dateText(-44, 1, 1), "-0044-01-01"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestIntervals(t *testing.T) {
	const hour = 3600e6
	dt := func(from, to plan.IntervalField) plan.Type { return plan.DayTimeInterval{From: from, To: to} }
	for _, c := range []struct{ got, want string }{
		{yearMonthText(14, plan.YearMonthInterval{From: plan.Year, To: plan.Month}), "INTERVAL '1-2' YEAR TO MONTH"},
		{yearMonthText(-14, plan.YearMonthInterval{From: plan.Year, To: plan.Month}), "INTERVAL '-1-2' YEAR TO MONTH"},
		{yearMonthText(5, plan.YearMonthInterval{From: plan.Month, To: plan.Month}), "INTERVAL '5' MONTH"},
		{yearMonthText(24, plan.YearMonthInterval{From: plan.Year, To: plan.Year}), "INTERVAL '2' YEAR"},
		{dayTimeText(26*hour+3*60e6+4.5e6, dt(plan.Day, plan.Second)), "INTERVAL '1 02:03:04.5' DAY TO SECOND"},
		{dayTimeText(-(26*hour + 3*60e6 + 4.5e6), dt(plan.Day, plan.Second)), "INTERVAL '-1 02:03:04.5' DAY TO SECOND"},
		{dayTimeText(3*hour, dt(plan.Hour, plan.Hour)), "INTERVAL '03' HOUR"},
		{dayTimeText(100*hour, dt(plan.Hour, plan.Hour)), "INTERVAL '100' HOUR"},
		{dayTimeText(3*hour+4*60e6, dt(plan.Hour, plan.Minute)), "INTERVAL '03:04' HOUR TO MINUTE"},
		{dayTimeText(-3*60e6, dt(plan.Minute, plan.Minute)), "INTERVAL '-03' MINUTE"},
		{dayTimeText(-3.123e6, dt(plan.Second, plan.Second)), "INTERVAL '-03.123' SECOND"},
		{dayTimeText(0, dt(plan.Day, plan.Day)), "INTERVAL '0' DAY"},
		{dayTimeText(26*hour, dt(plan.Day, plan.Hour)), "INTERVAL '1 02' DAY TO HOUR"},
		{dayTimeText(3*60e6+4.5e6, dt(plan.Minute, plan.Second)), "INTERVAL '03:04.5' MINUTE TO SECOND"},
		{calendarText(14, 25, 5*hour+6*60e6+7.5e6), "1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds"},
		{calendarText(0, 0, 0), "0 seconds"},
		{calendarText(0, 0, -hour-2.5e6), "-1 hours -2.5 seconds"},
		{calendarText(-14, 0, 0), "-1 years -2 months"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestBinaryStyles(t *testing.T) {
	for style, want := range map[string]string{
		"HEX_DISCRETE": "[31 FF]", "HEX": "31FF", "BASIC": "[49, -1]", "BASE64": "Mf8", "UTF-8": "1\uFFFD",
	} {
		if got := binaryStyles[style]([]byte{0x31, 0xff}); got != want {
			t.Errorf("%s: got %s, want %s", style, got, want)
		}
	}
}

func TestShow(t *testing.T) {
	x30 := strings.Repeat("x", 30)
	for _, c := range []struct {
		d           drawing
		n, truncate int
		want        string
	}{
		{drawing{names: []string{"a", "b"}, rows: [][]string{{"1", "hello"}}}, 20, 20,
			"+---+-----+\n|  a|    b|\n+---+-----+\n|  1|hello|\n+---+-----+\n"},
		{drawing{names: []string{"id"}, rows: [][]string{{"0"}}, more: true}, 1, 20,
			"+---+\n| id|\n+---+\n|  0|\n+---+\nonly showing top 1 row"},
		{drawing{names: []string{"id"}, more: true}, 0, 20, "+---+\n| id|\n+---+\n+---+\nonly showing top 0 rows"},
		{drawing{names: []string{"s", "t", "n"}, rows: [][]string{{shorten(x30, 3), shorten("ab", 3), shorten("NULL", 3)}}}, 5, 3,
			"+---+---+---+\n|  s|  t|  n|\n+---+---+---+\n|xxx| ab|NUL|\n+---+---+---+\n"},
		{drawing{names: []string{"s", "t"}, rows: [][]string{{shorten(x30, 5), "ab"}}}, 5, 5,
			"+-----+---+\n|    s|  t|\n+-----+---+\n|xx...| ab|\n+-----+---+\n"},
		{drawing{names: []string{"s", "n"}, rows: [][]string{{x30, "NULL"}}}, 5, 0,
			"+" + strings.Repeat("-", 30) + "+----+\n|s" + strings.Repeat(" ", 29) + "|n   |\n+" + strings.Repeat("-", 30) + "+----+\n|" + x30 + "|NULL|\n+" + strings.Repeat("-", 30) + "+----+\n"},
		{drawing{names: []string{"u", "j", "c"}, rows: [][]string{{"éüñ", "日本語テキスト", escape("a\nb\tc")}}}, 5, 20,
			"+---+--------------+-------+\n|  u|             j|      c|\n+---+--------------+-------+\n|éüñ|日本語テキスト|a\\nb\\tc|\n+---+--------------+-------+\n"},
	} {
		if got := c.d.horizontal(c.n, c.truncate); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

func TestShowVertical(t *testing.T) {
	d := drawing{names: []string{"id", "long_name_here"}, rows: [][]string{{"0", "xxxxxxxxxxxxxxxxx..."}, {"1", "xxxxxxxxxxxxxxxxx..."}}, more: true}
	want := "-RECORD 0------------------------------\n id             | 0                    \n long_name_here | xxxxxxxxxxxxxxxxx... \n" +
		"-RECORD 1------------------------------\n id             | 1                    \n long_name_here | xxxxxxxxxxxxxxxxx... \nonly showing top 2 rows"
	if got := d.vertical(2); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := (&drawing{names: []string{"id"}, more: true}).vertical(0); got != "(0 rows)" {
		t.Errorf("no rows: %q", got)
	}
	wide := drawing{names: []string{"名前", "b"}, rows: [][]string{{"日本語", "1"}}}
	if got := wide.vertical(5); got != "-RECORD 0------\n 名前 | 日本語 \n b    | 1      \n" {
		t.Errorf("wide characters: got\n%s", got)
	}
}

func TestShowHTML(t *testing.T) {
	d := drawing{names: []string{"a", "b"}, rows: [][]string{{"1", `<b>&"`}}, more: true}
	want := "<table border='1'>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>&lt;b&gt;&amp;&quot;</td></tr>\n</table>\nonly showing top 1 row\n"
	if got := d.html(1); got != want {
		t.Errorf("got\n%s", got)
	}
}
