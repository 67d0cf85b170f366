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

	values  []int64  // until exactLimit, in order of arrival
	buckets []uint32 // buckets[i] counts values of bucket base+i
	base    int
}

// Add puts v in; a negative v counts as 0.
func (d *Dist) Add(v int64) {
	v = max(v, 0)
	if d.Count == 0 || v < d.Min {
		d.Min = v
	}
	d.Max = max(d.Max, v)
	d.Count++
	d.Sum += v
	if d.buckets == nil && len(d.values) < exactLimit {
		d.values = append(d.values, v)
		return
	}
	d.spread()
	d.count(v, 1)
}

// Merge adds the values of other.
func (d *Dist) Merge(other *Dist) {
	if other.Count == 0 {
		return
	}
	if other.buckets == nil {
		for _, v := range other.values {
			d.Add(v)
		}
		return
	}
	if d.Count == 0 || other.Min < d.Min {
		d.Min = other.Min
	}
	d.Max = max(d.Max, other.Max)
	d.Count += other.Count
	d.Sum += other.Sum
	d.spread()
	for i, n := range other.buckets {
		if n > 0 {
			d.addBucket(other.base+i, n)
		}
	}
}

// spread moves the exact values into buckets.
func (d *Dist) spread() {
	if d.buckets != nil {
		return
	}
	d.buckets = []uint32{}
	for _, v := range d.values {
		d.count(v, 1)
	}
	d.values = nil
}

func (d *Dist) count(v int64, n uint32) { d.addBucket(bucketOf(v), n) }

func (d *Dist) addBucket(b int, n uint32) {
	switch {
	case len(d.buckets) == 0:
		d.base = b
		d.buckets = append(d.buckets, 0)
	case b < d.base:
		d.buckets = append(make([]uint32, d.base-b, d.base-b+len(d.buckets)), d.buckets...)
		d.base = b
	case b >= d.base+len(d.buckets):
		d.buckets = append(d.buckets, make([]uint32, b-d.base-len(d.buckets)+1)...)
	}
	d.buckets[b-d.base] += n
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
	if d.buckets == nil {
		sorted := slices.Sorted(slices.Values(d.values))
		return float64(sorted[rank-1])
	}
	var seen int64
	for i, n := range d.buckets {
		if seen += int64(n); seen >= rank {
			return min(max(middle(d.base+i), float64(d.Min)), float64(d.Max))
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
