package duckdb

// This file holds Spark's functions of sketches of distinct values, and of counts: what they compute
// is in package sketch.

import (
	"encoding/binary"
	"slices"
	"strconv"

	"shoal/engine/duckdb/sketch"
	"shoal/fault"
)

var sketchFuncs = []udf{
	{name: "shoal_hll_sketch_agg", params: []sqlType{tLongs, tInt32}, returns: tBlob, call: hllAgg(wordsOf)},
	{name: "shoal_hll_sketch_agg", params: []sqlType{tTexts, tInt32}, returns: tBlob, call: hllAgg(bytesOf)},
	{name: "shoal_hll_sketch_agg", params: []sqlType{tBlobs, tInt32}, returns: tBlob, call: hllAgg(bytesOf)},
	{name: "shoal_hll_sketch_estimate", params: []sqlType{tBlob}, returns: tInt64, call: hllEstimate},
	{name: "shoal_hll_union", params: []sqlType{tBlob, tBlob, tBool}, returns: tBlob, call: hllUnion},
	{name: "shoal_hll_union_agg", params: []sqlType{tBlobs, tBool}, returns: tBlob, call: hllUnionAgg},

	{name: "shoal_theta_hash", params: []sqlType{tInt64}, returns: tInt64, call: thetaHash(wordsOf)},
	{name: "shoal_theta_hash", params: []sqlType{tDouble}, returns: tInt64, call: thetaHash(doublesOf)},
	{name: "shoal_theta_hash", params: []sqlType{tText}, returns: tInt64, call: thetaHash(bytesOf)},
	{name: "shoal_theta_hash", params: []sqlType{tBlob}, returns: tInt64, call: thetaHash(bytesOf)},
	{name: "shoal_theta_hash", params: []sqlType{tLongs}, returns: tInt64, call: thetaHash(listsOf[int64])},
	{name: "shoal_theta_hash", params: []sqlType{tInts}, returns: tInt64, call: thetaHash(listsOf[int32])},
	{name: "shoal_theta_sketch_agg", params: []sqlType{tLongs, tInt32}, returns: tBlob, call: thetaAgg},
	{name: "shoal_theta_sketch_estimate", params: []sqlType{tBlob}, returns: tInt64, call: thetaEstimate},
	{name: "shoal_theta_union", params: []sqlType{tBlob, tBlob, tInt32}, returns: tBlob, call: thetaUnion},
	{name: "shoal_theta_intersection", params: []sqlType{tBlob, tBlob}, returns: tBlob, call: thetaPair("theta_intersection", (*sketch.Theta).Intersect)},
	{name: "shoal_theta_difference", params: []sqlType{tBlob, tBlob}, returns: tBlob, call: thetaPair("theta_difference", (*sketch.Theta).Without)},
	{name: "shoal_theta_union_agg", params: []sqlType{tBlobs, tInt32}, returns: tBlob, call: thetaUnionAgg},
	{name: "shoal_theta_intersection_agg", params: []sqlType{tBlobs}, returns: tBlob, call: thetaIntersectionAgg},

	{name: "shoal_count_min", params: []sqlType{tLongs, tDouble, tDouble, tInt32}, returns: tBlob, call: countMin((*sketch.CountMin).AddInt)},
	{name: "shoal_count_min", params: []sqlType{tTexts, tDouble, tDouble, tInt32}, returns: tBlob, call: countMin(countBytes)},
	{name: "shoal_count_min", params: []sqlType{tBlobs, tDouble, tDouble, tInt32}, returns: tBlob, call: countMin(countBytes)},

	{name: "shoal_approx_register", params: []sqlType{tInt64, tInt32}, returns: tInt32, call: distinctRegister},
	{name: "shoal_approx_distinct", params: []sqlType{tInts, tInt32}, returns: tInt64, call: distinct},
}

// A bytesReader gives the bytes that a sketch hashes for a row of v.
type bytesReader func(v vector, n int) func(row int) []byte

func wordsOf(v vector, n int) func(int) []byte {
	words := rows[int64](v, n)
	return func(i int) []byte { return sketch.Word(words[i]) }
}

// doublesOf knows one zero and one NaN.
func doublesOf(v vector, n int) func(int) []byte {
	doubles := rows[float64](v, n)
	return func(i int) []byte { return sketch.Word(int64(doubleBits(doubles[i]))) }
}

func bytesOf(v vector, n int) func(int) []byte {
	values := rows[text](v, n)
	return func(i int) []byte { return values[i].view() }
}

