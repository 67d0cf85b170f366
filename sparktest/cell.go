package sparktest

// This file writes the canonical text of a result; tools/oracle_cells.py is its twin.

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/plan"
)

var (
	plainName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	plainText  = regexp.MustCompile(`^[A-Za-z0-9 _\-+.,:;/@%&*()=<>!?$^~\[\]{}']+$`)
	plainInner = regexp.MustCompile(`^[A-Za-z0-9 _\-+./@%]+$`) // inside arrays, maps and structs
)

// Header is the schema line of a result.
func Header(schema plan.Struct) string {
	if len(schema.Fields) == 0 {
		return "()"
	}
	return fieldsText(schema.Fields, " ")
}

func fieldsText(fields []plan.Field, separator string) string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = nameText(f.Name) + separator + typeText(f.Type) + notNull(f.Nullable)
	}
	return strings.Join(texts, ", ")
}

func typeText(t plan.Type) string {
	switch t := t.(type) {
	case plan.Array:
		return "ARRAY<" + typeText(t.Elem) + notNull(t.ContainsNull) + ">"
	case plan.Map:
		return "MAP<" + typeText(t.Key) + ", " + typeText(t.Value) + notNull(t.ValueContainsNull) + ">"
	case plan.Struct:
		return "STRUCT<" + fieldsText(t.Fields, ": ") + ">"
	default:
		return strings.ToUpper(t.String())
	}
}

func notNull(nullable bool) string {
	if nullable {
		return ""
	}
	return " NOT NULL"
}

func nameText(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "`" + strings.ReplaceAll(escape(name), "`", "``") + "`"
}

// Row is one line of a result: row i of the batch, whose columns have the schema's types.
func Row(schema plan.Struct, batch arrow.RecordBatch, i int) string {
	if len(schema.Fields) == 0 {
		return "()"
	}
	cells := make([]string, len(schema.Fields))
	for n, f := range schema.Fields {
		cells[n] = cell(f.Type, batch.Column(n), i, false)
	}
	return strings.Join(cells, " | ")
}

// size: one case per type
func cell(t plan.Type, a arrow.Array, i int, nested bool) string {
	if a.IsNull(i) || t == plan.Null {
		return "NULL"
	}
	switch a := a.(type) {
	case *array.Boolean:
		return strconv.FormatBool(a.Value(i))
	case *array.Decimal128:
		d := t.(plan.Decimal)
		return plan.Unscaled{Int: a.Value(i).BigInt()}.Text(d.Scale)
	case *array.Float32:
		return floatText(float64(a.Value(i)), 32)
	case *array.Float64:
		return floatText(a.Value(i), 64)
	case *array.String:
		return stringText(a.Value(i), nested)
	case *array.Binary:
		return fmt.Sprintf("X'%X'", a.Value(i))
	case *array.Date32:
		return dateText(int64(a.Value(i)))
	case *array.Timestamp:
		text := timestampText(int64(a.Value(i)))
		if t == plan.Timestamp {
			text += "Z"
		}
		return text
	case *array.MonthInterval:
		m := int64(a.Value(i))
		return fmt.Sprintf("%s%d-%d", sign(m), abs(m)/12, abs(m)%12)
	case *array.Duration:
		m := int64(a.Value(i))
		return fmt.Sprintf("%s%d %s", sign(m), abs(m)/microsPerDay, clockText(abs(m)%microsPerDay))
	case *array.MonthDayNanoInterval:
		v := a.Value(i)
		return fmt.Sprintf("%d months %d days %d us", v.Months, v.Days, v.Nanoseconds/1000)
	case *array.Map: // before List, which it embeds
		return mapText(t.(plan.Map), a, i)
	case *array.List:
		return listText(t.(plan.Array), a, i)
	case *array.Struct:
		return structText(t.(plan.Struct), a, i)
	default:
		return a.ValueStr(i) // integers
	}
}

func listText(t plan.Array, a *array.List, i int) string {
	start, end := a.ValueOffsets(i)
	texts := make([]string, 0, end-start)
	for j := start; j < end; j++ {
		texts = append(texts, cell(t.Elem, a.ListValues(), int(j), true))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func mapText(t plan.Map, a *array.Map, i int) string {
	start, end := a.ValueOffsets(i)
	texts := make([]string, 0, end-start)
	for j := start; j < end; j++ {
		texts = append(texts, cell(t.Key, a.Keys(), int(j), true)+": "+cell(t.Value, a.Items(), int(j), true))
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

func structText(t plan.Struct, a *array.Struct, i int) string {
	texts := make([]string, len(t.Fields))
	for n, f := range t.Fields {
		texts[n] = nameText(f.Name) + ": " + cell(f.Type, a.Field(n), i, true)
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

func stringText(s string, nested bool) string {
	plain := plainText
	if nested {
		plain = plainInner
	}
	if plain.MatchString(s) && s != "NULL" && s[0] != ' ' && s[len(s)-1] != ' ' {
		return s
	}
	return `"` + escape(s) + `"`
}

func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case printable(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%X}`, r)
		}
	}
	return b.String()
}

func printable(r rune) bool {
	if r == 0xAD || 0x300 <= r && r <= 0x36F || 0x2000 <= r && r <= 0x206F {
		return false
	}
	return 0x20 <= r && r < 0x7F || 0xA1 <= r && r < 0xD800 || 0x1F300 <= r && r <= 0x1FAFF
}

// floatText is the shortest text that reads back as f, with an exponent below 1e-4 and from 1e16 on.
func floatText(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	scientific := strconv.FormatFloat(f, 'e', -1, bits)
	exponent, _ := strconv.Atoi(scientific[strings.IndexByte(scientific, 'e')+1:])
	if exponent < -4 || exponent >= 16 {
		return scientific
	}
	text := strconv.FormatFloat(f, 'f', -1, bits)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

const microsPerDay = 86_400_000_000

func timestampText(micros int64) string {
	days := micros / microsPerDay
	if micros%microsPerDay < 0 {
		days--
	}
	return dateText(days) + " " + clockText(micros-days*microsPerDay)
}

func clockText(micros int64) string {
	seconds, micros := micros/1_000_000, micros%1_000_000
	text := fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	if micros != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%06d", micros), "0")
	}
	return text
}

// dateText is a day of the proleptic Gregorian calendar, of any year.
func dateText(days int64) string {
	z := days + 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	day := z - era*146097
	year := (day - day/1460 + day/36524 - day/146096) / 365
	ofYear := day - (365*year + year/4 - year/100)
	shifted := (5*ofYear + 2) / 153
	month := shifted + 3
	if shifted >= 10 {
		month = shifted - 9
	}
	year += era * 400
	if month <= 2 {
		year++
	}
	head := fmt.Sprintf("%s%04d", sign(year), abs(year))
	if year > 9999 {
		head = "+" + head
	}
	return fmt.Sprintf("%s-%02d-%02d", head, month, ofYear-(153*shifted+2)/5+1)
}

func sign(n int64) string {
	if n < 0 {
		return "-"
	}
	return ""
}

func abs(n int64) int64 { return max(n, -n) }
