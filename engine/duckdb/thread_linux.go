package duckdb

import "syscall"

// lowerPriority sets the niceness of this thread, not of the process: so Linux takes it. Where it may not be set the thread
// goes on as it is.
func lowerPriority(nice int) {
	syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), nice)
}
