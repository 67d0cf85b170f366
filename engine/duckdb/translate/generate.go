package translate

// This file renders generators: explode and its kin.

import (
	"shoal/plan"
)

// generate joins each input row with the rows its generator makes.
func (t *translator) generate(r *plan.Generate) *block {
	t.unsupported("generators")
	return t.relation(r.Input).output(r.Out)
}
