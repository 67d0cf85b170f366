package main

// This file prints the answers of shoal sql.

import (
	"bufio"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// tableWindow is how many rows decide how wide a table's columns are; a later cell that is wider
// pushes its border aside, so that an answer of any length needs little memory.
const tableWindow = 10_000

// tablePrinter aligns the columns as a person reads them: numbers to the right, a count at the end.
type tablePrinter struct {
	w       *bufio.Writer
	schema  *arrow.Schema
	width   []int
	waiting [][]string // rows until the widths are decided
	begun   bool
	rows    int
}

func (p *tablePrinter) begin(schema *arrow.Schema) {
	p.schema = schema
	for _, name := range names(schema) {
		p.width = append(p.width, utf8.RuneCountInString(name))
	}
}

func (p *tablePrinter) batch(b arrow.RecordBatch) error {
	err := eachRow(b, func(row []any) error {
		p.rows++
		line := make([]string, len(row))
		for i, value := range row {
			line[i] = oneLine.Replace(text(value, "NULL"))
		}
		if p.begun {
			return p.row(line, p.right)
		}
		for i, cell := range line {
			p.width[i] = max(p.width[i], utf8.RuneCountInString(cell))
		}
		if p.waiting = append(p.waiting, line); len(p.waiting) == tableWindow {
			return p.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.w.Flush()
}

var oneLine = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

// flush writes the head of the table and the rows that waited for it.
func (p *tablePrinter) flush() error {
	p.begun = true
	p.bar("┌", "┬", "┐")
	p.row(names(p.schema), func(int) bool { return false })
	p.bar("├", "┼", "┤")
	for _, line := range p.waiting {
		if err := p.row(line, p.right); err != nil {
			return err
		}
	}
	p.waiting = nil
	return nil
}

func (p *tablePrinter) end() error {
	if !p.begun {
		if err := p.flush(); err != nil {
			return err
		}
	}
	p.bar("└", "┴", "┘")
	plural := "s"
	if p.rows == 1 {
		plural = ""
	}
	fmt.Fprintf(p.w, "%d row%s\n", p.rows, plural)
	return p.w.Flush()
}

func (p *tablePrinter) bar(left, middle, right string) {
	parts := make([]string, len(p.width))
	for i, n := range p.width {
		parts[i] = strings.Repeat("─", n+2)
	}
	fmt.Fprintln(p.w, left+strings.Join(parts, middle)+right)
}

func (p *tablePrinter) right(column int) bool { return isNumber(p.schema.Field(column).Type) }

func (p *tablePrinter) row(cells []string, right func(int) bool) error {
	for i, cell := range cells {
		pad := strings.Repeat(" ", max(0, p.width[i]-utf8.RuneCountInString(cell)))
		if right(i) {
			cell, pad = pad+cell, ""
		}
		fmt.Fprintf(p.w, "│ %s%s ", cell, pad)
	}
	_, err := fmt.Fprintln(p.w, "│")
	return err
}

// csvPrinter writes a line of names and the rows; NULL is the empty value.
type csvPrinter struct{ w *csv.Writer }

func (p *csvPrinter) begin(schema *arrow.Schema) { p.w.Write(names(schema)) }

func (p *csvPrinter) batch(b arrow.RecordBatch) error {
	return eachRow(b, func(row []any) error {
		line := make([]string, len(row))
		for i, value := range row {
			line[i] = text(value, "")
		}
		return p.w.Write(line)
	})
}

func (p *csvPrinter) end() error {
	p.w.Flush()
	return p.w.Error()
}

// jsonPrinter writes an array of objects, one a line. Columns of the same name all appear, as they do in SQL.
type jsonPrinter struct {
	w         *bufio.Writer
	header    []string
	separator string
}

func (p *jsonPrinter) begin(schema *arrow.Schema) { p.header = names(schema) }

func (p *jsonPrinter) batch(b arrow.RecordBatch) error {
	return eachRow(b, func(row []any) error {
		fields := make([]string, len(row))
		for i, value := range row {
			key, err := json.Marshal(p.header[i])
			if err != nil {
				return err
			}
			encoded, err := json.Marshal(value)
			if err != nil {
				return err
			}
			fields[i] = string(key) + ": " + string(encoded)
		}
		_, err := fmt.Fprintf(p.w, "%s{%s}", p.separator, strings.Join(fields, ", "))
		p.separator = ",\n "
		return err
	})
}

func (p *jsonPrinter) end() error {
	if p.separator == "[" {
		fmt.Fprint(p.w, p.separator)
	}
	fmt.Fprintln(p.w, "]")
	return p.w.Flush()
}

func names(schema *arrow.Schema) []string {
	header := make([]string, schema.NumFields())
	for i, field := range schema.Fields() {
		header[i] = field.Name
	}
	return header
}

// eachRow calls do with the values of every row, nil for NULL.
func eachRow(batch arrow.RecordBatch, do func(row []any) error) error {
	for r := range int(batch.NumRows()) {
		row := make([]any, batch.NumCols())
		for c := range row {
			row[c] = value(batch.Column(c), r)
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return nil
}

// value is one cell as JSON would have it.
func value(column arrow.Array, row int) any {
	if column.IsNull(row) {
		return nil
	}
	switch c := column.(type) {
	case *array.Timestamp:
		return timestamp(c, row)
	case *array.Date32:
		return c.Value(row).ToTime().Format(time.DateOnly)
	case *array.Decimal128:
		return json.Number(c.Value(row).ToString(c.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Duration:
		unit := c.DataType().(*arrow.DurationType).Unit
		return dayTime(int64(c.Value(row)) * int64(unit.Multiplier()/time.Microsecond)) // Spark's unit is the microsecond
	case *array.MonthInterval:
		return yearMonth(int64(c.Value(row)))
	case *array.Binary:
		return hex.EncodeToString(c.Value(row))
	case *array.Map:
		return mapValue(c, row)
	case *array.List:
		from, to := c.ValueOffsets(row)
		list := make([]any, 0, to-from)
		for i := from; i < to; i++ {
			list = append(list, value(c.ListValues(), int(i)))
		}
		return list
	case *array.Struct:
		fields := map[string]any{}
		for i, field := range c.DataType().(*arrow.StructType).Fields() {
			fields[field.Name] = value(c.Field(i), row)
		}
		return fields
	case *array.Float32:
		return floating(float64(c.Value(row)), c.GetOneForMarshal(row))
	case *array.Float64:
		return floating(c.Value(row), c.GetOneForMarshal(row))
	default:
		return column.GetOneForMarshal(row)
	}
}

// floating keeps what JSON has no number for as the word that Spark has for it.
func floating(x float64, plain any) any {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	default:
		return plain
	}
}

// yearMonth and dayTime write intervals in the form of their SQL literals: 1-2 and 3 04:05:06.
func yearMonth(months int64) string {
	sign := ""
	if months < 0 {
		sign, months = "-", -months
	}
	return fmt.Sprintf("%s%d-%d", sign, months/12, months%12)
}

func dayTime(micros int64) string {
	sign := ""
	if micros < 0 {
		sign, micros = "-", -micros
	}
	seconds := micros / 1e6
	text := fmt.Sprintf("%s%d %02d:%02d:%02d", sign, seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
	if micros %= 1e6; micros != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%06d", micros), "0")
	}
	return text
}

func mapValue(c *array.Map, row int) any {
	from, to := c.ValueOffsets(row)
	entries := map[string]any{}
	for i := from; i < to; i++ {
		entries[text(value(c.Keys(), int(i)), "NULL")] = value(c.Items(), int(i))
	}
	return entries
}

// timestamp shows an instant in the session's zone, or a local time as it is.
func timestamp(c *array.Timestamp, row int) string {
	kind := c.DataType().(*arrow.TimestampType)
	t := c.Value(row).ToTime(kind.Unit)
	if zone, err := kind.GetZone(); err == nil && zone != nil {
		t = t.In(zone)
	}
	return t.Format("2006-01-02 15:04:05.999999")
}

// text is a value for the eye: words without quotes, the rest as JSON.
func text(value any, null string) string {
	switch v := value.(type) {
	case nil:
		return null
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		encoded, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(encoded)
	}
}

func isNumber(t arrow.DataType) bool {
	return arrow.IsInteger(t.ID()) || arrow.IsFloating(t.ID()) || arrow.IsDecimal(t.ID())
}
