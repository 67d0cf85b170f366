// Package wire lets the data of batches pass without a copy. A [Response] keeps them in the buffers that they came in
// from another server, or were encoded into, and [Codec] is gRPC's own codec that reads and writes it so. What the bytes
// are is protobuf's: any other codec reads what this one wrote, and the other way round.
package wire

import (
	"fmt"

	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto" // also makes sure that the codec is there
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"shoal/internal/sparkpb"
)

// Response is a response of which the batch's data may lie apart: then the batch itself has none.
// Data are counted references; a Response that is forgotten without Free costs memory only until the next collection.
type Response struct {
	*sparkpb.ExecutePlanResponse
	Data mem.BufferSlice
}

// Ref adds a reference to the data, and Free takes one away: who took the last one must not use them any more.
func (r *Response) Ref() { r.Data.Ref() }

// Free is said at Ref.
func (r *Response) Free() { r.Data.Free() }

// Size is about how many bytes the response is on the wire.
func (r *Response) Size() int { return proto.Size(r.ExecutePlanResponse) + r.Data.Len() }

// Bytes gives a batch's data in one piece.
func (r *Response) Bytes() []byte {
	if len(r.Data) > 0 {
		return r.Data.Materialize()
	}
	return r.GetArrowBatch().GetData()
}

// Codec reads and writes messages, each Response without a copy of its data.
type Codec struct{ encoding.CodecV2 }

// NewCodec gives one; its name is that of gRPC's own.
func NewCodec() Codec { return Codec{encoding.GetCodecV2(grpcproto.Name)} }

// MinApart is the size from which a copy of the data costs more than a second piece does.
const MinApart = 16 << 10

// The numbers of the fields around the data.
const (
	batchField = 2 // of ExecutePlanResponse
	dataField  = 2 // of ArrowBatch
)

// Marshal writes a message as pieces.
func (c Codec) Marshal(v any) (mem.BufferSlice, error) {
	r, ok := v.(*Response)
	switch {
	case !ok:
		return c.CodecV2.Marshal(v)
	case len(r.Data) == 0:
		return c.CodecV2.Marshal(r.ExecutePlanResponse)
	}
	head, err := headOf(r)
	if err != nil {
		return nil, err
	}
	r.Data.Ref() // gRPC frees what it was given
	return append(mem.BufferSlice{mem.SliceBuffer(head)}, r.Data...), nil
}

// headOf is all of a response but its data, which follow: fields may stand in any order.
func headOf(r *Response) ([]byte, error) {
	size := r.Data.Len()
	batch, err := proto.Marshal(r.GetArrowBatch())
	if err != nil {
		return nil, fmt.Errorf("encode a batch's head: %w", err)
	}
	batch = protowire.AppendTag(batch, dataField, protowire.BytesType)
	batch = protowire.AppendVarint(batch, uint64(size))
	head, err := proto.Marshal(withoutBatch(r.ExecutePlanResponse))
	if err != nil {
		return nil, fmt.Errorf("encode a response's head: %w", err)
	}
	head = protowire.AppendTag(head, batchField, protowire.BytesType)
	head = protowire.AppendVarint(head, uint64(len(batch)+size))
	return append(head, batch...), nil
}

// withoutBatch is a shallow copy of a response without its batch.
func withoutBatch(r *sparkpb.ExecutePlanResponse) *sparkpb.ExecutePlanResponse {
	out := &sparkpb.ExecutePlanResponse{}
	from, to := r.ProtoReflect(), out.ProtoReflect()
	from.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.Number() != batchField {
			to.Set(f, v)
		}
		return true
	})
	to.SetUnknown(from.GetUnknown())
	return out
}

// Unmarshal reads a message; a Response's data stay where they are if that is worth it.
func (c Codec) Unmarshal(data mem.BufferSlice, v any) error {
	r, ok := v.(*Response)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	if data.Len() >= MinApart && readApart(data, r) {
		return nil
	}
	r.ExecutePlanResponse, r.Data = &sparkpb.ExecutePlanResponse{}, nil
	return c.CodecV2.Unmarshal(data, r.ExecutePlanResponse)
}
