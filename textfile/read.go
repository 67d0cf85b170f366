package textfile

// This file reads files as batches of columns: several pieces are parsed at a time, and come in
// order.

import (
	"context"
	"encoding/json"
	"runtime"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
)

// Spec says what to read. It can be written as JSON.
type Spec struct {
	Format  string // csv, json or text
	Files   []string
	Options Options
	Schema  string // the files' columns, as Spark writes types in JSON
	Wanted  []int  // the columns to read, by their places in the schema
	Zone    string // the session's time zone
	Corrupt string // the session's name for the column of malformed records
	Path    bool   // a last column has the file's path
}

// ParseSpec reads a Spec from JSON.
func ParseSpec(text string) (*Spec, plan.Struct, error) {
	s := &Spec{}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return nil, plan.Struct{}, fault.Internalf("a file reader's specification: %v", err)
	}
	t, err := typejson.Parse(s.Schema)
	schema, ok := t.(plan.Struct)
	if err == nil && !ok {
		err = fault.Internalf("a file's schema %s", s.Schema)
	}
	return s, schema, err
}

// A decoder makes batches of pieces of files. It is safe for use by many goroutines.
type decoder interface {
	// pieces calls emit for each piece of a file that can be parsed by itself.
	pieces(f *source, emit func(piece) error) error
	// worker gives a parser for one goroutine.
	worker() (worker, error)
}

// worker parses pieces.
type worker interface {
	parse(p piece, out *Columns) error
}

// piece is a part of a file: whole records.
type piece struct {
	path  string
	text  string
	first bool // of its file
	ends  lineEnds
}

// Batch is rows of a file: what was asked for, by columns.
type Batch struct {
	Columns []arrow.Array
	Rows    int
	Path    string
}

// Release frees a batch.
func (b *Batch) Release() {
	for _, c := range b.Columns {
		c.Release()
	}
}

// Reader reads the files of a Spec, in order.
type Reader struct {
	stop    context.CancelFunc
	results chan chan result // in the order of the pieces
	done    sync.WaitGroup
	err     error
}

type result struct {
	batch *Batch
	err   error
}

// pieceBytes is about how large a piece is; ahead is how many are read before they are asked for.
const pieceBytes = 1 << 20

// Open begins to read. The caller closes the reader.
func Open(ctx context.Context, s *Spec, schema plan.Struct) (*Reader, error) {
	d, err := newDecoder(s, schema)
	if err != nil {
		return nil, err
	}
	types := make([]plan.Type, len(s.Wanted))
	for i, at := range s.Wanted {
		types[i] = schema.Fields[at].Type
	}
	threads := min(runtime.GOMAXPROCS(0), 8)
	ctx, cancel := context.WithCancel(ctx)
	r := &Reader{stop: cancel, results: make(chan chan result, threads)}
	work := make(chan task)
	for range threads {
		w, err := d.worker()
		if err != nil {
			cancel()
			close(work)
			return nil, err
		}
		r.done.Go(func() { parseAll(work, w, types) })
	}
	r.done.Go(func() {
		defer close(work)
		defer close(r.results)
		readAll(ctx, s.Files, d, work, r.results)
	})
	return r, nil
}

func newDecoder(s *Spec, schema plan.Struct) (decoder, error) {
	switch s.Format {
	case "csv":
		return newCSVDecoder(s, schema)
	case "json":
		return newJSONDecoder(s, schema)
	case "text":
		return newTextDecoder(s, schema)
	}
	return nil, fault.Internalf("a reader of %s files", s.Format)
}

// Check tells whether the files can be read so, without opening them.
func (s *Spec) Check(schema plan.Struct) error {
	_, err := newDecoder(s, schema)
	return err
}

type task struct {
	piece piece
	to    chan result
}

func parseAll(work <-chan task, w worker, types []plan.Type) {
	out := NewColumns(types)
	defer out.Release()
	for t := range work {
		err := w.parse(t.piece, out)
		rows := out.Rows()
		b := &Batch{Columns: out.Take(), Rows: rows, Path: t.piece.path}
		if err != nil {
			b.Release()
			b = nil
		}
		t.to <- result{b, inFile(err, t.piece.path)}
	}
}

// readAll hands out the pieces of all files.
func readAll(ctx context.Context, files []string, d decoder, work chan<- task, results chan<- chan result) {
	emit := func(p piece) error {
		to := make(chan result, 1)
		select {
		case results <- to:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		select {
		case work <- task{p, to}:
			return nil
		case <-ctx.Done():
			to <- result{err: context.Cause(ctx)}
			return context.Cause(ctx)
		}
	}
	for _, path := range files {
		err := readFile(path, d, emit)
		if err == nil {
			continue
		}
		to := make(chan result, 1)
		to <- result{err: inFile(err, path)}
		select {
		case results <- to:
		case <-ctx.Done():
		}
		return
	}
}

func readFile(path string, d decoder, emit func(piece) error) error {
	f, err := openSource(path)
	if err != nil {
		return err
	}
	defer f.close()
	return d.pieces(f, emit)
}

// Next gives the next batch, nil at the end. The caller releases it.
func (r *Reader) Next() (*Batch, error) {
	for r.err == nil {
		to, more := <-r.results
		if !more {
			return nil, nil
		}
		res := <-to
		if res.err != nil {
			r.err = res.err
			break
		}
		if res.batch.Rows > 0 {
			return res.batch, nil
		}
		res.batch.Release()
	}
	return nil, r.err
}

// Close ends the reading and waits for what is under way.
func (r *Reader) Close() {
	r.stop()
	for to := range r.results {
		if res := <-to; res.batch != nil {
			res.batch.Release()
		}
	}
	r.done.Wait()
}
