package catalog

// This file reads what Parquet footers say about the values of columns.

import (
	"math/big"
	"os"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"shoal/fault"
	"shoal/plan"
)

// Stats is what a Parquet file's footer tells about its rows.
type Stats struct {
	Rows int64
	// Columns has the top-level columns that are no nested ones, by their name in the file.
	Columns map[string]ColumnStats
}

// ColumnStats bounds a column's values. Min and Max are values as plan.Literal has them for the
// column's type, nil where the file does not tell; texts may be cut short, still bounding. NaN is
// not counted.
type ColumnStats struct {
	Min, Max any
	Nulls    int64 // -1: unknown
}

// Stats reads a Parquet file's statistics, or remembers them. The result is shared: do not change it.
func (c *Catalog) Stats(path string) (*Stats, error) {
	path, err := c.Resolve(path)
	if err != nil {
		return nil, err
	}
	now := c.now()
	info, err := os.Stat(path)
	if err != nil {
		return nil, missing(path, err)
	}
	at := stampOf(c.fileOf(path, info, now))
	if s, ok := c.stats.get(path, at); ok {
		return s, nil
	}
	s, err := readStats(path)
	if err != nil {
		return nil, fault.New("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", "path", uri(path)).Because(err)
	}
	c.stats.put(path, at, s)
	return s, nil
}

func readStats(path string) (_ *Stats, err error) {
	defer guard(&err)
	meta, err := readFooter(path)
	if err != nil {
		return nil, err
	}
	s := &Stats{Rows: meta.NumRows, Columns: map[string]ColumnStats{}}
	for i := range meta.Schema.NumColumns() {
		col := meta.Schema.Column(i)
		if col.MaxRepetitionLevel() > 0 || len(col.ColumnPath()) != 1 {
			continue
		}
		t, err := convertPrimitive(col.SchemaNode().(*schema.PrimitiveNode))
		if err != nil {
			continue // a type Spark does not read
		}
		s.Columns[col.Name()] = columnStats(meta, i, t)
	}
	return s, nil
}

// columnStats combines the row groups; one that tells nothing makes the bounds unknown.
func columnStats(meta *metadata.FileMetaData, column int, t plan.Type) ColumnStats {
	var out ColumnStats
	bounded := true
	for g := range meta.NumRowGroups() {
		chunk, err := meta.RowGroup(g).ColumnChunk(column)
		if err != nil {
			return ColumnStats{Nulls: -1}
		}
		set, err := chunk.StatsSet()
		if err != nil || !set {
			return ColumnStats{Nulls: -1}
		}
		stats, err := chunk.Statistics()
		if err != nil || stats == nil {
			return ColumnStats{Nulls: -1}
		}
		if stats.HasNullCount() && out.Nulls >= 0 {
			out.Nulls += stats.NullCount()
		} else {
			out.Nulls = -1
		}
		if stats.HasNullCount() && stats.NullCount() == chunk.NumValues() {
			continue // only NULLs
		}
		low, high := bounds(stats, t)
		if !bounded || low == nil || high == nil {
			bounded = false
			continue
		}
		if out.Min == nil || less(low, out.Min) {
			out.Min = low
		}
		if out.Max == nil || less(out.Max, high) {
			out.Max = high
		}
	}
	if !bounded {
		out.Min, out.Max = nil, nil
	}
	return out
}

// bounds are a chunk's smallest and largest value, nil if unknown. size: one case per node
func bounds(s metadata.TypedStatistics, t plan.Type) (low, high any) {
	if !s.HasMinMax() {
		return nil, nil
	}
	switch s := s.(type) {
	case *metadata.BooleanStatistics:
		return s.Min(), s.Max()
	case *metadata.Int32Statistics:
		return fromInteger(int64(s.Min()), s.Descr(), t), fromInteger(int64(s.Max()), s.Descr(), t)
	case *metadata.Int64Statistics:
		return fromInteger(s.Min(), s.Descr(), t), fromInteger(s.Max(), s.Descr(), t)
	case *metadata.Float32Statistics:
		return s.Min(), s.Max()
	case *metadata.Float64Statistics:
		return s.Min(), s.Max()
	case *metadata.ByteArrayStatistics:
		return fromBytes(s.Min(), t), fromBytes(s.Max(), t)
	case *metadata.FixedLenByteArrayStatistics:
		return fromBytes(s.Min(), t), fromBytes(s.Max(), t)
	default:
		return nil, nil // INT96 has no order
	}
}

// fromInteger is a value of type t stored as an integer.
func fromInteger(v int64, col *schema.Column, t plan.Type) any {
	switch t := t.(type) {
	case plan.Decimal:
		if l, ok := col.LogicalType().(schema.IntLogicalType); ok && !l.IsSigned() {
			return plan.Unscaled{Int: new(big.Int).SetUint64(uint64(v))}
		}
		return plan.NewUnscaled(v)
	case plan.Basic:
		switch t {
		case plan.Byte:
			return int8(v)
		case plan.Short:
			return int16(uint16(v))
		case plan.Int:
			return int32(v)
		case plan.Long:
			if l, ok := col.LogicalType().(schema.IntLogicalType); ok && !l.IsSigned() {
				return int64(uint32(v))
			}
			return v
		case plan.Date:
			return plan.Days(v)
		case plan.Timestamp, plan.TimestampNTZ:
			return micros(v, col)
		}
	}
	return nil
}

func micros(v int64, col *schema.Column) any {
	l, ok := col.LogicalType().(schema.TimestampLogicalType)
	if !ok {
		return nil
	}
	if l.TimeUnit() == schema.TimeUnitMillis {
		if v > (1<<63-1)/1000 || v < -(1<<63-1)/1000 {
			return nil
		}
		v *= 1000
	}
	return plan.Micros(v)
}

// fromBytes is a text, bytes, or a big-endian decimal.
func fromBytes[T parquet.ByteArray | parquet.FixedLenByteArray](v T, t plan.Type) any {
	b := append([]byte{}, v...)
	switch t.(type) {
	case plan.Decimal:
		n := new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		return plan.Unscaled{Int: n}
	}
	switch t {
	case plan.String:
		return string(b)
	case plan.Binary:
		return b
	default:
		return nil
	}
}

// less orders two values of one type. size: one case per node
func less(a, b any) bool {
	switch a := a.(type) {
	case bool:
		return !a && b.(bool)
	case int8:
		return a < b.(int8)
	case int16:
		return a < b.(int16)
	case int32:
		return a < b.(int32)
	case int64:
		return a < b.(int64)
	case float32:
		return a < b.(float32)
	case float64:
		return a < b.(float64)
	case string:
		return a < b.(string)
	case []byte:
		return string(a) < string(b.([]byte))
	case plan.Days:
		return a < b.(plan.Days)
	case plan.Micros:
		return a < b.(plan.Micros)
	case plan.Unscaled:
		return a.Cmp(b.(plan.Unscaled).Int) < 0
	default:
		return false
	}
}
