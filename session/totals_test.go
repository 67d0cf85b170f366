package session

import (
	"fmt"
	"testing"
	"time"

	"shoal/fault"
)

func TestTotals(t *testing.T) {
	n := scheduled(t, &laned{takes: time.Hour}) // what is short by its looks is heavy
	for range 2 {
		if err := n.read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	heavy := Place{"numbers", "heavy"}
	got := n.room.Totals()
	if w := got.Places[heavy]; got.Outcomes[Outcome{Place: heavy}] != 2 || w.Demoted != 2 || w.Rows != 6 || w.CPUSeconds <= 0 || sum(w.Took) != 2 || sum(w.First) != 2 {
		t.Errorf("got %+v", got)
	}
	for i := range 2 * maxOutcomes { // an attached server may say what it likes
		n.open(Query{ID: "x"}).end(&fault.Error{Class: fmt.Sprintf("CLASS_%d.SUB", i)})
	}
	got = n.room.Totals()
	if len(got.Outcomes) > maxOutcomes+1 || got.Outcomes[Outcome{Class: "CLASS_1"}] != 1 || got.Outcomes[Outcome{Class: classOther}] < maxOutcomes {
		t.Errorf("%d outcomes", len(got.Outcomes))
	}
}

func sum(h Histogram) (n int64) {
	for _, c := range h.Counts {
		n += c
	}
	return n
}

func TestHistogram(t *testing.T) {
	var h Histogram
	for _, d := range []time.Duration{0, time.Millisecond, 2 * time.Millisecond, time.Hour} {
		h.add(d)
	}
	if h.Counts[0] != 2 || h.Counts[1] != 1 || h.Counts[len(Bounds)] != 1 || h.Sum != 3600.003 {
		t.Errorf("got %+v", h)
	}
}
