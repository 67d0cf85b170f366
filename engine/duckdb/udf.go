package duckdb

// This file lets DuckDB call Go: scalar functions that get whole chunks. The functions themselves
// are in the udf_<family>.go files; see udf_list.go for what there is.

/*
#include <stdlib.h>
#include "udf.h"
extern void *duckdb_vector_get_validity(void *vector);
extern void duckdb_vector_ensure_validity_writable(void *vector);
extern void *duckdb_vector_get_data(void *vector);
*/
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"runtime/debug"
	"strings"
	"sync"
	"unsafe"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
	"shoal/plan"
)

// udf is a scalar function in Go. Several of one name are overloads.
type udf struct {
	name    string
	params  []sqlType
	varargs bool // any number of further arguments, of any type
	returns sqlType
	// special functions see rows with NULL arguments themselves; for others the result is NULL.
	special bool
	call    func(*call) error
}

// sqlType is a DuckDB type of a parameter or result.
type sqlType struct {
	id     bind.Type
	listOf bind.Type // of LIST
	values plan.Type // instead: the type that holds these
}

var (
	tAny         = sqlType{id: bind.TypeAny}
	tBool        = sqlType{id: bind.TypeBoolean}
	tInt8        = sqlType{id: bind.TypeTinyInt}
	tInt16       = sqlType{id: bind.TypeSmallInt}
	tInt32       = sqlType{id: bind.TypeInteger}
	tInt64       = sqlType{id: bind.TypeBigInt}
	tFloat       = sqlType{id: bind.TypeFloat}
	tDouble      = sqlType{id: bind.TypeDouble}
	tText        = sqlType{id: bind.TypeVarchar}
	tBlob        = sqlType{id: bind.TypeBlob}
	tDate        = sqlType{id: bind.TypeDate}
	tTimestamp   = sqlType{id: bind.TypeTimestamp}
	tTimestampTZ = sqlType{id: bind.TypeTimestampTZ}
	tTexts       = listOf(bind.TypeVarchar)
	tBlobs       = listOf(bind.TypeBlob)
	tInts        = listOf(bind.TypeInteger)
	tLongs       = listOf(bind.TypeBigInt)
	tDoubles     = listOf(bind.TypeDouble)
)

func listOf(elem bind.Type) sqlType { return sqlType{id: bind.TypeList, listOf: elem} }

func (t sqlType) logical() bind.LogicalType {
	if t.values != nil {
		lt, _ := logicalType(t.values) // it was asked for before
		return lt
	}
	if t.id != bind.TypeList {
		return bind.CreateLogicalType(t.id)
	}
	elem := bind.CreateLogicalType(t.listOf)
	defer bind.DestroyLogicalType(&elem)
	return bind.CreateListType(elem)
}

// register makes the functions known to the instance.
func (c *conn) register(list []udf, flags *stopFlags) error {
	byName := map[string][]int{}
	var names []string
	for i, u := range list {
		if byName[u.name] == nil {
			names = append(names, u.name)
		}
		byName[u.name] = append(byName[u.name], i)
	}
	for _, name := range names {
		set := bind.CreateScalarFunctionSet(name)
		for _, i := range byName[name] {
			f := list[i].function(uint64(i), flags)
			bind.AddScalarFunctionToSet(set, f)
			bind.DestroyScalarFunction(&f)
		}
		state := bind.RegisterScalarFunctionSet(c.c, set)
		bind.DestroyScalarFunctionSet(&set)
		if state != bind.StateSuccess {
			return fmt.Errorf("duckdb: cannot register %s", name)
		}
	}
	return nil
}

func (u udf) function(number uint64, flags *stopFlags) bind.ScalarFunction {
	f := bind.CreateScalarFunction()
	bind.ScalarFunctionSetName(f, u.name)
	for _, p := range u.params {
		lt := p.logical()
		bind.ScalarFunctionAddParameter(f, lt)
		bind.DestroyLogicalType(&lt)
	}
	if u.varargs {
		lt := tAny.logical()
		bind.ScalarFunctionSetVarargs(f, lt)
		bind.DestroyLogicalType(&lt)
	}
	lt := u.returns.logical()
	bind.ScalarFunctionSetReturnType(f, lt)
	bind.DestroyLogicalType(&lt)
	if u.special {
		bind.ScalarFunctionSetSpecialHandling(f)
	}
	C.shoal_bind(f.Ptr, C.uint64_t(number), C.uintptr_t(flags.self))
	return f
}

// call is one chunk's worth of a function: n rows of arguments, and room for the results.
type call struct {
	n    int
	args []vector
	out  unsafe.Pointer
	// mask has a bit for each row without NULL argument; nil: all rows.
	mask []uint64
	null []uint64 // the result's validity, once it was asked for
	stop *stopFlag
}

//export shoalCall
func shoalCall(number, n C.uint64_t, args *C.shoal_arg, count C.uint64_t, out, stop unsafe.Pointer) (failed *C.char) {
	defer func() {
		if p := recover(); p != nil {
			failed = C.CString(fmt.Sprintf("panic in function %d: %v\n%s", number, p, debug.Stack()))
		}
	}()
	u := numbered(uint64(number))
	c := &call{n: int(n), args: unsafe.Slice((*vector)(unsafe.Pointer(args)), count), out: out, stop: (*stopFlag)(stop)}
	if !u.special {
		c.maskNulls()
	}
	if err := u.call(c); err != nil {
		return C.CString(raised(err))
	}
	if c.stop.isSet() { // not all rows were computed
		return C.CString("the query was cancelled")
	}
	return nil
}

