package connect

// This file writes rows as Arrow IPC, each batch a stream of its own.

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/arrow/util"
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/internal/wire"
	"shoal/plan"
	"shoal/session"
)

const (
	// maxBatch is the size above which a batch is cut by rows before it is sent.
	maxBatch = 16 << 20
	// maxPiece is the size of a message's data when a single row is larger than that.
	maxPiece = 64 << 20
)

// sendRows sends a result. The schema travels with the first batch, and there is at least one.
func (x *execution) sendRows(ctx context.Context, result *session.Result) error {
	schema := encodeType(outputStruct(result.Out))
	for result.Next() {
		if err := x.sendBatches(ctx, result.Batch(), schema); err != nil {
			return err
		}
		schema = nil
	}
	if err := result.Err(); err != nil || schema == nil {
		return err
	}
	empty := emptyBatch(result.Schema)
	defer empty.Release()
	return x.sendBatch(ctx, empty, 0, schema)
}

// sendBatches sends a batch, cut by rows so that no part is much larger than maxBatch: equal
// numbers of rows, since slices share buffers and their sizes cannot be told apart. sendBatch
// copes with rows of very unequal size.
func (x *execution) sendBatches(ctx context.Context, b arrow.RecordBatch, schema *sparkpb.DataType) error {
	rows, size := b.NumRows(), util.TotalRecordSize(b)
	parts := max(1, min(rows, size/maxBatch+1))
	for i := range parts {
		part := b.NewSlice(i*rows/parts, (i+1)*rows/parts)
		err := x.sendBatch(ctx, part, int(size/parts), schema)
		part.Release()
		if err != nil {
			return err
		}
		schema = nil
	}
	return nil
}

// sendBatch sends one batch of about size bytes, in pieces if it is too large for a message and the client can take them.
func (x *execution) sendBatch(ctx context.Context, batch arrow.RecordBatch, size int, schema *sparkpb.DataType) error {
	data, err := encodeBatch(batch, size)
	if err != nil {
		return err
	}
	offset := x.offset
	x.offset += batch.NumRows()
	piece := maxPiece
	if x.options.chunkSize > 0 {
		piece = int(min(x.options.chunkSize, maxPiece))
	}
	if !x.options.chunk || len(data) <= piece {
		if len(data) > maxMessage-(64<<10) {
			return fault.Unsupported("a row of %d bytes does not fit a message, and the client does not put pieces together", len(data))
		}
		return x.sendArrow(ctx, &sparkpb.ExecutePlanResponse_ArrowBatch{RowCount: batch.NumRows(), StartOffset: &offset}, data, schema)
	}
	n := int64((len(data) + piece - 1) / piece)
	for i := range n {
		part := data[int(i)*piece : min(len(data), int(i+1)*piece)]
		err := x.sendArrow(ctx, &sparkpb.ExecutePlanResponse_ArrowBatch{
			RowCount: batch.NumRows(), StartOffset: &offset,
			ChunkIndex: proto.Int64(i), NumChunksInBatch: proto.Int64(n),
		}, part, schema)
		if err != nil {
			return err
		}
		schema = nil
	}
	return nil
}

// sendArrow sends a batch: one that is large with its data apart.
func (x *execution) sendArrow(ctx context.Context, b *sparkpb.ExecutePlanResponse_ArrowBatch, data []byte, schema *sparkpb.DataType) error {
	size := len(data)
	if size < wire.MinApart {
		b.Data, data = data, nil
	}
	return x.op.Send(ctx, size, x.response(data, func(r *sparkpb.ExecutePlanResponse) {
		r.Schema = schema
		r.ResponseType = &sparkpb.ExecutePlanResponse_ArrowBatch_{ArrowBatch: b}
	}))
}

func emptyBatch(schema *arrow.Schema) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	return b.NewRecordBatch()
}

// encodeBatch writes a batch of about size bytes as an IPC stream.
func encodeBatch(batch arrow.RecordBatch, size int) ([]byte, error) {
	var buf strings.Builder // unlike a buffer, it does not clear megabytes before they are written
	buf.Grow(size + size/8 + 1024)
	w := ipc.NewWriter(&buf, ipc.WithSchema(batch.Schema()))
	if err := w.Write(batch); err != nil {
		return nil, fmt.Errorf("encode a batch: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encode a batch: %w", err)
	}
	return unsafe.Slice(unsafe.StringData(buf.String()), buf.Len()), nil // which nobody changes
}

// encodeLocal writes all rows of a (small) result as a relation.
func encodeLocal(result *session.Result) (*sparkpb.LocalRelation, error) {
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(result.Schema))
	for result.Next() {
		if err := w.Write(result.Batch()); err != nil {
			return nil, fmt.Errorf("encode a command's rows: %w", err)
		}
	}
	if err := result.Err(); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encode a command's rows: %w", err)
	}
	return &sparkpb.LocalRelation{Data: buf.Bytes()}, nil
}

// outputStruct is the schema of output columns.
func outputStruct(out []*plan.Column) plan.Struct {
	fields := make([]plan.Field, len(out))
	for i, c := range out {
		fields[i] = plan.Field{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Metadata: c.Metadata}
	}
	return plan.Struct{Fields: fields}
}
