package wire

import (
	"bytes"
	"testing"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
)

// response is one with a batch and all around it; its data are data.
func response(data []byte) *sparkpb.ExecutePlanResponse {
	return &sparkpb.ExecutePlanResponse{
		SessionId: "session", ServerSideSessionId: "server", OperationId: "operation", ResponseId: "response",
		Schema: &sparkpb.DataType{Kind: &sparkpb.DataType_Null{Null: &sparkpb.DataType_NULL{}}},
		ResponseType: &sparkpb.ExecutePlanResponse_ArrowBatch_{ArrowBatch: &sparkpb.ExecutePlanResponse_ArrowBatch{
			RowCount: 9, Data: data, StartOffset: proto.Int64(3), ChunkIndex: proto.Int64(0), NumChunksInBatch: proto.Int64(1),
		}},
	}
}

// cut cuts bytes into buffers of a size, each from a pool, as they come from a network.
func cut(raw []byte, size int) (out mem.BufferSlice) {
	for len(raw) > 0 {
		n := min(size, len(raw))
		out = append(out, mem.Copy(raw[:n], mem.DefaultBufferPool()))
		raw = raw[n:]
	}
	return out
}

// whole is a response as protobuf alone would have read it.
func whole(r *Response) *sparkpb.ExecutePlanResponse {
	out := proto.CloneOf(r.ExecutePlanResponse)
	if len(r.Data) > 0 {
		out.GetArrowBatch().Data = r.Bytes()
	}
	return out
}

func TestWritesWhatProtobufReads(t *testing.T) {
	for _, size := range []int{0, 1, MinApart, 5 << 20} {
		data := bytes.Repeat([]byte{7}, size)
		want := response(data)
		apart := &Response{ExecutePlanResponse: response(nil)}
		if size > 0 {
			apart.Data = mem.BufferSlice{mem.SliceBuffer(data)}
		}
		pieces, err := NewCodec().Marshal(apart)
		if err != nil {
			t.Fatal(err)
		}
		if size > 0 && &pieces[1].ReadOnlyData()[0] != &data[0] {
			t.Error("the data were copied")
		}
		got := &sparkpb.ExecutePlanResponse{}
		if err := NewCodec().Unmarshal(pieces, got); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(got, want) {
			t.Errorf("%d bytes of data: a different message", size)
		}
	}
}

func TestReadsWhatProtobufWrites(t *testing.T) {
	for _, size := range []int{0, 1, MinApart - 1, MinApart, 100_000, 5 << 20} {
		for _, buffer := range []int{7, 1 << 10, 16 << 10, 10 << 20} {
			if size > 1<<20 && buffer == 7 {
				continue
			}
			want := response(bytes.Repeat([]byte("shoal"), size/5+1)[:size])
			raw, err := proto.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			in, got := cut(raw, buffer), &Response{}
			if err := NewCodec().Unmarshal(in, got); err != nil {
				t.Fatal(err)
			}
			in.Free() // as gRPC does
			if size >= MinApart && len(got.Data) == 0 {
				t.Errorf("%d bytes in buffers of %d: copied", size, buffer)
			}
			if !proto.Equal(whole(got), want) {
				t.Errorf("%d bytes in buffers of %d: a different message", size, buffer)
			}
			got.Free()
		}
	}
}

func TestKeepsFieldsItDoesNotKnow(t *testing.T) {
	want := response(make([]byte, MinApart))
	want.ProtoReflect().SetUnknown([]byte{0xa0, 0x9c, 0x01, 7})
	raw, _ := proto.Marshal(want)
	got := &Response{}
	if err := NewCodec().Unmarshal(cut(raw, 1000), got); err != nil {
		t.Fatal(err)
	}
	pieces, err := NewCodec().Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	again := &sparkpb.ExecutePlanResponse{}
	if err := proto.Unmarshal(pieces.Materialize(), again); err != nil || !proto.Equal(again, want) {
		t.Errorf("a different message came out (%v)", err)
	}
}

// What protobuf reads is read the same, and what it does not read is an error.
func FuzzRead(f *testing.F) {
	filler, _ := proto.Marshal(&sparkpb.ExecutePlanResponse{SessionId: string(make([]byte, MinApart))})
	whole1, _ := proto.Marshal(response([]byte("some data")))
	f.Add(whole1, 3)
	f.Add([]byte{0x12, 0x05, 0x12, 0x7f, 1, 2, 3}, 1)
	f.Add(append(whole1, whole1...), 5)
	f.Fuzz(func(t *testing.T, raw []byte, size int) {
		raw = append(raw, filler...) // so that it is read apart
		want := &sparkpb.ExecutePlanResponse{}
		wantErr := proto.Unmarshal(raw, want)
		in, got := cut(raw, 1+max(0, size%4096)), &Response{}
		err := NewCodec().Unmarshal(in, got)
		in.Free()
		if err != nil {
			if wantErr == nil {
				t.Fatalf("not read: %v", err)
			}
			return
		}
		if wantErr != nil {
			t.Fatalf("read, though %v", wantErr)
		}
		if !proto.Equal(whole(got), want) {
			t.Fatalf("read as\n%v\nnot\n%v", whole(got), want)
		}
		got.Free()
	})
}
