package sparksql

import (
	"encoding/json"
	"strconv"
	"strings"

	"shoal/plan"
)

// basicTypes lists the types that are one word.
var basicTypes = map[string]plan.Type{
	"boolean": plan.Boolean, "tinyint": plan.Byte, "byte": plan.Byte, "smallint": plan.Short, "short": plan.Short,
	"int": plan.Int, "integer": plan.Int, "bigint": plan.Long, "long": plan.Long, "float": plan.Float, "real": plan.Float,
	"double": plan.Double, "date": plan.Date, "timestamp": plan.Timestamp, "timestamp_ltz": plan.Timestamp,
	"timestamp_ntz": plan.TimestampNTZ, "string": plan.String, "binary": plan.Binary, "void": plan.Null, "variant": plan.Variant,
}

// dataType: ARRAY LESS dataType GREATER | MAP LESS dataType COMMA dataType GREATER
// | STRUCT (LESS complexColTypeList? GREATER | NOT_EQ) | primitiveType
func (p *parser) dataType() plan.Type {
	p.enter()
	defer func() { p.depth-- }()
	start := p.start()
	switch k := p.kind(); k {
	case kArray, kMap, kStruct:
		p.advance()
		if k == kStruct && p.accept(tNotEq) {
			return plan.Struct{}
		}
		if !p.is(tLess) {
			p.incompleteType(start, k)
			return plan.Null
		}
		var t plan.Type
		p.blaming(p.i, func() { t = p.typeParameters(k) })
		return t
	}
	return p.primitiveType(start)
}

// typeParameters parses what is between < and > of a nested type.
func (p *parser) typeParameters(k kind) (t plan.Type) {
	p.expect(tLess)
	switch k {
	case kArray:
		t = plan.Array{Elem: p.dataType(), ContainsNull: true}
	case kMap:
		key := p.dataType()
		p.expect(tComma)
		t = plan.Map{Key: key, Value: p.dataType(), ValueContainsNull: true}
	default:
		var fields []plan.Field
		if !p.is(tGreater) {
			fields = commaList(p, (*parser).complexColType)
		}
		t = plan.Struct{Fields: fields}
	}
	p.expect(tGreater)
	return t
}

func (p *parser) incompleteType(start int, k kind) {
	switch k {
	case kArray:
		p.reject(start, "INCOMPLETE_TYPE_DEFINITION.ARRAY", "elementType", "<INT>")
	case kMap:
		p.reject(start, "INCOMPLETE_TYPE_DEFINITION.MAP")
	default:
		p.reject(start, "INCOMPLETE_TYPE_DEFINITION.STRUCT")
	}
}

// complexColType: identifier COLON? dataType (NOT NULL)? (COMMENT string)?
func (p *parser) complexColType() plan.Field {
	name := p.errorIdentifier()
	p.accept(tColon)
	return p.fieldType(name)
}

// colType: identifier dataType (NOT NULL)? (COMMENT string)?
func (p *parser) colType() plan.Field { return p.fieldType(p.errorIdentifier()) }

func (p *parser) fieldType(name string) plan.Field {
	f := plan.Field{Name: name, Type: p.dataType(), Nullable: true}
	if p.acceptAll(kNot, kNull) || p.acceptAll(tBang, kNull) {
		f.Nullable = false
	}
	if p.accept(kComment) {
		comment, _ := json.Marshal(map[string]string{"comment": p.stringLiteral()})
		f.Metadata = string(comment)
	}
	return f
}

// primitiveType: a word, perhaps with numbers in parentheses
func (p *parser) primitiveType(start int) plan.Type {
	word := strings.ToLower(p.identifier())
	switch word {
	case "string":
		return p.stringType(start)
	case "interval":
		return p.intervalType(start)
	case "timestamp":
		if p.is(kWithout) && p.ahead(1) == kTime && p.ahead(2) == kZone {
			p.i += 3
			return plan.TimestampNTZ
		}
	}
	numbers := p.typeArguments()
	if t, ok := basicTypes[word]; ok && numbers == nil {
		return t
	}
	switch word {
	case "decimal", "dec", "numeric":
		return p.decimalType(start, word, numbers)
	case "char", "character":
		if len(numbers) == 1 {
			return plan.Char{Length: numbers[0]}
		}
	case "varchar":
		if len(numbers) == 1 {
			return plan.Varchar{Length: numbers[0]}
		}
	case "time":
		return p.timeType(start, numbers)
	}
	if (word == "char" || word == "character" || word == "varchar") && numbers == nil {
		p.reject(start, "DATATYPE_MISSING_SIZE", "type", `"`+strings.ToUpper(word)+`"`)
		return plan.Null
	}
	p.badType(start, word, numbers)
	return plan.Null
}

