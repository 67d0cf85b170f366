package sim

// Result is what a run showed between Warmup and Horizon.
type Result struct {
	Classes []ClassResult
	Use     Use
	Events  int64   // steps of the virtual clock
	Until   float64 // the time the clock reached
	Last    float64 // the time of the last answer
	Rework  float64 // CPU seconds that were done again after a loss
	Lost    int     // tasks that died with a node
	Spans   []Span
}

// ClassResult is the answers of a class.
type ClassResult struct {
	Name    string
	Latency []float64 // of each answer, ascending
	Failed  int       // answers that were errors: a task ran out of memory four times
	Open    int       // questions still without an answer at the end
	Mean    Parts     // where the time of a mean answer went
	Tail    Parts     // of the slowest twentieth
	Spill   float64   // bytes that did not fit into memory
	Tasks   int64
}

// Parts is where time went along the critical path of an answer; the sum is its latency.
type Parts struct {
	Door    float64 `json:"door"`    // waiting for admission
	Driver  float64 `json:"driver"`  // planning, submitting, collecting
	Slot    float64 `json:"slot"`    // waiting for a free slot
	Launch  float64 `json:"launch"`  // dispatch and start of tasks, first bytes
	CPU     float64 `json:"cpu"`     // computing, stragglers and busy cores included
	Network float64 `json:"network"` // input and shuffle
	Disk    float64 `json:"disk"`    // shuffle that the page cache could not take, evicted partitions
	Spill   float64 `json:"spill"`   // memory that was too small
}

// Sum is the whole time.
func (p Parts) Sum() float64 {
	return p.Door + p.Driver + p.Slot + p.Launch + p.CPU + p.Network + p.Disk + p.Spill
}

func (p *Parts) add(o Parts) {
	p.Door += o.Door
	p.Driver += o.Driver
	p.Slot += o.Slot
	p.Launch += o.Launch
	p.CPU += o.CPU
	p.Network += o.Network
	p.Disk += o.Disk
	p.Spill += o.Spill
}

func (p Parts) times(f float64) Parts {
	return Parts{p.Door * f, p.Driver * f, p.Slot * f, p.Launch * f, p.CPU * f, p.Network * f, p.Disk * f, p.Spill * f}
}

// Use is the mean use of resources, between 0 and 1.
type Use struct {
	Slots   float64 `json:"slots"`
	CPU     float64 `json:"cpu"`
	Network float64 `json:"network"` // of the baseline; above 1 lives on bursts
	Disk    float64 `json:"disk"`    // of the baseline
	Driver  float64 `json:"driver"`
	Cached  float64 `json:"cached"`      // share of cached partitions found in memory; 1 where none were wanted
	Cache   float64 `json:"cache_bytes"` // that queries wanted to keep in memory, on average
}

// Span is a task on a slot, for a Gantt chart.
type Span struct {
	Node, Slot    int
	Class, Stage  int
	Query         int
	Start, Finish float64
}

// Quantile is the q-quantile of ascending values, 0 where there are none.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
