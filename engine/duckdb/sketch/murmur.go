package sketch

// This file holds MurmurHash3 of 128 bits for x64 (Austin Appleby, public domain).

import (
	"encoding/binary"
	"math/bits"
)

// seed is that of all sketches of DataSketches, unless they are told another.
const seed = 9001

const (
	mix1 = 0x87c37b91114253d5
	mix2 = 0x4cf5ad432745937f
)

// murmur is the hash's two halves.
func murmur(b []byte) (h1, h2 uint64) {
	h1, h2 = seed, seed
	size := uint64(len(b))
	for ; len(b) >= 16; b = b[16:] {
		h1 ^= first(binary.LittleEndian.Uint64(b))
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		h2 ^= second(binary.LittleEndian.Uint64(b[8:]))
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	if len(b) > 0 {
		var rest [16]byte
		copy(rest[:], b)
		h2 ^= second(binary.LittleEndian.Uint64(rest[8:]))
		h1 ^= first(binary.LittleEndian.Uint64(rest[:]))
	}
	h1 ^= size
	h2 ^= size
	h1 += h2
	h2 += h1
	h1, h2 = spread(h1), spread(h2)
	h1 += h2
	return h1, h2 + h1
}

func first(k uint64) uint64  { return bits.RotateLeft64(k*mix1, 31) * mix2 }
func second(k uint64) uint64 { return bits.RotateLeft64(k*mix2, 33) * mix1 }

func spread(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// Word is a number as the sketches hash it.
func Word(x int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(x)) }
