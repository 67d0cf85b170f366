package textfile

// This file writes values as CSV.

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/fault"
	"shoal/plan"
)

// CSVForm is how values stand in a record of CSV.
type CSVForm struct {
	Sep, Quote, Escape string
	// Null stands for NULL, Empty for a text without letters.
	Null, Empty            string
	QuoteAll, EscapeQuotes bool
	TrimLeft, TrimRight    bool
}

// AppendNull appends what stands for NULL.
func (f *CSVForm) AppendNull(b []byte) []byte {
	if f.QuoteAll {
		return append(append(append(b, f.Quote...), f.Null...), f.Quote...)
	}
	return append(b, f.Null...)
}

// Append appends a text, in quotes if it must be.
func (f *CSVForm) Append(b []byte, text string) []byte {
	if f.TrimLeft {
		text = strings.TrimLeft(text, blanks)
	}
	if f.TrimRight {
		text = strings.TrimRight(text, blanks)
	}
	quoted := f.QuoteAll || strings.ContainsAny(text, "\r\n") || strings.Contains(text, f.Sep) || f.EscapeQuotes && strings.Contains(text, f.Quote)
	switch {
	case text == "" && f.QuoteAll && !f.quoted(f.Empty):
		return append(append(append(b, f.Quote...), f.Empty...), f.Quote...)
	case text == "":
		return append(b, f.Empty...)
	case !quoted:
		return append(b, text...)
	}
	if f.Escape != f.Quote {
		text = strings.ReplaceAll(text, f.Escape, f.Escape+f.Escape)
	}
	return append(append(append(b, f.Quote...), strings.ReplaceAll(text, f.Quote, f.Escape+f.Quote)...), f.Quote...)
}

func (f *CSVForm) quoted(text string) bool {
	return len(text) > 1 && strings.HasPrefix(text, f.Quote) && strings.HasSuffix(text, f.Quote)
}

// CSVWriter writes records. It belongs to one goroutine.
type CSVWriter struct {
	CSVForm
	Header bool
	json   *JSONWriter // for the formats of times
	// Plain writes values of the types that options say nothing about; nil: they are refused.
	Plain func(a arrow.Array, row int, t plan.Type) (string, error)
}

// NewCSVWriter reads Spark's options.
func NewCSVWriter(o Options, zone string) (*CSVWriter, error) {
	j, err := NewJSONWriter(o, zone, true)
	if err != nil {
		return nil, err
	}
	w := &CSVWriter{json: j, CSVForm: CSVForm{Null: o["nullvalue"], Empty: o.text("emptyvalue", `""`), EscapeQuotes: true,
		TrimLeft: true, TrimRight: true}}
	quote, err := o.character("quote", "quote", '"')
	if err != nil {
		return nil, err
	}
	escape, err := o.character("escape", "escape", '\\')
	if err != nil {
		return nil, err
	}
	if quote == 0 || escape == 0 || o["chartoescapequoteescaping"] != "" {
		return nil, fault.Unsupported("writing CSV with the quote %q, the escape %q and charToEscapeQuoteEscaping %q", o.text("quote", `"`),
			o.text("escape", `\`), o["chartoescapequoteescaping"])
	}
	w.Quote, w.Escape = string(rune(quote)), string(rune(escape))
	if w.Sep, err = delimiter(o.text("sep", o.text("delimiter", ","))); err != nil {
		return nil, err
	}
	return w, o.flags(map[string]*bool{"quoteAll": &w.QuoteAll, "escapeQuotes": &w.EscapeQuotes, "ignoreLeadingWhiteSpace": &w.TrimLeft,
		"ignoreTrailingWhiteSpace": &w.TrimRight, "header": &w.Header})
}

// NewToCSV is a writer for to_csv of a type.
func NewToCSV(o Options, t plan.Type, zone string) (*CSVWriter, error) {
	w, err := NewCSVWriter(o, zone)
	if err != nil {
		return nil, err
	}
	s, ok := t.(plan.Struct)
	if !ok {
		return nil, fault.Unsupported("to_csv of %s", t)
	}
	for _, f := range s.Fields {
		switch t := f.Type.(type) {
		case plan.Decimal:
		case plan.Basic:
			if t == plan.Binary || t == plan.CalendarInterval || t == plan.Variant {
				return nil, fault.Unsupported("to_csv of %s", t)
			}
		default:
			return nil, fault.Unsupported("to_csv of %s", t)
		}
	}
	return w, nil
}

// Value appends a struct as a record.
func (w *CSVWriter) Value(b []byte, a arrow.Array, t plan.Type, row int) ([]byte, error) {
	cols, ok := a.(*array.Struct)
	if !ok {
		return b, fault.Internalf("to_csv of %s", a.DataType())
	}
	fields := t.(plan.Struct).Fields
	columns := make([]arrow.Array, len(fields))
	for i := range columns {
		columns[i] = cols.Field(i)
	}
	return w.Row(b, columns, fields, row)
}

// Row appends a record of a row's columns.
func (w *CSVWriter) Row(b []byte, cols []arrow.Array, fields []plan.Field, row int) ([]byte, error) {
	for i, f := range fields {
		if i > 0 {
			b = append(b, w.Sep...)
		}
		if isNull(cols[i], row) {
			b = w.AppendNull(b)
			continue
		}
		text, err := w.text(cols[i], f.Type, row)
		if err != nil {
			return b, err
		}
		b = w.Append(b, text)
	}
	return b, nil
}

// text is a value before it is put in quotes.
func (w *CSVWriter) text(a arrow.Array, t plan.Type, row int) (string, error) {
	var b []byte
	var err error
	switch a := a.(type) {
	case *array.String:
		return a.Value(row), nil
	case *array.Decimal128:
		return plan.Unscaled{Int: a.Value(row).BigInt()}.Text(int(a.DataType().(*arrow.Decimal128Type).Scale)), nil
	case *array.Date32, *array.Timestamp:
		b, err = w.json.time(nil, a, t, row)
	case *array.Binary, *array.MonthInterval, *array.Duration:
		if w.Plain == nil {
			return "", fault.Unsupported("%s as CSV", t)
		}
		return w.Plain(a, row, t)
	default:
		b, err = appendPlain(nil, a, row, false)
	}
	return string(b), err
}
