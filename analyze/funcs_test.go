package analyze

import (
	"strings"
	"testing"

	"shoal/plan"
)

// TestRegistry holds the families together: a name stands in one of them only, another spelling's
// canonical name exists, and every signature can be used.
func TestRegistry(t *testing.T) {
	seen := map[string]bool{}
	for _, family := range registry {
		for key := range family {
			if seen[key] {
				t.Errorf("%s stands in two families", key)
			}
			if key != strings.ToLower(key) {
				t.Errorf("%s is not in lower case", key)
			}
			seen[key] = true
		}
	}
	for key, s := range functions() {
		switch {
		case s.refusal != "" || s.build != nil || s.columns != nil || s.kind == plan.GeneratorFunc:
		case s.result == nil:
			t.Errorf("%s has no result type", key)
		}
		if s.least > len(s.params) && !s.repeat {
			t.Errorf("%s takes more arguments than it has parameters", key)
		}
		if len(s.tail) > 0 && s.least+len(s.tail) != len(s.params) {
			t.Errorf("%s: its defaults do not fill its parameters", key)
		}
	}
}

// TestSparkKnowsThem: what users can call by name is a function of Spark's.
func TestSparkKnowsThem(t *testing.T) {
	for key, s := range functions() {
		word := key[0] >= 'a' && key[0] <= 'z'
		if word && !s.isInner && !sparkHas(key) && !parserOnly[key] {
			t.Errorf("Spark has no function %s", key)
		}
	}
}

// parserOnly are names the parser gives to syntax.
var parserOnly = map[string]bool{"timestampadd": true, "timestampdiff": true}

// Two rooms must not have two minds of what is random.
func TestRandomFunctions(t *testing.T) {
	for name, s := range functions() {
		if s.random != plan.IsRandom(s.name) {
			t.Errorf("%s: %v here, and %v in package plan", name, s.random, plan.IsRandom(s.name))
		}
	}
}
