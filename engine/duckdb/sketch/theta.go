package sketch

// This file holds theta sketches of distinct values: the least hashes, and the one they are less than.
// What a sketch holds depends on the values alone, not on their order nor on partitions.

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Theta is a sketch: distinct hashes in order, all less than theta.
type Theta struct {
	theta  uint64
	hashes []uint64
	empty  bool // no value was ever there; a sketch with a theta may have no hash and still not be empty
}

// The layout of a theta sketch: int64s of preamble, version, family; in the packed version how many bits
// a difference has and how many bytes the number of hashes; flags, the seed's hash.
const (
	thetaFamily   = 3
	thetaPlain    = 3 // versions
	thetaPacked   = 4
	thetaReadOnly = 2 // flags
	thetaEmpty    = 4
	thetaCompact  = 8
	thetaOrdered  = 16
	thetaSingle   = 32
	seedHash      = 0x93cc

	// MinLgEntries and MaxLgEntries bound the logarithm of a theta sketch's size.
	MinLgEntries, MaxLgEntries = 4, 26
)

const thetaWhole = math.MaxInt64

// ThetaHash is what a theta sketch keeps of a value.
func ThetaHash(b []byte) uint64 {
	h, _ := murmur(b)
	return h >> 1
}

// NewTheta is the sketch of so many of the least hashes, at most 2^lgK of them.
func NewTheta(hashes []uint64, lgK int) *Theta {
	return (&Theta{theta: thetaWhole, hashes: hashes, empty: len(hashes) == 0}).trim(1 << lgK)
}

// trim sorts, and keeps k hashes.
func (s *Theta) trim(k int) *Theta {
	slices.Sort(s.hashes)
	s.hashes = slices.Compact(s.hashes)
	if len(s.hashes) > 0 && s.hashes[0] == 0 { // no hash at all
		s.hashes = s.hashes[1:]
	}
	if len(s.hashes) > k {
		s.theta, s.hashes = s.hashes[k], s.hashes[:k]
	}
	return s
}

// below are the hashes less than theta.
func (s *Theta) below(theta uint64) []uint64 {
	at, _ := slices.BinarySearch(s.hashes, theta)
	return s.hashes[:at]
}

// UnionTheta joins sketches into one of at most 2^lgK hashes.
func UnionTheta(sketches []*Theta, lgK int) *Theta {
	out := &Theta{theta: thetaWhole, empty: true}
	for _, s := range sketches {
		out.theta, out.empty = min(out.theta, s.theta), out.empty && s.empty
	}
	for _, s := range sketches {
		out.hashes = append(out.hashes, s.below(out.theta)...)
	}
	return out.trim(1 << lgK)
}

// Intersect is what two sketches have in common.
func (s *Theta) Intersect(other *Theta) *Theta {
	if s.empty || other.empty {
		return &Theta{theta: thetaWhole, empty: true}
	}
	return s.among(other, true)
}

// Without is what another sketch has not.
func (s *Theta) Without(other *Theta) *Theta {
	if s.empty || other.empty {
		return s
	}
	return s.among(other, false)
}

func (s *Theta) among(other *Theta, wanted bool) *Theta {
	out := &Theta{theta: min(s.theta, other.theta)}
	for _, h := range s.below(out.theta) {
		if _, found := slices.BinarySearch(other.hashes, h); found == wanted {
			out.hashes = append(out.hashes, h)
		}
	}
	out.empty = len(out.hashes) == 0 && out.theta == thetaWhole
	return out
}

// Estimate is how many distinct values there were.
func (s *Theta) Estimate() int64 {
	n := float64(len(s.hashes))
	if s.theta < thetaWhole {
		n *= float64(thetaWhole) / float64(s.theta)
	}
	return int64(math.Floor(n + 0.5))
}

