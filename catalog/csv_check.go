package catalog

// This file looks for what CSV readers disagree about. Spark's reader and DuckDB's read the same
// from plain files; where a file has quotes in odd places, blank lines and the like, they do not,
// and package textfile reads them. Reading a file once is the price; the verdict is remembered.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
)

// plainOptions are the options that DuckDB's reader follows as Spark's does, where they have one of
// these values; none: whatever the value.
var plainOptions = map[string][]string{
	"header": nil, "sep": nil, "delimiter": nil, "quote": nil, "escape": nil, "nullvalue": nil, "inferschema": nil, "comment": nil,
	"path": nil, "samplingratio": nil, "preferdate": nil, "recursivefilelookup": nil, "pathglobfilter": nil, "basepath": nil,
	"mode": {"permissive"}, "encoding": {"utf-8", "utf8"}, "charset": {"utf-8", "utf8"}, "enforceschema": {"true"},
	"multiline": {"false"}, "ignoreleadingwhitespace": {"false"}, "ignoretrailingwhitespace": {"false"}, "emptyvalue": {""},
	"unescapedquotehandling": {"stop_at_delimiter"}, "mergeschema": nil,
	"modifiedbefore": nil, "modifiedafter": nil,
}

// plainCSV tells whether DuckDB's reader reads the files as Spark's does.
func (q *query) plainCSV(files []plan.File, schema plan.Struct) (bool, error) {
	for name, value := range q.read.Options {
		values, ok := plainOptions[name]
		if !ok || values != nil && !slices.Contains(values, strings.ToLower(value)) {
			return false, nil
		}
	}
	corrupt := textfile.Options(q.read.Options).Corrupt(q.corrupt())
	for _, f := range schema.Fields {
		if f.Name == corrupt {
			return false, nil
		}
	}
	for _, f := range files {
		if ext := filepath.Ext(f.Path); ext == ".bz2" || ext == ".deflate" || ext == ".zst" || ext == ".snappy" || ext == ".lz4" || ext == ".xz" {
			return false, nil
		}
	}
	c, err := q.csv()
	if err != nil {
		return false, err
	}
	return q.noOddity(files, &dialect{c, c.Delimiter, c.Quote, c.Escape, c.Comment, c.NullValue}, len(schema.Fields))
}

// dialect is how a CSV file is written.
type dialect struct {
	*textfile.CSV
	delimiter              string
	quote, escape, comment byte // 0: none
	nullValue              string
}

// noOddity looks through the files; columns is how many are read.
func (q *query) noOddity(files []plan.File, d *dialect, columns int) (bool, error) {
	var g errgroup.Group
	g.SetLimit(4)
	var odd atomic.Bool
	for _, f := range files {
		key := fmt.Sprintf("%s\x00%q%q%q%q%q\x00%d", f.Path, d.delimiter, d.quote, d.escape, d.comment, d.nullValue, columns)
		reason, known := q.c.verdicts.get(key, stampOf(f))
		if known && reason != "" {
			return false, nil
		}
		if known {
			continue
		}
		g.Go(func() error {
			reason, err := d.oddity(q, f.Path, columns)
			if err != nil {
				return err
			}
			q.c.verdicts.put(key, stampOf(f), reason)
			if reason != "" {
				odd.Store(true)
			}
			return nil
		})
	}
	err := g.Wait()
	return !odd.Load(), err
}

// oddity names what is odd about a file, "" for a plain one.
func (d *dialect) oddity(q *query, path string, columns int) (string, error) {
	in, done, err := open(path)
	if err != nil {
		return "", err
	}
	defer done()
	r := bufio.NewReaderSize(in, longestLine)
	crlf, lf := false, false
	for n := 0; ; n++ {
		if n%4096 == 0 && q.ctx.Err() != nil {
			return "", q.ctx.Err()
		}
		line, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return "a line longer than 2 MB", nil
		case err != nil && !errors.Is(err, io.EOF):
			return "", fault.New("FAILED_READ_FILE.NO_HINT", "path", uri(path)).Because(err)
		}
		last := err != nil
		if n == 0 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if body, ok := bytes.CutSuffix(line, []byte("\r\n")); ok {
			line, crlf = body, true
		} else if body, ok := bytes.CutSuffix(line, []byte("\n")); ok {
			line, lf = body, true
		}
		if last && len(line) == 0 {
			return "", nil
		}
		if crlf && lf {
			return "lines that end in different ways", nil
		}
		if reason := d.oddLine(line, n == 0, columns); reason != "" {
			return reason, nil
		}
		if last {
			return "", nil
		}
	}
}

