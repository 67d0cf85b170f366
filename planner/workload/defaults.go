package workload

// This file fills in what a file leaves out.

import "math"

const (
	split     = 128 << 20 // spark.sql.files.maxPartitionBytes
	coalesced = 64 << 20  // spark.sql.adaptive.advisoryPartitionSizeInBytes
	shuffles  = 200       // spark.sql.shuffle.partitions
	inMemory  = 2.5       // deserialized columns against Parquet
)

func either[T comparable](v *T, other T) {
	var zero T
	if *v == zero {
		*v = other
	}
}

func (w *Workload) withDefaults() {
	either(&w.Name, "workload")
	either(&w.Region, "us-east-1")
	either(&w.Market, "on-demand")
	either(&w.Duration, 1200)
	either(&w.Warmup, w.Duration/10)
	either(&w.Seed, 1)
	either(&w.Runs, 8)
	either(&w.Goals.P95, 10)
	s := &w.Spark
	either(&s.Driver, "shared")
	either(&s.Scheduler, "fair")
	either(&s.MemoryFraction, 0.6)
	either(&s.Overhead, 0.1875) // EMR's; Spark's own is 0.1
	either(&s.DriverMemory, 2<<30)
	for i := range s.Lanes {
		either(&s.Lanes[i].Weight, 1)
	}
	for i := range w.Queries {
		w.Queries[i].withDefaults(w)
	}
	for i := range w.Jobs {
		w.Jobs[i].withDefaults(w)
	}
	for i := range w.Shapes {
		for g := range w.Shapes[i].Workers {
			either(&w.Shapes[i].Workers[g].Share, 1)
		}
	}
	if w.Search != nil {
		either(&w.Search.Top, 8)
	}
}

func (q *Query) withDefaults(w *Workload) {
	either(&q.Goal, w.Goals.P95)
	for i := range q.Stages {
		s := &q.Stages[i]
		if s.After == nil && i > 0 {
			s.After = []string{q.Stages[i-1].Name}
		}
		either(&s.Split, split)
		if s.ShuffleRead == 0 {
			for _, a := range s.After {
				if before := q.stage(a); before != nil {
					s.ShuffleRead += before.ShuffleWrite
				}
			}
		}
		if s.Tasks != 0 {
			continue
		}
		switch {
		case s.Input > 0 && s.Split > 0:
			s.Tasks = int(min(math.Ceil(float64(s.Input/s.Split)), math.MaxInt32))
		case s.ShuffleRead > 0:
			// Adaptive execution joins small partitions.
			s.Tasks = int(max(1, min(shuffles, math.Ceil(float64(s.ShuffleRead)/coalesced))))
		default:
			s.Tasks = 1
		}
	}
}

func (q *Query) stage(name string) *Stage {
	for i := range q.Stages {
		if q.Stages[i].Name == name {
			return &q.Stages[i]
		}
	}
	return nil
}

func (j *Job) withDefaults(w *Workload) {
	either(&j.Goal, w.Goals.P95)
	either(&j.Storage, "memory_and_disk")
	either(&j.Cached, j.Data*inMemory)
	if j.Partitions == 0 {
		j.Partitions = int(max(1, min(math.Ceil(float64(j.Data)/split), math.MaxInt32)))
	}
}
