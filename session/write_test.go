package session

import (
	"strings"
	"testing"
)

// Expected texts in this file are what Spark 4.1.4 wrote.

func TestCSVValues(t *testing.T) {
	c := &csv{sep: ",", quote: `"`, escape: `\`, empty: `""`, escapeQuotes: true, trimLeading: true, trimTrailing: true}
	for text, want := range map[string]string{
		`x,"y`: `"x,\"y"`, "": `""`, " sp ": "sp", "a\nb": "\"a\nb\"", `back\slash`: `back\slash`, "single'quote": "single'quote",
		`q"q`: `"q\"q"`, "#c": "#c", "a\rb": "\"a\rb\"", `\"`: `"\\\""`, `end\`: `end\`, "\t": `""`, "NULL": "NULL",
	} {
		var b strings.Builder
		c.value(&b, text)
		if b.String() != want {
			t.Errorf("%q: got %s, want %s", text, b.String(), want)
		}
	}
}

func TestPartitionDirectories(t *testing.T) {
	for text, want := range map[string]string{"q": "q", "a/b c=%:": "a%2Fb c%3D%25%3A", "..": "%2E%2E"} {
		if got := escapePath(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
