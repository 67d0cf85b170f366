package catalog

// This file looks for what CSV readers disagree about. Spark's reader and DuckDB's read the same
// from plain files; where a file has quotes in odd places, blank lines and the like, they do not,
// and the scan is refused. Reading a file once is the price; the verdict is remembered.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"shoal/fault"
	"shoal/plan"
)

// checkPlain refuses files whose reading is a matter of taste; columns is how many are read.
func (q *query) checkPlain(files []plan.File, columns int) error {
	d, err := newDialect(q.read.Options)
	if err != nil || d.multiLine {
		return err // a multi-line read is not by DuckDB's rules anyway
	}
	var g errgroup.Group
	g.SetLimit(4)
	for _, f := range files {
		key := fmt.Sprintf("%s\x00%v\x00%d", f.Path, *d, columns)
		reason, known := q.c.verdicts.get(key, stampOf(f))
		if known && reason != "" {
			return fault.Unsupported("the CSV file %s has %s", f.Path, reason)
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
				return fault.Unsupported("the CSV file %s has %s", f.Path, reason)
			}
			return nil
		})
	}
	return g.Wait()
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
	case line[0] <= ' ' && d.skips(string(line)):
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
