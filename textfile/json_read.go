package textfile

// This file reads JSON files.

import (
	"errors"
	"io"
	"unicode/utf8"

	"shoal/fault"
	"shoal/plan"
)

type jsonDecoder struct {
	*JSON
	root plan.Struct // the columns that are read of the records
	take []int       // each wanted column's place among them; -1: the corrupt record
}

func newJSONDecoder(s *Spec, schema plan.Struct) (decoder, error) {
	j, err := NewJSON(s.Options, s.Zone, s.Corrupt)
	if err != nil {
		return nil, err
	}
	d := &jsonDecoder{JSON: j}
	for _, at := range s.Wanted {
		f := schema.Fields[at]
		if f.Name == j.corrupt {
			d.take = append(d.take, -1)
			continue
		}
		if err := jsonTakes(f.Type); err != nil {
			return nil, err
		}
		d.take = append(d.take, len(d.root.Fields))
		d.root.Fields = append(d.root.Fields, f)
	}
	return d, nil
}

func (d *jsonDecoder) pieces(f *source, emit func(piece) error) error {
	if !d.MultiLine {
		return f.linePieces(d.lineSep, emit)
	}
	text, err := d.whole(f)
	if err != nil {
		return err
	}
	return emit(piece{path: f.path, text: text, first: true})
}

// whole is a file that is one record.
func (j *JSON) whole(f *source) (string, error) {
	data, err := io.ReadAll(io.LimitReader(f.r, maxWhole+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxWhole {
		return "", fault.Unsupported("multi-line JSON files larger than 128 MB")
	}
	return decoded(asString(trimMark(data)), j.charset)
}

// maxWhole is how large a file may be whose parts only make sense together.
const maxWhole = 128 << 20

func (d *jsonDecoder) worker() (worker, error) {
	return &jsonWorker{d: d, r: d.reader(true), row: make([]Value, len(d.take))}, nil
}

type jsonWorker struct {
	d   *jsonDecoder
	r   *jsonReader
	row []Value
}

func (w *jsonWorker) parse(p piece, out *Columns) error {
	if w.d.MultiLine {
		return w.record(p.text, out)
	}
	for rest := p.text; rest != ""; {
		var line string
		line, rest = nextLine(rest, w.d.lineSep)
		if err := w.record(line, out); err != nil {
			return err
		}
	}
	return nil
}

// record adds the rows of one record.
func (w *jsonWorker) record(text string, out *Columns) error {
	var rows []Value
	ok := false
	if w.d.charset != "UTF-8" {
		var err error
		if text, err = decoded(text, w.d.charset); err != nil {
			return err
		}
	}
	if utf8.ValidString(text) {
		rows, ok = w.r.rows(text, w.d.root, true)
	} else {
		text = replaceInvalid(text)
	}
	if w.r.err != nil {
		return w.r.err
	}
	if !ok {
		switch w.d.mode {
		case DropMalformed:
			return nil
		case FailFast:
			return fault.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", "[]", "failFastMode", "FAILFAST")
		}
		if len(rows) == 0 {
			rows = []Value{several(make([]Value, len(w.d.root.Fields)))}
		}
	}
	for _, row := range rows {
		for i, at := range w.d.take {
			switch {
			case at >= 0:
				w.row[i] = row.list[at]
			case ok:
				w.row[i] = Value{}
			default:
				w.row[i] = words(text)
			}
		}
		out.Add(w.row)
	}
	return nil
}

// File adds a file's records to an inference.
func (n *Inference) File(path string) error {
	f, err := openSource(path)
	if err != nil {
		return inFile(err, path)
	}
	defer f.close()
	j := n.r.JSON
	if j.MultiLine {
		text, err := j.whole(f)
		if err != nil {
			return inFile(err, path)
		}
		return n.Add(text)
	}
	err = f.linePieces(j.lineSep, func(p piece) error {
		for rest := p.text; rest != ""; {
			var line string
			line, rest = nextLine(rest, j.lineSep)
			if !utf8.ValidString(line) {
				line = "\xff" // malformed, whatever it is
			} else if j.charset != "UTF-8" {
				if line, err = decoded(line, j.charset); err != nil {
					return err
				}
			}
			if err := n.Add(line); err != nil {
				return err
			}
		}
		return nil
	})
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return err
	}
	return inFile(err, path)
}
