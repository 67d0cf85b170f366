package sparksql

import "shoal/plan"

// Print writes an expression as Spark SQL.
func Print(e plan.Expr) string { _ = e; return "" }
