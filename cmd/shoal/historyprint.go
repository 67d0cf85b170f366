package main

// This file prints the queries that have ended, and sums of them.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"shoal/session"
	"shoal/web"
)

// pastPage is a line for each query, the last one at the end, as in a log.
func pastPage(past *web.History, width int) []string {
	if len(past.Queries) == 0 {
		return append([]string{"no query has ended"}, lostLine(past)...)
	}
	rows := [][]string{{"STARTED", "USER", "ENGINE", "LANE", "WAITED", "TOOK", "CPU", "EXPECTED", "ROWS", "END", "QUERY"}}
	day := past.Time.Local().Format(time.DateOnly)
	for _, q := range slices.Backward(past.Queries) {
		rows = append(rows, []string{
			strings.TrimPrefix(q.Started.Local().Format(time.DateTime), day+" "), clip(q.User, 12), cmp.Or(q.Engine, "-"), cmp.Or(q.Lane, "-"),
			seconds(q.Waited), seconds(q.Took), seconds(q.CPUSeconds), seconds(q.ExpectedCPU), count(int(q.Rows)), ending(q), cmp.Or(q.Text, q.Kind),
		})
	}
	return append(clipped(columns(rows), width), lostLine(past)...)
}

// ending is how a query ended.
func ending(q session.Past) string {
	switch {
	case q.Error != "":
		return clip(q.Error, 20)
	case q.Reused:
		return "reused"
	case q.Demoted:
		return "demoted"
	}
	return "ok"
}

func lostLine(past *web.History) []string {
	if past.Lost == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d queries could not be written down since the server began; its log says why", past.Lost)}
}

// sum is what the queries took that have something in common.
type sum struct {
	Key        string    `json:"key"`
	Count      int       `json:"count"`
	Failed     int       `json:"failed"`
	Reused     int       `json:"reused"`
	P50        float64   `json:"p50_seconds"` // of those that succeeded
	P95        float64   `json:"p95_seconds"`
	Max        float64   `json:"max_seconds"`
	Waited     float64   `json:"waited_seconds"`
	CPUSeconds float64   `json:"cpu_seconds"`
	Rows       int64     `json:"rows"`
	Last       time.Time `json:"last"`
	Text       string    `json:"text,omitempty"` // of the last one

	took []float64
}

// sumsOf adds queries up by what they have in common. What took most processor time comes first.
func sumsOf(past []session.Past, by string) []*sum {
	all := map[string]*sum{}
	sums := []*sum{}
	for _, q := range past { // the last ones first
		key := map[string]string{"fingerprint": q.Fingerprint, "user": q.User, "engine": q.Engine, "error": q.Error}[by]
		s := all[key]
		if s == nil {
			s = &sum{Key: key, Last: q.Started}
			if by == "fingerprint" {
				s.Text = cmp.Or(q.Text, q.Kind)
			}
			all[key], sums = s, append(sums, s)
		}
		s.add(q)
	}
	for _, s := range sums {
		slices.Sort(s.took)
		s.P50, s.P95, s.Max = nearest(s.took, 0.5), nearest(s.took, 0.95), nearest(s.took, 1)
	}
	slices.SortStableFunc(sums, func(a, b *sum) int { return cmp.Compare(b.CPUSeconds, a.CPUSeconds) })
	return sums
}

func (s *sum) add(q session.Past) {
	s.Count++
	s.Waited += q.Waited
	s.CPUSeconds += q.CPUSeconds
	s.Rows += q.Rows
	if q.Reused {
		s.Reused++
	}
	if q.Error != "" {
		s.Failed++
		return
	}
	s.took = append(s.took, q.Took)
}

// nearest is a quantile of sorted values: the least that so many are not above. It is 0 of none.
func nearest(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

func sumPage(sums []*sum, by string, width int) []string {
	if len(sums) == 0 {
		return []string{"no query has ended"}
	}
	head := []string{strings.ToUpper(by), "COUNT", "FAILED", "REUSED", "P50", "P95", "MAX", "WAITED", "CPU", "ROWS", ""}
	if by == "fingerprint" {
		head[len(head)-1] = "QUERY"
	}
	rows := [][]string{head}
	for _, s := range sums {
		rows = append(rows, []string{cmp.Or(s.Key, "-"), count(s.Count), count(s.Failed), count(s.Reused), seconds(s.P50), seconds(s.P95), seconds(s.Max),
			seconds(s.Waited), seconds(s.CPUSeconds), count(int(s.Rows)), s.Text})
	}
	return clipped(columns(rows), width)
}
