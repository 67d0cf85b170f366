// Package java does what Java's library does for Spark and Go's does otherwise: time zones with
// their gaps and overlaps, date patterns, numbers from and to text, regular expressions, format
// strings. It knows neither DuckDB nor plans; package duckdb makes functions of it, and package
// translate may ask it whether a constant pattern is one it can serve.
package java