// longestLine is what DuckDB reads by default.
const longestLine = 2_000_000

func (d *dialect) oddLine(line []byte, first bool, columns int) string {
	switch {
	case len(line) == 0 && (first || columns == 1):
		return "blank lines"
	case len(line) == 0:
		return ""
	case bytes.IndexByte(line, '\r') >= 0:
		return "carriage returns inside of lines"
	case line[0] <= ' ' && len(bytes.TrimLeft(line, blankBytes)) == 0:
		return "blank lines"
	case d.comment != 0 && line[0] == d.comment:
		return ""
	case d.comment != 0 && bytes.IndexByte(line, d.comment) >= 0:
		return "a comment's mark inside of a line"
	case !utf8.Valid(line):
		return "text that is not UTF-8"
	case d.special(line) && !d.plain(string(line)):
		return "quotes or escapes in odd places"
	}
	return ""
}

// special tells a line in which quotes matter.
func (d *dialect) special(line []byte) bool {
	return d.quote != 0 && bytes.IndexByte(line, d.quote) >= 0 || d.escape != 0 && bytes.IndexByte(line, d.escape) >= 0
}

// plain tells a line in which every quoted value ends before a delimiter, escapes stand before
// quotes only, and values without quotes do not begin with a blank and a quote.
func (d *dialect) plain(line string) bool {
	for at := 0; ; {
		end, ok := d.plainValue(line, at)
		if !ok {
			return false
		}
		if end == len(line) {
			return true
		}
		at = end + len(d.delimiter)
	}
}

// plainValue finds the end of the value that begins at from.
func (d *dialect) plainValue(line string, from int) (end int, ok bool) {
	if d.quote == 0 || from == len(line) || line[from] != d.quote {
		end = from + d.unquotedEnd(line[from:])
		value := line[from:end]
		blank := blanks(value)
		quoteNext := d.quote != 0 && blank < len(value) && value[blank] == d.quote
		return end, !quoteNext && (d.escape == 0 || d.escape == d.quote || bytes.IndexByte([]byte(value), d.escape) < 0)
	}
	for i := from + 1; i < len(line); i++ {
		switch line[i] {
		case d.quote:
			if d.escape == d.quote && i+1 < len(line) && line[i+1] == d.quote {
				i++
				continue
			}
			if d.nullValue != "" && i == from+1 {
				return 0, false // "" is empty, nothing is NULL: DuckDB sees one as the other
			}
			rest := line[i+1:]
			return i + 1, rest == "" || len(rest) >= len(d.delimiter) && rest[:len(d.delimiter)] == d.delimiter
		case d.escape:
			if i++; i == len(line) || line[i] != d.quote {
				return 0, false
			}
		}
	}
	return 0, false
}

// unquotedEnd is where a value without quotes ends.
func (d *dialect) unquotedEnd(s string) int {
	if i := strings.Index(s, d.delimiter); i >= 0 {
		return i
	}
	return len(s)
}

func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// blankBytes are those Java's trim cuts off.
const blankBytes = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

// open reads a file, unpacked if its name says that it is packed.
func open(path string) (in io.Reader, done func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, missing(path, err)
	}
	done = func() { f.Close() }
	if in = f; filepath.Ext(path) == ".gz" {
		if in, err = gzip.NewReader(f); err != nil {
			done()
			return nil, nil, fault.New("FAILED_READ_FILE.NO_HINT", "path", uri(path)).Because(err)
		}
	}
	return in, done, nil
}
