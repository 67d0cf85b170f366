package fromlog

// This file finds out how many people asked, how often, and what.

import (
	"cmp"
	"slices"

	"shoal/planner/eventlog"
	"shoal/planner/workload"
)

const (
	pause     = 30 * 60 * 1000 // ms: after such a break somebody comes anew
	maxGroups = 6              // groups of users told apart
)

// A lane is one person: questions one after the other.
type lane struct {
	asks []*ask
}

func (l *lane) last() *ask { return l.asks[len(l.asks)-1] }

// users groups the questions by who asked, and a group's overlapping ones by person.
func (c *converter) users() {
	slices.SortStableFunc(c.asked, func(a, b *ask) int { return cmp.Compare(a.start, b.start) })
	c.sole = soleSessions(c.asked)
	groups := map[string][]*ask{}
	var order []string
	for _, a := range c.asked {
		who := c.whoIs(a)
		if groups[who] == nil {
			order = append(order, who)
		}
		groups[who] = append(groups[who], a)
	}
	if len(order) > maxGroups {
		c.note("%d users or sessions count as one group with their common mix", len(order))
		var lanes []*lane
		for _, who := range order {
			lanes = append(lanes, people(groups[who])...)
		}
		c.group("people", lanes)
		return
	}
	for _, who := range order {
		c.group(c.unique(who), people(groups[who]))
	}
}

// whoIs names the asker as well as the log can. Jobs of the RDD API bear no session: they are the
// only session's, where there is one.
func (c *converter) whoIs(a *ask) string {
	w := a.who
	if w.Session == "" && w.User == "" {
		w.Session = c.sole[a.app]
	}
	switch {
	case w.User != "" && w.User != a.app.User:
		return w.User
	case w.Session != "":
		return cmp.Or(a.app.User, "user") + " " + w.Session[:min(8, len(w.Session))]
	}
	return cmp.Or(a.app.User, "user")
}

// soleSessions is the session of each application that has just one.
func soleSessions(asked []*ask) map[*eventlog.App]string {
	sole := map[*eventlog.App]string{}
	several := map[*eventlog.App]bool{}
	for _, a := range asked {
		s := a.who.Session
		if s == "" {
			continue
		}
		if before, ok := sole[a.app]; ok && before != s {
			several[a.app] = true
		}
		sole[a.app] = s
	}
	for a := range several {
		delete(sole, a)
	}
	return sole
}

// people gives each question to the person who has waited least since the last answer, or to a new one.
func people(asks []*ask) []*lane {
	var lanes []*lane
	for _, a := range asks {
		var best *lane
		for _, l := range lanes {
			free := l.last().end <= a.start && a.start-l.last().end < pause
			if free && (best == nil || l.last().end > best.last().end) {
				best = l
			}
		}
		if best == nil {
			best = &lane{}
			lanes = append(lanes, best)
		}
		best.asks = append(best.asks, a)
	}
	return lanes
}

// group adds people: as many as were there at a time, their pauses on average, and what they asked.
func (c *converter) group(name string, lanes []*lane) {
	u := workload.Users{Name: name, Mix: map[string]float64{}}
	var gaps eventlog.Dist
	total := 0
	for _, l := range lanes {
		for i, a := range l.asks {
			u.Mix[a.name]++
			total++
			if i > 0 {
				gaps.Add(a.start - l.asks[i-1].end)
			}
		}
	}
	for name := range u.Mix {
		u.Mix[name] /= float64(total)
	}
	u.Count = together(lanes)
	u.Think = secs(gaps.Mean())
	if gaps.Count == 0 {
		c.note("%s asked only once each: their pauses count as a minute", name)
		u.Think = 60
	}
	c.result.Workload.Users = append(c.result.Workload.Users, u)
}

// together is how many people were there at the same time, from the first question to the last answer.
func together(lanes []*lane) int {
	type edge struct {
		at int64
		by int
	}
	var edges []edge
	for _, l := range lanes {
		edges = append(edges, edge{l.asks[0].start, 1}, edge{l.last().end, -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	now, most := 0, 0
	for _, e := range edges {
		now += e.by
		most = max(most, now)
	}
	return max(most, 1)
}
