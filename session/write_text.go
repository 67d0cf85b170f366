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
)

// lines is an encoder of files of lines.
type lines struct {
	ext     string
	gzipped bool
	head    string
	line    func(b *strings.Builder, batch arrow.RecordBatch, row int) error
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
	l *lines
	f *os.File
	z *gzip.Writer
	b *bufio.Writer
}

func (o *lineFile) write(batch arrow.RecordBatch) error {
	var line strings.Builder
	for i := range int(batch.NumRows()) {
		line.Reset()
		if err := o.l.line(&line, batch, i); err != nil {
			return err
		}
		if _, err := o.b.WriteString(line.String()); err != nil {
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
	return &lines{ext: ".txt", gzipped: zipped, line: func(b *strings.Builder, batch arrow.RecordBatch, row int) error {
		if col := batch.Column(0).(*array.String); !col.IsNull(row) {
			b.WriteString(col.Value(row))
		}
		b.WriteString(end)
		return nil
	}}, err
}

// csv is how a CSV file is written.
type csv struct {
	w                         *write
	sep, quote, escape        string
	null, empty, end          string
	quoteAll, escapeQuotes    bool
	trimLeading, trimTrailing bool
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
	c := &csv{
		w: w, sep: text("sep", text("delimiter", ",")), quote: text("quote", `"`), escape: text("escape", `\`),
		null: text("nullvalue", ""), empty: text("emptyvalue", `""`), end: text("linesep", "\n"),
		quoteAll: flag("quoteall", false), escapeQuotes: flag("escapequotes", true),
		trimLeading: flag("ignoreleadingwhitespace", true), trimTrailing: flag("ignoretrailingwhitespace", true),
	}
	if len(c.quote) != 1 || len(c.escape) != 1 || c.sep == "" {
		return nil, fault.Unsupported("CSV with the quote %q, the escape %q and the separator %q", c.quote, c.escape, c.sep)
	}
	out := &lines{ext: ".csv", line: c.line}
	if out.gzipped, err = gzipOption(w); err != nil {
		return nil, err
	}
	if flag("header", false) {
		var b strings.Builder
		for i, col := range w.columns {
			if i > 0 {
				b.WriteString(c.sep)
			}
			c.value(&b, col.Name)
		}
		out.head = b.String() + c.end
	}
	return out, nil
}

// line writes a row. A row that would be an empty line is none, as in Spark.
func (c *csv) line(b *strings.Builder, batch arrow.RecordBatch, row int) error {
	for i, col := range c.w.columns {
		if i > 0 {
			b.WriteString(c.sep)
		}
		a := batch.Column(i)
		if a.IsNull(row) {
			if c.quoteAll {
				b.WriteString(c.quote + c.null + c.quote)
			} else {
				b.WriteString(c.null)
			}
			continue
		}
		if ts, ok := a.(*array.Timestamp); ok {
			c.value(b, c.timestamp(ts, row))
			continue
		}
		text, err := c.w.cells.text(a, row, col.Type)
		if err != nil {
			return err
		}
		c.value(b, text)
	}
	if b.Len() > 0 {
		b.WriteString(c.end)
	}
	return nil
}

// timestamp writes milliseconds, and the zone's offset where there is a zone.
func (c *csv) timestamp(a *array.Timestamp, row int) string {
	t := time.UnixMicro(int64(a.Value(row)))
	if a.DataType().(*arrow.TimestampType).TimeZone == "" {
		return t.UTC().Format("2006-01-02T15:04:05.000")
	}
	return t.In(c.w.cells.zone).Format("2006-01-02T15:04:05.000Z07:00")
}

// value writes a text, in quotes if it must.
func (c *csv) value(b *strings.Builder, text string) {
	const blanks = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "
	if c.trimLeading {
		text = strings.TrimLeft(text, blanks)
	}
	if c.trimTrailing {
		text = strings.TrimRight(text, blanks)
	}
	quoted := c.quoteAll || strings.ContainsAny(text, "\r\n") || strings.Contains(text, c.sep) ||
		(c.escapeQuotes && strings.Contains(text, c.quote))
	switch {
	case text == "":
		b.WriteString(c.empty)
	case !quoted:
		b.WriteString(text)
	default:
		if c.escape != c.quote {
			text = strings.ReplaceAll(text, c.escape, c.escape+c.escape)
		}
		b.WriteString(c.quote + strings.ReplaceAll(text, c.quote, c.escape+c.quote) + c.quote)
	}
}