// raised writes an error so that queryError finds it again in DuckDB's text.
func raised(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	switch {
	case f.Class == "" && f.Kind == fault.Arithmetic:
		f = &fault.Error{Class: "ArithmeticException", Params: map[string]string{"type": strings.TrimSuffix(f.Message, " overflow")}}
	case f.Class == "": // one that Spark has no condition for
		f = &fault.Error{Params: map[string]string{"message": f.Message}}
	}
	params, _ := json.Marshal(f.Params)
	return raisedMark + f.Class + ":" + string(params)
}

// maskNulls finds the rows with a NULL argument and makes their results NULL.
func (c *call) maskNulls() {
	words := (c.n + 63) / 64
	for _, a := range c.args {
		if a.valid == nil {
			continue
		}
		valid := unsafe.Slice(a.valid, words)
		if c.mask == nil {
			c.mask = append(make([]uint64, 0, words), valid...)
			continue
		}
		for i := range c.mask {
			c.mask[i] &= valid[i]
		}
	}
	if c.mask != nil {
		copy(c.validity(), c.mask)
	}
}

// validity is the result's mask, to be written.
func (c *call) validity() []uint64 {
	if c.null == nil {
		c.null = writable(c.out, c.n)
	}
	return c.null
}

func writable(vector unsafe.Pointer, n int) []uint64 {
	C.duckdb_vector_ensure_validity_writable(vector)
	return unsafe.Slice((*uint64)(C.duckdb_vector_get_validity(vector)), (n+63)/64)
}

// setNull makes a row's result NULL.
func (c *call) setNull(i int) { c.validity()[i/64] &^= 1 << (i % 64) }

// live lists the rows to compute, until the query is cancelled.
func (c *call) live(yield func(int) bool) {
	if c.mask == nil {
		for i := range c.n {
			if c.stop.isSet() || !yield(i) {
				return
			}
		}
		return
	}
	for w, word := range c.mask {
		for ; word != 0; word &= word - 1 {
			i := w*64 + bits.TrailingZeros64(word)
			if i >= c.n || c.stop.isSet() || !yield(i) {
				return
			}
		}
	}
}

// arg gives an argument's values.
func arg[T any](c *call, i int) []T { return rows[T](c.args[i], c.n) }

// lists gives the elements of each row of an argument that is a list.
func lists[T any](c *call, i int) func(row int) []T {
	entries := arg[listEntry](c, i)
	child, size := c.args[i].list()
	values := rows[T](child, size)
	return func(row int) []T { return values[entries[row].offset : entries[row].offset+entries[row].length] }
}

// result gives the room for fixed-width results.
func result[T any](c *call) []T {
	return unsafe.Slice((*T)(C.duckdb_vector_get_data(c.out)), c.n)
}

// kind is an argument's type, for parameters that take any.
func (v vector) kind() bind.Type {
	lt := bind.VectorGetColumnType(bind.Vector{Ptr: v.handle})
	defer bind.DestroyLogicalType(&lt)
	return bind.GetTypeId(lt)
}

// texts gathers string results, row after row, and stores them in one go.
type texts struct {
	bytes []byte
	ends  []uint64
}

// textRooms keeps the memory of texts for the next chunk.
var textRooms = sync.Pool{New: func() any { return &texts{ends: make([]uint64, 0, chunkRows)} }}

// maxTextRoom is the most memory worth keeping.
const maxTextRoom = 1 << 20

// upTo makes the rows before i that were not written empty: they are NULL.
func (t *texts) upTo(i int) {
	if t.ends == nil {
		*t = *textRooms.Get().(*texts)
	}
	for len(t.ends) < i {
		t.ends = append(t.ends, uint64(len(t.bytes)))
	}
}

// set is row i's result.
func (t *texts) set(i int, s string) {
	t.upTo(i)
	t.bytes = append(t.bytes, s...)
	t.end()
}

// end closes a row that was appended to bytes.
func (t *texts) end() { t.ends = append(t.ends, uint64(len(t.bytes))) }

// store hands the texts to DuckDB; t is empty then.
func (t *texts) store(vector unsafe.Pointer, n int) {
	t.upTo(n)
	if n > 0 {
		C.shoal_assign(vector, 0, C.uint64_t(n), (*C.char)(unsafe.Pointer(unsafe.SliceData(t.bytes))),
			(*C.uint64_t)(unsafe.Pointer(&t.ends[0])))
	}
	if cap(t.bytes) <= maxTextRoom {
		textRooms.Put(&texts{bytes: t.bytes[:0], ends: t.ends[:0]})
	}
	*t = texts{}
}

// eachBlob makes a binary of each row.
func eachBlob(c *call, binary func(i int) ([]byte, error)) error {
	var out texts
	for i := range c.live {
		b, err := binary(i)
		if err != nil {
			return err
		}
		out.upTo(i)
		out.bytes = append(out.bytes, b...)
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}
