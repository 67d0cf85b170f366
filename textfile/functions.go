package textfile

// This file holds what from_json, from_csv and to_csv do with one text.

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/fault"
	"shoal/plan"
)

// TextReader reads one text; the value is valid until the next call.
type TextReader func(text string) (Value, error)

// FromJSON is from_json with a schema.
type FromJSON struct {
	j       *JSON
	root    plan.Type // without the column for malformed records
	corrupt int       // its place, -1: none
}

// NewFromJSON checks the schema and the options.
func NewFromJSON(o Options, t plan.Type, zone, corrupt string) (*FromJSON, error) {
	j, err := NewJSON(o, zone, corrupt)
	if err != nil {
		return nil, err
	}
	f := &FromJSON{j: j, root: t, corrupt: -1}
	if s, ok := t.(plan.Struct); ok {
		f.corrupt, f.root, err = withoutCorrupt(s, j.corrupt)
	}
	if err != nil {
		return nil, err
	}
	return f, jsonTakes(f.root)
}

// withoutCorrupt takes the column for malformed records out of a schema.
func withoutCorrupt(s plan.Struct, name string) (at int, rest plan.Type, err error) {
	at = fieldNamed(s.Fields, name)
	if at < 0 {
		return -1, s, nil
	}
	if f := s.Fields[at]; f.Type != plan.String {
		return at, s, fault.New("INVALID_CORRUPT_RECORD_TYPE", "columnName", plan.Quote(f.Name), "actualType", `"`+plan.SQL(f.Type)+`"`)
	}
	fields := append(append([]plan.Field{}, s.Fields[:at]...), s.Fields[at+1:]...)
	return at, plan.Struct{Fields: fields}, nil
}

// withRecord puts the column for malformed records back.
func withRecord(row []Value, at int, record Value) []Value {
	if at < 0 {
		return row
	}
	out := append(make([]Value, 0, len(row)+1), row[:at]...)
	return append(append(out, record), row[at:]...)
}

// Reader gives a reader for one goroutine.
func (f *FromJSON) Reader() TextReader {
	r := f.j.reader(false)
	return func(text string) (Value, error) {
		rows, ok := r.rows(text, f.root, false)
		if r.err != nil {
			return Value{}, r.err
		}
		s, isStruct := f.root.(plan.Struct)
		switch {
		case ok && len(rows) == 0:
			return Value{}, nil
		case ok && !isStruct:
			return rows[0], nil
		case ok:
			return several(withRecord(rows[0].list, f.corrupt, Value{})), nil
		case f.j.mode == FailFast:
			return Value{}, malformedText(rows, len(s.Fields))
		case !isStruct && len(rows) > 0:
			return rows[0], nil
		case !isStruct:
			return Value{}, nil
		case len(rows) == 0:
			rows = []Value{several(make([]Value, len(s.Fields)))}
		}
		return several(withRecord(rows[0].list, f.corrupt, words(strings.Clone(text)))), nil
	}
}

// malformedText is the error of a malformed text, with what could be read of it.
func malformedText(rows []Value, fields int) error {
	row := make([]Value, max(fields, 1))
	if len(rows) > 0 && fields > 0 {
		row = rows[0].list
	}
	return fault.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", shown(row), "failFastMode", "FAILFAST")
}

// FromCSV is from_csv with a schema.
type FromCSV struct {
	c      *CSV
	schema plan.Struct
}

// NewFromCSV checks the schema and the options.
func NewFromCSV(o Options, t plan.Type, zone, corrupt string) (*FromCSV, error) {
	s, ok := t.(plan.Struct)
	if !ok {
		return nil, fault.Unsupported("from_csv with the schema %s", t)
	}
	c, err := NewCSV(o, zone, corrupt)
	if err != nil {
		return nil, err
	}
	if _, _, err := withoutCorrupt(s, c.corrupt); err != nil {
		return nil, err
	}
	f := &FromCSV{c: c, schema: s}
	_, err = c.newRows(s, f.all())
	return f, err
}

func (f *FromCSV) all() []int {
	all := make([]int, len(f.schema.Fields))
	for i := range all {
		all[i] = i
	}
	return all
}

// Reader gives a reader for one goroutine.
func (f *FromCSV) Reader() TextReader {
	rows, _ := f.c.newRows(f.schema, f.all()) // it was tried before
	r := f.c.reader()
	return func(text string) (Value, error) {
		values, err := r.values(text)
		if err != nil {
			return Value{}, fault.Unsupported("from_csv of a text with quotes that the mode forbids").Because(err)
		}
		row, ok := rows.convert(values, text)
		if !ok && f.c.mode == FailFast {
			return Value{}, fault.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", shown(row), "failFastMode", "FAILFAST")
		}
		return several(append([]Value{}, row...)), nil
	}
}

// CSVWriter is to_csv.
type CSVWriter struct {
	json                     *JSONWriter // for the formats of times
	sep, quote, escape, null string
	empty                    string
	all, escapes             bool
	trimLeft, trimRight      bool
}

// NewCSVWriter checks the type and the options.
func NewCSVWriter(o Options, t plan.Type, zone string) (*CSVWriter, error) {
	j, err := NewJSONWriter(o, zone, true)
	if err != nil {
		return nil, err
	}
	w := &CSVWriter{json: j, quote: o.text("quote", `"`), escape: o.text("escape", `\`), null: o["nullvalue"],
		empty: o.text("emptyvalue", `""`), escapes: true, trimLeft: true, trimRight: true}
	if w.sep, err = delimiter(o.text("sep", o.text("delimiter", ","))); err != nil {
		return nil, err
	}
	err = o.flags(map[string]*bool{"quoteAll": &w.all, "escapeQuotes": &w.escapes, "ignoreLeadingWhiteSpace": &w.trimLeft,
		"ignoreTrailingWhiteSpace": &w.trimRight})
	if len(w.quote) != 1 || len(w.escape) != 1 || o["chartoescapequoteescaping"] != "" {
		return nil, fault.Unsupported("to_csv with the quote %q and the escape %q", w.quote, w.escape)
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
			b = append(b, w.sep...)
		}
		col := cols.Field(i)
		if isNull(col, row) {
			if w.all {
				b = append(append(append(b, w.quote...), w.null...), w.quote...)
			} else {
				b = append(b, w.null...)
			}
			continue
		}
		text, err := w.text(col, f.Type, row)
		if err != nil {
			return b, err
		}
		b = w.value(b, text)
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

// value appends a text, in quotes if it must be.
func (w *CSVWriter) value(b []byte, text string) []byte {
	if w.trimLeft {
		text = strings.TrimLeft(text, blanks)
	}
	if w.trimRight {
		text = strings.TrimRight(text, blanks)
	}
	quoted := w.all || strings.ContainsAny(text, "\r\n") || strings.Contains(text, w.sep) || w.escapes && strings.Contains(text, w.quote)
	switch {
	case text == "":
		return append(b, w.empty...)
	case !quoted:
		return append(b, text...)
	}
	if w.escape != w.quote {
		text = strings.ReplaceAll(text, w.escape, w.escape+w.escape)
	}
	return append(append(append(b, w.quote...), strings.ReplaceAll(text, w.quote, w.escape+w.quote)...), w.quote...)
}
