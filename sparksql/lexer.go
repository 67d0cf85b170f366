package sparksql

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"shoal/fault"
	"shoal/plan"
)

// lexer cuts a text into tokens, in one pass. Where several tokens fit, the longest wins.
type lexer struct {
	src  *plan.Source
	text string
	pos  int
	toks []token
	// nested counts ARRAY, MAP and STRUCT words still waiting for their ">": while there are any,
	// ">>" is two closing marks and no shift. Spark's lexer decides the same way.
	nested int
}

// maxTokens bounds what a text may cost: a tree takes up to 250 bytes a token.
const maxTokens = 5_000_000

// tokenize returns the text's tokens, ended by tEOF. After a character that starts no token comes
// tInvalid and nothing more: no production takes it.
func tokenize(src *plan.Source) ([]token, error) {
	if len(src.Text) > math.MaxInt32 {
		return nil, fault.Unsupported("a text of %d bytes", len(src.Text))
	}
	lx := &lexer{src: src, text: src.Text, toks: make([]token, 0, min(len(src.Text)/4+8, 4096))}
	for {
		if err := lx.skipBlanks(); err != nil {
			return nil, err
		}
		if lx.pos == len(lx.text) {
			break
		}
		start := lx.pos
		k := lx.next()
		lx.toks = append(lx.toks, token{k, int32(start), int32(lx.pos)})
		if k == tInvalid {
			break
		}
		if len(lx.toks) > maxTokens {
			return nil, fault.New("FAILED_TO_PARSE_TOO_COMPLEX").At(plan.Pos{Src: src, Start: start, Stop: lx.pos})
		}
	}
	end := int32(len(lx.text))
	lx.toks = append(lx.toks, token{tEOF, end, end})
	return lx.toks, nil
}

// skipBlanks passes white space and comments.
func (lx *lexer) skipBlanks() error {
	for lx.pos < len(lx.text) {
		rest := lx.text[lx.pos:]
		switch c := rest[0]; {
		case c == ' ' || '\t' <= c && c <= '\r':
			lx.pos++
		case c == '-' && strings.HasPrefix(rest, "--"):
			lx.skipLine()
		case c == '/' && strings.HasPrefix(rest, "/*") && !strings.HasPrefix(rest, "/*+"):
			if !lx.skipComment() {
				return fault.New("UNCLOSED_BRACKETED_COMMENT").At(plan.Pos{Src: lx.src, Start: lx.pos, Stop: len(lx.text)})
			}
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(rest)
			if !unicode.Is(unicode.Zs, r) && r != '\u2028' {
				return nil
			}
			lx.pos += size
		default:
			return nil
		}
	}
	return nil
}

// skipLine passes a -- comment; a backslash before the line's end continues it.
func (lx *lexer) skipLine() {
	for lx.pos < len(lx.text) {
		c := lx.text[lx.pos]
		if c == '\\' && strings.HasPrefix(lx.text[lx.pos:], "\\\n") {
			lx.pos++
		} else if c == '\n' || c == '\r' {
			return
		}
		lx.pos++
	}
}

// skipComment passes a /* comment, which may hold others; false if it is not closed.
func (lx *lexer) skipComment() bool {
	depth := 0
	for i := lx.pos; i+1 < len(lx.text); {
		switch {
		case lx.text[i] == '*' && lx.text[i+1] == '/':
			i += 2
			if depth--; depth == 0 {
				lx.pos = i
				return true
			}
		case lx.text[i] == '/' && lx.text[i+1] == '*' && !strings.HasPrefix(lx.text[i+2:], "+"):
			i += 2
			depth++
		default:
			i++
		}
	}
	return false
}

// next reads one token; there is at least one character left and it is no blank.
func (lx *lexer) next() kind {
	c := lx.text[lx.pos]
	switch {
	case isDigit(c), c == '.' && lx.pos+1 < len(lx.text) && isDigit(lx.text[lx.pos+1]):
		if k := lx.number(); k != tInvalid {
			return k
		}
		return lx.punctuation()
	case c == '\'':
		return lx.quoted(tString)
	case c == '"':
		return lx.quoted(tDoubleQuoted)
	case c == '`':
		return lx.backQuoted()
	case isWordByte(c) || c >= utf8.RuneSelf:
		return lx.word()
	}
	return lx.punctuation()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_'
}

