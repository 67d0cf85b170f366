//go:build !linux

package catalog

// exchange swaps two folders in one step, which only Linux can.
func exchange(string, string) error { return ErrInPlace }

func exchangeable(string) bool { return false }
