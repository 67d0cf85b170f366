package session

// This file draws df.show() and a notebook's table from the first rows of a query.

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"shoal/plan"
)

// maxShown bounds the number of rows to show, as Spark does.
const maxShown = 2147483632 - 1

// drawing is what is to be drawn: the cells of the first rows, as text.
type drawing struct {
	names []string
	rows  [][]string
	more  bool // there are more rows than were asked for
}

func (s *Session) showString(ctx context.Context, show *plan.ShowString, q Query, acc *account) (*Result, error) {
	n := max(0, min(show.Rows, maxShown))
	d, err := s.firstRows(ctx, show.Input, n, show.Truncate, q, acc)
	if err != nil {
		return nil, err
	}
	drawn := d.horizontal(n, show.Truncate)
	if show.Vertical {
		drawn = d.vertical(n)
	}
	t := &table{columns: []plan.Field{text("show_string")}}
	t.add(drawn)
	return t.result(acc)
}

func (s *Session) showHTML(ctx context.Context, show *plan.HTMLString, q Query, acc *account) (*Result, error) {
	n := max(0, min(show.Rows, maxShown))
	d, err := s.firstRows(ctx, show.Input, n, show.Truncate, q, acc)
	if err != nil {
		return nil, err
	}
	t := &table{columns: []plan.Field{text("html_string")}}
	t.add(d.html(n))
	return t.result(acc)
}

// firstRows runs a query for its first n rows and writes their cells. It asks for one row more, to
// know whether there is one.
func (s *Session) firstRows(ctx context.Context, input plan.Relation, n, truncate int, q Query, acc *account) (*drawing, error) {
	settings := s.settings(q.stays)
	resolved, err := s.analyze(ctx, input, settings, acc)
	if err != nil {
		return nil, err
	}
	out := plan.Output(resolved)
	limited := &plan.Limit{
		Common: plan.Common{Out: out}, Input: resolved,
		Count: &plan.Literal{Value: int32(n + 1), Type: plan.Int},
	}
	// The rows are this query's own business: the account is of what goes to the client.
	rows, err := s.execute(ctx, limited, settings, q, acc)
	if err != nil {
		return nil, err
	}
	defer rows.rows.Release()
	d := &drawing{}
	for _, c := range out {
		d.names = append(d.names, escape(c.Name))
	}
	c := newCells(settings)
	for rows.rows.Next() {
		batch := rows.Batch()
		for i := range int(batch.NumRows()) {
			if len(d.rows) == n {
				d.more = true
				return d, nil
			}
			row := make([]string, len(out))
			for j, col := range out {
				cell, err := c.text(batch.Column(j), i, col.Type)
				if err != nil {
					return nil, err
				}
				row[j] = shorten(escape(cell), truncate)
			}
			d.rows = append(d.rows, row)
		}
	}
	return d, rows.Err()
}

// escape makes control characters visible, so that a row is a line.
var escape = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\f", `\f`, "\b", `\b`, "\v", `\v`, "\a", `\a`).Replace

// shorten cuts a cell to a number of characters, as Java counts them; 0 leaves it as it is.
func shorten(cell string, limit int) string {
	if limit <= 0 || len(cell) <= limit {
		return cell
	}
	units := utf16.Encode([]rune(cell))
	if len(units) <= limit {
		return cell
	}
	if limit < 4 {
		return string(utf16.Decode(units[:limit]))
	}
	return string(utf16.Decode(units[:limit-3])) + "..."
}

// horizontal is the usual table. Cut cells stand to the right, whole ones to the left.
func (d *drawing) horizontal(n, truncate int) string {
	widths := make([]int, len(d.names))
	lines := append([][]string{d.names}, d.rows...)
	for i := range widths {
		widths[i] = 3
		for _, line := range lines {
			widths[i] = max(widths[i], width(line[i]))
		}
	}
	var b, rule strings.Builder
	rule.WriteByte('+')
	for _, w := range widths {
		rule.WriteString(strings.Repeat("-", w) + "+")
	}
	if len(widths) == 0 {
		rule.WriteByte('+') // Spark closes a table without columns, too
	}
	rule.WriteByte('\n')
	b.WriteString(rule.String())
	for k, line := range lines {
		b.WriteByte('|')
		for i, cell := range line {
			pad := strings.Repeat(" ", widths[i]-width(cell))
			if truncate > 0 {
				b.WriteString(pad + cell + "|")
			} else {
				b.WriteString(cell + pad + "|")
			}
		}
		if len(line) == 0 {
			b.WriteByte('|')
		}
		b.WriteByte('\n')
		if k == 0 {
			b.WriteString(rule.String())
		}
	}
	b.WriteString(rule.String())
	if d.more {
		b.WriteString(onlyTop(n))
	}
	return b.String()
}

// vertical is a block of lines a row.
func (d *drawing) vertical(n int) string {
	if len(d.rows) == 0 {
		return "(0 rows)"
	}
	names, values := 3, 3
	for _, name := range d.names {
		names = max(names, width(name))
	}
	for _, row := range d.rows {
		for _, cell := range row {
			values = max(values, width(cell))
		}
	}
	var b strings.Builder
	for k, row := range d.rows {
		head := "-RECORD " + strconv.Itoa(k)
		b.WriteString(head + strings.Repeat("-", max(0, names+values+5-len(head))) + "\n")
		for i, cell := range row {
			fmt.Fprintf(&b, " %s%s | %s%s \n", d.names[i], strings.Repeat(" ", names-width(d.names[i])),
				cell, strings.Repeat(" ", values-width(cell)))
		}
	}
	if d.more {
		b.WriteString(onlyTop(n))
	}
	return b.String()
}

func (d *drawing) html(n int) string {
	var b strings.Builder
	b.WriteString("<table border='1'>\n")
	for k, line := range append([][]string{d.names}, d.rows...) {
		tag := "td"
		if k == 0 {
			tag = "th"
		}
		b.WriteString("<tr>")
		for _, cell := range line {
			b.WriteString("<" + tag + ">" + escapeHTML(cell) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
	if d.more {
		b.WriteString(onlyTop(n) + "\n")
	}
	return b.String()
}

var escapeHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace

func onlyTop(n int) string {
	if n == 1 {
		return "only showing top 1 row"
	}
	return fmt.Sprintf("only showing top %d rows", n)
}

// width counts a cell's columns on a terminal: East Asian characters take two.
func width(cell string) int {
	n := utf8.RuneCountInString(cell)
	if n == len(cell) {
		return n
	}
	n = 0
	for _, r := range cell {
		n++
		switch {
		case r >= 0x10000: // two UTF-16 units, as Java counts
			n++
		case r >= 0x1100 && r <= 0x115F, r >= 0x2E80 && r <= 0xA4CF, r >= 0xAC00 && r <= 0xD7A3,
			r >= 0xF900 && r <= 0xFAFF, r >= 0xFE10 && r <= 0xFE19, r >= 0xFE30 && r <= 0xFE6F,
			r >= 0xFF00 && r <= 0xFF60, r >= 0xFFE0 && r <= 0xFFE6:
			n++
		}
	}
	return n
}
