package session

// This file refuses SQL texts that a conf gives another meaning than the parser does.

import (
	"regexp"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// readingConfs are the confs that change how Spark reads a text, and the texts they may change.
var readingConfs = []struct {
	key     string
	ansi    bool // it counts in ANSI mode only
	changes func(text string) bool
}{
	{"spark.sql.ansi.doubleQuotedIdentifiers", true, func(text string) bool { return strings.Contains(text, `"`) }},
	{"spark.sql.ansi.enforceReservedKeywords", true, func(text string) bool { return !setsConf.MatchString(text) }},
	{"spark.sql.ansi.relationPrecedence", true, func(text string) bool { return strings.Contains(text, ",") && joins.MatchString(text) }},
	{"spark.sql.parser.escapedStringLiterals", false, func(text string) bool { return strings.Contains(text, `\`) }},
	{"spark.sql.parser.quotedRegexColumnNames", false, func(text string) bool { return strings.Contains(text, "`") }},
	{"spark.sql.legacy.consecutiveStringLiterals.enabled", false, neighbours.MatchString},
	{"spark.sql.legacy.setopsPrecedence.enabled", false, intersects.MatchString},
}

var (
	setsConf   = regexp.MustCompile(`(?i)^\s*(?:re)?set\b`)
	joins      = regexp.MustCompile(`(?i)\bjoin\b`)
	intersects = regexp.MustCompile(`(?i)\bintersect\b`)
	neighbours = regexp.MustCompile(`["']\s*["']`)
)

// CheckText refuses a SQL text that means something else under the session's confs.
func CheckText(s plan.Settings, text string) error {
	for _, c := range readingConfs {
		if on, _ := s.Get(c.key); strings.EqualFold(on, "true") && (s.ANSI || !c.ansi) && c.changes(text) {
			return fault.Unsupported("such a text with %s", c.key)
		}
	}
	return nil
}
