package sim

// Usual is what Spark's own work costs on a core of speed 1. planner/DESIGN.md gives the source of
// each figure; planner/validate tests that Dispatch, Unpack and Cold are those that were
// calibrated on real Spark.
func Usual() Costs {
	return Costs{
		Submit:     0.004,
		Dispatch:   0.001,
		Unpack:     0.008,
		FirstByte:  0.030,
		SourceFlow: 80e6,
		FetchHost:  0.0004,
		FetchBlock: 0.00002,
		Hop:        0.004,
		Merge:      2e-9,
		SpillBytes: 1.0,
		SpillCPU:   8e-9,
		Straggle:   0.01,
		StraggleBy: 2.5,
		Uneven:     0.03,
		Resubmit:   0.2,
		Gap:        0.5,
		Cold:       1,
		Start:      6,
		Idle:       60,
	}
}
