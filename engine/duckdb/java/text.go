package java

// This file holds functions of text.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Upper is upper case with Unicode's full mappings: ß becomes SS.
func Upper(s string) string {
	if onlyASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Upper(language.Und).String(s)
}

// Lower is lower case with Unicode's full mappings: a Σ at the end of a word becomes ς.
func Lower(s string) string {
	if onlyASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

func onlyASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// InitCap is lower case with the first letter of each word in title case; words are what blanks
// separate.
func InitCap(s string) string {
	var b strings.Builder
	first := true
	for _, r := range Lower(s) {
		switch {
		case !first || r < utf8.RuneSelf && !unicode.IsLower(r):
			b.WriteRune(r)
		case r < utf8.RuneSelf:
			b.WriteRune(unicode.ToUpper(r))
		default:
			b.WriteString(cases.Title(language.Und).String(string(r)))
		}
		first = r == ' '
	}
	return b.String()
}

// soundCodes are the codes of A to Z; 7 is skipped as if it were not there.
const soundCodes = "01230127022455012623017202"

// Soundex is the code of how a word sounds; a text that begins with no ASCII letter is left alone.
func Soundex(s string) string {
	if s == "" || !isLetter(s[0]) {
		return s
	}
	code := []byte{s[0] &^ 0x20, '0', '0', '0'}
	last, n := soundCodes[code[0]-'A'], 1
	for i := 1; i < len(s) && n < len(code); i++ {
		if !isLetter(s[i]) {
			last = '0'
			continue
		}
		c := soundCodes[s[i]&^0x20-'A']
		if c == '7' {
			continue
		}
		if c != '0' && c != last {
			code[n] = c
			n++
		}
		last = c
	}
	return string(code)
}

// Levenshtein is how many letters must change to turn one text into the other.
func Levenshtein(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) < len(y) {
		x, y = y, x
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		corner := row[0]
		row[0] = i + 1
		for j, q := range y {
			cost := corner
			if r != q {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, corner+1)
		}
	}
	return row[len(y)]
}

// Translate replaces each character of from by that at the same place of to, or drops it.
func Translate(s, from, to string) string {
	table := map[rune]rune{}
	rest := []rune(to)
	for _, r := range from {
		replacement := rune(-1) // strings.Map drops it
		if len(rest) > 0 {
			replacement, rest = rest[0], rest[1:]
		}
		if _, known := table[r]; !known {
			table[r] = replacement
		}
	}
	return strings.Map(func(r rune) rune {
		if t, ok := table[r]; ok {
			return t
		}
		return r
	}, s)
}
