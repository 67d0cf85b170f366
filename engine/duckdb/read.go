package duckdb

// This file lets DuckDB read files through package textfile: the table function
// shoal_read(specification) has the columns c0, c1, ... and, if asked for, the file's path.

/*
#include "udf.h"
#include <stdlib.h>
*/
import "C"

import (
	"context"
	"fmt"
	"runtime/cgo"
	"runtime/debug"
	"unsafe"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine/duckdb/translate"
	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
)

// registerReader makes shoal_read known to the instance.
func (c *conn) registerReader() error {
	f := bind.CreateTableFunction()
	defer bind.DestroyTableFunction(&f)
	bind.TableFunctionSetName(f, "shoal_read")
	lt := tText.logical()
	bind.TableFunctionAddParameter(f, lt)
	bind.DestroyLogicalType(&lt)
	C.shoal_reader(f.Ptr)
	if bind.RegisterTableFunction(c.c, f) != bind.StateSuccess {
		return fmt.Errorf("duckdb: cannot register shoal_read")
	}
	return nil
}

// readPlan is a call of shoal_read that was bound.
type readPlan struct {
	spec   *textfile.Spec
	schema plan.Struct
	types  []plan.Type
}

// reading is a call under way. DuckDB asks for its rows from one thread at a time.
type reading struct {
	plan  *readPlan
	from  *textfile.Reader
	batch *textfile.Batch
	taken int
	vecs  []vector
}

//export shoalReadBind
func shoalReadBind(info unsafe.Pointer, spec *C.char, handle *C.uintptr_t) (failed *C.char) {
	defer recovered(&failed)
	p := &readPlan{}
	var err error
	if p.spec, p.schema, err = textfile.ParseSpec(C.GoString(spec)); err != nil {
		return C.CString(raised(err))
	}
	b := bind.BindInfo{Ptr: info}
	for i, at := range p.spec.Wanted {
		t := p.schema.Fields[at].Type
		p.types = append(p.types, t)
		lt, err := logicalType(t)
		if err != nil {
			return C.CString(raised(err))
		}
		bind.BindAddResultColumn(b, fmt.Sprintf("c%d", i), lt)
		bind.DestroyLogicalType(&lt)
	}
	if p.spec.Path || len(p.spec.Wanted) == 0 { // a table has a column
		lt := tText.logical()
		bind.BindAddResultColumn(b, "shoal_path", lt)
		bind.DestroyLogicalType(&lt)
	}
	*handle = C.uintptr_t(cgo.NewHandle(p))
	return nil
}

//export shoalReadOpen
func shoalReadOpen(bound C.uintptr_t, handle *C.uintptr_t) (failed *C.char) {
	defer recovered(&failed)
	p := cgo.Handle(bound).Value().(*readPlan)
	from, err := textfile.Open(context.Background(), p.spec, p.schema)
	if err != nil {
		return C.CString(raised(err))
	}
	columns := len(p.types)
	if p.spec.Path || columns == 0 {
		columns++
	}
	*handle = C.uintptr_t(cgo.NewHandle(&reading{plan: p, from: from, vecs: make([]vector, columns)}))
	return nil
}

//export shoalReadNext
func shoalReadNext(handle C.uintptr_t, chunk unsafe.Pointer) (failed *C.char) {
	defer recovered(&failed)
	r := cgo.Handle(handle).Value().(*reading)
	n, err := r.next(chunk)
	if err != nil {
		return C.CString(raised(err))
	}
	bind.DataChunkSetSize(bind.DataChunk{Ptr: chunk}, bind.IdxT(n))
	return nil
}

//export shoalReadDone
func shoalReadDone(handle C.uintptr_t) {
	if handle == 0 {
		return
	}
	h := cgo.Handle(handle)
	if r, ok := h.Value().(*reading); ok {
		if r.batch != nil {
			r.batch.Release()
		}
		r.from.Close()
	}
	h.Delete()
}

func recovered(failed **C.char) {
	if p := recover(); p != nil {
		*failed = C.CString(fmt.Sprintf("panic in shoal_read: %v\n%s", p, debug.Stack()))
	}
}

// next fills a chunk; 0 rows are the end.
func (r *reading) next(chunk unsafe.Pointer) (int, error) {
	if r.batch == nil {
		var err error
		if r.batch, err = r.from.Next(); err != nil || r.batch == nil {
			return 0, err
		}
		r.taken = 0
	}
	n := min(chunkRows, r.batch.Rows-r.taken)
	chunkVectors(chunk, r.vecs)
	for i, t := range r.plan.types {
		if err := fill(r.vecs[i], 0, t, r.batch.Columns[i], r.taken, n); err != nil {
			return 0, fault.Internalf("column %d of %s: %v", i, r.batch.Path, err)
		}
	}
	if len(r.vecs) > len(r.plan.types) {
		r.fillPath(r.vecs[len(r.plan.types)], n)
	}
	if r.taken += n; r.taken == r.batch.Rows {
		r.batch.Release()
		r.batch = nil
	}
	return n, nil
}

func (r *reading) fillPath(v vector, n int) {
	var paths texts
	for i := range n {
		paths.set(i, r.batch.Path)
	}
	paths.store(v.handle, n)
}

// logicalType is DuckDB's type for the values of t.
//
// size: one case per type
func logicalType(t plan.Type) (bind.LogicalType, error) {
	name, err := translate.Physical(t)
	if err != nil {
		return bind.LogicalType{}, err
	}
	switch t := t.(type) {
	case plan.UDT:
		return logicalType(t.SQLType)
	case plan.Decimal:
		return bind.CreateDecimalType(uint8(t.Precision), uint8(t.Scale)), nil
	case plan.Array:
		elem, err := logicalType(t.Elem)
		if err != nil {
			return elem, err
		}
		defer bind.DestroyLogicalType(&elem)
		return bind.CreateListType(elem), nil
	case plan.Map:
		key, err := logicalType(t.Key)
		if err != nil {
			return key, err
		}
		defer bind.DestroyLogicalType(&key)
		value, err := logicalType(t.Value)
		if err != nil {
			return value, err
		}
		defer bind.DestroyLogicalType(&value)
		return bind.CreateMapType(key, value), nil
	case plan.Struct:
		return structType(t)
	}
	if t == plan.Variant {
		return structType(plan.VariantParts())
	}
	id, ok := basicTypes[name]
	if !ok {
		return bind.LogicalType{}, fault.Unsupported("values of type %s from a file", t)
	}
	return bind.CreateLogicalType(id), nil
}

var basicTypes = map[string]bind.Type{"BOOLEAN": bind.TypeBoolean, "TINYINT": bind.TypeTinyInt, "SMALLINT": bind.TypeSmallInt,
	"INTEGER": bind.TypeInteger, "BIGINT": bind.TypeBigInt, "FLOAT": bind.TypeFloat, "DOUBLE": bind.TypeDouble, "VARCHAR": bind.TypeVarchar,
	"BLOB": bind.TypeBlob, "DATE": bind.TypeDate, "TIMESTAMP": bind.TypeTimestamp}

func structType(t plan.Struct) (bind.LogicalType, error) {
	names, types := translate.FieldNames(t), make([]bind.LogicalType, len(t.Fields))
	defer func() {
		for i := range types {
			bind.DestroyLogicalType(&types[i])
		}
	}()
	for i, f := range t.Fields {
		var err error
		if types[i], err = logicalType(f.Type); err != nil {
			return bind.LogicalType{}, err
		}
	}
	return bind.CreateStructType(types, names), nil
}
