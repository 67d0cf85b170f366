package sparksql

import (
	"fmt"
	"regexp"
	"strings"

	"shoal/plan"
)

// This file holds SET and RESET, whose keys and values are raw text.

// confKey is a key that needs no back-quotes.
var confKey = regexp.MustCompile(`^[a-zA-Z_\d\\.:]+$`)

// setStatement: SET TIME ZONE ... | SET CATALOG ... | SET (VARIABLE | VAR) ... | SET configKey EQ configValue | SET .*?
func (p *parser) set(start int) plan.Statement {
	p.expect(kSet)
	next := p.ahead(1)
	switch {
	case p.are(kTime, kZone):
		p.i += 2
		return p.setTimeZone(start)
	case p.is(kCatalog) && (next.isIdent() || next.isString()):
		p.advance()
		if p.kind().isString() {
			name := p.stringLiteral()
			return &plan.Use{CommandBase: p.command(start), Name: []string{name}, Catalog: true}
		}
		name := p.errorIdentifier()
		return &plan.Use{CommandBase: p.command(start), Name: []string{name}, Catalog: true}
	case (p.is(kVar) || p.is(kVariable)) && (next.isIdent() || next == tLeftParen):
		return p.setVariables(start)
	case p.is(kRole):
		s := p.opaque(start, "SET ROLE")
		p.reject(start, "INVALID_STATEMENT_OR_CLAUSE", "operation", "SET ROLE")
		return s
	}
	return p.setConf(start)
}

// setConf splits what follows SET into key and value.
func (p *parser) setConf(start int) plan.Statement {
	c := &plan.SetConf{}
	switch quotedKey := p.is(tQuoted); {
	case p.is(tEOF), p.is(tSemicolon):
	case quotedKey && p.ahead(1) != tEq:
		c.Key = p.takeIdentifier()
	case quotedKey:
		c.Key = p.takeIdentifier()
		p.expect(tEq)
		c.Value = p.confValue(start)
	default:
		raw := p.rawStatement()
		key, value, assigned := strings.Cut(raw, "=")
		key = strings.TrimSpace(key)
		switch {
		case raw == "-v":
			c.Verbose = true
		case !confKey.MatchString(key):
			p.reject(start, "INVALID_SET_SYNTAX")
		case assigned:
			value = p.plainValue(start, strings.TrimSpace(value))
			c.Key, c.Value = key, &value
		default:
			c.Key = key
		}
	}
	c.CommandBase = p.command(start)
	return c
}

// confValue is the value behind a quoted key: back-quoted, or all of the rest.
func (p *parser) confValue(start int) *string {
	value := p.plainValue(start, p.rawStatement())
	return &value
}

// plainValue takes the back-quotes off a value; without them it may not have a semicolon.
func (p *parser) plainValue(start int, value string) string {
	if n := len(value); n > 1 && value[0] == '`' && strings.IndexByte(value[1:], '`') == n-2 {
		return value[1 : n-1]
	}
	if strings.Contains(value, ";") {
		p.reject(start, "INVALID_SET_SYNTAX")
	}
	return value
}

// rawStatement takes the rest of the statement as text: up to its last token, without the semicolons
// that end it.
func (p *parser) rawStatement() string {
	start, last := p.start(), p.i
	for i := p.i; i < len(p.toks); i++ {
		if k := p.toks[i].kind; k != tEOF && k != tSemicolon {
			last = i
		}
	}
	stop := int(p.toks[last].end)
	if p.toks[last].kind == tInvalid {
		stop = len(strings.TrimRight(p.src.Text, "; \t\r\n"))
	}
	p.i = len(p.toks) - 1
	return strings.TrimSpace(p.src.Text[start:max(start, stop)])
}

// setStatement: SET TIME ZONE (interval | string | LOCAL)
func (p *parser) setTimeZone(start int) plan.Statement {
	z := &plan.SetTimeZone{}
	at := p.start()
	switch {
	case p.is(kInterval) && p.startsInterval():
		text := p.textAt(p.i + 1)
		l, ok := p.interval(at).(*plan.Literal)
		if !ok {
			p.reject(start, "_LEGACY_ERROR_TEMP_0045")
			return z
		}
		micros, dayTime := l.Value.(plan.Micros)
		seconds := int64(micros) / microsPerSecond
		if !dayTime || seconds > 18*3600 || seconds < -18*3600 || int64(micros)%microsPerSecond != 0 {
			p.reject(at, "INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE", "input", strings.Trim(text, `'"`))
		}
		z.Zone = offsetName(seconds)
	case p.kind().isString():
		z.Zone = p.stringLiteral()
	case p.accept(kLocal):
		z.Zone = "LOCAL"
	default:
		p.opaque(start, "")
		p.reject(start, "_LEGACY_ERROR_TEMP_0045")
	}
	if !p.is(tEOF) && !p.is(tSemicolon) {
		p.opaque(start, "")
		p.reject(start, "_LEGACY_ERROR_TEMP_0045")
	}
	z.CommandBase = p.command(start)
	return z
}

// offsetName writes an offset as a zone: +08:00, Z.
func offsetName(seconds int64) string {
	if seconds == 0 {
		return "Z"
	}
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	name := fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		name += fmt.Sprintf(":%02d", seconds%60)
	}
	return name
}

// resetStatement: RESET configKey | RESET .*?
func (p *parser) reset(start int) plan.Statement {
	p.expect(kReset)
	r := &plan.ResetConf{}
	switch {
	case p.is(tEOF), p.is(tSemicolon):
	case p.is(tQuoted) && (p.ahead(1) == tEOF || p.ahead(1) == tSemicolon):
		r.Key = p.takeIdentifier()
	default:
		r.Key = p.rawStatement()
		if !confKey.MatchString(r.Key) {
			p.reject(start, "INVALID_RESET_COMMAND_FORMAT")
		}
	}
	r.CommandBase = p.command(start)
	return r
}
