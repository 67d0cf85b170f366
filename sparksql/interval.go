package sparksql

import (
	"math"
	"math/bits"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds interval literals, in all their forms.

// intervalUnit is a unit of the multi-unit forms: how much it adds, and which field it is.
type intervalUnit struct {
	field  plan.IntervalField
	amount int64 // months, or microseconds
}

var intervalUnits = map[string]intervalUnit{
	"year":        {plan.Year, 12},
	"month":       {plan.Month, 1},
	"week":        {plan.Day, 7 * microsPerDay},
	"day":         {plan.Day, microsPerDay},
	"hour":        {plan.Hour, microsPerHour},
	"minute":      {plan.Minute, microsPerMinute},
	"second":      {plan.Second, microsPerSecond},
	"millisecond": {plan.Second, 1000},
	"microsecond": {plan.Second, 1},
}

// unitOf finds a unit by its name, singular or plural.
func unitOf(word string) (name string, u intervalUnit, ok bool) {
	name = strings.ToLower(word)
	if u, ok = intervalUnits[name]; !ok {
		name = strings.TrimSuffix(name, "s")
		u, ok = intervalUnits[name]
	}
	return name, u, ok
}

// startsInterval tells whether INTERVAL begins a literal here and is no mere name.
func (p *parser) startsInterval() bool {
	n := 1
	if p.ahead(n) == tPlus || p.ahead(n) == tMinus {
		n++
	}
	switch k := p.ahead(n); {
	case k.isString():
		return n == 1 || p.isUnitAhead(n+1)
	case k == tInteger, k == tDecimal:
		return n == 1 || p.isUnitAhead(n+1)
	}
	return false
}

func (p *parser) isUnitAhead(n int) bool {
	_, _, ok := unitOf(p.textAt(min(p.i+n, len(p.toks)-1)))
	return ok
}

// interval: INTERVAL (multiUnitsInterval | unitToUnitInterval | string)
func (p *parser) interval(start int) plan.Expr {
	if p.ahead(1).isString() && !p.isUnitAhead(2) {
		if k := p.ahead(2); k.isIdent() && p.ahead(3) == kTo {
			p.i += 2
			p.syntaxError("")
		}
		return p.typedLiteral(start)
	}
	p.expect(kInterval)
	if p.isUnitToUnit() {
		return p.unitToUnit(start)
	}
	sum := newIntervalSum()
	for first := true; first || p.startsIntervalValue(); first = false {
		p.valueAndUnit(sum)
	}
	return p.intervalOf(start, sum)
}

// valueAndUnit: intervalValue unit, added to sum
func (p *parser) valueAndUnit(sum *intervalSum) {
	at := p.start()
	value := p.intervalValue()
	word := p.text()
	name, unit, ok := unitOf(word)
	nano := strings.HasPrefix(strings.ToLower(word), "nanosecond")
	if !ok && !nano {
		p.syntaxError("")
	}
	p.advance()
	if nano {
		p.reject(at, "INVALID_INTERVAL_FORMAT.INVALID_UNIT", "input", " "+value+" "+word, "unit", strings.ToLower(word))
		return
	}
	switch err := sum.add(value, name, unit); err {
	case "":
	case "INVALID_VALUE":
		p.reject(at, "_LEGACY_ERROR_TEMP_0026", "value", value)
	default:
		p.reject(at, "INVALID_INTERVAL_FORMAT."+err, "input", " "+value+" "+word, "unit", name)
	}
}

func (p *parser) isUnitToUnit() bool {
	n := 1
	if p.is(tPlus) || p.is(tMinus) {
		n++
	}
	return p.ahead(n).isIdent() && p.ahead(n+1) == kTo && p.isUnitAhead(n+2)
}

// startsIntervalValue tells whether another value and unit follow.
func (p *parser) startsIntervalValue() bool {
	n := 0
	if p.is(tPlus) || p.is(tMinus) {
		n = 1
	}
	k := p.ahead(n)
	return (k == tInteger || k == tDecimal || k.isString()) && p.isUnitAhead(n+1)
}

// intervalValue: (PLUS | MINUS)? (INTEGER_VALUE | DECIMAL_VALUE | stringLit)
func (p *parser) intervalValue() string {
	minus := p.is(tMinus)
	p.acceptAny(tMinus, tPlus)
	var value string
	switch {
	case p.kind().isString():
		value = strings.TrimSpace(p.stringLiteral())
	case p.is(tInteger), p.is(tDecimal):
		value = p.text()
		p.advance()
	default:
		p.syntaxError("")
	}
	if !minus {
		return value
	}
	if rest, ok := strings.CutPrefix(value, "-"); ok {
		return rest
	}
	return "-" + value
}

// intervalSum adds up values with units.
type intervalSum struct {
	months, micros int64
	from, to       plan.IntervalField
	yearMonth      bool
	dayTime        bool
}

func newIntervalSum() *intervalSum { return &intervalSum{from: plan.Second, to: plan.Year} }

// add adds value units; it returns "" or what is wrong, by the last part of its error condition.
func (s *intervalSum) add(value, name string, unit intervalUnit) string {
	number, negative := strings.CutPrefix(value, "-")
	if !negative {
		number = strings.TrimPrefix(number, "+")
	}
	whole, fraction, dotted := strings.Cut(number, ".")
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return "INVALID_VALUE"
	}
	if dotted && name != "second" {
		return "INVALID_FRACTION"
	}
	if len(fraction) > 9 {
		return "INVALID_PRECISION"
	}
	n, ok := multiply(whole, unit.amount)
	if !ok {
		return "ARITHMETIC_EXCEPTION"
	}
	micros := int64(0)
	for _, d := range (fraction + "000000")[:6] {
		micros = micros*10 + int64(d-'0')
	}
	n += micros
	if negative {
		n = -n
	}
	s.from, s.to = min(s.from, unit.field), max(s.to, unit.field)
	if unit.field <= plan.Month {
		s.yearMonth = true
		s.months += n
		ok = s.months >= math.MinInt32 && s.months <= math.MaxInt32
	} else {
		s.dayTime = true
		sum := s.micros + n
		ok = (sum > s.micros) == (n > 0)
		s.micros = sum
	}
	if !ok {
		return "ARITHMETIC_EXCEPTION"
	}
	return ""
}

