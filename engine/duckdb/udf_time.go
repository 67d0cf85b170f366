package duckdb

// This file holds the functions on dates and times.

import (
	"errors"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var timeFuncs = []udf{
	{name: "shoal_localtime", params: []sqlType{tTimestamp, tText}, returns: tTimestamp, call: localtimeFunc},
	{name: "shoal_localtime", params: []sqlType{tTimestampTZ, tText}, returns: tTimestamp, call: localtimeFunc}, // as files have it
	{name: "shoal_instant", params: []sqlType{tTimestamp, tText}, returns: tTimestamp, call: instantFunc},
	{name: "shoal_timestamp_to_string", params: []sqlType{tTimestamp, tText}, returns: tText, call: timestampTextFunc},
	{name: "shoal_date_format", params: []sqlType{tTimestamp, tText, tText}, returns: tText, call: dateFormatFunc},
	{name: "shoal_parse_timestamp", params: []sqlType{tText, tText, tText, tBool}, returns: tTimestamp, call: parseTimestampFunc},
	{name: "shoal_date_to_string", params: []sqlType{tDate}, returns: tText, call: dateTextFunc},
}

// clocks gives the clock of a zone argument, which is nearly always the same in all rows.
type clocks struct {
	zones []text
	last  text
	clock *java.Clock
}

func newClocks(c *call, i int) clocks { return clocks{zones: arg[text](c, i)} }

func (k *clocks) at(row int) (*java.Clock, error) {
	if k.clock != nil && k.zones[row] == k.last { // the same bytes, or at the same place
		return k.clock, nil
	}
	id := k.zones[row].str()
	z, err := java.LoadZone(id)
	if err != nil {
		return nil, fault.New("INVALID_TIMEZONE", "timeZone", id)
	}
	k.last, k.clock = k.zones[row], z.Clock()
	return k.clock, nil
}

// only is the zone of all rows, where it is the same and never NULL.
func (k *clocks) only(c *call, i int) (*java.Zone, bool) {
	if c.args[i].valid != nil || c.n == 0 {
		return nil, false
	}
	for _, z := range k.zones[1:] {
		if z != k.zones[0] {
			return nil, false
		}
	}
	clock, err := k.at(0)
	if err != nil {
		return nil, false // its row will say so
	}
	return clock.Zone(), true
}

// localtimeFunc turns instants into what a clock in the zone shows.
func localtimeFunc(c *call) error { return c.convert((*java.Zone).Locals, (*java.Clock).Local) }

// instantFunc is its inverse, by java.time's rules in gaps and overlaps.
func instantFunc(c *call) error { return c.convert((*java.Zone).Instants, (*java.Clock).Instant) }

// convert computes all rows at once, where they have one zone: also the rows that are NULL, whose
// results nobody sees.
func (c *call) convert(all func(z *java.Zone, out, in []int64), one func(*java.Clock, int64) int64) error {
	in, out, zones := arg[int64](c, 0), result[int64](c), newClocks(c, 1)
	if zone, ok := zones.only(c, 1); ok {
		all(zone, out, in)
		return nil
	}
	for i := range c.live {
		clock, err := zones.at(i)
		if err != nil {
			return err
		}
		out[i] = one(clock, in[i])
	}
	return nil
}

// printPatterns and parsePatterns are the date patterns in use.
var (
	printPatterns = compiled[*java.Pattern]{compile: func(s string) (*java.Pattern, error) { return datePattern(s, false) }}
	parsePatterns = compiled[*java.Pattern]{compile: func(s string) (*java.Pattern, error) { return datePattern(s, true) }}
)

// datePattern compiles a pattern; the error is Spark's.
func datePattern(s string, parsing bool) (*java.Pattern, error) {
	p, err := java.CompilePattern(s, parsing)
	if err != nil {
		return nil, patternFault(err)
	}
	return p, nil
}

func patternFault(err error) error {
	const docs = "https://spark.apache.org/docs/latest"
	var p *java.PatternError
	if !errors.As(err, &p) {
		return err
	}
	switch p.How {
	case java.PatternLegacy:
		return fault.New("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "pattern", quoted(p.Pattern),
			"config", `"spark.sql.legacy.timeParserPolicy"`, "docroot", docs).Because(err)
	case java.PatternWeek:
		return fault.New("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", "c", p.Letter).Because(err)
	case java.PatternIllegal:
		return fault.New("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "c", p.Letter, "pattern", p.Pattern).Because(err)
	case java.PatternUnknown:
		return fault.Unsupported("%v", p)
	}
	return fault.New("INVALID_DATETIME_PATTERN.WITH_SUGGESTION", "pattern", quoted(p.Pattern), "docroot", docs).Because(err)
}

// dateFormatFunc is Spark's date_format.
func dateFormatFunc(c *call) error {
	in, patterns, zones := arg[int64](c, 0), newConstant(c, 1, &printPatterns), newClocks(c, 2)
	var out texts
	for i := range c.live {
		p, err := patterns.at(i)
		if err != nil {
			return err
		}
		clock, err := zones.at(i)
		if err != nil {
			return err
		}
		out.upTo(i)
		if out.bytes, err = p.Append(out.bytes, in[i], clock); err != nil {
			return patternFault(err)
		}
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

// parseTimestampFunc is Spark's to_timestamp with a pattern; without a zone it is to_timestamp_ntz.
func parseTimestampFunc(c *call) error {
	in, patterns, zones := arg[text](c, 0), newConstant(c, 1, &parsePatterns), newClocks(c, 2)
	strict, out := arg[bool](c, 3), result[int64](c)
	for i := range c.live {
		p, err := patterns.at(i)
		if err != nil {
			return err
		}
		var clock *java.Clock
		if zones.zones[i].str() != "" {
			if clock, err = zones.at(i); err != nil {
				return err
			}
		}
		x, ok := p.Parse(in[i].str(), clock)
		if ok {
			out[i] = x
		} else if strict[i] {
			return fault.New("CANNOT_PARSE_TIMESTAMP", "func", "`try_to_timestamp`", "message", quoted(in[i].str())+" is not of the pattern")
		} else {
			c.setNull(i)
		}
	}
	return nil
}

// timestampTextFunc is CAST(timestamp AS STRING).
func timestampTextFunc(c *call) error {
	in, zones := arg[int64](c, 0), newClocks(c, 1)
	var out texts
	for i := range c.live {
		clock, err := zones.at(i)
		if err != nil {
			return err
		}
		out.upTo(i)
		out.bytes = java.AppendTimestamp(out.bytes, clock.Local(in[i]))
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

// dateTextFunc is CAST(date AS STRING).
func dateTextFunc(c *call) error {
	in := arg[int32](c, 0)
	var out texts
	for i := range c.live {
		out.upTo(i)
		out.bytes = java.AppendDate(out.bytes, int64(in[i]))
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}
