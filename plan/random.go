package plan

// This file knows what has another value each time it is computed.

import (
	"slices"
	"strings"
)

// IsRandom tells whether a function by its canonical name may give each row another value for the same arguments.
func IsRandom(name string) bool { return random[name] }

var random = map[string]bool{"rand": true, "randn": true, "uuid": true, "shuffle": true, "monotonically_increasing_id": true,
	"spark_partition_id": true, "input_file_name": true, "randstr": true, "uniform": true,
	"seeded_rand": true, "seeded_randn": true, "seeded_randstr": true, "seeded_shuffle": true}

// tellsTime are the functions of when the query runs.
var tellsTime = map[string]bool{"current_timestamp": true, "current_date": true, "localtimestamp": true, "current_time": true}

// timeWords begin the texts that stand for the time a query runs at where they become dates, or may.
var timeWords = []string{"now", "today", "tomorrow", "yesterday"}

// changes tells whether an expression may be the reason for a plan to have another answer next time. It looks at no children.
func changes(e Expr) bool {
	switch e := e.(type) {
	case *Func:
		return random[e.Name] || tellsTime[e.Name] || isTime(e.Type) && slices.ContainsFunc(e.Args, mayBeWord)
	case *Literal:
		s, ok := e.Value.(string)
		s = strings.ToLower(strings.TrimSpace(s))
		for _, w := range timeWords {
			if ok && strings.HasPrefix(s, w) {
				return true
			}
		}
	case *Cast:
		return isTime(e.To) && mayBeWord(e.Expr)
	}
	return false
}

func isTime(t Type) bool { return t == Date || t == Timestamp || t == TimestampNTZ }

// mayBeWord tells whether an expression may compute a text of constants, which could be such a word. Of a column none is.
func mayBeWord(e Expr) bool {
	switch e := e.(type) {
	case *Literal:
		return false
	case *Func:
		if e.Type != String {
			return false
		}
	case *Cast:
		if e.To != String {
			return false
		}
	}
	return !readsColumns(e)
}

func readsColumns(e Expr) (reads bool) {
	Walk(e, func(e Expr) bool {
		switch e.(type) {
		case *Column, *OuterColumn, *LambdaVar, *Subquery:
			reads = true
		}
		return !reads
	})
	return reads
}
