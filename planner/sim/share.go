package sim

// This file is the resource that its users share evenly: cores, network, disk.

import "math"

// share serves all its flows at the same rate, each at most at flow and all together at most at the
// link's peak while the bucket holds out, else at its base. It keeps the work done for each flow
// since the beginning as a virtual time, so that a flow that wants w work ends when the virtual time
// has grown by w, however many come and go: an arrival or an end costs O(log flows).
type share struct {
	virtual float64 // work done for each flow
	at      float64 // the real time of virtual
	flow    float64 // most work a second for one flow
	link    Link
	tokens  float64 // what is left in the bucket
	low     bool    // the bucket ran empty and has not recovered
	done    float64 // work done for all
	flows   []part  // binary heap by end
}

// part is one flow: it ends when the virtual time reaches end.
type part struct {
	end float64
	who int32
}

func newShare(link Link, flow float64) share {
	link.Peak = max(link.Peak, link.Base)
	return share{link: link, flow: flow, tokens: link.Bucket, low: link.Bucket == 0}
}

// rate is the work a second for all flows together.
func (s *share) rate() float64 {
	most := s.link.Peak
	if s.low {
		most = s.link.Base
	}
	return min(most, float64(len(s.flows))*s.flow)
}

// recovered is the part of the bucket that must be full again before a burst begins: without it,
// a burst would begin and end with every few bytes.
const recovered = 0.01

// advance brings the resource to a time.
func (s *share) advance(now float64) {
	dt := now - s.at
	if dt <= 0 {
		return
	}
	s.at = now
	rate := 0.0
	if n := len(s.flows); n > 0 {
		rate = s.rate()
		s.virtual += rate / float64(n) * dt
		s.done += rate * dt
	}
	if s.link.Bucket == 0 {
		return
	}
	s.tokens = min(s.link.Bucket, s.tokens+(s.link.Base-rate)*dt)
	if s.low {
		s.low = s.tokens < recovered*s.link.Bucket
	} else if s.tokens <= 1e-9*s.link.Bucket {
		s.tokens, s.low = max(0, s.tokens), true
	}
}

// next is the time of the next change: a flow ends or the bucket is empty.
func (s *share) next() float64 {
	n := len(s.flows)
	if n == 0 {
		return math.Inf(1)
	}
	rate := s.rate()
	t := s.at + max(0, s.flows[0].end-s.virtual)*float64(n)/rate
	if !s.low && rate > s.link.Base {
		t = min(t, s.at+s.tokens/(rate-s.link.Base))
	}
	return t
}

// add begins a flow of so much work; the resource stands at now.
func (s *share) add(work float64, who int32) {
	if len(s.flows) == 0 {
		s.virtual = 0 // keeps the sum small, so that it stays exact
	}
	p := part{s.virtual + work, who}
	s.flows = append(s.flows, p)
	at := len(s.flows) - 1
	for at > 0 {
		parent := (at - 1) / 2
		if s.flows[parent].end <= p.end {
			break
		}
		s.flows[at] = s.flows[parent]
		at = parent
	}
	s.flows[at] = p
}

// ended takes out a flow that has ended by now; ok is false where none has.
func (s *share) ended() (who int32, ok bool) {
	if len(s.flows) == 0 {
		return 0, false
	}
	top := s.flows[0]
	// What is left is a rounding error when it would take less than the clock can show.
	if left := top.end - s.virtual; left > 1e-12*s.virtual && left*float64(len(s.flows)) > s.rate()*1e-12*max(1, s.at) {
		return 0, false
	}
	last := len(s.flows) - 1
	x := s.flows[last]
	s.flows = s.flows[:last]
	if last == 0 {
		return top.who, true
	}
	at := 0
	for {
		child := 2*at + 1
		if child >= last {
			break
		}
		if child+1 < last && s.flows[child+1].end < s.flows[child].end {
			child++
		}
		if x.end <= s.flows[child].end {
			break
		}
		s.flows[at] = s.flows[child]
		at = child
	}
	s.flows[at] = x
	return top.who, true
}

// clear ends all flows unfinished.
func (s *share) clear() { s.flows = s.flows[:0] }
