package textfile

// This file opens files and splits them into pieces.

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

// source is a file being read, unpacked if its name says that it is packed.
type source struct {
	path   string
	packed bool
	r      io.Reader
	f      *os.File
}

func openSource(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s := &source{path: path, r: f, f: f, packed: true}
	switch ext := filepath.Ext(path); ext {
	case ".gz":
		s.r, err = gzip.NewReader(f)
	case ".bz2":
		s.r = bzip2.NewReader(f)
	case ".deflate":
		s.r, err = zlib.NewReader(f)
	case ".zst":
		var d *zstd.Decoder
		if d, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1)); err == nil {
			s.r = d.IOReadCloser()
		}
	case ".snappy", ".lz4", ".xz":
		err = fault.Unsupported("text files compressed as %s", ext)
	default:
		s.packed = false
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) close() {
	if c, ok := s.r.(io.Closer); ok {
		c.Close()
	}
	s.f.Close()
}

// inFile is Spark's error for what goes wrong when a file is read.
func inFile(err error, path string) error {
	var f *fault.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.As(err, &f) && (fault.IsUnsupported(err) || f.Kind == fault.Internal):
		return err
	case errors.Is(err, os.ErrNotExist):
		return fault.New("FAILED_READ_FILE.FILE_NOT_EXIST", "path", "file://"+path).Because(err)
	}
	return fault.New("FAILED_READ_FILE.NO_HINT", "path", "file://"+path).Because(err)
}

// all is the rest of the file.
func (s *source) all() ([]byte, error) {
	data, err := io.ReadAll(s.r)
	return trimMark(data), err
}

func trimMark(b []byte) []byte { return bytes.TrimPrefix(b, []byte(mark)) }

// mark may begin a file in UTF-8.
const mark = "\ufeff"

// linePieces splits a file at the ends of lines. sep is what ends them, "" for \n, \r\n and \r.
func (s *source) linePieces(sep string, emit func(piece) error) error {
	first := true
	var rest []byte
	for {
		buf := make([]byte, len(rest)+pieceBytes)
		copy(buf, rest)
		n, err := io.ReadFull(s.r, buf[len(rest):])
		buf = buf[:len(rest)+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		if last && errors.Is(err, io.ErrUnexpectedEOF) && s.truncated() {
			return err
		}
		end := len(buf)
		if !last {
			end = lastLine(buf, sep)
			rest = append([]byte(nil), buf[end:]...)
		}
		text := buf[:end]
		if first && (end > 0 || last) {
			text = trimMark(text)
		}
		if len(text) > 0 {
			if err := emit(piece{path: s.path, text: asString(text), first: first}); err != nil {
				return err
			}
			first = false
		}
		if last {
			return nil
		}
	}
}

// truncated tells whether a packed file ends before its end.
func (s *source) truncated() bool {
	if !s.packed {
		return false
	}
	_, err := s.r.Read(make([]byte, 1))
	return errors.Is(err, io.ErrUnexpectedEOF)
}

// lastLine is where the last whole line of b ends. A \r at the end may be half of \r\n.
func lastLine(b []byte, sep string) int {
	if sep != "" {
		return bytes.LastIndex(b, []byte(sep)) + max(len(sep), 1)*btoi(bytes.Contains(b, []byte(sep)))
	}
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	if i := bytes.LastIndexByte(b[:max(len(b)-1, 0)], '\r'); i >= 0 {
		return i + 1
	}
	return 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// nextLine cuts the first line off a text.
func nextLine(text, sep string) (line, rest string) {
	if sep != "" {
		line, rest, _ = strings.Cut(text, sep)
		return line, rest
	}
	i := strings.IndexByte(text, '\n')
	line = text
	if i >= 0 {
		line = text[:i]
	}
	if r := strings.IndexByte(line, '\r'); r >= 0 {
		if r+1 == i {
			return text[:r], text[i+1:]
		}
		return text[:r], text[r+1:]
	}
	if i < 0 {
		return text, ""
	}
	return line, text[i+1:]
}

// decoded is text of a charset in UTF-8; what is malformed becomes U+FFFD.
func decoded(text, charset string) (string, error) {
	switch charset {
	case "UTF-8":
		if utf8.ValidString(text) {
			return text, nil
		}
		return replaceInvalid(text), nil
	case "US-ASCII":
		return replaceOutside(text), nil
	}
	b, ok := java.Decode(nil, []byte(text), charset)
	if !ok {
		return "", fault.Unsupported("text that is malformed in %s", charset)
	}
	return asString(b), nil
}

func replaceOutside(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if text[i] < utf8.RuneSelf {
			b.WriteByte(text[i])
		} else {
			b.WriteRune(utf8.RuneError)
		}
	}
	return b.String()
}