// badType says that there is no such type, with such arguments.
func (p *parser) badType(start int, word string, numbers []int) {
	name := strings.ToUpper(word)
	if numbers != nil {
		text := make([]string, len(numbers))
		for i, n := range numbers {
			text[i] = strconv.Itoa(n)
		}
		name += "(" + strings.Join(text, ",") + ")"
	}
	p.reject(start, "UNSUPPORTED_DATATYPE", "typeName", `"`+name+`"`)
}

func (p *parser) stringType(start int) plan.Type {
	if !p.is(kCollate) {
		return plan.String
	}
	p.advance()
	parts := p.multipartIdentifier()
	collation := strings.ToUpper(parts[len(parts)-1])
	if collation == "UTF8_BINARY" {
		return plan.String
	}
	name := "string collate " + collation
	quoted, _ := json.Marshal(name)
	return plan.Unsupported{Name: name, JSON: string(quoted)}
}

func (p *parser) timeType(start int, numbers []int) plan.Type {
	precision := "6"
	if len(numbers) == 1 {
		precision = strconv.Itoa(numbers[0])
		if numbers[0] > 6 {
			p.reject(start, "UNSUPPORTED_TIME_PRECISION", "precision", precision)
		}
	}
	p.acceptAll(kWithout, kTime, kZone)
	return plan.Unsupported{Name: "time(" + precision + ")", JSON: `"time(` + precision + `)"`}
}

// typeArguments: LEFT_PAREN INTEGER_VALUE (COMMA INTEGER_VALUE)* RIGHT_PAREN
func (p *parser) typeArguments() []int {
	if !p.is(tLeftParen) {
		return nil
	}
	return parenList(p, func(p *parser) int {
		if !p.is(tInteger) {
			p.syntaxError("")
		}
		n, err := strconv.Atoi(p.text())
		if err != nil {
			p.syntaxError("")
		}
		p.advance()
		return n
	})
}

func (p *parser) decimalType(start int, word string, numbers []int) plan.Type {
	d := plan.Decimal{Precision: 10}
	switch len(numbers) {
	case 0:
	case 1:
		d.Precision = numbers[0]
	case 2:
		d = plan.Decimal{Precision: numbers[0], Scale: numbers[1]}
	default:
		p.badType(start, word, numbers)
	}
	if d.Precision > 38 {
		p.reject(start, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "precision", strconv.Itoa(d.Precision), "maxPrecision", "38")
	}
	if d.Scale > d.Precision {
		p.reject(start, "_LEGACY_ERROR_TEMP_1228", "scale", strconv.Itoa(d.Scale), "precision", strconv.Itoa(d.Precision))
	}
	return d
}

// intervalType: INTERVAL (YEAR | MONTH | DAY | HOUR | MINUTE | SECOND) (TO ...)?
func (p *parser) intervalType(start int) plan.Type {
	from, ok := intervalField(p.text())
	if !ok {
		return plan.CalendarInterval
	}
	p.advance()
	to := from
	if last, ok := intervalField(p.textAt(min(p.i+1, len(p.toks)-1))); ok && p.is(kTo) && last > from && (from <= plan.Month) == (last <= plan.Month) {
		to = last
		p.i += 2
	}
	if to <= plan.Month {
		return plan.YearMonthInterval{From: from, To: to}
	}
	return plan.DayTimeInterval{From: from, To: to}
}

func intervalField(word string) (plan.IntervalField, bool) {
	for f := plan.Year; f <= plan.Second; f++ {
		if strings.EqualFold(word, f.String()) {
			return f, true
		}
	}
	return 0, false
}
