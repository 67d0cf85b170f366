package duckdb

// This file reads DuckDB's vectors in place: raw pointers and bit masks, no call per row.

/*
#include <stdint.h>

// Declared here rather than through the bindings, which wrap one call each.
extern void *duckdb_data_chunk_get_vector(void *chunk, uint64_t col);
extern void *duckdb_vector_get_data(void *vector);
extern uint64_t *duckdb_vector_get_validity(void *vector);
extern void *duckdb_list_vector_get_child(void *vector);
extern uint64_t duckdb_list_vector_get_size(void *vector);
extern void *duckdb_struct_vector_get_child(void *vector, uint64_t index);

typedef struct { void *handle; void *data; uint64_t *valid; } shoal_vector;

static void shoal_fill(shoal_vector *out, void *handle) {
	out->handle = handle;
	out->data = duckdb_vector_get_data(handle);
	out->valid = duckdb_vector_get_validity(handle);
}
static void shoal_columns(void *chunk, uint64_t n, shoal_vector *out) {
	for (uint64_t i = 0; i < n; i++) {
		shoal_fill(&out[i], duckdb_data_chunk_get_vector(chunk, i));
	}
}
static uint64_t shoal_list_child(void *handle, shoal_vector *out) {
	shoal_fill(out, duckdb_list_vector_get_child(handle));
	return duckdb_list_vector_get_size(handle);
}
static void shoal_struct_child(void *handle, uint64_t i, shoal_vector *out) {
	shoal_fill(out, duckdb_struct_vector_get_child(handle, i));
}
*/
import "C"

import "unsafe"

// vector is a flat DuckDB vector: its memory belongs to the chunk it came from. It has the
// layout of shoal_vector.
type vector struct {
	handle unsafe.Pointer
	data   unsafe.Pointer
	valid  *uint64 // nil: no NULL
}

// chunkVectors fills out with a chunk's columns.
func chunkVectors(chunk unsafe.Pointer, out []vector) {
	if len(out) > 0 {
		C.shoal_columns(chunk, C.uint64_t(len(out)), (*C.shoal_vector)(unsafe.Pointer(&out[0])))
	}
}

// list gives a list vector's child and how many elements it holds.
func (v vector) list() (child vector, size int) {
	n := C.shoal_list_child(v.handle, (*C.shoal_vector)(unsafe.Pointer(&child)))
	return child, int(n)
}

// vectorOf is a vector by its handle.
func vectorOf(handle unsafe.Pointer) (v vector) {
	C.shoal_fill((*C.shoal_vector)(unsafe.Pointer(&v)), handle)
	return v
}

// field gives a struct vector's i-th child.
func (v vector) field(i int) (child vector) {
	C.shoal_struct_child(v.handle, C.uint64_t(i), (*C.shoal_vector)(unsafe.Pointer(&child)))
	return child
}

// isNull tells whether row i is NULL.
func (v vector) isNull(i int) bool {
	return v.valid != nil && *(*uint64)(unsafe.Add(unsafe.Pointer(v.valid), i>>6*8))&(1<<(i&63)) == 0
}

// bits is the validity of the first n rows, or nil when none is NULL.
func (v vector) bits(n int) []byte {
	if v.valid == nil {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(v.valid)), (n+63)/64*8)
}

// rows is a vector's data as a slice of its first n values.
func rows[T any](v vector, n int) []T { return unsafe.Slice((*T)(v.data), n) }

// listEntry is one row of a list vector: a piece of the child.
type listEntry struct{ offset, length uint64 }

// text is DuckDB's string_t: up to 12 bytes inline, else a pointer to them.
type text struct {
	length uint32
	prefix [4]byte
	ptr    uintptr // or bytes 4 to 12 of an inlined string
}

const inlineText = 12

// view is the string's bytes, where they are.
func (t *text) view() []byte {
	if t.length <= inlineText {
		return unsafe.Slice((*byte)(unsafe.Pointer(&t.prefix)), t.length)
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&t.ptr)), t.length)
}

// str is view as a string; it must not outlive the chunk.
func (t *text) str() string {
	b := t.view()
	return unsafe.String(unsafe.SliceData(b), len(b))
}
