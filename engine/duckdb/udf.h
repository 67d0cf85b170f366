#pragma once

#include <stdint.h>

// shoal_arg is a vector's handle, values and validity mask; Go's type vector has the same layout.
typedef struct {
	void *handle;
	void *data;
	uint64_t *valid;
} shoal_arg;

// shoal_bind makes a DuckDB scalar function call Go's function of that number. flags are the instance's stopFlags.
void shoal_bind(void *function, uint64_t number, uintptr_t flags);

// shoal_assign stores n strings, which lie one behind the other and end at ends[i].
void shoal_assign(void *vector, uint64_t from, uint64_t n, const char *bytes, const uint64_t *ends);

// shoal_list_room makes room for size elements in a list vector and gives the child vector.
void *shoal_list_room(void *vector, uint64_t size);

// shoal_reader makes a DuckDB table function read files through Go.
void shoal_reader(void *function);
