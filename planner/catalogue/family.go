package catalogue

// This file says what a family is for and how fast one vCPU of it is.

// Family explains the types that share a processor and a ratio of memory to CPU.
type Family struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // balanced, memory, compute or storage
	What string `json:"what"`
	CPU  string `json:"cpu"`
	Year int    `json:"year"`
	// Speed is the work one busy vCPU does, against one of m5, and Spread the relative uncertainty of
	// it: makers' and users' comparisons differ by about that much.
	Speed  float64 `json:"speed"`
	Spread float64 `json:"spread"`
}

const (
	balanced = "balanced: 4 GiB a vCPU, the cheapest way to buy both"
	memory   = "memory: 8 GiB a vCPU, about a third dearer a vCPU; for large caches and large tasks"
	compute  = "compute: 2 GiB a vCPU, the cheapest vCPUs; spills early"
	storage  = "storage: local NVMe and 8 GiB a vCPU; for spill and HDFS"
)

// families are in the catalogue's order. The speeds are not in the catalogue's sources; each step
// is AWS's own statement at the launch of a generation (m5 to m6i 15 %, m6i to m7i 15 %, m6g to m7g
// 25 %, m7g to m8g 30 %, m6a to m7a 50 %) or, for the fourth generation and AMD's first,
// sysbench comparisons by users (fourth to fifth generation 25 %, c5 to m5 15-20 %). A vCPU of the
// families m6g, m7g, m8g, m7a and their kin is a whole core, of the others a hyperthread.
var families = []Family{
	{"c5", "compute", compute, "Intel Skylake or Cascade Lake, 3.4-3.9 GHz", 2017, 1.15, 0.05},
	{"c5d", "compute", compute + "; with local NVMe", "as c5", 2018, 1.15, 0.05},
	{"c6g", "compute", compute, "Graviton2", 2020, 1.10, 0.12},
	{"c6i", "compute", compute, "Intel Ice Lake", 2021, 1.25, 0.08},
	{"c7g", "compute", compute, "Graviton3", 2022, 1.37, 0.12},
	{"c7i", "compute", compute, "Intel Sapphire Rapids", 2023, 1.40, 0.10},
	{"i3", "storage", storage, "Intel Broadwell, 2.3 GHz", 2017, 0.80, 0.06},
	{"i4i", "storage", storage, "Intel Ice Lake", 2022, 1.15, 0.08},
	{"m4", "balanced", balanced + "; old, and EBS is slow", "Intel Broadwell or Haswell, 2.3-2.4 GHz", 2015, 0.80, 0.06},
	{"m5", "balanced", balanced, "Intel Skylake or Cascade Lake, 3.1 GHz", 2017, 1.00, 0},
	{"m5a", "balanced", balanced, "AMD EPYC 7000, 2.5 GHz", 2018, 0.85, 0.08},
	{"m5d", "balanced", balanced + "; with local NVMe", "as m5", 2018, 1.00, 0.01},
	{"m6a", "balanced", balanced, "AMD EPYC Milan", 2021, 1.15, 0.10},
	{"m6g", "balanced", balanced, "Graviton2", 2020, 1.10, 0.12},
	{"m6i", "balanced", balanced, "Intel Ice Lake", 2021, 1.15, 0.06},
	{"m7a", "balanced", balanced, "AMD EPYC Genoa, whole cores", 2023, 1.70, 0.12},
	{"m7g", "balanced", balanced, "Graviton3", 2023, 1.37, 0.12},
	{"m7i", "balanced", balanced, "Intel Sapphire Rapids", 2023, 1.32, 0.10},
	{"m8g", "balanced", balanced, "Graviton4", 2024, 1.75, 0.15},
	{"r4", "memory", memory + "; old, and EBS is slow", "Intel Broadwell, 2.3 GHz", 2016, 0.80, 0.06},
	{"r5", "memory", memory, "Intel Skylake or Cascade Lake, 3.1 GHz", 2018, 1.00, 0.01},
	{"r5a", "memory", memory, "AMD EPYC 7000, 2.5 GHz", 2018, 0.85, 0.08},
	{"r5d", "memory", memory + "; with local NVMe", "as r5", 2018, 1.00, 0.01},
	{"r6g", "memory", memory, "Graviton2", 2020, 1.10, 0.12},
	{"r6i", "memory", memory, "Intel Ice Lake", 2021, 1.15, 0.06},
	{"r7g", "memory", memory, "Graviton3", 2023, 1.37, 0.12},
	{"r7i", "memory", memory, "Intel Sapphire Rapids", 2023, 1.32, 0.10},
}

// Families is all of them.
func Families() []Family { return families }

// FamilyOf is the family of a type; a family that is not described is taken as m5, with a wide spread.
func FamilyOf(t *Type) Family {
	for _, f := range families {
		if f.Name == t.Family {
			return f
		}
	}
	return Family{Name: t.Family, Kind: "unknown", What: "unknown", Speed: 1, Spread: 0.3}
}
