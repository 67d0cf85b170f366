package catalog

import (
	"strconv"
	"testing"
	"time"

	"shoal/plan"
)

// What could be taken for the file before, by whole seconds, is of another epoch; what cannot is of the same.
func TestEpochs(t *testing.T) {
	const second = int64(time.Second)
	file := func(modTime, changed int64, settled bool) plan.File {
		return plan.File{Path: "f", Size: 1, ModTime: modTime, State: plan.FileState{Changed: changed, Settled: settled}}
	}
	var e epochs
	last := int64(0)
	for i, c := range []struct {
		plan.File
		another bool
	}{
		{file(9*second, 9*second, true), false},
		{file(9*second, 9*second, true), false},      // listed again
		{file(9*second+1, 9*second+1, true), true},   // written in the same second
		{file(9*second+1, 20*second, true), true},    // its time was put back
		{file(11*second, 21*second, true), false},    // another time
		{file(12*second, 22*second, false), false},   // the same, just now
		{file(12*second, 22*second, false), true},    // perhaps written since
		{file(12*second, 22*second, true), true},     // the same
		{file(12*second, 22*second, true), false},    // for certain not written since
		{file(12*second+5, 22*second, false), true},  // the same second again
		{file(100*second, 100*second, true), true},   // what was read before was not certain
		{file(200*second, 200*second, true), false},  //
		{file(200*second, 200*second, false), true},  // a clock that was put back
		{file(200*second, 200*second, false), true},  //
		{file(200*second, 200*second, false), true},  //
		{file(3000*second, 300*second, true), true},  //
		{file(3000*second, 300*second, true), false}, //
	} {
		files := []plan.File{c.File}
		e.mark(files)
		if got := files[0].Epoch; got < last || got > last != c.another {
			t.Errorf("step %d: epoch %d after %d", i, got, last)
		}
		last = files[0].Epoch
	}
	many := make([]plan.File, maxCached+1)
	for i := range many {
		many[i].Path = strconv.Itoa(i)
	}
	e.mark(many)
	again := []plan.File{file(3000*second, 300*second, true)}
	if e.mark(again); again[0].Epoch <= last {
		t.Errorf("a file that was forgotten is of epoch %d after %d", again[0].Epoch, last)
	}
}
