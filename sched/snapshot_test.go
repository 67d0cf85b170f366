package sched

import (
	"context"
	"reflect"
	"testing"
)

func TestSnapshot(t *testing.T) {
	s := New(Limits{Slots: map[Pool]int{shorts: 1, heavies: 2}, UserWeight: map[string]float64{"bob": 2}})
	arrive := func(id, user string, at Pool, cpu float64) {
		if _, err := s.Arrive(0, Job{ID: id, User: user, Pool: at, CPUSeconds: cpu, Memory: 10}); err != nil {
			t.Fatal(err)
		}
	}
	arrive("1", "ann", heavies, 5)
	arrive("2", "ann", heavies, 5)
	arrive("3", "bob", shorts, 1)
	s.Next(0)
	arrive("4", "bob", shorts, 1)
	s.Pause("2")
	s.Charge("3", 2)
	want := Snapshot{
		Pools: []PoolUse{{Pool: shorts, Slots: 1, Running: 1, Waiting: 1}, {Pool: heavies, Slots: 2, Running: 1, Paused: 1}},
		Users: []UserUse{
			{User: "ann", Weight: 1, Running: 1, Paused: 1, CPUSeconds: 10, Memory: 20},
			{User: "bob", Weight: 2, Running: 1, Waiting: 1, CPUSeconds: 2, Memory: 10},
		},
	}
	if got := s.Snapshot(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	s.Finish("1", 3)
	s.Finish("2", 3)
	s.Finish("3", 3)
	s.Cancel("4")
	s.Tick(0)
	if users := s.Snapshot().Users; len(users) > 1 || len(users) == 1 && users[0].Running+users[0].Waiting > 0 {
		t.Errorf("left: %+v", users)
	}
}

func TestSnapshotOfScheduler(t *testing.T) {
	s := Start(Limits{Slots: map[Pool]int{shorts: 1}})
	ticket, err := s.Admit(context.Background(), Job{ID: "1", User: "ann", Pool: shorts}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if snap := s.Snapshot(); len(snap.Pools) != 1 || snap.Pools[0].Running != 1 || len(snap.Users) != 1 {
		t.Errorf("got %+v", snap)
	}
	ticket.Done(1)
	s.Close()
	if snap := s.Snapshot(); len(snap.Pools) > 0 {
		t.Errorf("after the end: %+v", snap)
	}
}
