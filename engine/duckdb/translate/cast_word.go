package translate

// This file holds the words that stand for a date or time where a constant string is cast: epoch,
// now, today, yesterday, tomorrow. In a column they are no dates.

import (
	"strings"

	"shoal/engine/duckdb/java"
	"shoal/plan"
)

var dateWords = []string{"epoch", "now", "today", "yesterday", "tomorrow"}

// dateWord finds such a word, in lower case. A zone may follow; it changes nothing.
func dateWord(s string) (word string, ok bool) {
	s = strings.TrimSpace(s)
	for _, w := range dateWords {
		if len(s) < len(w) || !strings.EqualFold(s[:len(w)], w) {
			continue
		}
		zone := strings.TrimLeft(s[len(w):], " \t")
		if zone == "" {
			return w, true
		}
		_, err := java.LoadZone(zone)
		return w, err == nil && w != "now"
	}
	return "", false
}

// withWords is text as a date or time, where the text is computed of constants: to Spark it is one.
func (t *translator) withWords(e plan.Expr, sql string, to plan.Type, converted string) string {
	if _, literal := e.(*plan.Literal); literal || !isTemporal(to) || !isText(typeOf(e)) || !isFoldable(e) {
		return converted
	}
	var s strings.Builder
	s.WriteString("CASE lower(trim(" + sql + "))")
	for _, word := range dateWords {
		s.WriteString(" WHEN '" + word + "' THEN " + t.wordAsTime(word, to))
	}
	return s.String() + " ELSE " + converted + " END"
}

// wordAsTime is what the word stands for when the query starts.
func (t *translator) wordAsTime(word string, to plan.Type) string {
	day := "CAST(" + t.local(transactionStart) + " AS DATE)"
	switch word {
	case "epoch":
		return "CAST(DATE '1970-01-01' AS " + t.physical(to) + ")"
	case "now":
		if to == plan.Timestamp {
			return transactionStart
		}
		return "CAST(" + t.local(transactionStart) + " AS " + t.physical(to) + ")"
	case "yesterday":
		day = "(" + day + " - 1)"
	case "tomorrow":
		day = "(" + day + " + 1)"
	}
	return t.betweenTimes(day, plan.Date, to)
}
