// This file sorts an application's work into kinds: classes of questions, and iterations over cached data.

package eventlog

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// A Question is what somebody waited for: an outer execution, or a job outside any.
type Question struct {
	App         *App
	ID          string // "query 3" or "job 7", as the Spark UI counts them
	Description string
	Asker       Asker
	Start, End  int64
	Spent       Spent
	Sums        Sums
	Stages      []*Stage // that ran, in order of submission; of inner executions too
	Failed      bool
	Fingerprint uint64 // equal for questions of the same form over the same places
	Plan        string // operators, where there is a plan

	job *Job // of a question that is no execution
}

// reservePool is where tasks only sleep, to keep slots for short queries (shoal cluster up): nobody asked for an answer.
const reservePool = "reserve"

// Questions returns the finished questions in order of their starts.
func (a *App) Questions() []*Question {
	byRoot := map[int64]*Question{}
	byJob := map[int]*Question{}
	var all []*Question
	for _, x := range a.Executions {
		if x.Root != x.ID || x.End == 0 || x.Asker.Pool == reservePool {
			continue
		}
		q := &Question{
			App: a, ID: fmt.Sprintf("query %d", x.ID), Description: x.Description, Asker: x.Asker, Start: x.Start, End: x.End,
			Spent: x.Spent, Failed: x.Error != "", Fingerprint: x.plan, Plan: x.Plan,
		}
		byRoot[x.ID] = q
		all = append(all, q)
	}
	for _, x := range a.Executions {
		if root := byRoot[x.Root]; root != nil && x.Root != x.ID {
			byRoot[x.ID] = root
		}
	}
	for _, j := range a.Jobs {
		if j.Execution < 0 && j.End != 0 && j.Asker.Pool != reservePool {
			q := &Question{
				App: a, ID: fmt.Sprintf("job %d", j.ID), Description: cmp.Or(j.Description, j.CallSite), Asker: j.Asker,
				Start: j.Start, End: j.End, Spent: j.Spent, Failed: j.Failure != "", job: j,
			}
			byJob[j.ID] = q
			all = append(all, q)
		}
	}
	for _, s := range a.Stages {
		q := byRoot[s.Execution]
		if q == nil {
			q = byJob[s.Job]
		}
		if q != nil && s.Sums.Tasks > 0 {
			q.Stages = append(q.Stages, s)
			q.Sums.add(&s.Sums)
		}
	}
	for _, q := range all {
		if q.job != nil {
			q.Fingerprint = form(q.Stages)
			if len(q.Stages) > 0 {
				last := q.Stages[len(q.Stages)-1]
				q.Description = cmp.Or(q.job.Description, last.Name)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *Question) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// form is the fingerprint of stages: their names, operators and order.
func form(stages []*Stage) uint64 {
	h := fnv.New64a()
	for _, s := range stages {
		h.Write([]byte(s.Name))
		h.Write([]byte{0})
		h.Write([]byte(s.Shape))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// Wall is how long the question took, in milliseconds.
func (q *Question) Wall() int64 { return max(q.End-q.Start, 0) }

// A Class is questions of the same form, perhaps of several applications.
type Class struct {
	Plan      string // operators; empty for jobs outside executions
	Questions []*Question
	Wall      Dist // milliseconds
	Work      Dist // task time, milliseconds
}

// Classes groups good questions that ran stages by their form, those with most task time first.
func Classes(questions []*Question) []*Class {
	byForm := map[uint64]*Class{}
	var classes []*Class
	for _, q := range questions {
		if q.Failed || len(q.Stages) == 0 {
			continue
		}
		c := byForm[q.Fingerprint]
		if c == nil {
			c = &Class{Plan: q.Plan}
			byForm[q.Fingerprint] = c
			classes = append(classes, c)
		}
		c.Questions = append(c.Questions, q)
		c.Wall.Add(q.Wall())
		c.Work.Add(q.Sums.Duration)
	}
	slices.SortStableFunc(classes, func(a, b *Class) int { return cmp.Compare(b.Work.Sum, a.Work.Sum) })
	return classes
}

// Name is what at least half of the questions are called, or else the operators of the plan.
func (c *Class) Name() string {
	names := map[string]int{}
	for _, q := range c.Questions {
		if names[q.Description]++; 2*names[q.Description] >= len(c.Questions) && q.Description != "" {
			return q.Description
		}
	}
	return cmp.Or(strings.ReplaceAll(c.Plan, "Exchange(", ""), "query")
}

// Typical returns the question in the middle by task time, the lower of two: a first, cold run is not it.
func (c *Class) Typical() *Question {
	sorted := slices.Clone(c.Questions)
	slices.SortStableFunc(sorted, func(a, b *Question) int { return cmp.Compare(a.Sums.Duration, b.Sums.Duration) })
	return sorted[(len(sorted)-1)/2]
}

// An Iteration is a row of jobs that repeat themselves over cached data, as training does.
type Iteration struct {
	Name   string      // the first repeated stage's
	Period int         // jobs in a round
	Rounds []*Question // of all rounds, in order
	Cached int64       // bytes that a round reads from the cache, the middle round's
}

// Count is the number of rounds.
func (i *Iteration) Count() int { return len(i.Rounds) / i.Period }

const (
	maxPeriod = 6
	minRounds = 4
)

// Iterations takes out of questions the jobs that repeat at least four times one after the other and
// read cached data; the rest stays. Jobs of one asker are compared, so that others' in between do not matter.
func Iterations(questions []*Question) (found []*Iteration, rest []*Question) {
	taken := map[*Question]bool{}
	for _, jobs := range byAsker(questions) {
		for i := 0; i < len(jobs); {
			it := repeated(jobs[i:])
			if it == nil {
				i++
				continue
			}
			for _, q := range it.Rounds {
				taken[q] = true
			}
			found = append(found, it)
			i += len(it.Rounds)
		}
	}
	for _, q := range questions {
		if !taken[q] {
			rest = append(rest, q)
		}
	}
	slices.SortStableFunc(found, func(a, b *Iteration) int { return cmp.Compare(a.Rounds[0].Start, b.Rounds[0].Start) })
	return found, rest
}

// byAsker splits the jobs outside executions by application and asker.
func byAsker(questions []*Question) [][]*Question {
	type key struct {
		app   *App
		asker Asker
	}
	index := map[key]int{}
	var lists [][]*Question
	for _, q := range questions {
		if q.job == nil || len(q.Stages) == 0 || q.Failed {
			continue
		}
		k := key{q.App, q.Asker}
		i, ok := index[k]
		if !ok {
			i = len(lists)
			index[k] = i
			lists = append(lists, nil)
		}
		lists[i] = append(lists[i], q)
	}
	return lists
}

// repeated returns the iteration that begins with the first job, nil for none.
func repeated(jobs []*Question) *Iteration {
	for period := 1; period <= maxPeriod; period++ {
		n := period
		for n < len(jobs) && jobs[n].Fingerprint == jobs[n-period].Fingerprint {
			n++
		}
		n -= n % period
		if n/period < minRounds {
			continue
		}
		it := &Iteration{Name: jobs[0].Stages[0].Name, Period: period, Rounds: jobs[:n]}
		if it.Cached = it.cached(); it.Cached > 0 {
			return it
		}
	}
	return nil
}

func (i *Iteration) cached() int64 {
	var d Dist
	for r := 0; r < len(i.Rounds); r += i.Period {
		var bytes int64
		for _, q := range i.Rounds[r : r+i.Period] {
			for _, s := range q.Stages {
				if len(s.Cached) > 0 {
					bytes += s.Sums.InputBytes
				}
			}
		}
		d.Add(bytes)
	}
	return int64(d.Quantile(0.5))
}

// ShortName makes a name for a class that is fit for a file: letters, digits and dashes.
func ShortName(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return cmp.Or(strings.Trim(b.String(), "-"), "query")
}
