package translate

// This file holds functions that only windows have. Aggregates serve as windows too.

var windowFuncs = funcs{
	"row_number":   typed(same("row_number")),
	"rank":         typed(same("rank")),
	"dense_rank":   typed(same("dense_rank")),
	"percent_rank": same("percent_rank"),
	"cume_dist":    same("cume_dist"),
	"ntile":        typed(same("ntile")),
	"lag":          build(func(c *call) string { return c.shifted("lag") }),
	"lead":         build(func(c *call) string { return c.shifted("lead") }),
	"nth_value":    build(nthValue),
}

// shifted is lag or lead: value, offset, default.
func (c *call) shifted(name string) string {
	args := []string{c.arg(0)}
	if c.has(1) {
		args = append(args, "CAST("+c.arg(1)+" AS BIGINT)")
	}
	if c.has(2) && !isConstantNull(c.f.Args[2]) {
		args = append(args, c.arg(2))
	}
	return c.apply(name, args...)
}

// nthValue may have a third argument: whether to ignore NULLs.
func nthValue(c *call) string {
	ignore := c.f.IgnoreNulls
	if l, ok := c.literal(2); ok {
		ignore = ignore || l.Value == true
	}
	return c.aggregate(aggregateCall{name: "nth_value", args: []string{c.arg(0), c.arg(1)}, ignoreNulls: ignore})
}
