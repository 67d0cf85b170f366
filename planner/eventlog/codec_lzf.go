// This file holds the chunk stream of the LZF library that Spark uses.

package eventlog

import (
	"bufio"
	"fmt"
	"io"
)

// lzfBlock reads chunks of the form: "ZV", type, packed length (big-endian), for type 1 also the
// length, data. Type 0 is stored.
func lzfBlock(r *bufio.Reader) func() ([]byte, error) {
	var packed, text []byte
	return func() ([]byte, error) {
		var head [3]byte
		if n, err := io.ReadFull(r, head[:]); err != nil {
			if n == 0 {
				return nil, io.EOF
			}
			return nil, io.ErrUnexpectedEOF
		}
		if head[0] != 'Z' || head[1] != 'V' || head[2] > 1 {
			return nil, fmt.Errorf("a damaged lzf stream: no chunk begins where one should")
		}
		size, err := bigEndian(r, 2)
		textLen := 0
		if err == nil && head[2] == 1 {
			textLen, err = bigEndian(r, 2)
		}
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		packed = room(packed, size)
		if _, err := io.ReadFull(r, packed); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if head[2] == 0 {
			return packed, nil
		}
		text, err = unlzf(text[:0], packed)
		if err != nil || len(text) != textLen {
			return nil, fmt.Errorf("a damaged lzf chunk")
		}
		return text, nil
	}
}

// unlzf appends the unpacked data to out. A control byte below 32 announces that many literals and
// one more; a larger one a copy: 3 bits of length, 13 bits of distance, both counted from less one.
func unlzf(out, in []byte) ([]byte, error) {
	bad := fmt.Errorf("damaged")
	for i := 0; i < len(in); {
		ctrl := int(in[i])
		i++
		if ctrl < 32 {
			if i+ctrl+1 > len(in) {
				return nil, bad
			}
			out = append(out, in[i:i+ctrl+1]...)
			i += ctrl + 1
			continue
		}
		n := ctrl >> 5
		if n == 7 {
			if i >= len(in) {
				return nil, bad
			}
			n += int(in[i])
			i++
		}
		if i >= len(in) {
			return nil, bad
		}
		from := len(out) - (ctrl&31<<8 | int(in[i])) - 1
		i++
		if from < 0 {
			return nil, bad
		}
		for range n + 2 { // byte by byte: a copy may overlap itself
			out = append(out, out[from])
			from++
		}
	}
	return out, nil
}
