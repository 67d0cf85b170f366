// Package waiting is what Shoal adds to Spark's ExecutionProgress messages while a query waits for its turn: why, and for
// about how long. Spark's message has tasks only. An answer of type extension would do, but PySpark raises
// UNKNOWN_RESPONSE at any (seen in 4.0 to 4.2). A field that a client does not know, each passes over: the text is in field 999, the
// number Spark uses for extensions elsewhere, as google.protobuf.Any with a google.protobuf.Struct in it:
//
//	{"state": "waiting", "ahead": 3, "reason": "all slots are taken", "expected_seconds": 2.5}
package waiting

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	"shoal/internal/sparkpb"
)

// field is the number of the field.
const field protowire.Number = 999

// Wait is where a query that waits stands.
type Wait struct {
	Ahead    int     // queries that start before it
	Reason   string  // why it waits
	Expected float64 // seconds until it starts
}

// Progress is the message about it. To a client that knows nothing of the rest it is work of one task for each query that is before it, and
// its own, of which none is done and none runs.
func Progress(w Wait) (*sparkpb.ExecutePlanResponse_ExecutionProgress, error) {
	p := &sparkpb.ExecutePlanResponse_ExecutionProgress{
		Stages: []*sparkpb.ExecutePlanResponse_ExecutionProgress_StageInfo{{NumTasks: int64(w.Ahead) + 1}},
	}
	about, err := structpb.NewStruct(map[string]any{"state": "waiting", "ahead": w.Ahead, "reason": w.Reason, "expected_seconds": w.Expected})
	if err != nil {
		return nil, err
	}
	packed, err := anypb.New(about)
	if err != nil {
		return nil, err
	}
	data, err := proto.Marshal(packed)
	if err != nil {
		return nil, err
	}
	p.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), data))
	return p, nil
}

// Of reads a message about a wait; false: it is about something else.
func Of(p *sparkpb.ExecutePlanResponse_ExecutionProgress) (w Wait, ok bool) {
	for rest := p.ProtoReflect().GetUnknown(); len(rest) > 0; {
		number, kind, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return w, false
		}
		rest = rest[n:]
		if number == field && kind == protowire.BytesType {
			data, n := protowire.ConsumeBytes(rest)
			return read(data, n)
		}
		if n = protowire.ConsumeFieldValue(number, kind, rest); n < 0 {
			return w, false
		}
		rest = rest[n:]
	}
	return w, false
}

func read(data []byte, n int) (w Wait, ok bool) {
	var packed anypb.Any
	var about structpb.Struct
	if n < 0 || proto.Unmarshal(data, &packed) != nil || packed.UnmarshalTo(&about) != nil {
		return w, false
	}
	f := about.GetFields()
	return Wait{
		Ahead:    int(f["ahead"].GetNumberValue()),
		Reason:   f["reason"].GetStringValue(),
		Expected: f["expected_seconds"].GetNumberValue(),
	}, f["state"].GetStringValue() == "waiting"
}
