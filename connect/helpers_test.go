package connect

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"shoal/fault"
	"shoal/plan"
)

// localColumn reads a text column of a relation's data.
func localColumn(t *testing.T, data []byte, column int) (values []string) {
	t.Helper()
	r, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		c := r.RecordBatch().Column(column).(*array.String)
		for i := range c.Len() {
			values = append(values, c.Value(i))
		}
	}
	return values
}

func contextAt(text, part string) fault.Context {
	at := strings.Index(text, part)
	return fault.Context{Pos: plan.Pos{Src: &plan.Source{Text: text}, Start: at, Stop: at + len(part)}}
}
