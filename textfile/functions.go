package textfile

// This file holds what from_json and from_csv do with one text.

import (
	"strings"

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
