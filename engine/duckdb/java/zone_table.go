package java

// This file converts whole chunks of times. A Clock is quick with neighbours; times in no order
// are looked up in a table here, with one comparison and no branch that could be guessed wrong.

import "math"

// table holds the offsets between firstSlot and lastSlot.
type table []slot

// slot is a stretch of time in which the offset changes at most once.
type slot struct{ at, before, after int64 }

const (
	slotBits  = 40 // 12.7 days
	firstSlot = 0  // 1970
	lastSlot  = 130 * 365 * dayMicros
	// crowded marks a slot with more changes, which happened in some zones.
	crowded = math.MinInt64
)

func newTable(periods []period, key func(period) int64) table {
	t := make(table, lastSlot>>slotBits)
	i := 0
	for k := range t {
		start := int64(firstSlot) + int64(k)<<slotBits
		for i+1 < len(periods) && key(periods[i+1]) <= start {
			i++
		}
		offset := periods[i].offset
		t[k] = slot{at: math.MaxInt64, before: offset, after: offset}
		if i+1 < len(periods) && key(periods[i+1]) < start+1<<slotBits {
			t[k] = slot{at: key(periods[i+1]), before: offset, after: periods[i+1].offset}
		}
		if i+2 < len(periods) && key(periods[i+2]) < start+1<<slotBits {
			t[k] = slot{at: crowded}
		}
	}
	return t
}

// Locals is Clock.Local of each instant.
func (z *Zone) Locals(out, instants []int64) {
	if z.fixed {
		for i, t := range instants {
			out[i] = t + z.periods[0].offset
		}
		return
	}
	z.tables()
	clock := z.Clock()
	out = out[:len(instants)]
	for i, t := range instants {
		if k := uint64(t-firstSlot) >> slotBits; k < uint64(len(z.byStart)) {
			if s := &z.byStart[k]; s.at != crowded {
				out[i] = t + s.offset(t)
				continue
			}
		}
		out[i] = clock.Local(t)
	}
}

// Instants is Clock.Instant of each local time.
func (z *Zone) Instants(out, locals []int64) {
	if z.fixed {
		for i, t := range locals {
			out[i] = t - z.periods[0].offset
		}
		return
	}
	z.tables()
	clock := z.Clock()
	out = out[:len(locals)]
	for i, t := range locals {
		if k := uint64(t-firstSlot) >> slotBits; k < uint64(len(z.byLocal)) {
			if s := &z.byLocal[k]; s.at != crowded {
				out[i] = t - s.offset(t)
				continue
			}
		}
		out[i] = clock.Instant(t)
	}
}

func (s *slot) offset(t int64) int64 {
	offset := s.before
	if t >= s.at {
		offset = s.after
	}
	return offset
}

// tables makes the tables when they are first needed.
func (z *Zone) tables() {
	z.once.Do(func() {
		z.byStart, z.byLocal = newTable(z.periods, period.byStart), newTable(z.periods, period.byLocal)
	})
}