// wordEnd is where the run of letters, digits and underscores from i ends.
func (lx *lexer) wordEnd(i int) int {
	for i < len(lx.text) {
		if c := lx.text[i]; isWordByte(c) {
			i++
			continue
		} else if c < utf8.RuneSelf {
			break
		}
		r, size := utf8.DecodeRuneInString(lx.text[i:])
		if !unicode.IsLetter(r) {
			break
		}
		i += size
	}
	return i
}

// word reads an identifier, a keyword, a raw string or a URI.
func (lx *lexer) word() kind {
	start := lx.pos
	end := lx.wordEnd(start)
	if end == start {
		_, size := utf8.DecodeRuneInString(lx.text[start:])
		lx.pos += size
		return tInvalid
	}
	if end == start+1 && end < len(lx.text) && lx.text[start]|0x20 == 'r' && (lx.text[end] == '\'' || lx.text[end] == '"') {
		if n := strings.IndexByte(lx.text[end+1:], lx.text[end]); n >= 0 {
			lx.pos = end + 1 + n + 1
			return tString
		}
	}
	if strings.HasPrefix(lx.text[end:], "://") {
		if n := uriEnd(lx.text, start, end); n > 0 {
			lx.pos = n
			return tIdent
		}
	}
	lx.pos = end
	return lx.keyword(lx.text[start:end])
}

// uriEnd is the end of scheme://path, or 0 if [start, end) is no scheme or the path is empty.
func uriEnd(text string, start, end int) int {
	for _, r := range text[start:end] {
		if !unicode.IsLetter(r) {
			return 0
		}
	}
	rest := text[end+3:]
	n := strings.IndexFunc(rest, func(r rune) bool {
		return !unicode.IsLetter(r) && (r < '0' || r > '9') && !strings.ContainsRune("_/-.?=&#%", r)
	})
	if n < 0 {
		n = len(rest)
	}
	if n == 0 {
		return 0
	}
	return end + 3 + n
}

// keyword is the word's kind: one of keyword.go's or tIdent.
func (lx *lexer) keyword(word string) kind {
	k := lookup(word)
	if k == kArray || k == kMap || k == kStruct {
		lx.nested++
	}
	return k
}

