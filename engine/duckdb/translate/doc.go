// Package translate turns a resolved plan into DuckDB SQL that means exactly what Spark
// means. Its one entry point is [Query]. It runs nothing and knows no driver: the SQL's
// result columns have the physical types of [Physical], in the plan's order.
//
// # How it works
//
// Relations become SELECT blocks (block.go). A block grows while the next node fits into
// the same SELECT without changing what it means, and is wrapped as a subquery when it
// does not. Columns are named by id (c12), never by the user's names. Expressions become
// fragments of SQL text ([fragment]) that carry traits: may it fail, is it a window, which
// FROM items does it read. The traits decide what may be merged and what must be guarded.
//
// # Guarded errors
//
// Spark evaluates AND, OR, CASE, IF and COALESCE from left to right and skips what it does
// not need; DuckDB does so only inside CASE. So whatever may fail and stands behind a
// condition is put into a CASE (guard.go). A fragment that may fail carries the trait
// overflows (DuckDB's own errors) or raises (our error() calls).
//
// # Adding a function
//
// Find the family's table (func_math.go, func_string.go, ...) and add a line, keyed by
// Spark's canonical lower-case name:
//
//	"upper":     same("upper"),                              // DuckDB agrees, types too
//	"dayofweek": tmpl("CAST(dayofweek($1) + 1 AS INTEGER)"), // $1.. arguments, $* all
//	"positive":  tmpl("$1"),
//	"bit_count": typed(same("bit_count")),                   // right value, other type: cast
//	"factorial": build(factorial),                           // func factorial(c *call) string
//
// Every line obeys three rules. The SQL's type is the physical type of the resolved
// Func.Type: wrap with typed, or cast. The text can stand as an operand: a call, a CASE,
// or in parentheses (tmpl sees to it). NULL in, bad input and limits give what Spark gives:
// where ANSI mode matters use c.ansi(); raise Spark's error with c.raise
// (then the fragment is guarded for you); wrap a template that may fail inside DuckDB with
// fallible. What cannot be done exactly is refused: c.unsupported("reason").
//
// A function without a line is refused with fault.Unsupported.
package translate
