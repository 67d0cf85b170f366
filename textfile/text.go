package textfile

// This file reads plain text: a line, or a whole file, a row.

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

type textDecoder struct {
	whole  bool
	sep    string
	wanted int
}

func newTextDecoder(s *Spec, schema plan.Struct) (decoder, error) {
	if len(schema.Fields) != 1 {
		return nil, fault.Unsupported("reading text files as %d columns", len(schema.Fields))
	}
	d := &textDecoder{sep: s.Options["linesep"], wanted: len(s.Wanted)}
	if sep, ok := s.Options["linesep"]; ok && sep == "" {
		return nil, fault.Illegal("requirement failed: 'lineSep' cannot be an empty string.")
	}
	d.whole = strings.EqualFold(s.Options["wholetext"], "true")
	return d, nil
}

func (d *textDecoder) pieces(f *source, emit func(piece) error) error {
	if !d.whole {
		return f.linePieces(d.sep, emit)
	}
	data, err := f.all()
	if err != nil {
		return err
	}
	return emit(piece{path: f.path, text: asString(data), first: true})
}

func (d *textDecoder) worker() (worker, error) { return d, nil }

func (d *textDecoder) parse(p piece, out *Columns) error {
	rest := p.text
	for more := true; more; {
		line := rest
		if rest = ""; !d.whole {
			line, rest = nextLine(line, d.sep)
		}
		text, err := decoded(line, "UTF-8")
		if err != nil {
			return err
		}
		if d.wanted == 0 {
			out.Add(nil)
		} else {
			out.Add([]Value{words(text)})
		}
		more = rest != ""
	}
	return nil
}
