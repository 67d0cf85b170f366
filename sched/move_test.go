package sched

import "testing"

// TestMove: a job that is not what it was taken for counts where it belongs, and its slot is free.
func TestMove(t *testing.T) {
	r := newRun(t, Limits{Slots: map[Pool]int{shorts: 1, heavies: 1}})
	for _, j := range []Job{{ID: "misjudged", User: "a", Pool: shorts}, {ID: "short", User: "a", Pool: shorts}, {ID: "heavy", User: "b", Pool: heavies},
		{ID: "next heavy", User: "b", Pool: heavies}} {
		r.arrive(j)
	}
	r.next()
	r.s.Pause("misjudged")
	r.s.Move("misjudged", heavies)
	r.s.Resume("misjudged")
	r.next()
	if want := []string{"misjudged", "heavy", "short"}; len(r.order) != 3 || r.order[2] != want[2] {
		t.Errorf("started %v, want %v", r.order, want)
	}
	r.s.Finish("heavy", 1)
	r.next()
	if len(r.order) != 3 {
		t.Errorf("started %v while the misjudged one has the slot", r.order)
	}
	r.s.Finish("misjudged", 1)
	r.next()
	if len(r.order) != 4 {
		t.Errorf("started %v", r.order)
	}
	r.s.Finish("short", 1)
	r.s.Finish("next heavy", 1)
	for at, p := range r.s.pools {
		if p.running != 0 {
			t.Errorf("%d run in %s when all have ended", p.running, at)
		}
	}
}

// TestResize: a pool has as many slots as it was given last.
func TestResize(t *testing.T) {
	r := newRun(t, Limits{Slots: map[Pool]int{shorts: 1}})
	for _, id := range []string{"1", "2", "3"} {
		r.arrive(Job{ID: id, User: "a", Pool: shorts})
	}
	r.next()
	r.s.Resize(shorts, 3)
	r.next()
	if len(r.order) != 3 {
		t.Errorf("started %v with three slots", r.order)
	}
	r.s.Resize(shorts, 1)
	r.arrive(Job{ID: "4", User: "a", Pool: shorts})
	for _, id := range []string{"1", "2"} {
		r.s.Finish(id, 1)
		if r.next(); len(r.order) != 3 {
			t.Errorf("started %v with one slot", r.order)
		}
	}
}
