package duckdb

// This file holds hash functions.

import "hash/crc32"

var hashFuncs = []udf{
	{name: "shoal_crc32", params: []sqlType{tBlob}, returns: tInt64, call: crc32Func},
}

// crc32Func is Spark's crc32(binary).
func crc32Func(c *call) error {
	in, out := arg[text](c, 0), result[int64](c)
	for i := range c.live {
		out[i] = int64(crc32.ChecksumIEEE(in[i].view()))
	}
	return nil
}
