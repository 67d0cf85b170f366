package translate

// This file compares instants where they are stored. Parquet's instants are TIMESTAMPTZ to DuckDB,
// or TIMESTAMP if they are INT96; we compute on TIMESTAMP, and the conversion would hide the column
// from the scan, which then reads all row groups instead of a few. A constant written as text
// takes the type of the column it is compared with, whichever that is.

import (
	"strings"
	"time"

	"shoal/plan"
)

// storedInstants are operands to compare instead of args: columns as stored and constants as
// text. There must be at least one such column and nothing but constants beside.
func (t *translator) storedInstants(args []plan.Expr) ([]string, bool) {
	texts := make([]string, len(args))
	columns := 0
	for i, e := range args {
		if typeOf(e) != plan.Timestamp {
			return nil, false
		}
		if c, ok := bareColumn(e); ok && t.cols[c.ID].stored != "" {
			columns++
			f := t.cols[c.ID]
			f.sql = f.stored
			texts[i] = t.use(f)
			continue
		}
		micros, ok := t.instantOf(e)
		if !ok {
			return nil, false
		}
		texts[i] = "'" + time.UnixMicro(micros).UTC().Format("2006-01-02 15:04:05.999999") + "+00'"
	}
	return texts, columns == 1
}

// instantOf is a constant's instant, if it lies within the years that text can write.
func (t *translator) instantOf(e plan.Expr) (int64, bool) {
	var micros int64
	switch e := e.(type) {
	case *plan.Literal:
		m, ok := e.Value.(plan.Micros)
		if !ok {
			return 0, false
		}
		micros = int64(m)
	case *plan.Cast:
		l, ok := constant(e.Expr)
		if !ok {
			return 0, false
		}
		text, ok := l.Value.(string)
		if !ok {
			return 0, false
		}
		if micros, ok = t.parseInstant(text); !ok {
			return 0, false
		}
	default:
		return 0, false
	}
	year := time.UnixMicro(micros).UTC().Year()
	return micros, year >= 1 && year <= 9999
}

// parseInstant reads the plainest forms of a timestamp, on the session's clock.
func (t *translator) parseInstant(text string) (int64, bool) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02", "2006-01-02T15:04:05"} {
		at, err := time.Parse(layout, text)
		if err == nil && at.Year() >= 1 && len(text) == len(layout) {
			return t.onClock(at.UnixMicro())
		}
	}
	return 0, false
}

// compareStored is a comparison of instants in the files, or "" where that is not possible.
func (c *call) compareStored(op string) string {
	if strings.HasPrefix(op, "IS ") || len(c.f.Args) != 2 {
		return ""
	}
	texts, ok := c.t.storedInstants(c.f.Args)
	if !ok {
		return ""
	}
	return "(" + texts[0] + " " + op + " " + texts[1] + ")"
}
