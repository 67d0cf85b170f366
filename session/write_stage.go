package session

// This file writes a query's batches into files, a directory for each value of the partition columns.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// fileWriter writes one file.
type fileWriter interface {
	write(arrow.RecordBatch) error
	close() error
}

// stager writes the files of one write, one after the other.
type stager struct {
	w       *write
	schema  *arrow.Schema // of the files
	current string        // the open file's directory
	name    string        // the open file
	file    fileWriter
	rows    int64 // in the open file
	files   int   // of its directory before it
	done    map[string]bool
}

// stage writes all rows below the staging directory. Without partitions there is one file, even if
// there are no rows: it tells the schema.
func (w *write) stage(ctx context.Context, rows *Result) (err error) {
	fields := make([]arrow.Field, len(w.at))
	for i, at := range w.at {
		fields[i] = rows.Schema.Field(at)
	}
	st := &stager{w: w, schema: arrow.NewSchema(fields, nil), done: map[string]bool{}}
	defer func() {
		if e := st.closeFile(); err == nil {
			err = e
		}
	}()
	if len(w.parts) == 0 {
		if err := st.open(""); err != nil {
			return err
		}
		empty := emptyBatch(st.schema)
		defer empty.Release()
		if err := st.file.write(empty); err != nil {
			return w.failed(err, st.name)
		}
	}
	for rows.rows.Next() {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := st.batch(rows.Batch()); err != nil {
			return err
		}
	}
	return rows.Err()
}

func emptyBatch(schema *arrow.Schema) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	return b.NewRecordBatch()
}

// batch writes the runs of rows that belong to one directory each.
func (st *stager) batch(b arrow.RecordBatch) error {
	n := int(b.NumRows())
	if len(st.w.parts) == 0 {
		return st.slice(b, 0, n)
	}
	from, dir := 0, ""
	for i := 0; i <= n; i++ {
		next := ""
		if i < n {
			var err error
			if next, err = st.w.directory(b, i); err != nil {
				return err
			}
			if i == 0 || next == dir {
				dir = next
				continue
			}
		}
		if from < i {
			if err := st.open(dir); err != nil {
				return err
			}
			if err := st.slice(b, from, i); err != nil {
				return err
			}
		}
		from, dir = i, next
	}
	return nil
}

// slice writes some rows, to further files where one has as many as it may have.
func (st *stager) slice(b arrow.RecordBatch, from, to int) error {
	for limit := st.w.maxRecords; limit > 0 && st.rows+int64(to-from) > limit; {
		part := from + int(limit-st.rows)
		if err := st.put(b, from, part); err != nil {
			return err
		}
		from = part
		if err := st.next(); err != nil {
			return err
		}
	}
	return st.put(b, from, to)
}

// put writes some rows' file columns to the open file.
func (st *stager) put(b arrow.RecordBatch, from, to int) error {
	st.rows += int64(to - from)
	columns := make([]arrow.Array, len(st.w.at))
	for i, at := range st.w.at {
		columns[i] = array.NewSlice(b.Column(at), int64(from), int64(to))
		defer columns[i].Release()
	}
	part := array.NewRecordBatch(st.schema, columns, int64(to-from))
	defer part.Release()
	return st.w.failed(st.file.write(part), st.name)
}

// open makes dir's file the current one.
func (st *stager) open(dir string) error {
	if st.file != nil && st.current == dir {
		return nil
	}
	if err := st.closeFile(); err != nil {
		return err
	}
	st.files = 0
	return st.create(dir)
}

// next goes on in another file of the same directory.
func (st *stager) next() error {
	if err := st.closeFile(); err != nil {
		return err
	}
	st.files++
	return st.create(st.current)
}

// create makes a file. Rows are sorted, so that a directory comes back only if its values are equal in name alone.
func (st *stager) create(dir string) error {
	w := st.w
	separator := "-"
	if len(w.parts) > 0 {
		separator = "."
	}
	name := ""
	for number := 0; name == "" || st.done[name]; number++ {
		name = filepath.Join(dir, fmt.Sprintf("part-%05d-%s%sc%03d%s", number, w.id, separator, st.files, w.encoder.extension()))
	}
	st.done[name] = true
	path := filepath.Join(w.staging(), name)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		st.file, err = w.encoder.begin(path)
	}
	if err != nil {
		st.file = nil
		return w.failed(err, name)
	}
	st.current, st.name, st.rows = dir, name, 0
	w.files = append(w.files, name)
	return nil
}

func (st *stager) closeFile() error {
	if st.file == nil {
		return nil
	}
	err := st.file.close()
	st.file = nil
	return st.w.failed(err, st.name)
}

// hiveNull is the directory of NULL and of the empty text.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

// directory is where a row goes: a=1/b=x.
func (w *write) directory(b arrow.RecordBatch, row int) (string, error) {
	parts := make([]string, len(w.parts))
	for i, c := range w.parts {
		value := hiveNull
		if col := b.Column(w.partAt[i]); !col.IsNull(row) {
			text, err := w.cells.text(col, row, c.Type)
			if err != nil {
				return "", err
			}
			if text != "" {
				value = escapePath(text)
			}
		}
		parts[i] = escapePath(c.Name) + "=" + value
	}
	return filepath.Join(parts...), nil
}

// escapePath writes a value so that it can be a directory's name, as Hive and Spark do.
func escapePath(text string) string {
	if text == "." || text == ".." {
		return strings.ReplaceAll(text, ".", "%2E")
	}
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c < 0x20 || c == 0x7f || strings.IndexByte("\"#%'*/:=?\\{[]^", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
