package duckdb

// This file holds random numbers with a seed: each partition of Spark's has a generator, which each row moves on.

import (
	"strconv"
	"sync"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var randomFuncs = []udf{
	{name: "shoal_rand", params: []sqlType{tInt64, tInt64, tInt64}, returns: tDouble, call: drawDoubles("rand", (*java.XORShift).Double)},
	{name: "shoal_randn", params: []sqlType{tInt64, tInt64, tInt64}, returns: tDouble, call: drawDoubles("randn", (*java.XORShift).Gaussian)},
	{name: "shoal_randstr", params: []sqlType{tInt64, tInt64, tInt64, tInt32}, returns: tText, call: drawTexts},
	{name: "shoal_shuffled", params: []sqlType{tInt64, tInt32}, returns: tTexts, call: shuffled},
}

// series are the generators of one function and seed, as they were before every stride-th row.
type series struct {
	mu    sync.Mutex
	marks []java.XORShift
}

// stride is how many rows lie between two marks, maxMarks how many marks there are at most: 64 million rows, 2 MB.
const (
	stride    = 1024
	maxMarks  = 1 << 16
	maxSeries = 256
)

// draw identifies a series.
type draw struct {
	kind string
	seed int64
	size int32 // of a text
}

// allSeries are those in use lately.
var allSeries = struct {
	sync.Mutex
	known map[draw]*series
}{known: map[draw]*series{}}

func seriesOf(d draw) *series {
	allSeries.Lock()
	defer allSeries.Unlock()
	s := allSeries.known[d]
	if s == nil {
		if len(allSeries.known) >= maxSeries {
			clear(allSeries.known)
		}
		s = &series{marks: []java.XORShift{*java.NewXORShift(d.seed)}}
		allSeries.known[d] = s
	}
	return s
}

// before is the generator as a row finds it.
func (s *series) before(row int64, move func(*java.XORShift)) (java.XORShift, error) {
	if row < 0 || row >= stride*maxMarks {
		return java.XORShift{}, fault.Unsupported("a random function with a seed in the row %d of a partition", row)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for int64(len(s.marks)) <= row/stride {
		g := s.marks[len(s.marks)-1]
		for range stride {
			move(&g)
		}
		s.marks = append(s.marks, g)
	}
	g := s.marks[row/stride]
	for range row % stride {
		move(&g)
	}
	return g, nil
}

// eachDraw gives each row the generator as it finds it; neighbours are told from each other without going back.
func eachDraw(c *call, kind string, size []int32, use func(i int, g *java.XORShift)) error {
	seeds, partitions, positions := arg[int64](c, 0), arg[int64](c, 1), arg[int64](c, 2)
	var g java.XORShift
	last, next := draw{}, int64(-1)
	for i := range c.live {
		d := draw{kind: kind, seed: seeds[i] + partitions[i]}
		if size != nil {
			d.size = size[i]
		}
		if d != last || positions[i] != next {
			var err error
			if g, err = seriesOf(d).before(positions[i], func(g *java.XORShift) { use(-1, g) }); err != nil {
				return err
			}
			last, next = d, positions[i]
		}
		use(i, &g)
		next++
	}
	return nil
}

func drawDoubles(kind string, number func(*java.XORShift) float64) func(c *call) error {
	return func(c *call) error {
		out := result[float64](c)
		return eachDraw(c, kind, nil, func(i int, g *java.XORShift) {
			if x := number(g); i >= 0 {
				out[i] = x
			}
		})
	}
}

// drawTexts: a text moves the generator on by its length.
func drawTexts(c *call) error {
	sizes := arg[int32](c, 3)
	var out texts
	err := eachDraw(c, "randstr", sizes, func(i int, g *java.XORShift) {
		if s := g.Text(int(sizes[max(i, 0)])); i >= 0 {
			out.set(i, s)
		}
	})
	out.store(c.out, c.n)
	return err
}

// shuffled draws an order for the first row of a partition.
func shuffled(c *call) error {
	seeds, sizes := arg[int64](c, 0), arg[int32](c, 1)
	out := newTextLists(c)
	for i := range c.live {
		out.begin(i)
		for _, p := range java.NewTwister(seeds[i]).Shuffled(int(sizes[i])) {
			out.add(strconv.Itoa(p + 1))
		}
		out.end(i)
	}
	return out.store()
}
