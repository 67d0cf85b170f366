package waiting

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
)

func TestRoundTrip(t *testing.T) {
	want := Wait{Ahead: 3, Reason: "all slots are taken", Expected: 2.5}
	p, err := Progress(want)
	if err != nil {
		t.Fatal(err)
	}
	data, err := proto.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var sent sparkpb.ExecutePlanResponse_ExecutionProgress
	if err := proto.Unmarshal(data, &sent); err != nil {
		t.Fatal(err)
	}
	if got, ok := Of(&sent); !ok || got != want {
		t.Errorf("got %+v, %t", got, ok)
	}
	if s := sent.GetStages(); len(s) != 1 || s[0].GetNumTasks() != 4 || s[0].GetNumCompletedTasks() != 0 || sent.GetNumInflightTasks() != 0 {
		t.Errorf("others see %v", &sent)
	}
}

// FuzzOf: what other servers put there is their business.
func FuzzOf(f *testing.F) {
	p, err := Progress(Wait{Ahead: 1, Reason: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(p.ProtoReflect().GetUnknown()))
	f.Add([]byte("\x08\x01"))
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, unknown []byte) {
		p := &sparkpb.ExecutePlanResponse_ExecutionProgress{}
		p.ProtoReflect().SetUnknown(unknown)
		Of(p)
	})
}
