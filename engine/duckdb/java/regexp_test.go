package java

import (
	"errors"
	"testing"
)

// TestRegexpRefused lists what Java's patterns can say and RE2's cannot, or say otherwise.
func TestRegexpRefused(t *testing.T) {
	for _, p := range []string{
		`a(?=b)`, `a(?!b)`, `(?<=a)b`, `(?<!a)b`, `(?>a)`, `(a)\1`, `(?<n>a)\k<n>`, `a++`, `a*+`, `a{2}+`, `\Ga`, `\R`, `\X`,
		`[a-z&&[^b]]`, `[a[b]]`, `(?m)^a`, `(?m)a$`, `(?x)a b`, `(?u)a`, `(?U)a`, `(a*)*`, `(a|b*)+`, `a$b`, `(a$)+`, `^*`,
		`\p{IsAlphabetic}`, `(?i)\p{Lu}`, `\uD83D`, `a{1001}`, `[a-\d]`,
	} {
		var e *RegexpError
		if _, err := CompileRegexp(p); !errors.As(err, &e) || e.Malformed {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// TestRegexpRefusedText lists texts on which served patterns would mean something else.
func TestRegexpRefusedText(t *testing.T) {
	for _, c := range []struct{ pattern, text string }{
		{`\bé`, "é"},
		{`a\B`, "aé"},
		{`x*`, "a😀"},
		{`\r$`, "\r\n"},
	} {
		x, err := CompileRegexp(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var e *RegexpError
		if err := x.FindAll(c.text, func([]int) bool { return true }); !errors.As(err, &e) || e.Malformed {
			t.Errorf("%s in %q: %v", c.pattern, c.text, err)
		}
	}
}

func BenchmarkRegexpReplace(b *testing.B) {
	x, err := CompileRegexp(`[aeiou]`)
	if err != nil {
		b.Fatal(err)
	}
	with, _ := x.Replacement("*")
	var out []byte
	for b.Loop() {
		if out, err = x.Replace(out[:0], "the quick brown fox jumps over the lazy dog", with); err != nil {
			b.Fatal(err)
		}
	}
}
