// Package plan is the noun every room shares: relations, expressions and types,
// as a Spark client meant them.
//
// A plan is born unresolved, from Connect protobufs (package connect) or SQL
// text (package sparksql); package analyze turns it into a resolved plan, made
// of fewer node kinds, in which every column has an identity and every
// expression a type. Engines see resolved plans only. The comment of each node
// says in which of the two worlds it lives: [unresolved], [resolved] or [both].
//
// Nodes are immutable once built: change a plan by copying ([Rewrite],
// [MapExprs]). The package knows no engine, no catalog and no wire format.
package plan
