package java

// This file holds what Spark does with bytes that are no UTF-8.

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ReplaceInvalid makes a text of bytes: each longest piece that begins like a character and does not end like
// one becomes U+FFFD, as Unicode recommends.
func ReplaceInvalid(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			n = brokenRune(b)
			out.WriteRune(utf8.RuneError)
		} else {
			out.Write(b[:n])
		}
		b = b[n:]
	}
	return out.String()
}

// brokenRune is the length of the piece of a character at the beginning of b.
func brokenRune(b []byte) int {
	size, low, high := 0, byte(0x80), byte(0xBF)
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		size = 2
	case c >= 0xE0 && c <= 0xEF:
		size = 3
		if c == 0xE0 {
			low = 0xA0
		} else if c == 0xED {
			high = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		size = 4
		if c == 0xF0 {
			low = 0x90
		} else if c == 0xF4 {
			high = 0x8F
		}
	}
	n := 1
	for n < size && n < len(b) && b[n] >= low && b[n] <= high {
		n, low, high = n+1, 0x80, 0xBF
	}
	return n
}

// EscapedBytes shows bytes as Spark's messages do.
func EscapedBytes(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		fmt.Fprintf(&out, "\\x%02X", c)
	}
	return out.String()
}
