package connect

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
)

func TestCodecWritesWhatProtobufReads(t *testing.T) {
	for _, size := range []int{0, 1, minUncopied - 1, minUncopied, 5 << 20} {
		data := bytes.Repeat([]byte{7}, size)
		offset, chunk := int64(3), int64(0)
		want := &sparkpb.ExecutePlanResponse{
			SessionId: "session", ServerSideSessionId: "server", OperationId: "operation", ResponseId: "response",
			Schema: &sparkpb.DataType{Kind: &sparkpb.DataType_Null{Null: &sparkpb.DataType_NULL{}}},
			ResponseType: &sparkpb.ExecutePlanResponse_ArrowBatch_{ArrowBatch: &sparkpb.ExecutePlanResponse_ArrowBatch{
				RowCount: 9, Data: data, StartOffset: &offset, ChunkIndex: &chunk, NumChunksInBatch: &chunk,
			}},
		}
		pieces, err := newCodec().Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if size >= minUncopied && &pieces[1].ReadOnlyData()[0] != &data[0] {
			t.Error("the data were copied")
		}
		got := &sparkpb.ExecutePlanResponse{}
		if err := newCodec().Unmarshal(pieces, got); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(got, want) {
			t.Errorf("%d bytes of data: a different message", size)
		}
	}
}
