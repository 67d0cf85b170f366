package sim

// This file draws numbers that depend only on the seed and on who draws which: the same question of
// the same user is the same work on every cluster, so that clusters are compared on equal terms.

import (
	"math"
	"sync"
)

// mix is the finalizer of splitmix64: neighbouring numbers become unrelated ones.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// unit is between 0 and 1, neither included.
func unit(x uint64) float64 { return (float64(x>>11) + 0.5) / (1 << 53) }

// exponential has mean 1.
func exponential(x uint64) float64 { return -math.Log(unit(x)) }

const bins = 4096

// normals are the standard normal's values between bins of equal probability.
var normals = sync.OnceValue(func() *[bins + 1]float64 {
	var z [bins + 1]float64
	for i := 1; i < bins; i++ {
		z[i] = inverse(float64(i) / bins)
	}
	return &z
})

func inverse(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// normal is a standard normal number: between its neighbours in the table, exact in the tails.
func normal(x uint64) float64 {
	i := x >> 52
	if i == 0 || i == bins-1 {
		return inverse(unit(x))
	}
	f, z := float64(x<<12>>11)/(1<<53), normals()
	return z[i] + f*(z[i+1]-z[i])
}

// logNormal is the factor with mean 1 and the given parameter of its logarithm.
func logNormal(x uint64, sigma float64) float64 {
	if sigma == 0 {
		return 1
	}
	return math.Exp(sigma*normal(x) - sigma*sigma/2)
}

// sigmaOf is the parameter of a log-normal with that relative standard deviation.
func sigmaOf(cv float64) float64 { return math.Sqrt(math.Log1p(cv * cv)) }
