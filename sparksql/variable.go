package sparksql

import (
	"regexp"
	"slices"
	"strings"

	"shoal/fault"
)

// This file replaces ${name} in a text, which Spark does before it parses, within strings too.

var variablePattern = regexp.MustCompile(`\$\{(?:(\w+?):)?(\S+?)\}`)

// confPrefixes may stand before a conf's name, and mean nothing.
var confPrefixes = []string{"", "spark", "sparkconf", "hivevar", "hiveconf"}

// Substitute replaces each ${name} in text by the value conf gives for it, and by nothing where it
// gives none. Values may hold ${name} themselves.
func Substitute(text string, conf func(name string) (string, bool)) (string, error) {
	return substitute(text, conf, nil)
}

func substitute(text string, conf func(string) (string, bool), within []string) (string, error) {
	if !strings.Contains(text, "${") {
		return text, nil
	}
	var b strings.Builder
	rest := 0
	for _, m := range variablePattern.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[rest:m[0]])
		rest = m[1]
		prefix, name := "", text[m[4]:m[5]]
		if m[2] >= 0 {
			prefix = text[m[2]:m[3]]
		}
		switch {
		case prefix == "env" || prefix == "system":
			return "", fault.Unsupported("${%s:...}: a query may not read the server's surroundings", prefix)
		case !slices.Contains(confPrefixes, prefix):
			b.WriteString(text[m[0]:m[1]])
			continue
		case slices.Contains(within, text[m[0]:m[1]]):
			return "", fault.Illegal("the variable %s holds itself", text[m[0]:m[1]])
		}
		value, _ := conf(name)
		value, err := substitute(value, conf, append(within, text[m[0]:m[1]]))
		if err != nil {
			return "", err
		}
		b.WriteString(value)
	}
	b.WriteString(text[rest:])
	return b.String(), nil
}
