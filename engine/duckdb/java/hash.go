package java

// This file holds the hashes Spark partitions and samples by. They are not quite the published
// ones: Spark's Murmur3 mixes trailing bytes one by one, as signed numbers.

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// Hash is a hash function with a seed; Murmur3 uses the seed's lower half.
type Hash interface {
	Int(x uint32, seed uint64) uint64
	Long(x uint64, seed uint64) uint64
	Bytes(b []byte, seed uint64) uint64
}

// Murmur3 and XXHash64 are the hashes behind Spark's hash() and xxhash64().
var (
	Murmur3  Hash = murmur3{}
	XXHash64 Hash = xxHash64{}
)

type murmur3 struct{}

func mixK(k uint32) uint32 { return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593 }

func mixH(h, k uint32) uint32 { return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64 }

func murmurEnd(h, length uint32) uint64 {
	h ^= length
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return uint64(h ^ h>>16)
}

func (murmur3) Int(x uint32, seed uint64) uint64 {
	return murmurEnd(mixH(uint32(seed), mixK(x)), 4)
}

func (murmur3) Long(x, seed uint64) uint64 {
	h := mixH(uint32(seed), mixK(uint32(x)))
	return murmurEnd(mixH(h, mixK(uint32(x>>32))), 8)
}

func (murmur3) Bytes(b []byte, seed uint64) uint64 {
	h, length := uint32(seed), uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		h = mixH(h, mixK(binary.LittleEndian.Uint32(b)))
	}
	for _, c := range b {
		h = mixH(h, mixK(uint32(int8(c))))
	}
	return murmurEnd(h, length)
}

type xxHash64 struct{}

const (
	prime1 = 0x9E3779B185EBCA87
	prime2 = 0xC2B2AE3D27D4EB4F
	prime3 = 0x165667B19E3779F9
	prime4 = 0x85EBCA77C2B2AE63
	prime5 = 0x27D4EB2F165667C5
)

func xxEnd(h uint64) uint64 {
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}

func xxRound(acc, x uint64) uint64 { return bits.RotateLeft64(acc+x*prime2, 31) * prime1 }

func xxWord(h, x uint64) uint64 {
	return bits.RotateLeft64(h^xxRound(0, x), 27)*prime1 + prime4
}

func xxHalf(h uint64, x uint32) uint64 {
	return bits.RotateLeft64(h^uint64(x)*prime1, 23)*prime2 + prime3
}

func (xxHash64) Int(x uint32, seed uint64) uint64 { return xxEnd(xxHalf(seed+prime5+4, x)) }

func (xxHash64) Long(x, seed uint64) uint64 { return xxEnd(xxWord(seed+prime5+8, x)) }

func (xxHash64) Bytes(b []byte, seed uint64) uint64 {
	length := uint64(len(b))
	h := seed + prime5
	if length >= 32 {
		acc := [4]uint64{seed + prime1, seed, seed, seed}
		acc[0] += prime2
		acc[1] += prime2
		acc[3] -= prime1
		for ; len(b) >= 32; b = b[32:] {
			for i := range acc {
				acc[i] = xxRound(acc[i], binary.LittleEndian.Uint64(b[i*8:]))
			}
		}
		h = bits.RotateLeft64(acc[0], 1) + bits.RotateLeft64(acc[1], 7) +
			bits.RotateLeft64(acc[2], 12) + bits.RotateLeft64(acc[3], 18)
		for _, a := range acc {
			h = (h^xxRound(0, a))*prime1 + prime4
		}
	}
	h += length
	for ; len(b) >= 8; b = b[8:] {
		h = xxWord(h, binary.LittleEndian.Uint64(b))
	}
	if len(b) >= 4 {
		h = xxHalf(h, binary.LittleEndian.Uint32(b))
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*prime5, 11) * prime1
	}
	return xxEnd(h)
}

// BigIntegerBytes is BigInteger.toByteArray: two's complement, the shortest, most significant
// byte first.
func BigIntegerBytes(n *big.Int) []byte {
	if n.Sign() >= 0 {
		b := n.Bytes()
		if len(b) == 0 || b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return b
	}
	// -n-1 has the inverted bits.
	b := new(big.Int).Not(n).Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	for i := range b {
		b[i] = ^b[i]
	}
	return b
}
