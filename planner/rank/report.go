// Package rank compares clusters under a workload at the same hourly budget: it simulates each,
// orders them, and says why from the numbers. Plan is the entry. Nothing in it prefers a shape, a
// family or a size; what it knows is in the catalogue, the workload and the simulator.
package rank

import (
	"shoal/planner/catalogue"
	"shoal/planner/shape"
	"shoal/planner/sim"
)

// Report is the answer to a workload file. Its JSON is a contract: fields are added, never renamed.
type Report struct {
	Workload string  `json:"workload"`
	Region   string  `json:"region"`
	Market   string  `json:"market"`
	Budget   float64 `json:"budget_usd_h"`
	Seed     uint64  `json:"seed"`
	Runs     int     `json:"runs"`

	Headline string   `json:"headline"`
	Ranking  []Entry  `json:"ranking"` // the shapes asked about, best first
	Beside   []Entry  `json:"beside"`  // what they were compared with beside: launchable variants, few big nodes
	Found    []Entry  `json:"found"`   // the best of the whole catalogue, where the file asks for a search
	Searched int      `json:"searched"`
	Pareto   []string `json:"pareto"` // of all entries: no other is both cheaper and faster
	Curve    []Point  `json:"curve"`  // the same shapes at other budgets, by price
	Effects  []Effect `json:"effects"`
	Remarks  []string `json:"remarks"` // what the asker may have overlooked

	Leans       []catalogue.Lean `json:"leans"`
	Uncertain   []Input          `json:"uncertain"`
	Sensitivity []Sensitivity    `json:"sensitivity"`
	Events      int64            `json:"events"`
	Seconds     float64          `json:"seconds"`
}

// Entry is a shape with what it would do.
type Entry struct {
	Name  string `json:"name"`
	Note  string `json:"note,omitempty"`
	Place int    `json:"place"` // among all entries of the report, 1 is best
	// Of is the shape it is a variant of, and Variant in what: nearest, family, size, count, master.
	Of      string `json:"of,omitempty"`
	Variant string `json:"variant,omitempty"`

	Master     string       `json:"master"`
	Workers    []Workers    `json:"workers"`
	Nodes      int          `json:"nodes"` // workers and master: what has to be managed
	VCPU       int          `json:"vcpu"`  // of workers
	MemoryGiB  float64      `json:"memory_gib"`
	Price      shape.Price  `json:"price"`
	Launchable bool         `json:"launchable"`
	Missing    []string     `json:"missing,omitempty"` // types EMR does not sell
	Layout     shape.Layout `json:"layout"`

	Score    Band          `json:"score"`       // p95 over its goal, mean of classes by traffic; lower is better
	FirstOf  float64       `json:"first_share"` // share of draws in which it came first of those asked about
	Meets    bool          `json:"meets_goals"`
	Binds    []string      `json:"binds,omitempty"` // the goals it misses
	Classes  []ClassReport `json:"classes"`
	Use      sim.Use       `json:"use"`
	PerHour  Band          `json:"answers_per_hour"`
	PerKilo  Band          `json:"usd_per_1000_answers"`
	Users    int           `json:"users_at_goal"` // how many the shape bears within all p95 goals
	Dead     Dead          `json:"one_node_lost"`
	HeadRoom float64       `json:"memory_head_room"` // share of workers' execution and storage memory not needed
	Reasons  []string      `json:"reasons"`
}

// Workers is a group of an entry.
type Workers struct {
	Type    string        `json:"type"`
	Count   int           `json:"count"`
	Volumes shape.Volumes `json:"volumes"`
}

// Band is a figure and how far the uncertain inputs move it: the median and the range of all draws
// but the outer tenth on each side.
type Band struct {
	Mid  float64 `json:"mid"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// ClassReport is a class of questions on a shape; times are seconds.
type ClassReport struct {
	Name    string    `json:"name"`
	Goal    float64   `json:"goal_p95"`
	Answers int       `json:"answers"`
	Failed  float64   `json:"failed"` // share
	P50     Band      `json:"p50"`
	P95     Band      `json:"p95"`
	P99     Band      `json:"p99"`
	Mean    sim.Parts `json:"mean_parts"`
	Tail    sim.Parts `json:"tail_parts"`
	CDF     []float64 `json:"cdf"` // latency at 0, 1, ... 100 percent
}

// Dead is what the death of one worker costs while users go on.
type Dead struct {
	Capacity float64 `json:"capacity"`  // share of slots gone
	P95      float64 `json:"p95_ratio"` // p95 over p95 without the loss, mean of classes by traffic
	Rework   float64 `json:"rework_cpu_s"`
	Tasks    int     `json:"tasks_lost"`
	Meets    bool    `json:"meets_goals"`
}

// Point is a shape at some budget, in one run with the usual inputs.
type Point struct {
	Name   string  `json:"name"`
	Budget float64 `json:"budget_usd_h"`
	Price  float64 `json:"usd_h"`
	Nodes  int     `json:"nodes"` // workers
	Score  float64 `json:"score"`
	// P95 is seconds by class.
	P95   map[string]float64 `json:"p95_s"`
	Meets bool               `json:"meets_goals"`
	Front bool               `json:"front"` // no other point is both cheaper and better
}

// Effect is one change from the first of the ranking, the rest the same, at the same budget.
type Effect struct {
	Of     string  `json:"of"` // family, node size, count, master, volumes
	From   string  `json:"from"`
	To     string  `json:"to"`
	Score  float64 `json:"score"` // new score over the old: above 1 is worse
	P95    float64 `json:"p95"`
	Nodes  int     `json:"nodes"`
	Price  float64 `json:"usd_h"`
	Reason string  `json:"reason"`
}

// Input is an uncertain input with its spread.
type Input struct {
	Name   string  `json:"name"`
	Spread float64 `json:"spread"` // relative standard deviation of the log-normal it is drawn from
	Why    string  `json:"why"`
}

// Sensitivity is how far an input moves the score of the first shape, and of the second: an input
// that moves both alike does not matter for the choice.
type Sensitivity struct {
	Input  string  `json:"input"`
	First  float64 `json:"first"` // score at plus one spread over score at minus one
	Second float64 `json:"second"`
	// FirstAt and SecondAt are the score at minus and at plus one spread, over the score at the usual value.
	FirstAt  [2]float64 `json:"first_at"`
	SecondAt [2]float64 `json:"second_at"`
}

// SearchOnly says whether the file named no shapes: then the ranking is what the search found.
func (r *Report) SearchOnly() bool {
	return len(r.Found) > 0 && len(r.Ranking) > 0 && r.Found[0].Name == r.Ranking[0].Name
}
