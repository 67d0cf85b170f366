package duckdb

// This file lets functions in Go hear that their query was cancelled. DuckDB itself looks between two chunks only, and one of
// long texts can take a function many seconds.

/*
#include <stdint.h>
#include <stdlib.h>
*/
import "C"

import (
	"runtime/cgo"
	"sync"
	"sync/atomic"
	"unsafe"

	bind "github.com/duckdb/duckdb-go-bindings"
)

// stopFlag is set when a connection's query is to stop. It lies in C's memory: DuckDB keeps it for the length of a query.
type stopFlag uint32

func (f *stopFlag) set(to uint32) { atomic.StoreUint32((*uint32)(f), to) }

// isSet may be asked of no flag.
func (f *stopFlag) isSet() bool { return f != nil && atomic.LoadUint32((*uint32)(f)) != 0 }

// stopFlags are those of an instance's connections, by DuckDB's number of the connection.
type stopFlags struct {
	flags sync.Map
	self  cgo.Handle // what DuckDB gives back with a function
}

func newStopFlags() *stopFlags {
	s := &stopFlags{}
	s.self = cgo.NewHandle(s)
	return s
}

// add makes the flag of a connection; remove is called when the connection is closed.
func (s *stopFlags) add(c bind.Connection) (f *stopFlag, remove func()) {
	var client bind.ClientContext
	bind.ConnectionGetClientContext(c, &client)
	number := uint64(bind.ClientContextGetConnectionId(client))
	bind.DestroyClientContext(&client)
	memory := C.calloc(1, C.sizeof_uint32_t)
	f = (*stopFlag)(memory)
	s.flags.Store(number, f)
	return f, func() {
		s.flags.Delete(number)
		C.free(memory)
	}
}

//export shoalStopFlag
func shoalStopFlag(flags C.uintptr_t, connection C.uint64_t) unsafe.Pointer {
	f, _ := cgo.Handle(flags).Value().(*stopFlags).flags.Load(uint64(connection))
	flag, _ := f.(*stopFlag)
	return unsafe.Pointer(flag)
}
