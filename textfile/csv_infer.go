package textfile

// This file infers the types of CSV columns, value by value, as Spark's CSVInferSchema does.

import (
	"errors"
	"slices"
	"strings"

	"shoal/plan"
)

// csvInference is what is known of the columns of one file so far.
type csvInference struct {
	d     *CSV
	k     clock
	types []plan.Type
}

func (c *CSV) newInference(columns int) *csvInference {
	in := &csvInference{d: c, k: c.times.clock(), types: make([]plan.Type, columns)}
	for i := range in.types {
		in.types[i] = plan.Null
	}
	return in
}

// Records calls visit for each record of a file, until it gives an error; the values are used
// again for the next. line is the record's text.
func (c *CSV) Records(path string, visit func(line string, values []string) error) error {
	f, err := openSource(path)
	if err != nil {
		return inFile(err, path)
	}
	defer f.close()
	d := &csvDecoder{CSV: c}
	r := c.reader()
	stop := false
	err = d.pieces(f, func(p piece) error {
		err := c.eachRecord(r, p, func(line string, values []string) error {
			err := visit(line, values)
			stop = err != nil
			return err
		})
		return err
	})
	if stop {
		return err
	}
	return inFile(err, path)
}

func (c *CSV) eachRecord(r *records, p piece, visit func(string, []string) error) error {
	if c.MultiLine {
		return r.each(p, visit)
	}
	for rest := p.text; rest != ""; {
		var line string
		line, rest = nextLine(rest, c.LineSep)
		line, err := decoded(line, c.Charset)
		if err != nil {
			return err
		}
		if c.skips(line) {
			continue
		}
		values, err := r.values(line)
		if err == nil {
			err = visit(line, values)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errStop = errors.New("stop")

// First is a file's first record, nil if it has none; line is its text.
func (c *CSV) First(path string) (values []string, line string, err error) {
	err = c.Records(path, func(l string, v []string) error {
		line, values = strings.Clone(l), slices.Clone(v)
		return errStop
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return values, line, err
}

// InferFile finds the types of a file's columns. Lines like header are headers. check is called
// from time to time.
func (c *CSV) InferFile(path, header string, columns int, check func() error) ([]plan.Type, error) {
	in := c.newInference(columns)
	n := 0
	err := c.Records(path, func(line string, values []string) error {
		if n++; n%4096 == 0 {
			if err := check(); err != nil {
				return err
			}
		}
		if isHeader := c.Header && (c.MultiLine && n == 1 || !c.MultiLine && line == header); !isHeader {
			in.add(values)
		}
		return nil
	})
	return in.types, err
}

// TypesOf are the types of a single record, as schema_of_csv gives them.
func (c *CSV) TypesOf(text string) ([]plan.Type, error) {
	values, err := c.reader().values(text)
	if err != nil {
		return nil, err
	}
	in := c.newInference(len(values))
	in.add(values)
	for i, t := range in.types {
		if t == plan.Null {
			in.types[i] = plan.String
		}
	}
	return in.types, nil
}

func (in *csvInference) add(record []string) {
	for i, value := range record[:min(len(record), len(in.types))] {
		if value == "" || value == in.d.NullValue || in.types[i] == plan.String {
			continue
		}
		in.types[i] = in.d.Wider(in.types[i], in.guess(in.types[i], value))
	}
}

// guess is the first type, beginning with the one known so far, that takes the value.
func (in *csvInference) guess(known plan.Type, value string) plan.Type {
	switch known {
	case plan.Null, plan.Int:
		if _, ok := ParseInteger(value, 32); ok {
			return plan.Int
		}
		fallthrough
	case plan.Long:
		if _, ok := ParseInteger(value, 64); ok {
			return plan.Long
		}
		return in.guessDecimal(value)
	case plan.Double:
		return in.guessDouble(value)
	case plan.Date:
		return in.guessDate(value)
	case plan.Timestamp:
		return in.guessTimestamp(value)
	case plan.Boolean:
		return guessBoolean(value)
	case plan.String:
		return plan.String
	default:
		return in.guessDecimal(value)
	}
}

// guessDecimal takes numbers without fraction and exponent only.
func (in *csvInference) guessDecimal(value string) plan.Type {
	if unscaled, scale, ok := ParseDecimal(value); ok && scale == 0 {
		if precision := len(unscaled.Abs(unscaled).String()); precision <= MaxPrecision {
			return plan.Decimal{Precision: precision}
		}
	}
	return in.guessDouble(value)
}

func (in *csvInference) guessDouble(value string) plan.Type {
	if _, ok := ParseDouble(value, 64); ok || value == in.d.nan || value == in.d.positiveInf || value == in.d.negativeInf {
		return plan.Double
	}
	return in.guessDate(value)
}

func (in *csvInference) guessDate(value string) plan.Type {
	if !in.d.preferDate {
		return in.guessTimestamp(value)
	}
	if in.d.times.date == nil {
		if IsDate(value) {
			return plan.Date
		}
	} else if _, ok := in.d.times.date.Parse(value, in.k.utc); ok {
		return plan.Date
	}
	return in.guessTimestamp(value)
}

func (in *csvInference) guessTimestamp(value string) plan.Type {
	if len(value) > 0 && value[0] > '9' && value[0] != 'T' && in.d.times.stamp == nil { // most text
		return guessBoolean(value)
	}
	if _, ok := in.k.inferTime(value); ok {
		return plan.Timestamp
	}
	return guessBoolean(value)
}

func guessBoolean(value string) plan.Type {
	if strings.EqualFold(value, "true") || strings.EqualFold(value, "false") {
		return plan.Boolean
	}
	return plan.String
}

// looseDates are formats of dates that casts to timestamps read as well.
var looseDates = []string{"", "yyyy-MM-dd", "yyyy-M-d", "yyyy-M-dd", "yyyy-MM-d", "yyyy-MM", "yyyy-M", "yyyy"}

// Wider is the type for a column that holds both.
func (c *CSV) Wider(a, b plan.Type) plan.Type {
	switch {
	case a == plan.Null || a == b:
		return b
	case b == plan.Null:
		return a
	case a == plan.Double && isNumber(b) || b == plan.Double && isNumber(a):
		return plan.Double
	case a == plan.Date && b == plan.Timestamp || a == plan.Timestamp && b == plan.Date:
		if c.times.stamp == nil && slices.Contains(looseDates, c.times.dateText) {
			return plan.Timestamp
		}
		return plan.String
	}
	if t, ok := WiderNumber(a, b); ok {
		return t
	}
	return plan.String
}

// WiderNumber is the number type that holds both.
func WiderNumber(a, b plan.Type) (plan.Type, bool) {
	if a == plan.Double && b == plan.Int || a == plan.Int && b == plan.Double {
		return plan.Double, true
	}
	if a == plan.Long && b == plan.Int || a == plan.Int && b == plan.Long {
		return plan.Long, true
	}
	da, okA := asDecimal(a)
	db, okB := asDecimal(b)
	if !okA || !okB {
		return nil, false
	}
	scale := max(da.Scale, db.Scale)
	whole := max(da.Precision-da.Scale, db.Precision-db.Scale)
	return plan.Decimal{Precision: min(whole+scale, MaxPrecision), Scale: scale}, true
}
