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
extern void duckdb_scalar_function_set_init(void *f, void (*init)(void *));
extern void *duckdb_scalar_function_init_get_extra_info(void *info);
extern void duckdb_scalar_function_init_get_client_context(void *info, void **client);
extern void duckdb_scalar_function_init_set_state(void *info, void *state, void (*destroy)(void *));
extern void *duckdb_scalar_function_get_state(void *info);
extern uint64_t duckdb_client_context_get_connection_id(void *client);
extern void duckdb_destroy_client_context(void **client);

// shoalCall is Go's side (udf.go); it gives an error text to free, or NULL.
extern char *shoalCall(uint64_t number, uint64_t rows, shoal_arg *args, uint64_t count, void *out, void *stop);

// shoalStopFlag gives the flag of a connection (stop.go), or NULL.
extern void *shoalStopFlag(uintptr_t flags, uint64_t connection);

// function is what DuckDB keeps with a function of ours.
typedef struct {
	uint64_t number;
	uintptr_t flags;
} function;

// init runs once for each thread and use of a function in a query.
static void init(void *info) {
	function *f = duckdb_scalar_function_init_get_extra_info(info);
	void *client = NULL;
	duckdb_scalar_function_init_get_client_context(info, &client);
	if (client) {
		void *flag = shoalStopFlag(f->flags, duckdb_client_context_get_connection_id(client));
		duckdb_destroy_client_context(&client);
		duckdb_scalar_function_init_set_state(info, flag, NULL);
	}
}

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
	function *f = duckdb_scalar_function_get_extra_info(info);
	char *error = shoalCall(f->number, duckdb_data_chunk_get_size(chunk), args, count, out, duckdb_scalar_function_get_state(info));
	if (error) {
		duckdb_scalar_function_set_error(info, error);
		free(error);
	}
	if (args != room) {
		free(args);
	}
}

void shoal_bind(void *of, uint64_t number, uintptr_t flags) {
	function *f = malloc(sizeof *f);
	f->number = number;
	f->flags = flags;
	duckdb_scalar_function_set_extra_info(of, f, free);
	duckdb_scalar_function_set_init(of, init);
	duckdb_scalar_function_set_function(of, call);
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

// Reading files: the table function's three steps go to Go (read.go), with what Go needs of each.

extern void *duckdb_bind_get_parameter(void *info, uint64_t index);
extern char *duckdb_get_varchar(void *value);
extern void duckdb_destroy_value(void **value);
extern void duckdb_free(void *p);
extern void duckdb_bind_set_bind_data(void *info, void *data, void (*destroy)(void *));
extern void duckdb_bind_set_error(void *info, const char *error);
extern void *duckdb_init_get_bind_data(void *info);
extern void duckdb_init_set_init_data(void *info, void *data, void (*destroy)(void *));
extern void duckdb_init_set_error(void *info, const char *error);
extern void *duckdb_function_get_init_data(void *info);
extern void duckdb_function_set_error(void *info, const char *error);
extern void duckdb_table_function_set_bind(void *f, void (*bind)(void *));
extern void duckdb_table_function_set_init(void *f, void (*init)(void *));
extern void duckdb_table_function_set_function(void *f, void (*next)(void *, void *));

extern char *shoalReadBind(void *info, char *spec, uintptr_t *handle);
extern char *shoalReadOpen(uintptr_t plan, uintptr_t *handle);
extern char *shoalReadNext(uintptr_t handle, void *chunk);
extern void shoalReadDone(uintptr_t handle);

static void done(void *handle) { shoalReadDone((uintptr_t)handle); }

static void read_bind(void *info) {
	void *value = duckdb_bind_get_parameter(info, 0);
	char *spec = duckdb_get_varchar(value);
	uintptr_t handle = 0;
	char *error = shoalReadBind(info, spec, &handle);
	duckdb_free(spec);
	duckdb_destroy_value(&value);
	if (error) {
		duckdb_bind_set_error(info, error);
		free(error);
		return;
	}
	duckdb_bind_set_bind_data(info, (void *)handle, done);
}

static void read_open(void *info) {
	uintptr_t handle = 0;
	char *error = shoalReadOpen((uintptr_t)duckdb_init_get_bind_data(info), &handle);
	if (error) {
		duckdb_init_set_error(info, error);
		free(error);
		return;
	}
	duckdb_init_set_init_data(info, (void *)handle, done);
}

static void read_next(void *info, void *chunk) {
	char *error = shoalReadNext((uintptr_t)duckdb_function_get_init_data(info), chunk);
	if (error) {
		duckdb_function_set_error(info, error);
		free(error);
	}
}

void shoal_reader(void *function) {
	duckdb_table_function_set_bind(function, read_bind);
	duckdb_table_function_set_init(function, read_open);
	duckdb_table_function_set_function(function, read_next);
}
