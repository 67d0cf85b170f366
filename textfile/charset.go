package textfile

// This file reads malformed UTF-8 as Java does.

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// asString is b as a string: nobody changes b afterwards.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// replaceInvalid puts U+FFFD in the place of each malformed sequence: the longest piece that begins
// a character, or a single byte.
func replaceInvalid(text string) string {
	var b strings.Builder
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		if r != utf8.RuneError || n > 1 {
			b.WriteString(text[:n])
			text = text[n:]
			continue
		}
		b.WriteRune(utf8.RuneError)
		text = text[malformed(text):]
	}
	return b.String()
}

// malformed is how many bytes one U+FFFD stands for.
func malformed(s string) int {
	least, most := byte(0x80), byte(0xBF)
	need := 0
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			least = 0xA0
		}
		if c == 0xED {
			most = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			least = 0x90
		}
		if c == 0xF4 {
			most = 0x8F
		}
	}
	n := 1
	for n <= need && n < len(s) && s[n] >= least && s[n] <= most {
		n++
		least, most = 0x80, 0xBF
	}
	return n
}
