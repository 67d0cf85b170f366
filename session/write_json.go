package session

// This file writes JSON: a line, an object.

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
)

func newJSONEncoder(w *write, settings plan.Settings) (encoder, error) {
	err := onlyOptions(w, "compression", "path", "partitionoverwritemode", "ignorenullfields", "dateformat", "timestampformat",
		"timestampntzformat", "timezone", "linesep", "encoding", "charset", "locale", "pretty")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"encoding", "charset"} {
		if v, ok := w.options[name]; ok && !strings.EqualFold(v, "utf-8") {
			return nil, fault.Unsupported("writing JSON in %s", v)
		}
	}
	skip, ok := settings.Get("spark.sql.jsonGenerator.ignoreNullFields")
	to, err := textfile.NewJSONWriter(w.options, settings.TimeZone, !ok || !strings.EqualFold(skip, "false"))
	if err != nil {
		return nil, err
	}
	to.Interval = w.cells.text
	fields := make([]plan.Field, len(w.columns))
	for i, c := range w.columns {
		if c.Type == plan.CalendarInterval {
			return nil, unsupportedColumn("JSON", c)
		}
		if err := to.CheckJSON(c.Type); err != nil {
			return nil, err
		}
		fields[i] = plan.Field{Name: c.Name, Type: c.Type}
	}
	end, ok := w.options["linesep"]
	if !ok {
		end = "\n"
	}
	zipped, err := gzipOption(w)
	return &lines{ext: ".json", gzipped: zipped, line: func(b []byte, batch arrow.RecordBatch, row int) ([]byte, error) {
		b, err := to.Row(b, batch.Columns(), fields, row)
		return append(b, end...), err
	}}, err
}
