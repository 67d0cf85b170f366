// This file holds the way from files to applications.

package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// Options tune reading; the zero value is right.
type Options struct {
	Workers int // goroutines that parse; 0: one for each CPU
	// Progress counts bytes as they are read from files; nil: nobody asks.
	Progress *atomic.Int64
}

// Coverage says what of a log an App rests on.
type Coverage struct {
	Log      string    `json:"log"`
	Codec    string    `json:"codec"`
	Files    int       `json:"files"`
	Bytes    int64     `json:"bytes"` // of text, after decompression
	Lines    int64     `json:"lines"`
	Events   int64     `json:"events"`   // used
	Ignored  int64     `json:"ignored"`  // of kinds that are not needed
	Bad      int64     `json:"bad"`      // lines that could not be used
	Problems []Problem `json:"problems"` // the first few of these
	Missing  []string  `json:"missing"`  // what the log lacks, in words
}

// A Problem is a line that could not be used.
type Problem struct {
	File string `json:"file"`
	Line int64  `json:"line"`
	What string `json:"what"`
}

func (p Problem) String() string { return fmt.Sprintf("%s, line %d: %s", p.File, p.Line, p.What) }

// Complete says whether the whole log was there and read.
func (c *Coverage) Complete() bool { return c.Bad == 0 && len(c.Missing) == 0 }

// Note says in words what is missing; it is empty for a complete log.
func (c *Coverage) Note() string {
	if c.Complete() {
		return ""
	}
	parts := []string{fmt.Sprintf("%s is used in part (%d events from %d lines)", c.Log, c.Events, c.Lines)}
	if len(c.Missing) > 0 {
		parts = append(parts, "missing: "+strings.Join(c.Missing, "; "))
	}
	if c.Bad > 0 {
		parts = append(parts, fmt.Sprintf("%d lines could not be used, the first: %s", c.Bad, c.Problems[0]))
	}
	return strings.Join(parts, ". ")
}

// A ForeignError is returned for a file that is no Spark event log at all.
type ForeignError struct{ Problem }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s: not a Spark event log: %s", e.File, strings.TrimPrefix(e.Problem.String(), e.File+", "))
}

// Read reads all applications at a path, several at a time. Logs that cannot be read are left out
// and their errors joined: both results may be given.
func Read(ctx context.Context, path string, o Options) ([]*App, error) {
	logs, err := Find(path)
	if err != nil {
		return nil, err
	}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	lanes := min(workers, len(logs))
	inner := Options{Workers: max(workers/lanes, 1), Progress: o.Progress}
	apps, errs := make([]*App, len(logs)), make([]error, len(logs))
	var wg sync.WaitGroup
	turns := make(chan struct{}, lanes)
	for i, log := range logs {
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { <-turns }()
			apps[i], errs[i] = log.Read(ctx, inner)
		})
	}
	wg.Wait()
	good := apps[:0]
	for _, a := range apps {
		if a != nil {
			good = append(good, a)
		}
	}
	return good, errors.Join(errs...)
}

// Read reads the log. An App that rests on a part of it says so in its Coverage.
func (l Log) Read(ctx context.Context, o Options) (*App, error) {
	r := newReading(l.Name, o)
	r.cover.Missing = append(r.cover.Missing, l.Missing...)
	for _, name := range l.Files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		var in io.Reader = f
		if o.Progress != nil {
			in = &counted{f, o.Progress}
		}
		err = r.file(ctx, name, in)
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return r.finish()
}

// counted is a reader that counts.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// ReadFrom reads one log from a stream; name is for messages.
func ReadFrom(ctx context.Context, name string, in io.Reader, o Options) (*App, error) {
	r := newReading(name, o)
	if err := r.file(ctx, name, in); err != nil {
		return nil, err
	}
	return r.finish()
}

// A reading is one log on its way.
type reading struct {
	workers int
	build   *builder
	cover   *Coverage
	parsers []*parser
	name    string // of the file at hand
	lines   int64  // of it, so far
}

func newReading(log string, o Options) *reading {
	r := &reading{workers: o.Workers, build: newBuilder()}
	if r.workers <= 0 {
		r.workers = runtime.GOMAXPROCS(0)
	}
	r.cover = &r.build.app.Coverage
	r.cover.Log = log
	for range r.workers {
		r.parsers = append(r.parsers, newParser())
	}
	return r
}

// file reads one file of the log.
func (r *reading) file(ctx context.Context, name string, in io.Reader) error {
	text, codec, err := decompress(in)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if c, ok := text.(io.Closer); ok {
		defer c.Close()
	}
	r.cover.Files++
	r.cover.Codec, r.name, r.lines = codec, name, 0
	var pathErr *os.PathError
	err = r.chunks(ctx, newSplitter(text))
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &pathErr):
		return err
	case r.cover.Events == 0 && codec != "plain":
		return fmt.Errorf("%s: not a %s event log: %w", name, codec, err)
	case errors.As(err, new(*ForeignError)):
		return err
	default:
		r.cover.Missing = append(r.cover.Missing, fmt.Sprintf("the rest of %s after line %d (%v)", name, r.lines, err))
	}
	return nil
}

// maxProblems is how many bad lines are kept as examples.
const maxProblems = 5

// take folds the events of one chunk.
func (r *reading) take(p *parsed) error {
	c := r.cover
	c.Bytes += int64(p.bytes)
	c.Lines += int64(p.lines)
	c.Events += int64(len(p.events))
	c.Ignored += int64(p.ignored)
	c.Bad += int64(p.bad)
	for _, problem := range p.problems {
		problem.File = r.name
		problem.Line += r.lines
		if len(c.Problems) < maxProblems {
			c.Problems = append(c.Problems, problem)
		}
	}
	r.lines += int64(p.lines)
	if c.Events+c.Ignored == 0 && c.Bad > 0 {
		return &ForeignError{c.Problems[0]}
	}
	for _, e := range p.events {
		e.apply(r.build)
	}
	return nil
}

func (r *reading) finish() (*App, error) {
	if r.cover.Events == 0 {
		return nil, fmt.Errorf("%s: no event of a Spark application in %d lines", r.cover.Log, r.cover.Lines)
	}
	if !r.build.started {
		r.cover.Missing = append(r.cover.Missing, "the beginning: no start of an application")
	}
	if !r.build.ended {
		r.cover.Missing = append(r.cover.Missing, "the end: the application still runs, was killed, or the log was cut off")
	}
	return r.build.finish(), nil
}
