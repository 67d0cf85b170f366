package connect

// This file decodes data the client sends along: inline, or uploaded before as artifacts.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	flatbuffers "github.com/google/flatbuffers/go"
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/sparksql"
)

func (d *decoder) local(c plan.Common, l *sparkpb.LocalRelation) plan.Relation {
	out := &plan.LocalData{Common: c, Arrow: l.GetData()}
	if l.GetSchema() != "" {
		out.Schema = d.schema(l.GetSchema())
	}
	if l.GetData() == nil && out.Schema == nil {
		d.bad("local data has neither rows nor a schema")
	}
	d.checkArrow(l.GetData())
	return out
}

func (d *decoder) checkArrow(data []byte) {
	if err := checkStream(data); err != nil {
		d.fail(fault.BadPlan("local data is no Arrow stream").Because(err))
	}
}

// checkStream compares the lengths a stream claims with what is there: readers trust them, and
// four bytes could have them allocate gigabytes.
func checkStream(data []byte) (err error) {
	defer func() { // offsets that point nowhere
		if p := recover(); p != nil {
			err = fmt.Errorf("arrow: %v", p)
		}
	}()
	const continuation = 0xFFFFFFFF
	next := func() uint32 {
		n := binary.LittleEndian.Uint32(data)
		data = data[4:]
		return n
	}
	for len(data) > 0 {
		size := next()
		if size == continuation {
			size = next()
		}
		if size == 0 {
			return nil
		}
		message := data[:size]
		data = data[size:]
		const bodyLength = 10 // the place of Message.bodyLength in a flatbuffer's table
		table := flatbuffers.Table{Bytes: message, Pos: flatbuffers.GetUOffsetT(message)}
		if at := table.Offset(bodyLength); at != 0 {
			data = data[table.GetInt64(table.Pos+flatbuffers.UOffsetT(at)):]
		}
	}
	return nil
}

// schema reads a schema as clients write it: JSON or DDL; a lone type is a column called value.
func (d *decoder) schema(text string) *plan.Struct {
	s, err := parseSchema(text)
	if err != nil {
		d.fail(err)
		return nil
	}
	return &s
}

func parseSchema(text string) (plan.Struct, error) {
	if start := strings.TrimSpace(text); strings.HasPrefix(start, "{") || strings.HasPrefix(start, `"`) {
		if t, err := parseTypeJSON(text); err == nil {
			return asStruct(t), nil
		}
	}
	t, err := parseDDL(text)
	if err != nil {
		return plan.Struct{}, err
	}
	return asStruct(t), nil
}

// parseDDL reads a schema, or else a type, or else the fields of a struct ("a: INT"), as Spark does.
func parseDDL(text string) (plan.Type, error) {
	s, err := sparksql.ParseSchema(text)
	if err == nil {
		return s, nil
	}
	if t, err := sparksql.ParseType(text); err == nil {
		return t, nil
	}
	if t, err := sparksql.ParseType("struct<" + strings.TrimSpace(text) + ">"); err == nil {
		return t, nil
	}
	return nil, err
}

func asStruct(t plan.Type) plan.Struct {
	if s, ok := t.(plan.Struct); ok {
		return s
	}
	return plan.Struct{Fields: []plan.Field{{Name: "value", Type: t, Nullable: true}}}
}

func (d *decoder) find(hash string) []byte {
	if d.artifact != nil {
		if data, ok := d.artifact(hash); ok {
			return data
		}
	}
	d.bad("the session has no uploaded data with the hash %q", hash)
	return nil
}

// cachedLocal is a LocalRelation uploaded as a whole (clients up to 4.0).
func (d *decoder) cachedLocal(c plan.Common, l *sparkpb.CachedLocalRelation) plan.Relation {
	data := d.find(l.GetHash())
	if d.err != nil {
		return nil
	}
	var inner sparkpb.LocalRelation
	if err := proto.Unmarshal(data, &inner); err != nil {
		d.fail(fault.BadPlan("uploaded data is no local relation").Because(err))
		return nil
	}
	return d.local(c, &inner)
}

// chunkedLocal is data uploaded as several Arrow streams, and a schema (4.1).
func (d *decoder) chunkedLocal(c plan.Common, l *sparkpb.ChunkedCachedLocalRelation) plan.Relation {
	out := &plan.LocalData{Common: c}
	chunks := make([][]byte, len(l.GetDataHashes()))
	for i, hash := range l.GetDataHashes() {
		chunks[i] = d.find(hash)
	}
	if len(chunks) == 0 {
		d.bad("chunked local data has no chunk")
	}
	if hash := l.GetSchemaHash(); hash != "" {
		text := d.find(hash)
		if !utf8.Valid(text) {
			d.bad("an uploaded schema is no text")
		}
		if d.err == nil {
			out.Schema = d.schema(string(text))
		}
	}
	if d.err != nil {
		return nil
	}
	for _, chunk := range chunks {
		d.checkArrow(chunk)
	}
	if d.err != nil {
		return nil
	}
	joined, err := joinStreams(chunks)
	if err != nil {
		d.fail(fault.BadPlan("uploaded data is no Arrow stream").Because(err))
		return nil
	}
	out.Arrow = joined
	return out
}

// joinStreams makes one Arrow stream of several with the same schema.
func joinStreams(chunks [][]byte) (_ []byte, err error) {
	if len(chunks) == 1 {
		return chunks[0], nil
	}
	defer func() { // arrow-go panics on some malformed messages
		if p := recover(); p != nil {
			err = fmt.Errorf("arrow: %v", p)
		}
	}()
	var out bytes.Buffer
	var w *ipc.Writer
	var schema *arrow.Schema
	for _, chunk := range chunks {
		r, err := ipc.NewReader(bytes.NewReader(chunk))
		if err != nil {
			return nil, err
		}
		if w == nil {
			schema = r.Schema()
			w = ipc.NewWriter(&out, ipc.WithSchema(schema))
		}
		if !r.Schema().Equal(schema) {
			return nil, errors.New("chunks differ in schema")
		}
		for r.Next() {
			if err := w.Write(r.RecordBatch()); err != nil {
				return nil, err
			}
		}
		if err := r.Err(); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		r.Release()
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