// Bytes is the sketch's compact form, packed where that says the same.
func (s *Theta) Bytes() []byte {
	whole := s.theta == thetaWhole
	if n := len(s.hashes); n > 1 || n == 1 && !whole {
		return s.packed(whole)
	}
	flags := byte(thetaReadOnly | thetaCompact | thetaOrdered)
	switch {
	case s.empty:
		return []byte{1, thetaPlain, thetaFamily, 0, 0, flags | thetaEmpty, 0, 0}
	case whole:
		b := []byte{1, thetaPlain, thetaFamily, 0, 0, flags | thetaSingle, seedHash & 0xff, seedHash >> 8}
		return binary.LittleEndian.AppendUint64(b, s.hashes[0])
	}
	b := []byte{3, thetaPlain, thetaFamily, 0, 0, flags, seedHash & 0xff, seedHash >> 8}
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(1)) // the share of values that were sampled
	return binary.LittleEndian.AppendUint64(b, s.theta)
}

// packed writes the hashes' differences, in as many bits as the largest has.
func (s *Theta) packed(whole bool) []byte {
	var all, last uint64
	for _, h := range s.hashes {
		all, last = all|(h-last), h
	}
	width, n := bits.Len64(all), uint32(len(s.hashes))
	size := (bits.Len32(n) + 7) / 8
	b := []byte{1, thetaPacked, thetaFamily, byte(width), byte(size), thetaReadOnly | thetaCompact | thetaOrdered, seedHash & 0xff, seedHash >> 8}
	if !whole {
		b[0] = 2
		b = binary.LittleEndian.AppendUint64(b, s.theta)
	}
	b = append(b, binary.LittleEndian.AppendUint32(nil, n)[:size]...)
	last = 0
	free := 0 // bits of the last byte
	for _, h := range s.hashes {
		for left, delta := width, h-last; left > 0; {
			if free == 0 {
				b, free = append(b, 0), 8
			}
			take := min(left, free)
			left -= take
			free -= take
			b[len(b)-1] |= byte(delta>>left) & (1<<take - 1) << free
		}
		last = h
	}
	return b
}

// ReadTheta reads a sketch's compact form.
func ReadTheta(b []byte) (*Theta, error) {
	switch {
	case len(b) < 8:
		return nil, ErrInvalid
	case b[2] != thetaFamily, b[1] != thetaPlain && b[1] != thetaPacked:
		return nil, ErrForeign
	}
	s := &Theta{theta: thetaWhole}
	if b[1] == thetaPlain && b[5]&thetaEmpty != 0 {
		s.empty = true
		return s, nil
	}
	if binary.LittleEndian.Uint16(b[6:]) != seedHash {
		return nil, ErrInvalid
	}
	if b[1] == thetaPacked {
		return s, s.unpack(b)
	}
	preamble, n := int(b[0]), 1
	if preamble > 1 && len(b) >= 16 {
		n = int(binary.LittleEndian.Uint32(b[8:]))
	}
	if preamble < 1 || preamble > 3 || len(b) != 8*(preamble+n) || b[5]&thetaOrdered == 0 {
		return nil, ErrInvalid
	}
	if preamble == 3 {
		s.theta = binary.LittleEndian.Uint64(b[16:])
	}
	for b = b[8*preamble:]; len(b) > 0; b = b[8:] {
		s.hashes = append(s.hashes, binary.LittleEndian.Uint64(b))
	}
	return s, nil
}

// unpack reads the packed form.
func (s *Theta) unpack(b []byte) error {
	preamble, width, size := int(b[0]), int(b[3]), int(b[4])
	if preamble < 1 || preamble > 2 || width < 1 || width > 63 || size < 1 || size > 4 || len(b) < 8*preamble+size {
		return ErrInvalid
	}
	if preamble == 2 {
		s.theta = binary.LittleEndian.Uint64(b[8:])
	}
	var count [4]byte
	copy(count[:], b[8*preamble:8*preamble+size])
	n := int(binary.LittleEndian.Uint32(count[:]))
	b = b[8*preamble+size:]
	if len(b) != (n*width+7)/8 {
		return ErrInvalid
	}
	s.hashes = make([]uint64, n)
	at, last := 0, uint64(0)
	for i := range s.hashes {
		var delta uint64
		for left := width; left > 0; {
			take := min(left, 8-at%8)
			delta = delta<<take | uint64(b[at/8]>>(8-at%8-take))&(1<<take-1)
			at += take
			left -= take
		}
		last += delta
		s.hashes[i] = last
	}
	return nil
}
