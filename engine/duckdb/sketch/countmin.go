package sketch

// This file holds count-min sketches, as Spark writes them.

import (
	"encoding/binary"
	"math"

	"shoal/engine/duckdb/java"
)

// CountMin is a table of counts: depth rows, each with a hash function of its own.
type CountMin struct {
	width int
	total int64
	rows  [][]int64
	mult  []int64 // of the rows' hashes of integers
}

// NewCountMin is a sketch that is off by eps of the total at most, with such confidence.
func NewCountMin(eps, confidence float64, seed int32) (*CountMin, error) {
	width, depth := math.Ceil(2/eps), math.Ceil(-math.Log1p(-confidence)/math.Log(2))
	if !(width*depth < 1<<24) || depth < 1 {
		return nil, ErrBeyond
	}
	s := &CountMin{width: int(width), rows: make([][]int64, int(depth)), mult: make([]int64, int(depth))}
	random := java.NewRandom(int64(seed))
	for i := range s.rows {
		s.rows[i] = make([]int64, s.width)
		s.mult[i] = int64(random.Intn(math.MaxInt32))
	}
	return s, nil
}

// AddInt counts an integer.
func (s *CountMin) AddInt(x int64) {
	const prime = 1<<31 - 1
	s.total++
	for i, row := range s.rows {
		h := s.mult[i] * x
		h += h >> 32
		row[int32(h&prime)%int32(s.width)]++
	}
}

// AddBytes counts a text or a binary.
func (s *CountMin) AddBytes(b []byte) {
	h1 := int32(java.Murmur3.Bytes(b, 0))
	h2 := int32(java.Murmur3.Bytes(b, uint64(uint32(h1))))
	s.total++
	for i, row := range s.rows {
		at := (h1 + int32(i)*h2) % int32(s.width)
		if at < 0 {
			at = -at
		}
		row[at]++
	}
}

// Bytes is the sketch as Spark keeps it.
func (s *CountMin) Bytes() []byte {
	const version = 1
	b := binary.BigEndian.AppendUint32(nil, version)
	b = binary.BigEndian.AppendUint64(b, uint64(s.total))
	b = binary.BigEndian.AppendUint32(b, uint32(len(s.rows)))
	b = binary.BigEndian.AppendUint32(b, uint32(s.width))
	for _, m := range s.mult {
		b = binary.BigEndian.AppendUint64(b, uint64(m))
	}
	for _, row := range s.rows {
		for _, n := range row {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
	}
	return b
}
