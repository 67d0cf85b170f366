package catalog

// This file reads Parquet footers and keeps what they say.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet/metadata"
	"golang.org/x/sync/errgroup"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
)

// footer is the part of a Parquet file's footer that answers need again and again.
type footer struct {
	schema plan.Struct
	id     string // equal for equal schemas
	rows   int64
	bytes  []int64 // of each of the schema's fields
}

// sparkSchemaKey is where Spark keeps its own schema.
const sparkSchemaKey = "org.apache.spark.sql.parquet.row.metadata"

// footer reads a file's footer, or remembers it.
func (c *Catalog) footer(f plan.File) (footer, error) {
	if known, ok := c.footers.get(f.Path, stampOf(f)); ok {
		return known, nil
	}
	meta, err := readFooter(f.Path)
	if err != nil {
		return footer{}, fault.New("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", "path", uri(f.Path)).Because(err)
	}
	schema, err := footerSchema(meta)
	if err != nil {
		return footer{}, err
	}
	out := footer{schema: schema, id: typejson.Format(schema), rows: bounded(meta.NumRows), bytes: make([]int64, len(schema.Fields))}
	sizes := columnBytes(meta)
	for i, f := range schema.Fields {
		out.bytes[i] = sizes[f.Name]
	}
	c.footers.put(f.Path, stampOf(f), out)
	return out, nil
}

// guard turns a panic into an error: arrow-go panics on some malformed footers.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("parquet footer: %v", p)
	}
}

// maxFooter bounds a footer's size.
const maxFooter = 256 << 20

func readFooter(path string) (_ *metadata.FileMetaData, err error) {
	defer guard(&err)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	const tail = 8 // the footer's length, and PAR1
	// Most footers are small: one read gets tail and footer.
	chunk := make([]byte, min(info.Size(), 64<<10))
	if len(chunk) < tail+4 {
		return nil, errors.New("too short")
	}
	if _, err := f.ReadAt(chunk, info.Size()-int64(len(chunk))); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	end := chunk[len(chunk)-tail:]
	size := int64(binary.LittleEndian.Uint32(end))
	if string(end[4:]) != "PAR1" || size > info.Size()-tail-4 || size > maxFooter {
		return nil, errors.New("no footer")
	}
	if size > int64(len(chunk)-tail) {
		chunk = make([]byte, size+tail)
		if _, err := f.ReadAt(chunk, info.Size()-size-tail); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	return metadata.NewFileMetaData(chunk[int64(len(chunk))-tail-size:len(chunk)-tail], nil)
}

// footerSchema prefers what Spark wrote there itself.
func footerSchema(meta *metadata.FileMetaData) (plan.Struct, error) {
	if text := meta.KeyValueMetadata().FindValue(sparkSchemaKey); text != nil {
		if t, err := typejson.Parse(*text); err == nil {
			if s, ok := plan.AsNullable(t).(plan.Struct); ok {
				return s, readable(meta.Schema.Root())
			}
		}
	}
	return convertSchema(meta.Schema.Root())
}

// parquetSchema is the schema of the first file, or of all of them with mergeSchema.
func (q *query) parquetSchema(files []plan.File) (plan.Struct, error) {
	merge := q.flag("mergeschema")
	if _, given := q.read.Options["mergeschema"]; !given {
		v, _ := q.settings.Get("spark.sql.parquet.mergeSchema")
		merge = v == "true"
	}
	if !merge {
		f, err := q.c.footer(firstByPath(files))
		return plan.Struct{Fields: slices.Clone(f.schema.Fields)}, err
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b plan.File) int { return strings.Compare(a.Path, b.Path) })
	out := plan.Struct{}
	last := ""
	err := q.eachFooter(files, func(i int, f footer, err error) error {
		if err != nil || f.id == last {
			return err
		}
		if last = f.id; i == 0 {
			out.Fields = slices.Clone(f.schema.Fields)
			return nil
		}
		out, err = mergeSchemas(out, f.schema, q.settings.CaseSensitive)
		return err
	})
	return out, err
}

// footers reads all files' footers; one that cannot be read has no fields: that is an error when
// its rows are read, not before.
func (q *query) footers(files []plan.File) ([]footer, error) {
	out := make([]footer, len(files))
	err := q.eachFooter(files, func(i int, f footer, err error) error {
		if err == nil && f.schema.Fields == nil {
			f.schema.Fields = []plan.Field{}
		}
		out[i] = f
		return nil
	})
	return out, err
}

// eachFooter reads footers several at a time and visits them in order.
func (q *query) eachFooter(files []plan.File, visit func(int, footer, error) error) error {
	type result struct {
		footer footer
		err    error
	}
	results := make([]result, len(files))
	var unknown []int
	for i, f := range files {
		known, ok := q.c.footers.get(f.Path, stampOf(f))
		if results[i].footer = known; !ok {
			unknown = append(unknown, i)
		}
	}
	var g errgroup.Group
	g.SetLimit(8)
	for _, i := range unknown {
		g.Go(func() error {
			if err := q.ctx.Err(); err != nil {
				return err
			}
			results[i].footer, results[i].err = q.c.footer(files[i])
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, r := range results {
		if err := visit(i, r.footer, r.err); err != nil {
			return err
		}
	}
	return nil
}
