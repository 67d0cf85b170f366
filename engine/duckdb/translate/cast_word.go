package translate

// This file holds the words that stand for a date or time where a constant string is cast: epoch,
// now, today, yesterday, tomorrow. In a column they are no dates.

import (
	"strings"

	"shoal/engine/duckdb/java"
	"shoal/plan"
)

// dateWord finds such a word, in lower case. A zone may follow; it changes nothing.
func dateWord(s string) (word string, ok bool) {
	s = strings.TrimSpace(s)
	for _, w := range []string{"epoch", "now", "today", "yesterday", "tomorrow"} {
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
