package session

// This file writes CSV and plain text.

import (
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
)

// lines is an encoder of files of lines.
type lines struct {
	ext  string
	wrap func(io.Writer) io.WriteCloser // compresses; nil: nothing does
	head string
	// line appends a row, with its end.
	line func(b []byte, batch arrow.RecordBatch, row int) ([]byte, error)
}

func (l *lines) extension() string { return l.ext }

func (l *lines) begin(path string) (fileWriter, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	out := &lineFile{l: l, f: f}
	var to io.Writer = f
	if l.wrap != nil {
		out.z = l.wrap(f)
		to = out.z
	}
	out.b = bufio.NewWriterSize(to, 64<<10)
	_, err = out.b.WriteString(l.head)
	return out, err
}

type lineFile struct {
	l   *lines
	f   *os.File
	z   io.WriteCloser // nil: nothing is compressed
	b   *bufio.Writer
	row []byte
}

func (o *lineFile) write(batch arrow.RecordBatch) error {
	for i := range int(batch.NumRows()) {
		var err error
		if o.row, err = o.l.line(o.row[:0], batch, i); err != nil {
			return err
		}
		if _, err = o.b.Write(o.row); err != nil {
			return err
		}
	}
	return nil
}

func (o *lineFile) close() error {
	err := o.b.Flush()
	if o.z != nil {
		if e := o.z.Close(); err == nil {
			err = e
		}
	}
	if e := o.f.Close(); err == nil {
		err = e
	}
	return err
}

// codec is a compression of files of lines.
type codec struct {
	ext  string
	wrap func(io.Writer) io.WriteCloser // nil: none
}

// codecs are Spark's, except those that are not built, which have no entry here but in codecNames.
var codecs = map[string]codec{
	"": {}, "none": {}, "uncompressed": {},
	"gzip":    {".gz", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }},
	"deflate": {".deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }},
}

var codecNames = []string{"bzip2", "deflate", "uncompressed", "snappy", "none", "lz4", "gzip"}

// newLines reads the options that all files of lines have; end is what ends a line.
func newLines(w *write, ext string) (out *lines, end string, err error) {
	name := strings.ToLower(w.options["compression"])
	c, ok := codecs[name]
	switch {
	case !ok && slices.Contains(codecNames, name):
		return nil, "", fault.Unsupported("the compression %s of %s", name, w.format)
	case !ok:
		return nil, "", fault.New("CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", "codecName", name,
			"availableCodecs", strings.Join(codecNames, ", "))
	}
	for _, name := range []string{"encoding", "charset"} {
		if v, ok := w.options[name]; ok && !strings.EqualFold(v, "utf-8") {
			return nil, "", fault.Unsupported("writing %s in %s", w.format, v)
		}
	}
	end, ok = w.options["linesep"]
	if !ok {
		end = "\n"
	}
	return &lines{ext: ext + c.ext, wrap: c.wrap}, end, nil
}

func newTextEncoder(w *write) (encoder, error) {
	if len(w.columns) != 1 {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1290", "schemaSize", strconv.Itoa(len(w.columns)))
	}
	if w.columns[0].Type != plan.String {
		return nil, unsupportedColumn("Text", w.columns[0])
	}
	out, end, err := newLines(w, ".txt")
	if err != nil {
		return nil, err
	}
	out.line = func(b []byte, batch arrow.RecordBatch, row int) ([]byte, error) {
		if col := batch.Column(0).(*array.String); !col.IsNull(row) {
			b = append(b, col.Value(row)...)
		}
		return append(b, end...), nil
	}
	return out, nil
}

func newCSVEncoder(w *write, settings plan.Settings) (encoder, error) {
	for _, c := range w.columns {
		switch c.Type.(type) {
		case plan.Array, plan.Map, plan.Struct, plan.UDT:
			return nil, unsupportedColumn("CSV", c)
		}
		if c.Type == plan.Null || c.Type == plan.CalendarInterval {
			return nil, unsupportedColumn("CSV", c)
		}
	}
	to, err := textfile.NewCSVWriter(w.options, settings.TimeZone)
	if err != nil {
		return nil, err
	}
	to.Plain = w.cells.text
	out, end, err := newLines(w, ".csv")
	if err != nil {
		return nil, err
	}
	fields := w.fields()
	// A row that would be an empty line is none, as in Spark.
	out.line = func(b []byte, batch arrow.RecordBatch, row int) ([]byte, error) {
		b, err := to.Row(b, batch.Columns(), fields, row)
		if len(b) > 0 {
			b = append(b, end...)
		}
		return b, err
	}
	if to.Header {
		var b []byte
		for i, f := range fields {
			if i > 0 {
				b = append(b, to.Sep...)
			}
			b = to.Append(b, f.Name)
		}
		out.head = string(b) + end
	}
	return out, nil
}

// fields are the columns of the files.
func (w *write) fields() []plan.Field {
	fields := make([]plan.Field, len(w.columns))
	for i, c := range w.columns {
		fields[i] = plan.Field{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Metadata: c.Metadata}
	}
	return fields
}
