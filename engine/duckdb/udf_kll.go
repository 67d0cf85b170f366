package duckdb

// This file holds Spark's functions of KLL sketches: what they compute is in package sketch.

import (
	"errors"
	"slices"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine/duckdb/sketch"
	"shoal/fault"
)

var kllFuncs = slices.Concat(
	kllOf[int64]("bigint", tInt64, tLongs), kllOf[float32]("float", tFloat, listOf(bind.TypeFloat)), kllOf[float64]("double", tDouble, tDoubles))

// kllOf are the functions of sketches of one type of number, named as Spark's.
func kllOf[T sketch.Number](kind string, one, list sqlType) []udf {
	of := func(name string, returns sqlType, run func(*call, string) error, params ...sqlType) udf {
		name += "_" + kind
		return udf{name: "shoal_" + name, params: params, returns: returns, call: func(c *call) error { return run(c, name) }}
	}
	return []udf{
		of("kll_sketch_agg", tBlob, kllAgg[T], list, tInt32, tBool),
		of("kll_merge_agg", tBlob, kllMergeAgg[T], tBlobs, tInt32, tBool),
		of("kll_sketch_merge", tBlob, kllMerge[T], tBlob, tBlob),
		of("kll_sketch_get_n", tInt64, kllN[T], tBlob),
		of("kll_sketch_to_string", tText, kllText[T], tBlob),
		of("kll_sketch_get_quantile", one, kllQuantile[T], tBlob, tDouble),
		of("kll_sketch_get_rank", tDouble, kllRank[T], tBlob, one),
	}
}

// sketchError is Spark's error for one of package sketch; family is that of the sketch: KLL, HLL, THETA.
func sketchError(err error, family, name string) error {
	switch {
	case errors.Is(err, sketch.ErrBeyond):
		return fault.Unsupported("%s of so many values: the sketch that Spark makes depends on chance or on its partitions", name)
	case errors.Is(err, sketch.ErrForeign):
		return fault.Unsupported("%s of a sketch that Spark's own functions do not make", name)
	case errors.Is(err, sketch.ErrRank):
		return fault.New(family+"_SKETCH_INVALID_QUANTILE_RANGE", "functionName", "`"+name+"`")
	case err != nil:
		return fault.New(family+"_INVALID_INPUT_SKETCH_BUFFER", "function", "`"+name+"`")
	}
	return nil
}

// kllAgg makes a sketch of values. Where it was made of parts, Spark has merged it once.
func kllAgg[T sketch.Number](c *call, name string) error {
	values, sizes, merged := lists[T](c, 0), arg[int32](c, 1), arg[bool](c, 2)
	return eachBlob(c, func(i int) ([]byte, error) {
		s := sketch.NewKLL[T](int(sizes[i]))
		if err := s.Add(values(i)); err != nil {
			return nil, sketchError(err, "KLL", name)
		}
		if merged[i] {
			s = s.Turned()
		}
		return s.Bytes(), nil
	})
}

const kllDefault = 200

// kllMergeAgg merges sketches into one of a size; 0 stands for that of the first.
func kllMergeAgg[T sketch.Number](c *call, name string) error {
	blobs, sizes, merged := lists[text](c, 0), arg[int32](c, 1), arg[bool](c, 2)
	return eachBlob(c, func(i int) ([]byte, error) {
		var s *sketch.KLL[T]
		if sizes[i] > 0 {
			s = sketch.NewKLL[T](int(sizes[i]))
		}
		for _, b := range blobs(i) {
			next, err := sketch.ReadKLL[T](b.view())
			if err == nil {
				if s == nil {
					s = sketch.NewKLL[T](next.K())
				}
				err = s.Merge(next)
			}
			if err != nil {
				return nil, sketchError(err, "KLL", name)
			}
		}
		if s == nil {
			s = sketch.NewKLL[T](kllDefault)
		}
		if merged[i] && sizes[i] > 0 {
			s = s.Turned()
		}
		return s.Bytes(), nil
	})
}

func kllMerge[T sketch.Number](c *call, name string) error {
	left, right := arg[text](c, 0), arg[text](c, 1)
	return eachBlob(c, func(i int) ([]byte, error) {
		s, err := sketch.ReadKLL[T](left[i].view())
		if err != nil {
			return nil, sketchError(err, "KLL", name)
		}
		other, err := sketch.ReadKLL[T](right[i].view())
		if err == nil {
			err = s.Merge(other)
		}
		if err != nil {
			return nil, sketchError(err, "KLL", name)
		}
		return s.Bytes(), nil
	})
}

func kllN[T sketch.Number](c *call, name string) error {
	out := result[int64](c)
	return eachKLL(c, name, func(i int, s *sketch.KLL[T]) error {
		out[i] = int64(s.N())
		return nil
	})
}

func kllText[T sketch.Number](c *call, name string) error {
	var out texts
	err := eachKLL(c, name, func(i int, s *sketch.KLL[T]) error {
		out.set(i, s.Text())
		return nil
	})
	out.store(c.out, c.n)
	return err
}

func kllQuantile[T sketch.Number](c *call, name string) error {
	ranks, out := arg[float64](c, 1), result[T](c)
	return eachKLL(c, name, func(i int, s *sketch.KLL[T]) (err error) {
		out[i], err = s.Quantile(ranks[i])
		return err
	})
}

func kllRank[T sketch.Number](c *call, name string) error {
	values, out := arg[T](c, 1), result[float64](c)
	return eachKLL(c, name, func(i int, s *sketch.KLL[T]) (err error) {
		out[i], err = s.Rank(values[i])
		return err
	})
}

// eachKLL reads the sketches that are the first argument; one sketch in many rows is read once.
func eachKLL[T sketch.Number](c *call, name string, f func(int, *sketch.KLL[T]) error) error {
	blobs := arg[text](c, 0)
	var s *sketch.KLL[T]
	last := ""
	for i := range c.live {
		if b := blobs[i].str(); s == nil || b != last {
			var err error
			if s, err = sketch.ReadKLL[T]([]byte(b)); err != nil {
				return sketchError(err, "KLL", name)
			}
			last = b
		}
		if err := f(i, s); err != nil {
			return sketchError(err, "KLL", name)
		}
	}
	return nil
}
