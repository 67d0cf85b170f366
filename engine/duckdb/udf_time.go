package duckdb

// This file holds the functions on dates and times.

import (
	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var timeFuncs = []udf{
	{name: "shoal_localtime", params: []sqlType{tTimestamp, tText}, returns: tTimestamp, call: localtimeFunc},
	{name: "shoal_instant", params: []sqlType{tTimestamp, tText}, returns: tTimestamp, call: instantFunc},
	{name: "shoal_timestamp_to_string", params: []sqlType{tTimestamp, tText}, returns: tText, call: timestampTextFunc},
	{name: "shoal_date_to_string", params: []sqlType{tDate}, returns: tText, call: dateTextFunc},
}

// clocks gives the clock of a zone argument, which is nearly always the same in all rows.
type clocks struct {
	zones []text
	last  string
	clock *java.Clock
}

func newClocks(c *call, i int) clocks { return clocks{zones: arg[text](c, i)} }

func (k *clocks) at(row int) (*java.Clock, error) {
	id := k.zones[row].str()
	if k.clock != nil && id == k.last {
		return k.clock, nil
	}
	z, err := java.LoadZone(id)
	if err != nil {
		return nil, fault.New("INVALID_TIMEZONE", "timeZone", id)
	}
	k.last, k.clock = id, z.Clock()
	return k.clock, nil
}

// localtimeFunc turns instants into what a clock in the zone shows.
func localtimeFunc(c *call) error {
	in, out, zones := arg[int64](c, 0), result[int64](c), newClocks(c, 1)
	for i := range c.live {
		clock, err := zones.at(i)
		if err != nil {
			return err
		}
		out[i] = clock.Local(in[i])
	}
	return nil
}

// instantFunc is its inverse, by java.time's rules in gaps and overlaps.
func instantFunc(c *call) error {
	in, out, zones := arg[int64](c, 0), result[int64](c), newClocks(c, 1)
	for i := range c.live {
		clock, err := zones.at(i)
		if err != nil {
			return err
		}
		out[i] = clock.Instant(in[i])
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