// listsOf are the elements' bytes, one after the other; NULL is 0.
func listsOf[T int32 | int64](v vector, n int) func(int) []byte {
	entries := rows[listEntry](v, n)
	child, size := v.list()
	values := rows[T](child, size)
	return func(i int) (b []byte) {
		for k := entries[i].offset; k < entries[i].offset+entries[i].length; k++ {
			value := values[k]
			if child.isNull(int(k)) {
				value = 0
			}
			b, _ = binary.Append(b, binary.LittleEndian, value) // of fixed size
		}
		return b
	}
}

func hllAgg(read bytesReader) func(c *call) error {
	return func(c *call) error {
		entries, sizes := arg[listEntry](c, 0), arg[int32](c, 1)
		child, n := c.args[0].list()
		value := read(child, n)
		return eachBlob(c, func(i int) ([]byte, error) {
			if sizes[i] < sketch.MinLgK || sizes[i] > sketch.MaxLgK {
				return nil, outside("HLL_INVALID_LG_K", "hll_sketch_agg", sketch.MinLgK, sketch.MaxLgK, sizes[i])
			}
			s := sketch.NewHLL(int(sizes[i]))
			for k := entries[i].offset; k < entries[i].offset+entries[i].length; k++ {
				if b := value(int(k)); len(b) > 0 {
					if err := s.Add(sketch.Coupon(b)); err != nil {
						return nil, sketchError(err, "HLL", "hll_sketch_agg")
					}
				}
			}
			return s.Bytes(), nil
		})
	}
}

func outside(class, name string, least, most int, value int32) error {
	return fault.New(class, "function", "`"+name+"`", "min", strconv.Itoa(least), "max", strconv.Itoa(most), "value", strconv.Itoa(int(value)))
}

func hllEstimate(c *call) error {
	in, out := arg[text](c, 0), result[int64](c)
	for i := range c.live {
		s, err := sketch.ReadHLL(in[i].view())
		if err == nil {
			out[i], err = s.Estimate()
		}
		if err != nil {
			return sketchError(err, "HLL", "hll_sketch_estimate")
		}
	}
	return nil
}

// hllUnion joins two sketches, in the size of the smaller.
func hllUnion(c *call) error {
	left, right, lax := arg[text](c, 0), arg[text](c, 1), arg[bool](c, 2)
	return eachBlob(c, func(i int) ([]byte, error) {
		const name = "hll_union"
		a, err := sketch.ReadHLL(left[i].view())
		if err != nil {
			return nil, sketchError(err, "HLL", name)
		}
		b, err := sketch.ReadHLL(right[i].view())
		if err != nil {
			return nil, sketchError(err, "HLL", name)
		}
		if err := sameSize(a, b, lax[i], name); err != nil {
			return nil, err
		}
		s := sketch.NewHLL(min(a.LgK(), b.LgK()))
		if err = s.Union(a, true); err == nil {
			err = s.Union(b, true)
		}
		return s.Bytes(), sketchError(err, "HLL", name)
	})
}

func sameSize(a, b *sketch.HLL, lax bool, name string) error {
	if a.LgK() != b.LgK() && !lax {
		return fault.New("HLL_UNION_DIFFERENT_LG_K", "left", strconv.Itoa(a.LgK()), "right", strconv.Itoa(b.LgK()), "function", "`"+name+"`")
	}
	return nil
}

const hllDefault = 12

// hllUnionAgg joins sketches, in the size of the first.
func hllUnionAgg(c *call) error {
	const name = "hll_union_agg"
	blobs, lax := lists[text](c, 0), arg[bool](c, 1)
	return eachBlob(c, func(i int) ([]byte, error) {
		var s *sketch.HLL
		for _, b := range blobs(i) {
			next, err := sketch.ReadHLL(b.view())
			if err != nil {
				return nil, sketchError(err, "HLL", name)
			}
			if s == nil {
				s = sketch.NewHLL(next.LgK())
			}
			if err := sameSize(s, next, lax[i], name); err != nil {
				return nil, err
			}
			if err := s.Union(next, false); err != nil {
				return nil, sketchError(err, "HLL", name)
			}
		}
		if s == nil {
			s = sketch.NewHLL(hllDefault)
		}
		return s.Bytes(), nil
	})
}

// thetaHash is what a theta sketch keeps of a value; of what is empty it keeps nothing.
func thetaHash(read bytesReader) func(c *call) error {
	return func(c *call) error {
		value, out := read(c.args[0], c.n), result[int64](c)
		for i := range c.live {
			b := value(i)
			if len(b) == 0 {
				c.setNull(i)
				continue
			}
			out[i] = int64(sketch.ThetaHash(b))
		}
		return nil
	}
}

