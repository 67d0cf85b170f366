package engine

// This file says what work costs on each engine. All constants that compare engines are here.

import "math"

const (
	// Spark plans a query, starts and ends its stages, and computes with one core several times as long as the inner engine:
	// measured with TPC-H at scale 1 and TPC-DS at scale 0.1 on two cores of a cloud machine.
	sparkStart  = 0.3
	sparkStage  = 0.1 // for each operator that needs all of its input first
	sparkSlower = 12
	sparkSure   = 0.8 // of the confidence in the work: how Spark is set up is its own business
	// What the inner engine takes for a query of which only names are known: a byte of a column that is read, a row that is made,
	// and how much of the reading a join, a group-by or a sort takes again.
	byteSeconds = 1.4e-9
	madeSeconds = 1.7e-9
	blockShare  = 0.5
	spillBytes  = 200e6 // a second, to disk and back
)

// RoughWork is the work of a query of which nobody knows more than what it reads and makes, and how many of its operators need all
// of their input first.
func RoughWork(bytes, rows float64, blocks int) Work {
	cpu := (bytes*byteSeconds + rows*madeSeconds) * (1 + blockShare*float64(blocks))
	return Work{CPUSeconds: cpu, Bytes: int64(min(bytes, math.MaxInt64/2)), Rows: rows, Blocks: blocks, Confidence: unsure}
}

// Inside is what the work is expected to take in this process, by so many threads and with so much memory; 0: without a limit. What
// goes to disk costs time; what cannot is expected to fail.
func (w Work) Inside(start float64, threads int, memory int64) Estimate {
	e := Estimate{CPUSeconds: start + w.CPUSeconds, Bytes: w.Bytes, PeakMemory: w.PeakMemory, Confidence: w.Confidence}
	e.Latency = start + max(w.CPUSeconds/float64(max(1, threads)), w.Reading)
	if memory > 0 && w.PeakMemory > memory {
		e.Latency += float64(w.PeakMemory-memory) / spillBytes
		e.Fails = w.Kept > memory
	}
	return e
}

// OnSpark is what the work is expected to take on a Spark of so many cores, once it is its turn.
func (w Work) OnSpark(cores int) Estimate {
	cpu := sparkStart + sparkStage*float64(w.Blocks) + sparkSlower*w.CPUSeconds
	return Estimate{Latency: cpu - sparkSlower*w.CPUSeconds*(1-1/float64(max(1, cores))), CPUSeconds: cpu, Bytes: w.Bytes,
		PeakMemory: w.PeakMemory, Confidence: w.Confidence * sparkSure}
}

// bandwidth is how many bytes a second come from files, by the beginning of their paths: from disk, or over this machine's network.
func bandwidth(path string) float64 {
	if scheme := schemeOf(path); scheme == "" || scheme == "file" {
		return 1e9
	}
	return 100e6
}

func schemeOf(path string) string {
	for i, c := range path {
		switch {
		case c == ':':
			return path[:i]
		case c == '/':
			return ""
		}
	}
	return ""
}
