package session

// This file writes values as df.show() does.

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
)

// cells writes values under a session's settings.
type cells struct {
	zone   *time.Location
	binary func([]byte) string
}

func newCells(s plan.Settings) *cells {
	style, _ := s.Get("spark.sql.binaryOutputStyle")
	binary, ok := binaryStyles[strings.ToUpper(style)]
	if !ok {
		binary = hexDiscrete
	}
	return &cells{zone: location(s.TimeZone), binary: binary}
}

// binaryStyles are the values of spark.sql.binaryOutputStyle.
var binaryStyles = map[string]func([]byte) string{
	"UTF-8":        func(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") },
	"BASE64":       base64.RawStdEncoding.EncodeToString,
	"HEX":          func(b []byte) string { return fmt.Sprintf("%X", b) },
	"HEX_DISCRETE": hexDiscrete,
	"BASIC": func(b []byte) string {
		signed := make([]string, len(b))
		for i, x := range b {
			signed[i] = strconv.Itoa(int(int8(x)))
		}
		return "[" + strings.Join(signed, ", ") + "]"
	},
}

func hexDiscrete(b []byte) string { return fmt.Sprintf("[% X]", b) }

// location is the zone of a plan.Settings.
func location(zone string) *time.Location {
	if len(zone) == 6 && (zone[0] == '+' || zone[0] == '-') {
		hours, _ := strconv.Atoi(zone[1:3])
		minutes, _ := strconv.Atoi(zone[4:6])
		seconds := (hours*60 + minutes) * 60
		if zone[0] == '-' {
			seconds = -seconds
		}
		return time.FixedZone(zone, seconds)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// text writes row i of a column.
func (c *cells) text(a arrow.Array, i int, t plan.Type) (string, error) {
	//size: one case per type
	if a.IsNull(i) {
		return "NULL", nil
	}
	if u, ok := t.(plan.UDT); ok {
		return c.object(a, i, u)
	}
	switch a := a.(type) {
	case *array.Null:
		return "NULL", nil
	case *array.Boolean:
		return strconv.FormatBool(a.Value(i)), nil
	case *array.Int8:
		return strconv.Itoa(int(a.Value(i))), nil
	case *array.Int16:
		return strconv.Itoa(int(a.Value(i))), nil
	case *array.Int32:
		return strconv.Itoa(int(a.Value(i))), nil
	case *array.Int64:
		return strconv.FormatInt(a.Value(i), 10), nil
	case *array.Float32:
		return string(java.AppendFloat(nil, a.Value(i))), nil
	case *array.Float64:
		return string(java.AppendDouble(nil, a.Value(i))), nil
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return plan.Unscaled{Int: a.Value(i).BigInt()}.Text(int(scale)), nil
	case *array.String:
		return a.Value(i), nil
	case *array.Binary:
		return c.binary(a.Value(i)), nil
	case *array.Date32:
		y, m, d := civil(int64(a.Value(i)))
		return dateText(y, m, d), nil
	case *array.Timestamp:
		zone := time.UTC
		if a.DataType().(*arrow.TimestampType).TimeZone != "" {
			zone = c.zone
		}
		return timestampText(int64(a.Value(i)), zone), nil
	case *array.MonthInterval:
		return yearMonthText(int64(a.Value(i)), t), nil
	case *array.Duration:
		return dayTimeText(int64(a.Value(i)), t), nil
	case *array.MonthDayNanoInterval:
		v := a.Value(i)
		return calendarText(v.Months, v.Days, v.Nanoseconds/1000), nil
	case *array.Map:
		return c.entries(a, i, t)
	case *array.List:
		return c.elements(a, i, t)
	case *array.Struct:
		return c.fields(a, i, t)
	default:
		return "", fault.Unsupported("a column of %s cannot be shown", a.DataType())
	}
}

func (c *cells) elements(a *array.List, i int, t plan.Type) (string, error) {
	elem := plan.Type(plan.Null)
	if t, ok := t.(plan.Array); ok {
		elem = t.Elem
	}
	from, to := a.ValueOffsets(i)
	parts := make([]string, 0, to-from)
	for j := int(from); j < int(to); j++ {
		x, err := c.text(a.ListValues(), j, elem)
		if err != nil {
			return "", err
		}
		parts = append(parts, x)
	}
	return "[" + strings.Join(parts, ", ") + "]", nil
}

func (c *cells) entries(a *array.Map, i int, t plan.Type) (string, error) {
	m, _ := t.(plan.Map)
	from, to := a.ValueOffsets(i)
	parts := make([]string, 0, to-from)
	for j := int(from); j < int(to); j++ {
		k, err := c.text(a.Keys(), j, m.Key)
		if err != nil {
			return "", err
		}
		v, err := c.text(a.Items(), j, m.Value)
		if err != nil {
			return "", err
		}
		parts = append(parts, k+" -> "+v)
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

func (c *cells) fields(a *array.Struct, i int, t plan.Type) (string, error) {
	if t == plan.Variant {
		return textfile.VariantText(a, i)
	}
	s, _ := t.(plan.Struct)
	parts := make([]string, a.NumField())
	for j := range parts {
		var ft plan.Type
		if j < len(s.Fields) {
			ft = s.Fields[j].Type
		}
		x, err := c.text(a.Field(j), i, ft)
		if err != nil {
			return "", err
		}
		parts[j] = x
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

// civil turns days since 1970-01-01 into a proleptic Gregorian date, for any year.
func civil(days int64) (year int64, month, day int) {
	t := time.Unix(days*86400, 0).UTC()
	return int64(t.Year()), int(t.Month()), t.Day()
}

func dateText(year int64, month, day int) string {
	sign := ""
	switch {
	case year < 0:
		sign, year = "-", -year
	case year > 9999:
		sign = "+"
	}
	return fmt.Sprintf("%s%04d-%02d-%02d", sign, year, month, day)
}

func timestampText(micros int64, zone *time.Location) string {
	t := time.UnixMicro(micros).In(zone)
	text := fmt.Sprintf("%s %02d:%02d:%02d", dateText(int64(t.Year()), int(t.Month()), t.Day()), t.Hour(), t.Minute(), t.Second())
	return text + fraction(int64(t.Nanosecond()/1000))
}

// fraction writes microseconds below a second, without trailing zeros.
func fraction(micros int64) string {
	if micros == 0 {
		return ""
	}
	return "." + strings.TrimRight(fmt.Sprintf("%06d", micros), "0")
}

func yearMonthText(months int64, t plan.Type) string {
	sign := ""
	if months < 0 {
		sign, months = "-", -months
	}
	ym, ok := t.(plan.YearMonthInterval)
	switch {
	case ok && ym.From == plan.Year && ym.To == plan.Year:
		return fmt.Sprintf("INTERVAL '%s%d' YEAR", sign, months/12)
	case ok && ym.From == plan.Month:
		return fmt.Sprintf("INTERVAL '%s%d' MONTH", sign, months)
	default:
		return fmt.Sprintf("INTERVAL '%s%d-%d' YEAR TO MONTH", sign, months/12, months%12)
	}
}

// dayTimeText writes the fields of the interval's type: the first one whole, the others in two digits.
func dayTimeText(micros int64, t plan.Type) string {
	dt, ok := t.(plan.DayTimeInterval)
	if !ok {
		dt = plan.DayTimeInterval{From: plan.Day, To: plan.Second}
	}
	sign, rest := "", uint64(micros)
	if micros < 0 {
		sign, rest = "-", -rest
	}
	var b strings.Builder
	for f := dt.From; f <= dt.To; f++ {
		unit := dayTimeUnits[f-plan.Day]
		n := rest / unit.micros
		rest %= unit.micros
		b.WriteString(unit.before(f == dt.From))
		if f == plan.Day {
			fmt.Fprintf(&b, "%d", n)
		} else {
			fmt.Fprintf(&b, "%02d", n)
		}
		if f == plan.Second {
			b.WriteString(fraction(int64(rest)))
		}
	}
	name := strings.ToUpper(dt.From.String())
	if dt.To != dt.From {
		name += " TO " + strings.ToUpper(dt.To.String())
	}
	return "INTERVAL '" + sign + b.String() + "' " + name
}

type dayTimeUnit struct {
	micros    uint64
	separator string
}

var dayTimeUnits = []dayTimeUnit{{86400e6, ""}, {3600e6, " "}, {60e6, ":"}, {1e6, ":"}}

func (u dayTimeUnit) before(first bool) string {
	if first {
		return ""
	}
	return u.separator
}

// calendarText writes a legacy interval: its parts that are not zero, each with its own sign.
func calendarText(months, days int32, micros int64) string {
	var parts []string
	add := func(n int64, unit string) {
		if n != 0 {
			parts = append(parts, strconv.FormatInt(n, 10)+" "+unit)
		}
	}
	add(int64(months/12), "years")
	add(int64(months%12), "months")
	add(int64(days), "days")
	add(micros/3600e6, "hours")
	add(micros%3600e6/60e6, "minutes")
	if s := micros % 60e6; s != 0 {
		sign := ""
		if s < 0 {
			sign, s = "-", -s
		}
		parts = append(parts, sign+strconv.FormatInt(s/1e6, 10)+fraction(s%1e6)+" seconds")
	}
	if len(parts) == 0 {
		return "0 seconds"
	}
	return strings.Join(parts, " ")
}