func thetaSize(size int32, name string) error {
	if size < sketch.MinLgEntries || size > sketch.MaxLgEntries {
		return outside("THETA_INVALID_LG_NOM_ENTRIES", name, sketch.MinLgEntries, sketch.MaxLgEntries, size)
	}
	return nil
}

func thetaAgg(c *call) error {
	hashes, sizes := lists[uint64](c, 0), arg[int32](c, 1)
	return eachBlob(c, func(i int) ([]byte, error) {
		if err := thetaSize(sizes[i], "theta_sketch_agg"); err != nil {
			return nil, err
		}
		return sketch.NewTheta(slices.Clone(hashes(i)), int(sizes[i])).Bytes(), nil
	})
}

func thetaEstimate(c *call) error {
	in, out := arg[text](c, 0), result[int64](c)
	for i := range c.live {
		s, err := sketch.ReadTheta(in[i].view())
		if err != nil {
			return sketchError(err, "THETA", "theta_sketch_estimate")
		}
		out[i] = s.Estimate()
	}
	return nil
}

func readThetas(blobs []text, name string) ([]*sketch.Theta, error) {
	out := make([]*sketch.Theta, len(blobs))
	for i := range blobs {
		s, err := sketch.ReadTheta(blobs[i].view())
		if err != nil {
			return nil, sketchError(err, "THETA", name)
		}
		out[i] = s
	}
	return out, nil
}

func thetaUnion(c *call) error {
	left, right, sizes := arg[text](c, 0), arg[text](c, 1), arg[int32](c, 2)
	return eachBlob(c, func(i int) ([]byte, error) {
		if err := thetaSize(sizes[i], "theta_union"); err != nil {
			return nil, err
		}
		both, err := readThetas([]text{left[i], right[i]}, "theta_union")
		if err != nil {
			return nil, err
		}
		return sketch.UnionTheta(both, int(sizes[i])).Bytes(), nil
	})
}

func thetaPair(name string, join func(a, b *sketch.Theta) *sketch.Theta) func(c *call) error {
	return func(c *call) error {
		left, right := arg[text](c, 0), arg[text](c, 1)
		return eachBlob(c, func(i int) ([]byte, error) {
			both, err := readThetas([]text{left[i], right[i]}, name)
			if err != nil {
				return nil, err
			}
			return join(both[0], both[1]).Bytes(), nil
		})
	}
}

func thetaUnionAgg(c *call) error {
	blobs, sizes := lists[text](c, 0), arg[int32](c, 1)
	return eachBlob(c, func(i int) ([]byte, error) {
		if err := thetaSize(sizes[i], "theta_union_agg"); err != nil {
			return nil, err
		}
		all, err := readThetas(blobs(i), "theta_union_agg")
		if err != nil {
			return nil, err
		}
		return sketch.UnionTheta(all, int(sizes[i])).Bytes(), nil
	})
}

func thetaIntersectionAgg(c *call) error {
	blobs := lists[text](c, 0)
	return eachBlob(c, func(i int) ([]byte, error) {
		all, err := readThetas(blobs(i), "theta_intersection_agg")
		switch {
		case err != nil:
			return nil, err
		case len(all) == 0:
			return nil, fault.Unsupported("theta_intersection_agg of no sketches")
		}
		s := all[0]
		for _, next := range all[1:] {
			s = s.Intersect(next)
		}
		return s.Bytes(), nil
	})
}

func countMin[T any](add func(s *sketch.CountMin, value T)) func(c *call) error {
	return func(c *call) error {
		values, eps, confidence, seeds := lists[T](c, 0), arg[float64](c, 1), arg[float64](c, 2), arg[int32](c, 3)
		return eachBlob(c, func(i int) ([]byte, error) {
			s, err := sketch.NewCountMin(eps[i], confidence[i], seeds[i])
			if err != nil {
				return nil, fault.Unsupported("count_min_sketch of this size")
			}
			for _, v := range values(i) {
				add(s, v)
			}
			return s.Bytes(), nil
		})
	}
}

func countBytes(s *sketch.CountMin, value text) { s.AddBytes(value.view()) }

func distinctRegister(c *call) error {
	hashes, sizes, out := arg[uint64](c, 0), arg[int32](c, 1), result[uint32](c)
	for i := range c.live {
		out[i] = sketch.Register(hashes[i], int(sizes[i]))
	}
	return nil
}

func distinct(c *call) error {
	registers, sizes, out := lists[uint32](c, 0), arg[int32](c, 1), result[int64](c)
	for i := range c.live {
		var err error
		if out[i], err = sketch.Distinct(registers(i), int(sizes[i])); err != nil {
			return fault.Unsupported("approx_count_distinct of about so many values with another error than 0.05")
		}
	}
	return nil
}
