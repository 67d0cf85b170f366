// This file splits a text into chunks of whole lines and has them parsed, several at a time but
// handed on in order.

package eventlog

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
)

const (
	chunkSize = 1 << 20
	maxLine   = 64 << 20 // longer ones are no Spark event; they are dropped as they come
)

// A chunk is whole lines of text; the last of a file may lack its newline.
type chunk struct {
	text    []byte
	dropped bool // instead of text: a line too long to keep
	last    bool
}

// A splitter cuts a stream into chunks.
type splitter struct {
	in     io.Reader
	rest   []byte // the beginning of a line, left over
	free   chan []byte
	failed error
}

func newSplitter(in io.Reader) *splitter {
	return &splitter{in: in, free: make(chan []byte, 16)}
}

func (s *splitter) buffer(least int) []byte {
	select {
	case b := <-s.free:
		if cap(b) >= least {
			return b[:0]
		}
	default:
	}
	return make([]byte, 0, max(least, chunkSize))
}

// recycle takes back a buffer; large ones are left to the garbage collector.
func (s *splitter) recycle(b []byte) {
	if cap(b) > 4*chunkSize {
		return
	}
	select {
	case s.free <- b:
	default:
	}
}

// next returns the next chunk; what was read before an error comes before the error.
func (s *splitter) next() (chunk, error) {
	if s.failed != nil {
		if len(s.rest) == 0 {
			return chunk{}, s.failed
		}
		rest := s.rest
		s.rest = nil
		return chunk{text: rest, last: true}, nil
	}
	b := append(s.buffer(len(s.rest)+chunkSize/2), s.rest...)
	s.rest = s.rest[:0]
	for {
		from := len(b)
		n, err := readMost(s.in, b[from:cap(b)])
		b = b[:from+n]
		if err != nil {
			s.failed = err
			return chunk{text: b, last: true}, nil
		}
		if end := bytes.LastIndexByte(b[from:], '\n'); end >= 0 {
			end += from + 1
			s.rest = append(s.rest, b[end:]...)
			return chunk{text: b[:end]}, nil
		}
		if len(b) >= maxLine {
			return s.drop()
		}
		b = append(make([]byte, 0, 2*cap(b)), b...)
	}
}

// drop reads to the end of a line that is too long.
func (s *splitter) drop() (chunk, error) {
	b := make([]byte, chunkSize)
	for {
		n, err := readMost(s.in, b)
		if end := bytes.IndexByte(b[:n], '\n'); end >= 0 {
			s.rest = append(s.rest, b[end+1:n]...)
			s.failed = err
			return chunk{dropped: true}, nil
		}
		if err != nil {
			s.failed = err
			return chunk{dropped: true, last: true}, nil
		}
	}
}

// readMost fills b as far as the stream goes: io.EOF ends it, also after some bytes.
func readMost(in io.Reader, b []byte) (int, error) {
	n := 0
	for n < len(b) {
		m, err := in.Read(b[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// parsed is what came of a chunk. Lines of problems count from 1 in it.
type parsed struct {
	bytes, lines int
	ignored, bad int
	events       []event
	problems     []Problem
}

func (p *parsed) problem(what string) {
	p.bad++
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{Line: int64(p.lines), What: what})
	}
}

// chunk parses a chunk.
func (p *parser) chunk(c chunk) *parsed {
	out := &parsed{bytes: len(c.text)}
	if c.dropped {
		out.lines = 1
		out.problem(fmt.Sprintf("longer than %d MiB", maxLine>>20))
		return out
	}
	for text := c.text; len(text) > 0; {
		line, rest, ended := bytes.Cut(text, []byte{'\n'})
		text = rest
		out.lines++
		e, v := p.line(line)
		switch {
		case v == read:
			out.events = append(out.events, e)
		case v == ignored:
			out.ignored++
		case v == blank:
		case v == notJSON && c.last && !ended && bytes.HasPrefix(bytes.TrimSpace(line), []byte{'{'}):
			out.problem("the log breaks off in this line")
		case v == notJSON:
			out.problem("no JSON object: " + excerpt(line))
		default:
			out.problem("JSON, but no Spark event: " + excerpt(line))
		}
	}
	return out
}

// excerpt quotes the beginning of a line.
func excerpt(line []byte) string {
	const n = 60
	if len(line) > n {
		return fmt.Sprintf("%q...", line[:n])
	}
	return fmt.Sprintf("%q", line)
}

// chunks reads a text to its end. It returns what stopped it, nil for a regular end.
func (r *reading) chunks(ctx context.Context, s *splitter) error {
	if r.workers == 1 {
		return r.inline(ctx, s)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct {
		chunk chunk
		out   chan *parsed
	}
	jobs := make(chan job)
	order := make(chan chan *parsed, 2*r.workers)
	var readErr error
	var wg sync.WaitGroup
	wg.Go(func() { // reads and decompresses
		defer close(order)
		defer close(jobs)
		for {
			c, err := s.next()
			if err != nil {
				readErr = err
				return
			}
			j := job{c, make(chan *parsed, 1)}
			select {
			case order <- j.out:
			case <-ctx.Done():
				return
			}
			jobs <- j // the parsers read until it is closed
		}
	})
	for _, p := range r.parsers {
		wg.Go(func() {
			for j := range jobs {
				j.out <- p.chunk(j.chunk)
				s.recycle(j.chunk.text)
			}
		})
	}
	var err error
	for out := range order {
		p := <-out
		if err == nil {
			if err = r.take(p); err != nil {
				cancel()
			}
		}
	}
	wg.Wait()
	switch {
	case err != nil:
		return err
	case readErr == io.EOF:
		return nil
	case readErr != nil:
		return readErr
	}
	return ctx.Err()
}

// inline does the same in this goroutine.
func (r *reading) inline(ctx context.Context, s *splitter) error {
	for ctx.Err() == nil {
		c, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		p := r.parsers[0].chunk(c)
		s.recycle(c.text)
		if err := r.take(p); err != nil {
			return err
		}
	}
	return ctx.Err()
}
