package java

// This file counts as Java does: in UTF-16's units.

import "unicode/utf8"

// UTF16Length is a text's length in UTF-16's units.
func UTF16Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16Units(r)
	}
	return n
}

// UTF16Index is the byte at which unit n stands, the text's length behind its end; false within
// a pair of units.
func UTF16Index(s string, n int) (int, bool) {
	at := 0
	for n > 0 && at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		n -= utf16Units(r)
		at += size
	}
	return at, n >= 0
}

func utf16Units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
