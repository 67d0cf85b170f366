package java

// This file converts between text and bytes in the charsets Spark knows.

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Charsets are the charsets of Encode and Decode, as Spark's message lists them.
const Charsets = "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8"

// HasCharset tells whether a charset is one of Charsets, in any case.
func HasCharset(name string) bool {
	for known := range strings.SplitSeq(Charsets, ", ") {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// Encode appends a text's bytes in a charset; false where that lacks a character.
func Encode(b []byte, s, charset string) ([]byte, bool) {
	switch charset = strings.ToLower(charset); charset {
	case "utf-8":
		return append(b, s...), true
	case "us-ascii":
		return append(b, s...), onlyASCII(s)
	case "iso-8859-1":
		for _, r := range s {
			if r > 0xFF {
				return b, false
			}
			b = append(b, byte(r))
		}
		return b, true
	case "utf-32":
		for _, r := range s {
			b = binary.BigEndian.AppendUint32(b, uint32(r))
		}
		return b, true
	}
	if charset == "utf-16" && s != "" {
		b = append(b, 0xFE, 0xFF)
	}
	for _, unit := range utf16.Encode([]rune(s)) {
		if charset == "utf-16le" {
			b = binary.LittleEndian.AppendUint16(b, unit)
		} else {
			b = binary.BigEndian.AppendUint16(b, unit)
		}
	}
	return b, true
}

// Decode appends the text that bytes mean in a charset; false where they are malformed.
func Decode(b, bytes []byte, charset string) ([]byte, bool) {
	switch charset = strings.ToLower(charset); charset {
	case "utf-8":
		return append(b, bytes...), utf8.Valid(bytes)
	case "us-ascii":
		return append(b, bytes...), onlyASCII(string(bytes))
	case "iso-8859-1":
		for _, c := range bytes {
			b = utf8.AppendRune(b, rune(c))
		}
		return b, true
	case "utf-32":
		return decode32(b, bytes)
	}
	return decode16(b, bytes, charset)
}

func decode16(b, bytes []byte, charset string) ([]byte, bool) {
	if len(bytes)%2 != 0 {
		return b, false
	}
	little := charset == "utf-16le"
	if charset == "utf-16" && len(bytes) > 0 {
		switch mark := binary.BigEndian.Uint16(bytes); mark {
		case 0xFEFF, 0xFFFE:
			little, bytes = mark == 0xFFFE, bytes[2:]
		}
	}
	for len(bytes) > 0 {
		first := unit16(bytes, little)
		bytes = bytes[2:]
		if utf16.IsSurrogate(first) {
			if len(bytes) == 0 {
				return b, false
			}
			first = utf16.DecodeRune(first, unit16(bytes, little))
			if first == utf8.RuneError {
				return b, false
			}
			bytes = bytes[2:]
		}
		b = utf8.AppendRune(b, first)
	}
	return b, true
}

func unit16(b []byte, little bool) rune {
	if little {
		return rune(binary.LittleEndian.Uint16(b))
	}
	return rune(binary.BigEndian.Uint16(b))
}

func decode32(b, bytes []byte) ([]byte, bool) {
	if len(bytes)%4 != 0 {
		return b, false
	}
	little := false
	if len(bytes) > 0 {
		switch mark := binary.BigEndian.Uint32(bytes); mark {
		case 0xFEFF, 0xFFFE0000:
			little, bytes = mark != 0xFEFF, bytes[4:]
		}
	}
	for ; len(bytes) > 0; bytes = bytes[4:] {
		code := binary.BigEndian.Uint32(bytes)
		if little {
			code = binary.LittleEndian.Uint32(bytes)
		}
		if code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
			return b, false
		}
		b = utf8.AppendRune(b, rune(code))
	}
	return b, true
}
