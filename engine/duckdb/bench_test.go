package duckdb

import "testing"

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		e, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		e.Close()
	}
}
