package textfile

// This file reads CSV files.

import (
	"errors"
	"io"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

type csvDecoder struct {
	*CSV
	spec   *Spec
	schema plan.Struct
}

func newCSVDecoder(s *Spec, schema plan.Struct) (decoder, error) {
	c, err := NewCSV(s.Options, s.Zone, s.Corrupt)
	if err != nil {
		return nil, err
	}
	if c.MultiLine && c.unescaped == backToDelimiter {
		return nil, fault.Unsupported("multi-line CSV with BACK_TO_DELIMITER")
	}
	d := &csvDecoder{CSV: c, spec: s, schema: schema}
	_, err = c.newRows(schema, s.Wanted)
	return d, err
}

func (d *csvDecoder) pieces(f *source, emit func(piece) error) error {
	if d.MultiLine {
		return d.recordPieces(f, emit)
	}
	return f.linePieces(d.LineSep, emit)
}

func (d *csvDecoder) worker() (worker, error) {
	rows, err := d.newRows(d.schema, d.spec.Wanted)
	if err != nil {
		return nil, err
	}
	return &csvWorker{csvDecoder: d, rows: rows, records: d.reader()}, nil
}

type csvWorker struct {
	*csvDecoder
	rows    *csvRows
	records *records
}

func (w *csvWorker) parse(p piece, out *Columns) error {
	header := w.Header && p.first
	if w.MultiLine {
		return w.parseRecords(p, header, out)
	}
	for rest := p.text; rest != ""; {
		var line string
		line, rest = nextLine(rest, w.LineSep)
		line, err := decoded(line, w.Charset)
		if err != nil {
			return err
		}
		if w.skips(line) {
			continue
		}
		if header {
			header = false
			if err := w.checkHeader(line); err != nil {
				return err
			}
			continue
		}
		if len(w.rows.take) == 0 { // nobody looks at the values
			out.Add(nil)
			continue
		}
		values, err := w.records.values(line)
		if err != nil {
			return err
		}
		if err := w.record(values, line, out); err != nil {
			return err
		}
	}
	return nil
}

// record adds a record's row, if it makes one.
func (w *csvWorker) record(values []string, text string, out *Columns) error {
	if len(values) > w.maxColumns {
		return fault.New("MALFORMED_CSV_RECORD", "badRecord", text)
	}
	row, ok := w.rows.convert(values, text)
	switch {
	case ok || w.mode == Permissive:
		out.Add(row)
	case w.mode == FailFast:
		return fault.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", shown(row), "failFastMode", "FAILFAST")
	}
	return nil
}

// checkHeader compares a header with the schema, where the schema is not to be enforced.
func (w *csvWorker) checkHeader(line string) error {
	if w.enforceSchema {
		return nil
	}
	names, err := w.records.values(line)
	if err != nil {
		return err
	}
	corrupt := w.corruptIn(w.schema)
	var want []string
	for i, f := range w.schema.Fields {
		if i != corrupt {
			want = append(want, f.Name)
		}
	}
	same := len(names) == len(want)
	for i := 0; same && i < len(names); i++ {
		same = strings.EqualFold(names[i], want[i])
	}
	if !same {
		return fault.Illegal("the header of a CSV file does not match the schema: %s", line)
	}
	return nil
}

// recordPieces cuts a file whose records may span lines where a record ends. Only the parser knows
// where that is, so it runs once more for this.
func (d *csvDecoder) recordPieces(f *source, emit func(piece) error) error {
	if d.Charset != "UTF-8" && d.Charset != "US-ASCII" && d.Charset != "ISO-8859-1" {
		return d.decodedPiece(f, emit)
	}
	r := d.reader()
	var buf []byte
	for first, size := true, pieceBytes; ; size = max(pieceBytes, 2*len(buf)) {
		grown := make([]byte, max(size, len(buf)+pieceBytes))
		copy(grown, buf)
		n, err := io.ReadFull(f.r, grown[len(buf):])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		buf = grown[:len(buf)+n]
		if first {
			buf = trimMark(buf)
		}
		end := len(buf)
		if r.begin(asString(buf), first); !last {
			end = r.lastRecord()
		}
		if end > 0 {
			if err := emit(piece{path: f.path, text: asString(buf[:end]), first: first, ends: r.lineEnds}); err != nil {
				return err
			}
			first = false
			buf = append([]byte(nil), buf[end:]...)
		}
		if last {
			return nil
		}
		if len(buf) > maxRecord {
			return fault.Unsupported("CSV records larger than 64 MB")
		}
	}
}

// lastRecord is where the last record ends that surely is whole.
func (r *records) lastRecord() (end int) {
	for {
		end = r.at
		if r.at >= len(r.text) || r.skipLine() && r.at >= len(r.text) {
			return end
		}
		if end == r.at && r.record() || r.err != nil {
			return end
		}
	}
}

// decodedPiece is a whole file in an encoding that only makes sense as a whole.
func (d *csvDecoder) decodedPiece(f *source, emit func(piece) error) error {
	data, err := io.ReadAll(io.LimitReader(f.r, maxWhole+1))
	if err != nil {
		return err
	}
	if len(data) > maxWhole {
		return fault.Unsupported("multi-line CSV files in %s larger than 128 MB", d.Charset)
	}
	text, err := decoded(asString(data), d.Charset)
	if err != nil {
		return err
	}
	r := d.reader()
	r.begin(text, true)
	return emit(piece{path: f.path, text: text, first: true, ends: r.lineEnds})
}

// maxRecord bounds a record that spans lines.
const maxRecord = 64 << 20

// parseRecords parses records that may span lines.
func (w *csvWorker) parseRecords(p piece, header bool, out *Columns) error {
	return w.records.each(p, func(text string, values []string) error {
		if header {
			header = false
			return w.checkHeader(text)
		}
		return w.record(values, text, out)
	})
}

// each calls visit for the records of a piece, which may span lines.
func (r *records) each(p piece, visit func(text string, values []string) error) error {
	text := p.text
	if r.Charset == "UTF-8" || r.Charset == "US-ASCII" || r.Charset == "ISO-8859-1" {
		var err error
		if text, err = decoded(text, r.Charset); err != nil {
			return err
		}
	}
	r.begin(text, false)
	r.lineEnds = p.ends
	for r.at < len(r.text) {
		if r.skipLine() {
			continue
		}
		from := r.at
		r.record()
		if r.err != nil {
			return r.err
		}
		if len(r.out) == 0 {
			continue
		}
		if err := visit(text[from:r.at], r.out); err != nil {
			return err
		}
	}
	return nil
}

// lineEnds says how lines end, besides \n.
type lineEnds struct {
	crlf, cr  bool
	separator byte // ends records; 0: none
	raw       bool // line ends stay as they are inside of quotes
}

// begin prepares for a text whose records may span lines; in a file's first, the first line's end
// tells how lines end.
func (r *records) begin(text string, first bool) {
	r.text, r.at = text, 0
	if !first {
		return
	}
	r.lineEnds = lineEnds{raw: r.LineSep != "", crlf: r.LineSep == "\r\n", cr: r.LineSep == "\r"}
	if r.raw {
		if len(r.LineSep) == 1 && r.LineSep != "\n" && !r.cr {
			r.separator = r.LineSep[0]
		}
		return
	}
	if i := strings.IndexAny(text, "\r\n"); i >= 0 && text[i] == '\r' {
		r.crlf = strings.HasPrefix(text[i:], "\r\n")
		r.cr = !r.crlf
	}
}

// skipLine goes past an empty line or a comment at the beginning of a record.
func (r *records) skipLine() bool {
	from := r.at
	r.quoted = false
	if !r.next() {
		return true
	}
	if r.end {
		return true
	}
	if r.Comment == 0 || r.ch != r.Comment {
		r.at = from
		return false
	}
	for r.next() && !r.end {
	}
	return true
}

// shown is a partial row as Spark's message has it.
func shown(row []Value) string {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = v.show()
	}
	return "[" + strings.Join(cells, ",") + "]"
}
