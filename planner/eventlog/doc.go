// Package eventlog reads the event logs of Spark 3.x and 4.x: what an application asked of its
// executors, when, by whom, and what it cost. Read is the entry; it takes a file, a rolling directory
// or a directory of many applications, plain or in any of Spark's codecs, and needs memory for what
// it hands out, not for the log. Findings says what went wrong in an application and what to do;
// Classes and Iterations sort its work into kinds.
//
// A log that is cut off or damaged in places is used as far as it goes: Coverage says so. What is no
// event log at all is an error that names the line.
//
// The package knows neither instance types nor the planner's workloads.
package eventlog
