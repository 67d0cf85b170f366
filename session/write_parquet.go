package session

// This file writes Parquet.

import (
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
)

// rowMetadata is the key under which Spark keeps a file's Spark schema.
const rowMetadata = "org.apache.spark.sql.parquet.row.metadata"

// rowGroup is the number of rows after which a row group is finished.
const rowGroup = 1 << 20

type parquetEncoder struct {
	columns []*plan.Column
	codec   parquetCodec
	schema  string
}

type parquetCodec struct {
	compress.Compression
	suffix string
}

var parquetCodecs = map[string]parquetCodec{
	"none": {compress.Codecs.Uncompressed, ""}, "uncompressed": {compress.Codecs.Uncompressed, ""},
	"snappy": {compress.Codecs.Snappy, ".snappy"}, "gzip": {compress.Codecs.Gzip, ".gz"},
	"zstd": {compress.Codecs.Zstd, ".zstd"}, "brotli": {compress.Codecs.Brotli, ".br"},
	"lz4_raw": {compress.Codecs.Lz4Raw, ".lz4raw"},
}

func newParquetEncoder(w *write, settings plan.Settings) (encoder, error) {
	if err := refuseOptions(w, "parquet.encryption", "parquet.crypto", "parquet.field.id", "datetimerebasemode", "int96rebasemode"); err != nil {
		return nil, err
	}
	name, ok := w.options["compression"]
	if !ok {
		name, _ = settings.Get("spark.sql.parquet.compression.codec")
	}
	name = strings.ToLower(name)
	codec, ok := parquetCodecs[name]
	switch {
	case name == "lz4" || name == "lzo":
		return nil, fault.Unsupported("the compression %s of Parquet", name)
	case !ok:
		return nil, fault.New("CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", "codecName", name,
			"availableCodecs", "brotli, uncompressed, lzo, snappy, lz4_raw, none, zstd, lz4, gzip")
	}
	for _, c := range w.columns {
		if c.Type == plan.CalendarInterval {
			return nil, unsupportedColumn("Parquet", c)
		}
	}
	return &parquetEncoder{columns: w.columns, codec: codec, schema: typejson.Format(plan.Struct{Fields: w.fields()})}, nil
}

// refuseOptions refuses options that would change the files in a way that is not built. Spark ignores those it does not know.
func refuseOptions(w *write, names ...string) error {
	for name := range w.options {
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(strings.ToLower(name), n) }) {
			return fault.Unsupported("the option %q of writing %s", name, w.format)
		}
	}
	return nil
}

func unsupportedColumn(format string, c *plan.Column) error {
	return fault.New("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "format", format, "columnName", plan.Quote(c.Name),
		"columnType", plan.QuotedSQL(c.Type))
}

func (e *parquetEncoder) extension() string { return e.codec.suffix + ".parquet" }

func (e *parquetEncoder) begin(path string) (fileWriter, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &parquetFile{e: e, f: f}, nil
}

// parquetFile is an open file. The writer is made with the first batch, which tells the schema; the
// stager writes at least one unless there are no rows at all.
type parquetFile struct {
	e *parquetEncoder
	f *os.File
	w *pqarrow.FileWriter
}

func (p *parquetFile) open(schema *arrow.Schema) (err error) {
	props := parquet.NewWriterProperties(
		parquet.WithCompression(p.e.codec.Compression), parquet.WithMaxRowGroupLength(rowGroup),
		parquet.WithCreatedBy("Shoal"), parquet.WithStoreDecimalAsInteger(true), parquet.WithRootName("spark_schema"),
	)
	if p.w, err = pqarrow.NewFileWriter(schema, p.f, props, pqarrow.DefaultWriterProps()); err != nil {
		return err
	}
	return p.w.AppendKeyValueMetadata(rowMetadata, p.e.schema)
}

func (p *parquetFile) write(b arrow.RecordBatch) error {
	b = plainIntervals(b)
	defer b.Release()
	if p.w == nil {
		if err := p.open(b.Schema()); err != nil {
			return err
		}
	}
	if b.NumRows() == 0 {
		return nil
	}
	return p.w.WriteBuffered(b)
}

func (p *parquetFile) close() error {
	if p.w == nil {
		return p.f.Close()
	}
	return p.w.Close() // and the file with it
}

// plainIntervals gives intervals as the integers that Spark stores.
func plainIntervals(b arrow.RecordBatch) arrow.RecordBatch {
	fields := append([]arrow.Field(nil), b.Schema().Fields()...)
	columns := make([]arrow.Array, len(fields))
	for i, f := range fields {
		columns[i] = b.Column(i)
		var as arrow.DataType
		switch f.Type.ID() {
		case arrow.INTERVAL_MONTHS:
			as = arrow.PrimitiveTypes.Int32
		case arrow.DURATION:
			as = arrow.PrimitiveTypes.Int64
		default:
			continue
		}
		fields[i].Type = as
		old := columns[i].Data()
		data := array.NewData(as, old.Len(), old.Buffers(), nil, old.NullN(), old.Offset())
		columns[i] = array.MakeFromData(data)
		defer columns[i].Release()
		data.Release()
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, b.NumRows())
}
