package sketch

// This file holds HyperLogLog++ without its sparse form, as Spark's approx_count_distinct has it. Registers
// are maxima, so that neither the order of values nor partitions matter.

import (
	"math"
	"math/bits"
	"slices"
)

// distinctThresholds are up to which estimate the number of untouched registers tells more, from 2^4 registers on.
var distinctThresholds = []float64{10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 15500, 20000, 50000, 120000, 350000}

const (
	leastBits      = 4
	mostBiasedBits = 18 // with more registers no estimate is corrected
	tabulatedBits  = 9
	biasNeighbours = 6
)

// Register is which register a hash belongs to, and what it says, in the lower six bits.
func Register(hash uint64, p int) uint32 {
	return uint32(hash>>(64-p))<<6 | uint32(bits.LeadingZeros64(hash<<p|1<<(p-1))+1)
}

// Distinct is how many distinct values there were whose registers are given.
func Distinct(registers []uint32, p int) (int64, error) {
	top := make([]uint8, 1<<p)
	for _, r := range registers {
		top[r>>6] = max(top[r>>6], uint8(r&63))
	}
	m, sum, untouched := float64(len(top)), 0.0, 0
	for _, t := range top {
		sum += 1 / float64(uint64(1)<<t)
		if t == 0 {
			untouched++
		}
	}
	estimate := alpha(p) * m * m / sum
	if untouched > 0 {
		counted := m * math.Log(m/float64(untouched))
		if p <= mostBiasedBits && counted <= distinctThresholds[p-leastBits] || estimate <= 2.5*m {
			return int64(math.Floor(counted + 0.5)), nil
		}
	}
	if p <= mostBiasedBits && estimate < 5*m {
		if p != tabulatedBits {
			return 0, ErrBeyond // there are tables for the registers of the default only
		}
		estimate -= bias(estimate)
	}
	return int64(math.Floor(estimate + 0.5)), nil
}

func alpha(p int) float64 {
	switch p {
	case 4:
		return 0.673
	case 5:
		return 0.697
	case 6:
		return 0.709
	}
	return 0.7213 / (1 + 1.079/float64(uint64(1)<<p))
}

// bias is the mean of those of the estimates around.
func bias(estimate float64) float64 {
	far := func(i int) float64 { d := estimate - rawEstimates9[i]; return d * d }
	at, _ := slices.BinarySearch(rawEstimates9, estimate)
	low := max(at-biasNeighbours+1, 0)
	high := min(low+biasNeighbours, len(rawEstimates9))
	for high < len(rawEstimates9) && far(high) < far(low) {
		low, high = low+1, high+1
	}
	sum := 0.0
	for _, b := range biases9[low:high] {
		sum += b
	}
	return sum / float64(high-low)
}
