// Package sparksql turns Spark SQL text into plans and back.
//
// [Parse] is the entry point; [ParseExpr], [ParseType], [ParseSchema] and [ParseName] read parts of
// the language. The trees are unresolved: names are looked up, types found and stars expanded by
// package analyze. The package knows no catalog and no session.
//
// The parser is written by hand: recursive descent, a method a production with the production above
// it, and one precedence table (token.go). Its judge is Spark 4.1.
//
// What a reader of the trees should know:
//
//   - CURRENT_DATE, USER and their like without parentheses are Names: a column of that name comes
//     first, as in Spark.
//   - A TIMESTAMP literal without a zone depends on the session's: it is an implicit Cast to
//     TIMESTAMP of a TIMESTAMP_NTZ Literal. With a zone it is a Literal.
//   - (a, b) is a Call "struct" with Operator set; STRUCT(a, b AS x) one without, its arguments may be
//     Aliases. In GROUP BY the first is also a list inside ROLLUP, CUBE and GROUPING SETS.
//   - count(*) keeps its Star. Parameters of lambdas are LambdaVars, their uses in the body Names.
//   - EXTRACT(f FROM x) is extract('f', x); TRIM(c FROM x) is trim(c, x), ltrim, rtrim; POSITION(a IN b)
//     is locate(a, b); TIMESTAMPADD and TIMESTAMPDIFF (DATEADD, DATEDIFF) have the unit as a string first.
//   - LIKE ANY of literals is likeany(x, 'a', ...), also notlikeany, likeall, notlikeall, and with i before like
//     for ILIKE; of other patterns it is spelled out with or and and. x IS TRUE is x <=> true.
//   - A query without FROM reads OneRow. HAVING without GROUP BY is an Aggregate without groups.
//   - A subquery in FROM without alias gets the SubqueryAlias __auto_generated_subquery_name.
//   - PIVOT is an Aggregate of kind GroupPivot without Group: all other columns group.
//   - WINDOW definitions are a WindowDefs above the query they serve.
package sparksql
