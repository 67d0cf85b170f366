package duckdb

// This file holds bitmaps of 32768 bits, as Spark counts distinct values with.

import (
	"math/bits"
	"strconv"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

const bitmapBytes = 4096

var bitmapFuncs = []udf{
	{name: "shoal_bitmap_count", params: []sqlType{tBlob}, returns: tInt64, call: bitmapCount},
	{name: "shoal_bitmap_construct", params: []sqlType{{id: bind.TypeList, listOf: bind.TypeBigInt}}, returns: tBlob, call: bitmapConstruct},
	{name: "shoal_bitmap_or", params: []sqlType{{id: bind.TypeList, listOf: bind.TypeBlob}}, returns: tBlob, call: bitmapMerge(false)},
	{name: "shoal_bitmap_and", params: []sqlType{{id: bind.TypeList, listOf: bind.TypeBlob}}, returns: tBlob, call: bitmapMerge(true)},
}

func bitmapCount(c *call) error {
	in, out := arg[text](c, 0), result[int64](c)
	for i := range c.live {
		out[i] = 0
		for _, b := range in[i].view() {
			out[i] += int64(bits.OnesCount8(b))
		}
	}
	return nil
}

// bitmapConstruct sets the bits of a list of positions.
func bitmapConstruct(c *call) error {
	lists := arg[listEntry](c, 0)
	child, size := c.args[0].list()
	positions := rows[int64](child, size)
	var out texts
	for i := range c.live {
		var set [bitmapBytes]byte
		for _, p := range positions[lists[i].offset : lists[i].offset+lists[i].length] {
			if p < 0 || p >= 8*bitmapBytes {
				return fault.New("INVALID_BITMAP_POSITION", "bitPosition", strconv.FormatInt(p, 10),
					"bitmapNumBytes", strconv.Itoa(bitmapBytes), "bitmapNumBits", strconv.Itoa(8*bitmapBytes))
			}
			set[p/8] |= 1 << (p % 8)
		}
		out.set(i, string(set[:]))
	}
	out.store(c.out, c.n)
	return nil
}

// bitmapMerge joins bitmaps; of none it is the one that changes nothing. What a short one lacks is zero.
func bitmapMerge(and bool) func(c *call) error {
	return func(c *call) error {
		lists := arg[listEntry](c, 0)
		child, size := c.args[0].list()
		maps := rows[text](child, size)
		var out texts
		for i := range c.live {
			var merged [bitmapBytes]byte
			for k := range merged {
				if and {
					merged[k] = 0xFF
				}
			}
			for _, m := range maps[lists[i].offset : lists[i].offset+lists[i].length] {
				b := m.view()
				for k := range merged {
					var other byte
					if k < len(b) {
						other = b[k]
					}
					if and {
						merged[k] &= other
					} else {
						merged[k] |= other
					}
				}
			}
			out.set(i, string(merged[:]))
		}
		out.store(c.out, c.n)
		return nil
	}
}
