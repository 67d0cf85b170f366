//go:build !linux

package duckdb

// lowerPriority does nothing: elsewhere priorities belong to processes.
func lowerPriority(int) {}
