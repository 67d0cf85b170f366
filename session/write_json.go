package session

// This file writes JSON: a line, an object.

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/plan"
	"shoal/textfile"
)

func newJSONEncoder(w *write, settings plan.Settings) (encoder, error) {
	skip, ok := settings.Get("spark.sql.jsonGenerator.ignoreNullFields")
	to, err := textfile.NewJSONWriter(w.options, settings.TimeZone, !ok || !strings.EqualFold(skip, "false"))
	if err != nil {
		return nil, err
	}
	to.Interval = w.cells.text
	for _, c := range w.columns {
		if c.Type == plan.CalendarInterval {
			return nil, unsupportedColumn("JSON", c)
		}
		if err := to.CheckJSON(c.Type); err != nil {
			return nil, err
		}
	}
	out, end, err := newLines(w, ".json")
	if err != nil {
		return nil, err
	}
	fields := plan.Stored(plan.Struct{Fields: w.fields()}).(plan.Struct).Fields
	out.line = func(b []byte, batch arrow.RecordBatch, row int) ([]byte, error) {
		b, err := to.Row(b, batch.Columns(), fields, row)
		return append(b, end...), err
	}
	return out, nil
}
