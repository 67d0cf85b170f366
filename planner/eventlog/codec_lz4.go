// This file holds lz4-java's block stream, which is not the lz4 frame format.

package eventlog

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/pierrec/lz4/v4"
)

const (
	lz4Magic  = "LZ4Block"
	lz4Header = len(lz4Magic) + 13
	lz4Seed   = 0x9747b28c
)

// lz4Block reads blocks of the form: magic, token (method and level), packed length, length and
// checksum (little-endian), data. A block of length 0 ends a stream; another may follow.
func lz4Block(r *bufio.Reader) func() ([]byte, error) {
	var packed, text []byte
	head := make([]byte, lz4Header)
	return func() ([]byte, error) {
		if n, err := io.ReadFull(r, head); err != nil {
			if n == 0 {
				return nil, io.EOF
			}
			return nil, io.ErrUnexpectedEOF
		}
		if string(head[:len(lz4Magic)]) != lz4Magic {
			return nil, fmt.Errorf("a damaged lz4 stream: no block begins where one should")
		}
		token := head[8]
		packedLen := int(binary.LittleEndian.Uint32(head[9:]))
		textLen := int(binary.LittleEndian.Uint32(head[13:]))
		sum := binary.LittleEndian.Uint32(head[17:])
		if packedLen > maxBlock || textLen > maxBlock {
			return nil, fmt.Errorf("a damaged lz4 stream: a block of %d bytes", textLen)
		}
		packed = room(packed, packedLen)
		if _, err := io.ReadFull(r, packed); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		switch token & 0xF0 {
		case 0x10: // stored
			text = append(text[:0], packed...)
		case 0x20:
			text = room(text, textLen)
			if n, err := lz4.UncompressBlock(packed, text); err != nil || n != textLen {
				return nil, fmt.Errorf("a damaged lz4 block")
			}
		default:
			return nil, fmt.Errorf("a damaged lz4 stream: method %#x", token)
		}
		if textLen > 0 && xxh32(text, lz4Seed)&0x0FFFFFFF != sum {
			return nil, fmt.Errorf("a damaged lz4 block: its checksum differs")
		}
		return text, nil
	}
}

const (
	prime1 uint32 = 2654435761
	prime2 uint32 = 2246822519
	prime3 uint32 = 3266489917
	prime4 uint32 = 668265263
	prime5 uint32 = 374761393
)

// xxh32 is the 32-bit xxHash (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
func xxh32(b []byte, seed uint32) uint32 {
	n := uint32(len(b))
	h := seed + prime5
	if len(b) >= 16 {
		v := [4]uint32{seed + prime1 + prime2, seed + prime2, seed, seed - prime1}
		for ; len(b) >= 16; b = b[16:] {
			for i := range v {
				v[i] = bits.RotateLeft32(v[i]+binary.LittleEndian.Uint32(b[4*i:])*prime2, 13) * prime1
			}
		}
		h = bits.RotateLeft32(v[0], 1) + bits.RotateLeft32(v[1], 7) + bits.RotateLeft32(v[2], 12) + bits.RotateLeft32(v[3], 18)
	}
	h += n
	for ; len(b) >= 4; b = b[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(b)*prime3, 17) * prime4
	}
	for _, c := range b {
		h = bits.RotateLeft32(h+uint32(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>15) * prime2
	h = (h ^ h>>13) * prime3
	return h ^ h>>16
}
