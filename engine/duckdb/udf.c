// The way from DuckDB into Go's scalar functions: one crossing per chunk, whatever its rows.

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "udf.h"

extern void *duckdb_create_logical_type(int type);
extern void *duckdb_data_chunk_get_vector(void *chunk, uint64_t col);
extern uint64_t duckdb_data_chunk_get_column_count(void *chunk);
extern uint64_t duckdb_data_chunk_get_size(void *chunk);
extern void *duckdb_vector_get_data(void *vector);
extern uint64_t *duckdb_vector_get_validity(void *vector);
extern void duckdb_unsafe_vector_assign_string_element_len(void *vector, uint64_t index, const char *s, uint64_t n);
extern void *duckdb_list_vector_get_child(void *vector);
extern int duckdb_list_vector_reserve(void *vector, uint64_t capacity);
extern int duckdb_list_vector_set_size(void *vector, uint64_t size);
extern void *duckdb_scalar_function_get_extra_info(void *info);
extern void duckdb_scalar_function_set_extra_info(void *f, void *info, void (*destroy)(void *));
extern void duckdb_scalar_function_set_function(void *f, void (*call)(void *, void *, void *));
extern void duckdb_scalar_function_set_error(void *info, const char *error);

// shoalCall is Go's side (udf.go); it gives an error text to free, or NULL.
extern char *shoalCall(uint64_t number, uint64_t rows, shoal_arg *args, uint64_t count, void *out);

enum { few = 16 };

static void call(void *info, void *chunk, void *out) {
	shoal_arg room[few], *args = room;
	uint64_t count = duckdb_data_chunk_get_column_count(chunk);
	if (count > few) {
		args = malloc(count * sizeof *args);
	}
	for (uint64_t i = 0; i < count; i++) {
		void *v = duckdb_data_chunk_get_vector(chunk, i);
		args[i].handle = v;
		args[i].data = duckdb_vector_get_data(v);
		args[i].valid = duckdb_vector_get_validity(v);
	}
	uint64_t number = (uint64_t)(uintptr_t)duckdb_scalar_function_get_extra_info(info);
	char *error = shoalCall(number, duckdb_data_chunk_get_size(chunk), args, count, out);
	if (error) {
		duckdb_scalar_function_set_error(info, error);
		free(error);
	}
	if (args != room) {
		free(args);
	}
}

void shoal_bind(void *function, uint64_t number) {
	duckdb_scalar_function_set_extra_info(function, (void *)(uintptr_t)number, NULL);
	duckdb_scalar_function_set_function(function, call);
}

void shoal_assign(void *vector, uint64_t from, uint64_t n, const char *bytes, const uint64_t *ends) {
	uint64_t start = 0;
	for (uint64_t i = 0; i < n; i++) {
		duckdb_unsafe_vector_assign_string_element_len(vector, from + i, bytes + start, ends[i] - start);
		start = ends[i];
	}
}

void *shoal_list_room(void *vector, uint64_t size) {
	if (duckdb_list_vector_reserve(vector, size) || duckdb_list_vector_set_size(vector, size)) {
		return NULL;
	}
	return duckdb_list_vector_get_child(vector);
}