// multiply is digits times unit, if it fits.
func multiply(digits string, unit int64) (int64, bool) {
	n := uint64(0)
	for i := 0; i < len(digits); i++ {
		hi, lo := bits.Mul64(n, 10)
		n = lo + uint64(digits[i]-'0')
		if hi != 0 || n > math.MaxInt64 {
			return 0, false
		}
	}
	hi, lo := bits.Mul64(n, uint64(unit))
	return int64(lo), hi == 0 && lo <= math.MaxInt64-uint64(microsPerSecond)
}

// intervalOf makes the literal of a sum; year-month and day-time units do not mix.
func (p *parser) intervalOf(start int, s *intervalSum) *plan.Literal {
	pos := p.pos(start)
	if s.yearMonth && s.dayTime {
		p.reject(start, "_LEGACY_ERROR_TEMP_0029", "literal", p.src.Text[pos.Start:pos.Stop])
	}
	if s.yearMonth {
		return &plan.Literal{Pos: pos, Value: plan.Months(s.months), Type: plan.YearMonthInterval{From: s.from, To: s.to}}
	}
	return &plan.Literal{Pos: pos, Value: plan.Micros(s.micros), Type: plan.DayTimeInterval{From: s.from, To: s.to}}
}

// intervalText is INTERVAL '1 day 2 hours'; nil if the text is no interval.
func (p *parser) intervalText(start int, text string) *plan.Literal {
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 && words[0] == "interval" {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	sum := newIntervalSum()
	for len(words) > 0 {
		value := words[0]
		words = words[1:]
		if (value == "-" || value == "+") && len(words) > 0 {
			value += words[0]
			words = words[1:]
		}
		if len(words) == 0 {
			return nil
		}
		name, unit, ok := unitOf(words[0])
		words = words[1:]
		if !ok || sum.add(value, name, unit) != "" {
			return nil
		}
	}
	return p.intervalOf(start, sum)
}

// unitToUnitInterval: intervalValue unit TO unit
func (p *parser) unitToUnit(start int) plan.Expr {
	at := p.start()
	quoted := p.kind().isString() || p.ahead(1).isString()
	value := p.intervalValue()
	_, from, _ := unitOf(p.text())
	fromName := strings.ToLower(p.text())
	p.advance()
	p.expect(kTo)
	_, to, _ := unitOf(p.text())
	toName := strings.ToLower(p.text())
	p.advance()
	if !quoted {
		p.reject(at, "_LEGACY_ERROR_TEMP_0027")
	}
	if from.field.String() != fromName || to.field.String() != toName {
		p.i--
		p.syntaxError("")
	}
	if from.field >= to.field || (from.field <= plan.Month) != (to.field <= plan.Month) {
		p.reject(at, "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION", "input", value, "from", fromName, "to", toName)
		return &plan.Literal{Pos: p.pos(start), Type: plan.Null}
	}
	s := newIntervalSum()
	if err := s.addFields(value, from.field, to.field); err != nil {
		p.rejectWith(err, at)
	}
	return p.intervalOf(start, s)
}

// fieldMarks stands before each field of a unit-to-unit text but the first.
var fieldMarks = [...]string{plan.Month: "-", plan.Hour: " ", plan.Minute: ":", plan.Second: ":"}

// fieldLimits is the largest value of each field but the first.
var fieldLimits = [...]int{plan.Month: 11, plan.Hour: 23, plan.Minute: 59, plan.Second: 59}

// addFields reads a text such as "1-2" or "1 02:03:04.5" whose fields are from..to.
func (s *intervalSum) addFields(text string, from, to plan.IntervalField) *fault.Error {
	mismatch := func() *fault.Error {
		name := plan.DayTimeInterval{From: from, To: to}.String()
		class, kind := "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE", "day-time"
		if to <= plan.Month {
			class, kind = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", "year-month"
		}
		return fault.New(class, "input", text, "intervalStr", kind, "typeName", name, "supportedFormat", formatOf(from, to))
	}
	rest, negative := strings.CutPrefix(strings.TrimSpace(text), "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	sign := ""
	if negative {
		sign = "-"
	}
	for f := from; f <= to; f++ {
		if f > from {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, fieldMarks[f]); !ok {
				return mismatch()
			}
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && !(f == plan.Second && r == '.') })
		if end < 0 {
			end = len(rest)
		}
		value := rest[:end]
		rest = rest[end:]
		if err := checkField(text, value, f, f > from); err != nil {
			return err
		}
		unit := intervalUnits[f.String()]
		switch s.add(sign+value, f.String(), unit) {
		case "":
		case "ARITHMETIC_EXCEPTION":
			return fault.New("INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION", "input", text)
		default:
			return mismatch()
		}
	}
	if rest != "" {
		return mismatch()
	}
	return nil
}

// checkField bounds a field that is not the first.
func checkField(text, value string, f plan.IntervalField, bounded bool) *fault.Error {
	whole, _, _ := strings.Cut(value, ".")
	n, _, ok := number(whole, 1, 9)
	if !bounded || !ok || n <= fieldLimits[f] {
		return nil
	}
	if f == plan.Month {
		return fault.New("INVALID_INTERVAL_FORMAT.INTERVAL_PARSING", "input", text, "interval", "year-month")
	}
	return fault.New("_LEGACY_ERROR_TEMP_0063", "msg", "requirement failed: "+f.String()+" "+whole+" outside range [0, "+
		map[bool]string{true: "23", false: "59"}[f == plan.Hour]+"]")
}

// formatOf describes the text unit-to-unit literals need.
func formatOf(from, to plan.IntervalField) string {
	letters := [...]string{"y", "m", "d", "h", "m", "s.n"}
	text := letters[from]
	for f := from + 1; f <= to; f++ {
		text += fieldMarks[f] + letters[f]
	}
	return "`[+|-]" + text + "`, `INTERVAL [+|-]'[+|-]" + text + "' " + strings.ToUpper(from.String()+" to "+to.String()) + "`"
}
