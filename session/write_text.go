package session

// This file writes CSV and plain text.

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
)

// lines is an encoder of files of lines.
type lines struct {
	ext     string
	gzipped bool
	head    string
	// line appends a row, with its end.
	line func(b []byte, batch arrow.RecordBatch, row int) ([]byte, error)
}

func (l *lines) extension() string {
	if l.gzipped {
		return l.ext + ".gz"
	}
	return l.ext
}

func (l *lines) begin(path string) (fileWriter, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	out := &lineFile{l: l, f: f}
	var to io.Writer = f
	if l.gzipped {
		out.z = gzip.NewWriter(f)
		to = out.z
	}
	out.b = bufio.NewWriterSize(to, 64<<10)
	_, err = out.b.WriteString(l.head)
	return out, err
}

type lineFile struct {
	l   *lines
	f   *os.File
	z   *gzip.Writer
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

// gzipOption reads the option compression, of which gzip and none are built.
func gzipOption(w *write) (bool, error) {
	switch name := strings.ToLower(w.options["compression"]); name {
	case "", "none", "uncompressed":
		return false, nil
	case "gzip":
		return true, nil
	default:
		return false, fault.Unsupported("the compression %q of %s", name, w.format)
	}
}

func newTextEncoder(w *write) (encoder, error) {
	if err := onlyOptions(w, "compression", "path", "partitionoverwritemode", "linesep"); err != nil {
		return nil, err
	}
	if len(w.columns) != 1 {
		return nil, &fault.Error{Kind: fault.Analysis, Message: "Text files have a single column, not several."}
	}
	if w.columns[0].Type != plan.String {
		return nil, unsupportedColumn("Text", w.columns[0])
	}
	end, ok := w.options["linesep"]
	if !ok {
		end = "\n"
	}
	zipped, err := gzipOption(w)
	return &lines{ext: ".txt", gzipped: zipped, line: func(b []byte, batch arrow.RecordBatch, row int) ([]byte, error) {
		if col := batch.Column(0).(*array.String); !col.IsNull(row) {
			b = append(b, col.Value(row)...)
		}
		return append(b, end...), nil
	}}, err
}

// csv is how a CSV file is written.
type csv struct {
	textfile.CSVForm
	w   *write
	end string
}

func newCSVEncoder(w *write, settings plan.Settings) (encoder, error) {
	err := onlyOptions(w, "compression", "path", "partitionoverwritemode", "header", "sep", "delimiter", "quote", "escape", "nullvalue",
		"emptyvalue", "quoteall", "escapequotes", "ignoreleadingwhitespace", "ignoretrailingwhitespace", "linesep")
	if err != nil {
		return nil, err
	}
	for _, c := range w.columns {
		switch c.Type.(type) {
		case plan.Array, plan.Map, plan.Struct:
			return nil, unsupportedColumn("CSV", c)
		}
		if c.Type == plan.Null || c.Type == plan.CalendarInterval {
			return nil, unsupportedColumn("CSV", c)
		}
	}
	text := func(name, otherwise string) string {
		if v, ok := w.options[name]; ok {
			return v
		}
		return otherwise
	}
	flag := func(name string, otherwise bool) bool {
		if v, ok := w.options[name]; ok {
			return strings.EqualFold(v, "true")
		}
		return otherwise
	}
	c := &csv{w: w, end: text("linesep", "\n"), CSVForm: textfile.CSVForm{
		Sep: text("sep", text("delimiter", ",")), Quote: text("quote", `"`), Escape: text("escape", `\`),
		Null: text("nullvalue", ""), Empty: text("emptyvalue", `""`),
		QuoteAll: flag("quoteall", false), EscapeQuotes: flag("escapequotes", true),
		TrimLeft: flag("ignoreleadingwhitespace", true), TrimRight: flag("ignoretrailingwhitespace", true),
	}}
	if len(c.Quote) != 1 || len(c.Escape) != 1 || c.Sep == "" {
		return nil, fault.Unsupported("CSV with the quote %q, the escape %q and the separator %q", c.Quote, c.Escape, c.Sep)
	}
	out := &lines{ext: ".csv", line: c.line}
	if out.gzipped, err = gzipOption(w); err != nil {
		return nil, err
	}
	if flag("header", false) {
		var b []byte
		for i, col := range w.columns {
			if i > 0 {
				b = append(b, c.Sep...)
			}
			b = c.Append(b, col.Name)
		}
		out.head = string(b) + c.end
	}
	return out, nil
}

// line writes a row. A row that would be an empty line is none, as in Spark.
func (c *csv) line(b []byte, batch arrow.RecordBatch, row int) ([]byte, error) {
	for i, col := range c.w.columns {
		if i > 0 {
			b = append(b, c.Sep...)
		}
		a := batch.Column(i)
		if a.IsNull(row) {
			b = c.AppendNull(b)
			continue
		}
		if ts, ok := a.(*array.Timestamp); ok {
			b = c.Append(b, c.timestamp(ts, row))
			continue
		}
		text, err := c.w.cells.text(a, row, col.Type)
		if err != nil {
			return b, err
		}
		b = c.Append(b, text)
	}
	if len(b) > 0 {
		b = append(b, c.end...)
	}
	return b, nil
}

// timestamp writes milliseconds, and the zone's offset where there is a zone.
func (c *csv) timestamp(a *array.Timestamp, row int) string {
	t := time.UnixMicro(int64(a.Value(row)))
	if a.DataType().(*arrow.TimestampType).TimeZone == "" {
		return t.UTC().Format("2006-01-02T15:04:05.000")
	}
	return t.In(c.w.cells.zone).Format("2006-01-02T15:04:05.000Z07:00")
}
