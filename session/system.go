package session

// This file answers from SQL what the server did: the table shoal.system.queries. Only this server has it, so what reads it is
// answered here, also in a session whose queries go elsewhere.

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/plan"
	"shoal/plan/arrowtype"
	"shoal/store"
)

// systemQueries is the table of the queries that have ended.
var systemQueries = []string{"shoal", "system", "queries"}

func isSystem(name []string) bool { return slices.EqualFunc(name, systemQueries, strings.EqualFold) }

// AsksSystem tells whether a relation reads such a table, and so must be answered here.
func (s *Session) AsksSystem(rel plan.Relation) bool { return s.known(Query{Statement: rel}).stays }

// whyStays is why, in words fit for EXPLAIN.
const whyStays = "only this server has shoal.system"

// settings are the session's. What stays here is for an engine of this process, whichever the session's others are for.
func (s *Session) settings(stays bool) plan.Settings {
	if stays {
		return whicheverEngine(s.Conf().Settings())
	}
	return s.Conf().Settings()
}

// system gives the rows of a system table: a user's own queries, or those of all for who may see them.
func (s *Session) system(ctx context.Context, name []string) (*plan.LocalData, error) {
	if !isSystem(name) {
		return nil, nil
	}
	by := s.Key.User
	if s.room.SeesAll(by) {
		by = "" // who sees all sees the same
	}
	data, err := s.room.lately.get(by, s.room.History.Added(), func() ([]byte, error) {
		records, err := s.room.Past(ctx, s.Key.User, PastFilter{})
		if err != nil {
			return nil, err
		}
		return recordData(records)
	})
	if err != nil {
		return nil, fmt.Errorf("rows of %s: %w", strings.Join(name, "."), err)
	}
	return &plan.LocalData{Arrow: data, Schema: &plan.Struct{Fields: recordFields()}}, nil
}

// lately keeps the rows that were read last for a moment: a query is analyzed, and then it is run. It is safe for concurrent use.
type lately struct {
	mu    sync.Mutex
	by    string
	added int64 // that the history had then
	data  []byte
}

// latelyFor is how long they take memory.
const latelyFor = 5 * time.Second

func (l *lately) get(by string, added int64, read func() ([]byte, error)) ([]byte, error) {
	l.mu.Lock()
	data := l.data
	known := data != nil && l.by == by && l.added == added
	l.mu.Unlock()
	if known {
		return data, nil
	}
	data, err := read()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by, l.added, l.data = by, added, data
	time.AfterFunc(latelyFor, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.by == by && l.added == added {
			l.data = nil
		}
	})
	return data, nil
}

// recordTypes are the types of the columns in SQL.
var recordTypes = map[reflect.Type]plan.Type{
	reflect.TypeFor[time.Time](): plan.Timestamp, reflect.TypeFor[string](): plan.String, reflect.TypeFor[bool](): plan.Boolean,
	reflect.TypeFor[int64](): plan.Long, reflect.TypeFor[float64](): plan.Double,
}

func recordFields() []plan.Field {
	fields := make([]plan.Field, len(store.Columns))
	for i, c := range store.Columns {
		fields[i] = plan.Field{Name: c.Name, Type: recordTypes[c.Type], Nullable: c.Optional}
	}
	return fields
}

// recordData is the records as an Arrow stream. What there is none of is NULL.
func recordData(records []store.Record) ([]byte, error) {
	schema := arrowtype.Schema((&table{columns: recordFields()}).output(), "UTC")
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Reserve(len(records))
	for i, c := range store.Columns {
		for k := range records {
			if err := appendField(b.Field(i), c, &records[k]); err != nil {
				return nil, err
			}
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(schema))
	if err := w.Write(batch); err != nil {
		return nil, err
	}
	err := w.Close()
	return buf.Bytes(), err
}

func appendField(b array.Builder, c store.Column, r *store.Record) error {
	v := c.Of(r)
	if c.Optional && reflect.ValueOf(v).IsZero() {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.Float64Builder:
		b.Append(v.(float64))
		return nil
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v.(time.Time).UnixMicro()))
		return nil
	}
	return appendValue(b, v)
}
