// This file holds the ways an event log can be compressed, told by its first bytes.

package eventlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// codecs are tried in order. Spark's own come first; gzip and the lz4 frame are what people do to old logs.
var codecs = []struct {
	name  string
	magic string
	open  func(*bufio.Reader) (io.Reader, error)
}{
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"lz4", lz4Magic, func(r *bufio.Reader) (io.Reader, error) { return &blockReader{next: lz4Block(r)}, nil }},
	{"snappy", snappyMagic, openSnappy},
	{"lzf", "ZV", func(r *bufio.Reader) (io.Reader, error) { return &blockReader{next: lzfBlock(r)}, nil }},
	{"gzip", "\x1f\x8b", func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"lz4 frame", "\x04\x22\x4d\x18", func(r *bufio.Reader) (io.Reader, error) { return lz4.NewReader(r), nil }},
	{"zip", "PK\x03\x04", func(*bufio.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("a zip archive, as the history server hands them out: unpack it first")
	}},
	{"parquet", "PAR1", func(*bufio.Reader) (io.Reader, error) { return nil, fmt.Errorf("a Parquet file, no event log") }},
}

// decompress returns the text of a log and the name of its codec, "plain" for none.
func decompress(r io.Reader) (io.Reader, string, error) {
	br := bufio.NewReaderSize(r, 1<<18)
	head, err := br.Peek(8)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	for _, c := range codecs {
		if bytes.HasPrefix(head, []byte(c.magic)) {
			text, err := c.open(br)
			return text, c.name, err
		}
	}
	return br, "plain", nil
}

func openZstd(r *bufio.Reader) (io.Reader, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// A blockReader joins the blocks that next returns; each is valid until the next call.
type blockReader struct {
	next func() ([]byte, error)
	rest []byte
}

func (b *blockReader) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		var err error
		if b.rest, err = b.next(); err != nil {
			b.rest = nil
			return 0, err
		}
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// maxBlock bounds what a block may claim to hold: the writers' limits are at or below it.
const maxBlock = 64 << 20

// room returns b with length n, remade when it is too small.
func room(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// snappyMagic opens the stream of snappy-java: the magic, two version numbers, then blocks of a
// big-endian length and raw snappy. Streams may follow one another.
const snappyMagic = "\x82SNAPPY\x00"

const snappyHeader = 16

func openSnappy(r *bufio.Reader) (io.Reader, error) {
	var packed, text []byte
	return &blockReader{next: func() ([]byte, error) {
		if head, err := r.Peek(len(snappyMagic)); err == nil && string(head) == snappyMagic {
			if _, err := r.Discard(snappyHeader); err != nil {
				return nil, io.ErrUnexpectedEOF
			}
		}
		n, err := bigEndian(r, 4)
		if err != nil {
			return nil, err
		}
		if n > maxBlock {
			return nil, fmt.Errorf("a snappy block of %d bytes", n)
		}
		packed = room(packed, n)
		if _, err := io.ReadFull(r, packed); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if size, err := snappy.DecodedLen(packed); err != nil || size > maxBlock {
			return nil, fmt.Errorf("a damaged snappy block")
		}
		text, err = snappy.Decode(text[:cap(text)], packed)
		return text, err
	}}, nil
}

// bigEndian reads a number of n bytes. io.EOF means that not a byte was left.
func bigEndian(r *bufio.Reader, n int) (int, error) {
	var buf [4]byte
	if m, err := io.ReadFull(r, buf[:n]); err != nil {
		if m == 0 {
			return 0, io.EOF
		}
		return 0, io.ErrUnexpectedEOF
	}
	v := 0
	for _, b := range buf[:n] {
		v = v<<8 | int(b)
	}
	return v, nil
}
