package connect

// This file hands rows to gRPC without copying them.

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

// codec is gRPC's own codec, but a batch's data goes out from where it lies: protobuf would copy it
// into one piece with the few bytes around it. Data of a response is never changed.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2(grpcproto.Name)} }

// minUncopied is the size from which a copy costs more than a second piece does.
const minUncopied = 16 << 10

// Marshal writes a message as pieces.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	r, _ := v.(*sparkpb.ExecutePlanResponse)
	data := r.GetArrowBatch().GetData()
	if len(data) < minUncopied {
		return c.CodecV2.Marshal(v)
	}
	head, err := headOf(r, len(data))
	if err != nil {
		return nil, err
	}
	return mem.BufferSlice{mem.SliceBuffer(head), mem.SliceBuffer(data)}, nil
}

// headOf is all of a response but its batch's data, which follows: fields may stand in any order.
func headOf(r *sparkpb.ExecutePlanResponse, size int) ([]byte, error) {
	batchField := r.ProtoReflect().WhichOneof(r.ProtoReflect().Descriptor().Oneofs().ByName("response_type"))
	dataField := batchField.Message().Fields().ByName("data")
	batch, err := proto.Marshal(without(r.GetArrowBatch(), dataField))
	if err != nil {
		return nil, fmt.Errorf("encode a batch's head: %w", err)
	}
	batch = protowire.AppendTag(batch, dataField.Number(), protowire.BytesType)
	batch = protowire.AppendVarint(batch, uint64(size))
	head, err := proto.Marshal(without(r, batchField))
	if err != nil {
		return nil, fmt.Errorf("encode a response's head: %w", err)
	}
	head = protowire.AppendTag(head, batchField.Number(), protowire.BytesType)
	head = protowire.AppendVarint(head, uint64(len(batch)+size))
	return append(head, batch...), nil
}

// without is a shallow copy of a message that lacks one field.
func without(m proto.Message, field protoreflect.FieldDescriptor) proto.Message {
	from := m.ProtoReflect()
	to := from.New()
	from.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.Number() != field.Number() {
			to.Set(f, v)
		}
		return true
	})
	return to.Interface()
}
