package rank

// This file draws the uncertain inputs, the same for every shape.

import (
	"math"
	"math/rand/v2"

	"shoal/planner/catalogue"
	"shoal/planner/shape"
	"shoal/planner/workload"
)

// inputs are what nobody knows exactly, with the relative spread they are drawn with.
var inputs = []Input{
	{"work of tasks", 0.15, "CPU time a byte differs between queries of a class and between days"},
	{"memory of tasks", 0.20, "execution memory and cached size depend on data and encoding"},
	{"work of the driver", 0.25, "planning and dispatch differ with plans, JIT and garbage"},
	{"daemons", 0.40, "what NodeManager, DataNode and agents take beside executors"},
	{"network bursts", 0.40, "AWS publishes no bucket sizes; measured ones differ by that much"},
	{"source connections", 0.20, "S3 gives 50 to 100 MB/s to a connection"},
	{"stragglers", 0.50, "how often a task takes far longer than its like"},
	{"vCPU speed by family", 0, "the spread of each family in the catalogue"},
}

// factor is one draw of an input: log-normal, median 1; steps is how many spreads from the median.
func factor(spread, steps float64) float64 { return math.Exp(math.Log1p(spread) * steps) }

// knob sets input number i of k to a factor.
func knob(k *shape.Knobs, i int, steps float64) {
	f := factor(inputs[i].Spread, steps)
	switch i {
	case 0:
		k.Work = f
	case 1:
		k.Memory = f
	case 2:
		k.Driver = f
	case 3:
		k.Daemons = f
	case 4:
		k.Burst = f
	case 5:
		k.Source = f
	case 6:
		k.Straggle = f
	case 7:
		k.Speed = map[string]float64{}
		for _, family := range catalogue.Families() {
			k.Speed[family.Name] = factor(family.Spread, steps)
		}
	}
}

// draws are the usual values first, then random ones.
func draws(w *workload.Workload) []shape.Knobs {
	list := []shape.Knobs{shape.Usual()}
	random := rand.New(rand.NewPCG(w.Seed, 0x5110a1))
	for len(list) < w.Runs {
		k := shape.Usual()
		for i := range inputs {
			if i < len(inputs)-1 {
				knob(&k, i, random.NormFloat64())
			}
		}
		k.Speed = map[string]float64{}
		for _, family := range catalogue.Families() {
			k.Speed[family.Name] = factor(family.Spread, random.NormFloat64())
		}
		list = append(list, k)
	}
	return list
}
