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

// CSVWriter is to_csv.
type CSVWriter struct {
	CSVForm
	json *JSONWriter // for the formats of times
}

// NewCSVWriter checks the type and the options.
func NewCSVWriter(o Options, t plan.Type, zone string) (*CSVWriter, error) {
	j, err := NewJSONWriter(o, zone, true)
	if err != nil {
		return nil, err
	}
	w := &CSVWriter{json: j, CSVForm: CSVForm{Quote: o.text("quote", `"`), Escape: o.text("escape", `\`), Null: o["nullvalue"],
		Empty: o.text("emptyvalue", `""`), EscapeQuotes: true, TrimLeft: true, TrimRight: true}}
	if w.Sep, err = delimiter(o.text("sep", o.text("delimiter", ","))); err != nil {
		return nil, err
	}
	err = o.flags(map[string]*bool{"quoteAll": &w.QuoteAll, "escapeQuotes": &w.EscapeQuotes, "ignoreLeadingWhiteSpace": &w.TrimLeft,
		"ignoreTrailingWhiteSpace": &w.TrimRight})
	if len(w.Quote) != 1 || len(w.Escape) != 1 || o["chartoescapequoteescaping"] != "" {
		return nil, fault.Unsupported("to_csv with the quote %q and the escape %q", w.Quote, w.Escape)
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
	return w, err
}

// Value appends a struct as a record.
func (w *CSVWriter) Value(b []byte, a arrow.Array, t plan.Type, row int) ([]byte, error) {
	cols, ok := a.(*array.Struct)
	if !ok {
		return b, fault.Internalf("to_csv of %s", a.DataType())
	}
	for i, f := range t.(plan.Struct).Fields {
		if i > 0 {
			b = append(b, w.Sep...)
		}
		col := cols.Field(i)
		if isNull(col, row) {
			b = w.AppendNull(b)
			continue
		}
		text, err := w.text(col, f.Type, row)
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
	default:
		b, err = appendPlain(nil, a, row, false)
	}
	return string(b), err
}
