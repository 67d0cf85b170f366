package duckdb

// This file holds bitmaps of 32768 bits, as Spark counts distinct values with.

import (
	"math/bits"
	"strconv"

	"shoal/fault"
)

const bitmapBytes = 4096

var bitmapFuncs = []udf{
	{name: "shoal_bitmap_count", params: []sqlType{tBlob}, returns: tInt64, call: bitmapCount},
	{name: "shoal_bitmap_construct", params: []sqlType{tLongs}, returns: tBlob, call: bitmapConstruct},
	{name: "shoal_bitmap_or", params: []sqlType{tBlobs}, returns: tBlob, call: bitmapMerge(false)},
	{name: "shoal_bitmap_and", params: []sqlType{tBlobs}, returns: tBlob, call: bitmapMerge(true)},
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
	positions := lists[int64](c, 0)
	return eachBlob(c, func(i int) ([]byte, error) {
		set := make([]byte, bitmapBytes)
		for _, p := range positions(i) {
			if p < 0 || p >= 8*bitmapBytes {
				return nil, fault.New("INVALID_BITMAP_POSITION", "bitPosition", strconv.FormatInt(p, 10),
					"bitmapNumBytes", strconv.Itoa(bitmapBytes), "bitmapNumBits", strconv.Itoa(8*bitmapBytes))
			}
			set[p/8] |= 1 << (p % 8)
		}
		return set, nil
	})
}

// bitmapMerge joins bitmaps; of none it is the one that changes nothing. What a short one lacks is zero.
func bitmapMerge(and bool) func(c *call) error {
	return func(c *call) error {
		maps := lists[text](c, 0)
		return eachBlob(c, func(i int) ([]byte, error) {
			merged := make([]byte, bitmapBytes)
			for k := range merged {
				if and {
					merged[k] = 0xFF
				}
			}
			for _, m := range maps(i) {
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
			return merged, nil
		})
	}
}
