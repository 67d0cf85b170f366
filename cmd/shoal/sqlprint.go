package main

// This file prints the answers of shoal sql.

import (
	"bufio"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// printTable aligns the columns as a person reads them: numbers to the right, a count at the end.
func printTable(out io.Writer, a *answer) error {
	header, rows := names(a), [][]string{}
	width := make([]int, len(header))
	for i, name := range header {
		width[i] = utf8.RuneCountInString(name)
	}
	a.each(func(row []any) error {
		line := make([]string, len(row))
		for i, value := range row {
			line[i] = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text(value, "NULL"))
			width[i] = max(width[i], utf8.RuneCountInString(line[i]))
		}
		rows = append(rows, line)
		return nil
	})
	w := bufio.NewWriter(out)
	bar := func(left, middle, right string) {
		parts := make([]string, len(width))
		for i, n := range width {
			parts[i] = strings.Repeat("─", n+2)
		}
		fmt.Fprintln(w, left+strings.Join(parts, middle)+right)
	}
	bar("┌", "┬", "┐")
	writeRow(w, header, width, func(int) bool { return false })
	bar("├", "┼", "┤")
	for _, line := range rows {
		writeRow(w, line, width, func(i int) bool { return isNumber(a.schema.Field(i).Type) })
	}
	bar("└", "┴", "┘")
	plural := "s"
	if len(rows) == 1 {
		plural = ""
	}
	fmt.Fprintf(w, "%d row%s\n", len(rows), plural)
	return w.Flush()
}

func writeRow(w io.Writer, cells []string, width []int, right func(int) bool) {
	for i, cell := range cells {
		pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
		if right(i) {
			cell, pad = pad+cell, ""
		}
		fmt.Fprintf(w, "│ %s%s ", cell, pad)
	}
	fmt.Fprintln(w, "│")
}

// printCSV writes a line of names and the rows; NULL is the empty value.
func printCSV(out io.Writer, a *answer) error {
	w := csv.NewWriter(out)
	if err := w.Write(names(a)); err != nil {
		return err
	}
	err := a.each(func(row []any) error {
		line := make([]string, len(row))
		for i, value := range row {
			line[i] = text(value, "")
		}
		return w.Write(line)
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// printJSON writes an array of objects, one a line. Columns of the same name all appear, as they do in SQL.
func printJSON(out io.Writer, a *answer) error {
	w := bufio.NewWriter(out)
	header, separator := names(a), "["
	err := a.each(func(row []any) error {
		fields := make([]string, len(row))
		for i, value := range row {
			key, err := json.Marshal(header[i])
			if err != nil {
				return err
			}
			encoded, err := json.Marshal(value)
			if err != nil {
				return err
			}
			fields[i] = string(key) + ": " + string(encoded)
		}
		_, err := fmt.Fprintf(w, "%s{%s}", separator, strings.Join(fields, ", "))
		separator = ",\n "
		return err
	})
	if err != nil {
		return err
	}
	if separator == "[" {
		fmt.Fprint(w, separator)
	}
	fmt.Fprintln(w, "]")
	return w.Flush()
}

func names(a *answer) []string {
	if a.schema == nil {
		return nil
	}
	header := make([]string, a.schema.NumFields())
	for i, field := range a.schema.Fields() {
		header[i] = field.Name
	}
	return header
}

// each calls do with the values of every row, nil for NULL.
func (a *answer) each(do func(row []any) error) error {
	for _, batch := range a.batches {
		for r := range int(batch.NumRows()) {
			row := make([]any, batch.NumCols())
			for c := range row {
				row[c] = value(batch.Column(c), r)
			}
			if err := do(row); err != nil {
				return err
			}
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
		return (time.Duration(c.Value(row)) * unit.Multiplier()).String()
	case *array.MonthInterval:
		months := int(c.Value(row))
		return fmt.Sprintf("%d-%d", months/12, months%12)
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

// floating keeps what JSON has no number for as a word.
func floating(x float64, plain any) any {
	if x != x || x-x != 0 {
		return fmt.Sprint(x)
	}
	return plain
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
