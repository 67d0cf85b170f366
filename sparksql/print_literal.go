package sparksql

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"shoal/plan"
)

// fieldComment is the comment in a field's metadata.
func fieldComment(f plan.Field) (string, bool) {
	if f.Metadata == "" {
		return "", false
	}
	var m map[string]any
	if json.Unmarshal([]byte(f.Metadata), &m) != nil {
		return "", false
	}
	comment, ok := m["comment"].(string)
	return comment, ok
}

// literal writes a constant so that its type can be read back too.
func (w *printer) literal(l *plan.Literal) {
	if l.Value == nil {
		if l.Type == plan.Null {
			w.puts("NULL")
			return
		}
		w.puts("CAST(NULL AS ")
		w.dataType(l.Type)
		w.puts(")")
		return
	}
	switch v := l.Value.(type) {
	case bool:
		w.puts(strings.ToUpper(strconv.FormatBool(v)))
	case int8:
		w.puts(itoa(int64(v)), "Y")
	case int16:
		w.puts(itoa(int64(v)), "S")
	case int32:
		w.puts(itoa(int64(v)))
	case int64:
		w.puts(itoa(v), "L")
	case float32:
		w.float(float64(v), 32, "F", "FLOAT")
	case float64:
		w.float(v, 64, "D", "DOUBLE")
	case string:
		w.quote(v)
	case []byte:
		w.puts("X'", strings.ToUpper(hex.EncodeToString(v)), "'")
	case plan.Unscaled:
		w.decimal(v, l.Type)
	case plan.Days:
		w.puts("DATE '", dateText(int64(v)), "'")
	case plan.Months:
		w.months(int64(v), l.Type)
	case plan.Micros:
		w.micros(v, l.Type)
	case plan.CalendarValue:
		fmt.Fprintf(w, "make_interval(0, %d, 0, %d, 0, 0, %dBD / 1000000)", v.Months, v.Days, v.Micros)
	default:
		w.nested(l)
	}
}

func (w *printer) float(v float64, bits int, suffix, name string) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		text := strings.ReplaceAll(strconv.FormatFloat(v, 'f', -1, bits), "Inf", "Infinity")
		w.puts("CAST('", strings.TrimPrefix(text, "+"), "' AS ", name, ")")
		return
	}
	w.puts(strconv.FormatFloat(v, 'g', -1, bits), suffix)
}

func (w *printer) decimal(v plan.Unscaled, t plan.Type) {
	d := t.(plan.Decimal)
	text := v.Text(d.Scale)
	digits := len(strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(text), "0"))
	if max(digits, d.Scale, 1) != d.Precision {
		w.puts("CAST(", text, "BD AS ", strings.ToUpper(d.String()), ")")
		return
	}
	w.puts(text, "BD")
}

func (w *printer) micros(v plan.Micros, t plan.Type) {
	switch t := t.(type) {
	case plan.DayTimeInterval:
		w.dayTime(int64(v), t)
	default:
		if t == plan.TimestampNTZ {
			w.puts("TIMESTAMP_NTZ '", timestampText(v), "'")
			return
		}
		w.puts("TIMESTAMP '", timestampText(v), " UTC'")
	}
}

// dateText is a date as the parser reads it, years beyond 9999 with a sign.
func dateText(days int64) string {
	t := time.Unix(days*86400, 0).UTC()
	year := t.Year()
	switch {
	case year < 0:
		return fmt.Sprintf("-%04d-%02d-%02d", -year, t.Month(), t.Day())
	case year > 9999:
		return fmt.Sprintf("+%d-%02d-%02d", year, t.Month(), t.Day())
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, t.Month(), t.Day())
}

func timestampText(v plan.Micros) string {
	days := floorDiv(int64(v), microsPerDay)
	rest := int64(v) - days*microsPerDay
	return dateText(days) + " " + clock(rest)
}

// clock writes hh:mm:ss[.ffffff].
func clock(micros int64) string {
	text := fmt.Sprintf("%02d:%02d:%02d", micros/microsPerHour, micros/microsPerMinute%60, micros/microsPerSecond%60)
	if f := micros % microsPerSecond; f != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%06d", f), "0")
	}
	return text
}

func (w *printer) months(v int64, t plan.Type) {
	ym := t.(plan.YearMonthInterval)
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	var text string
	switch {
	case ym.From == ym.To && ym.From == plan.Month:
		text = itoa(v)
	case ym.From == ym.To:
		text = itoa(v / 12)
	default:
		text = itoa(v/12) + "-" + itoa(v%12)
	}
	w.interval(sign+text, ym.From, ym.To)
}

func (w *printer) interval(text string, from, to plan.IntervalField) {
	w.puts("INTERVAL '", text, "' ", strings.ToUpper(from.String()))
	if from != to {
		w.puts(" TO ", strings.ToUpper(to.String()))
	}
}

// fieldMicros is the length of each day-time field.
var fieldMicros = [...]int64{plan.Day: microsPerDay, plan.Hour: microsPerHour, plan.Minute: microsPerMinute, plan.Second: microsPerSecond}

// dayTime writes the fields from..to; the first takes all that is above it.
func (w *printer) dayTime(v int64, t plan.DayTimeInterval) {
	sign, rest := "", uint64(v)
	if v < 0 {
		sign, rest = "-", -uint64(v)
	}
	var text strings.Builder
	text.WriteString(sign)
	for f := t.From; f <= t.To; f++ {
		unit := uint64(fieldMicros[f])
		if f > t.From {
			text.WriteString(fieldMarks[f])
		}
		fmt.Fprintf(&text, "%d", rest/unit)
		rest %= unit
	}
	if t.To == plan.Second && rest != 0 {
		text.WriteString(strings.TrimRight(fmt.Sprintf(".%06d", rest), "0"))
	}
	w.interval(text.String(), t.From, t.To)
}

// nested writes arrays, maps and structs, which have no literals, as calls.
func (w *printer) nested(l *plan.Literal) {
	element := func(v any, t plan.Type) { w.literal(&plan.Literal{Value: v, Type: t}) }
	switch t := l.Type.(type) {
	case plan.Array:
		w.puts("array(")
		list(w, l.Value.([]any), ", ", func(v any) { element(v, t.Elem) })
	case plan.Map:
		w.puts("map(")
		list(w, l.Value.([]plan.Entry), ", ", func(e plan.Entry) {
			element(e.Key, t.Key)
			w.puts(", ")
			element(e.Value, t.Value)
		})
	case plan.Struct:
		w.puts("named_struct(")
		i := -1
		list(w, l.Value.([]any), ", ", func(v any) {
			i++
			w.quote(t.Fields[i].Name)
			w.puts(", ")
			element(v, t.Fields[i].Type)
		})
	}
	w.puts(")")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