// lookup finds a keyword in any case, tIdent if it is none.
func lookup(word string) kind {
	var upper [longestKeyword]byte
	if len(word) > len(upper) {
		return tIdent
	}
	for i := 0; i < len(word); i++ {
		c := word[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	if k, ok := keywords[string(upper[:len(word)])]; ok {
		return k
	}
	return tIdent
}

// quoted reads '...' or "...", in which a backslash escapes and a doubled quote is one.
func (lx *lexer) quoted(k kind) kind {
	quote := lx.text[lx.pos]
	longest := 0 // where the token ends if no closing quote follows: '' may also end one
	for i := lx.pos + 1; i < len(lx.text); i++ {
		switch lx.text[i] {
		case '\\':
			i++
		case quote:
			if i+1 < len(lx.text) && lx.text[i+1] == quote {
				i++
				longest = i
				continue
			}
			lx.pos = i + 1
			return k
		}
	}
	if longest > 0 {
		lx.pos = longest
		return k
	}
	lx.pos++
	return tInvalid
}

func (lx *lexer) backQuoted() kind {
	for i := lx.pos + 1; i < len(lx.text); i++ {
		if lx.text[i] == '`' {
			if i+1 < len(lx.text) && lx.text[i+1] == '`' {
				i++
				continue
			}
			lx.pos = i + 1
			return tQuoted
		}
	}
	lx.pos++
	return tInvalid
}

// number reads a numeric literal, or the identifier that begins with its digits if that is longer
// (1st, 2024_sales). tInvalid means that only a lone dot can be read here.
func (lx *lexer) number() kind {
	start := lx.pos
	word := lx.wordEnd(start)
	k, end := lx.plainNumber(start)
	if dk, dend := lx.dottedNumber(start); dend > end {
		k, end = dk, dend
	}
	if end == 0 && word == start {
		return tInvalid
	}
	if word > end {
		lx.pos = word
		return lx.keyword(lx.text[start:word])
	}
	lx.pos = end
	return k
}

func (lx *lexer) digits(i int) int {
	for i < len(lx.text) && isDigit(lx.text[i]) {
		i++
	}
	return i
}

// exponent is the end of E[+-]digits at i, or i.
func (lx *lexer) exponent(i int) int {
	if i >= len(lx.text) || lx.text[i]|0x20 != 'e' {
		return i
	}
	j := i + 1
	if j < len(lx.text) && (lx.text[j] == '+' || lx.text[j] == '-') {
		j++
	}
	if end := lx.digits(j); end > j {
		return end
	}
	return i
}

// plainNumber reads a number without a dot: digits [exponent] [suffix].
func (lx *lexer) plainNumber(start int) (kind, int) {
	digits := lx.digits(start)
	if digits == start {
		return tInvalid, 0
	}
	exp := lx.exponent(digits)
	if k, end := lx.suffix(exp); end > exp {
		return k, end
	}
	if exp > digits {
		return tExponent, exp
	}
	if digits < len(lx.text) {
		switch lx.text[digits] | 0x20 {
		case 'l':
			return tBigint, digits + 1
		case 's':
			return tSmallint, digits + 1
		case 'y':
			return tTinyint, digits + 1
		}
	}
	return tInteger, digits
}

// suffix reads F, D or BD at i.
func (lx *lexer) suffix(i int) (kind, int) {
	if i < len(lx.text) {
		switch lx.text[i] | 0x20 {
		case 'f':
			return tFloat, i + 1
		case 'd':
			return tDouble, i + 1
		case 'b':
			if i+1 < len(lx.text) && lx.text[i+1]|0x20 == 'd' {
				return tBigDecimal, i + 2
			}
		}
	}
	return tInvalid, i
}

// dottedNumber reads a number with a dot; no letter, digit or underscore may follow it.
func (lx *lexer) dottedNumber(start int) (kind, int) {
	digits := lx.digits(start)
	if digits >= len(lx.text) || lx.text[digits] != '.' {
		return tInvalid, 0
	}
	frac := lx.digits(digits + 1)
	if frac == digits+1 && digits == start {
		return tInvalid, 0
	}
	ends := func(i int) bool { return i == len(lx.text) || !isWordByte(lx.text[i]) }
	exp := lx.exponent(frac)
	if k, end := lx.suffix(exp); end > exp && ends(end) {
		return k, end
	}
	if exp > frac && ends(exp) {
		return tExponent, exp
	}
	if ends(frac) {
		return tDecimal, frac
	}
	return tInvalid, 0
}

// marks lists punctuation of more than one character, longer ones before their beginnings.
var marks = [...]struct {
	text string
	kind kind
}{
	{"<=>", tNullSafeEq}, {">>>", tShiftRightUnsigned}, {"/*+", tHintStart},
	{"<=", tLessEq}, {"<>", tNotEq}, {"<<", tShiftLeft}, {">=", tGreaterEq}, {">>", tShiftRight},
	{"==", tEq}, {"=>", tFatArrow}, {"!=", tNotEq}, {"!>", tLessEq}, {"!<", tGreaterEq},
	{"||", tConcat}, {"|>", tPipe}, {"::", tDoubleColon}, {"->", tArrow}, {"*/", tHintEnd},
}

// single maps punctuation of one character.
var single = [utf8.RuneSelf]kind{
	';': tSemicolon, '(': tLeftParen, ')': tRightParen, ',': tComma, '.': tDot, '[': tLeftBracket,
	']': tRightBracket, '!': tBang, '=': tEq, '<': tLess, '>': tGreater, '+': tPlus, '-': tMinus,
	'*': tStar, '/': tSlash, '%': tPercent, '~': tTilde, '&': tAmpersand, '|': tBar, '^': tHat,
	':': tColon, '?': tQuestion,
}

func (lx *lexer) punctuation() kind {
	rest := lx.text[lx.pos:]
	if len(rest) > 1 && strings.IndexByte("<>=!|:-*/", rest[0]) >= 0 && strings.IndexByte("<>=|:*/", rest[1]) >= 0 {
		for _, m := range marks {
			if !strings.HasPrefix(rest, m.text) {
				continue
			}
			if lx.nested > 0 && (m.kind == tShiftRight || m.kind == tShiftRightUnsigned) {
				break
			}
			lx.pos += len(m.text)
			return m.kind
		}
	}
	lx.pos++
	k := single[rest[0]&(utf8.RuneSelf-1)]
	switch {
	case k == tEOF || rest[0] >= utf8.RuneSelf:
		return tInvalid
	case k == tGreater && lx.nested > 0:
		lx.nested--
	}
	return k
}
