// Package sketch has the summaries that Spark's sketch functions make of many values, in the bytes
// that Apache DataSketches and Spark's own sketches have. Its entry points are the types KLL, HLL and
// Theta, and the functions CountMin and Distinct.
//
// What a sketch holds is computed as long as Spark leaves no choice: a KLL sketch that would throw
// away values by chance, and an HLL sketch whose estimate would depend on how the rows were spread
// over partitions, are ErrBeyond. The package knows nothing of SQL, of vectors, or of Spark's errors.
package sketch

import "errors"

var (
	// ErrInvalid says that bytes are no sketch of the wanted kind.
	ErrInvalid = errors.New("not a sketch of this kind")
	// ErrBeyond says that real Spark's answer would depend on chance or on partitions.
	ErrBeyond = errors.New("a sketch larger than what is kept exactly")
	// ErrForeign says that bytes are a sketch that Spark's functions do not write: what Spark makes of it is not known.
	ErrForeign = errors.New("a sketch that was made otherwise")
	// ErrEmpty says that a sketch without values was asked for one.
	ErrEmpty = errors.New("a sketch without values")
	// ErrRank says that a rank is not from 0 to 1.
	ErrRank = errors.New("a rank outside 0 to 1")
)
