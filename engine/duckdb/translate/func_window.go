package translate

// This file holds functions that only windows have. Aggregates serve as windows too.

var windowFuncs = funcs{
	"row_number":   typed(same("row_number")),
	"rank":         typed(same("rank")),
	"dense_rank":   typed(same("dense_rank")),
	"percent_rank": same("percent_rank"),
	"cume_dist":    same("cume_dist"),
	"ntile":        typed(same("ntile")),
	"lag":          same("lag"),
	"lead":         same("lead"),
	"nth_value":    same("nth_value"),
}
