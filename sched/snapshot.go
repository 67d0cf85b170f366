package sched

// This file tells people how full the pools are, and who has what.

import (
	"cmp"
	"slices"
)

// Snapshot is how things stand at a moment.
type Snapshot struct {
	Pools []PoolUse // short ones first
	Users []UserUse // who had most first
}

// PoolUse is what runs and waits in a pool.
type PoolUse struct {
	Pool                     Pool
	Slots                    int
	Running, Paused, Waiting int // what is paused has no slot
}

// UserUse is what a user has. Who has nothing at work and is owed nothing is not known.
type UserUse struct {
	User                     string
	Weight                   float64 // of the user's share
	Running, Paused, Waiting int
	// CPUSeconds is what the user had, with what runs counted as it was expected, since the user last had no account.
	CPUSeconds float64
	Memory     int64 // bytes that what runs may take
}

// Snapshot tells how things stand.
func (s *State) Snapshot() Snapshot {
	pools, users := map[Pool]*PoolUse{}, map[*user]*UserUse{}
	var snap Snapshot
	for _, at := range s.order {
		pools[at] = &PoolUse{Pool: at, Slots: s.pools[at].slots}
	}
	for _, u := range s.users {
		users[u] = &UserUse{User: u.name, Weight: u.weight, CPUSeconds: u.had, Memory: u.memory}
	}
	for _, e := range s.jobs {
		p, u := pools[e.Pool], users[e.user]
		switch {
		case e.paused:
			p.Paused, u.Paused = p.Paused+1, u.Paused+1
		case e.running:
			p.Running, u.Running = p.Running+1, u.Running+1
		default:
			p.Waiting, u.Waiting = p.Waiting+1, u.Waiting+1
		}
	}
	for _, at := range s.order {
		snap.Pools = append(snap.Pools, *pools[at])
	}
	for _, u := range users {
		snap.Users = append(snap.Users, *u)
	}
	slices.SortFunc(snap.Users, func(a, b UserUse) int {
		return cmp.Or(cmp.Compare(b.CPUSeconds, a.CPUSeconds), cmp.Compare(a.User, b.User))
	})
	return snap
}

// Snapshot tells how things stand; nothing after Close.
func (s *Scheduler) Snapshot() (snap Snapshot) {
	s.do(func() { snap = s.state.Snapshot() })
	return snap
}
