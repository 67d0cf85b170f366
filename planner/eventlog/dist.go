// This file holds the sketch of a distribution: exact while small, logarithmic buckets beyond.

package eventlog

import (
	"encoding/json"
	"math"
	"slices"
)

// exactLimit is the number of values a Dist keeps as they are.
const exactLimit = 64

// bucketGrowth is the ratio of neighbouring bucket bounds: a quantile from buckets is off by at most 1 %.
const bucketGrowth = 1.02

var bucketScale = 1 / math.Log(bucketGrowth)

// A Dist is the distribution of whole numbers >= 0. Count, Sum, Min and Max are exact; quantiles are
// exact up to 64 values and within 1 % beyond, in at most some 10 KB. The zero value is empty.
type Dist struct {
	Count    int64
	Sum      int64
	Min, Max int64

	more *spreadOut // nil as long as all values are equal: there are very many small Dists
}

// spreadOut is the values in order of arrival while they are few. Then data[i] counts those of bucket base+i.
type spreadOut struct {
	data     []int64
	base     int32
	bucketed bool
}

// Add puts v in; a negative v counts as 0.
func (d *Dist) Add(v int64) {
	v = max(v, 0)
	if !d.bucketed() && d.Count < exactLimit {
		switch {
		case d.more != nil:
			d.more.data = append(d.more.data, v)
		case d.Count > 0 && v != d.Min:
			d.more = &spreadOut{data: append(d.values(), v)}
		}
	} else {
		d.spread()
		d.addBucket(bucketOf(v), 1)
	}
	if d.Count == 0 || v < d.Min {
		d.Min = v
	}
	d.Max = max(d.Max, v)
	d.Count++
	d.Sum += v
}

func (d *Dist) bucketed() bool { return d.more != nil && d.more.bucketed }

// values returns the exact values.
func (d *Dist) values() []int64 {
	if d.more != nil {
		return d.more.data
	}
	equal := make([]int64, d.Count, d.Count+1)
	for i := range equal {
		equal[i] = d.Min
	}
	return equal
}

// Merge adds the values of other.
func (d *Dist) Merge(other *Dist) {
	if other.Count == 0 {
		return
	}
	if !other.bucketed() {
		for _, v := range other.values() {
			d.Add(v)
		}
		return
	}
	d.spread()
	if d.Count == 0 || other.Min < d.Min {
		d.Min = other.Min
	}
	d.Max = max(d.Max, other.Max)
	d.Count += other.Count
	d.Sum += other.Sum
	for i, n := range other.more.data {
		if n > 0 {
			d.addBucket(int(other.more.base)+i, n)
		}
	}
}

// spread moves the exact values into buckets.
func (d *Dist) spread() {
	if d.bucketed() {
		return
	}
	values := d.values()
	d.more = &spreadOut{bucketed: true}
	for _, v := range values {
		d.addBucket(bucketOf(v), 1)
	}
}

func (d *Dist) addBucket(b int, n int64) {
	m := d.more
	base := int(m.base)
	switch {
	case len(m.data) == 0:
		base = b
		m.data = append(m.data, 0)
	case b < base:
		m.data = append(make([]int64, base-b, base-b+len(m.data)), m.data...)
		base = b
	case b >= base+len(m.data):
		m.data = append(m.data, make([]int64, b-base-len(m.data)+1)...)
	}
	m.base = int32(base)
	m.data[b-base] += n
}

// bucketOf returns 0 for 0, and for the rest 1 + the rounded-up logarithm.
func bucketOf(v int64) int {
	if v <= 0 {
		return 0
	}
	return 1 + int(math.Ceil(math.Log(float64(v))*bucketScale))
}

// middle is the value that stands for a bucket.
func middle(b int) float64 {
	if b == 0 {
		return 0
	}
	return 2 * math.Pow(bucketGrowth, float64(b-1)) / (1 + bucketGrowth)
}

// Quantile returns the value below which the share q of the values lies (nearest rank); 0 when empty.
func (d *Dist) Quantile(q float64) float64 {
	if d.Count == 0 {
		return 0
	}
	rank := int64(math.Ceil(q * float64(d.Count)))
	rank = min(max(rank, 1), d.Count)
	if rank == 1 {
		return float64(d.Min)
	}
	if rank == d.Count {
		return float64(d.Max)
	}
	if !d.bucketed() {
		sorted := slices.Sorted(slices.Values(d.values()))
		return float64(sorted[rank-1])
	}
	var seen int64
	for i, n := range d.more.data {
		if seen += n; seen >= rank {
			return min(max(middle(int(d.more.base)+i), float64(d.Min)), float64(d.Max))
		}
	}
	return float64(d.Max)
}

// Mean returns the average, 0 when empty.
func (d *Dist) Mean() float64 {
	if d.Count == 0 {
		return 0
	}
	return float64(d.Sum) / float64(d.Count)
}

// MarshalJSON writes the count, sum and the quantiles people ask for.
func (d *Dist) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Count int64   `json:"count"`
		Sum   int64   `json:"sum"`
		Min   int64   `json:"min"`
		P25   float64 `json:"p25"`
		P50   float64 `json:"p50"`
		P75   float64 `json:"p75"`
		P95   float64 `json:"p95"`
		P99   float64 `json:"p99"`
		Max   int64   `json:"max"`
	}{d.Count, d.Sum, d.Min, d.Quantile(0.25), d.Quantile(0.5), d.Quantile(0.75), d.Quantile(0.95), d.Quantile(0.99), d.Max})
}
