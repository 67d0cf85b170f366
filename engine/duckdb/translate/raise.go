package translate

// This file raises Spark's runtime errors from within SQL.

import (
	"encoding/json"
	"strconv"
	"strings"

	"shoal/plan"
)

// errorMark starts the text of every error raised by generated SQL. The driver turns
// "SHOAL:<class>:<json parameters>" back into a fault.Error.
const errorMark = "SHOAL:"

// raise writes an error() call; params alternate a parameter's name and SQL for its text.
func (t *translator) raise(class string, params ...string) string {
	t.traits |= raises
	if t.place.Src != nil {
		params = append(params, placeParam, quoteText(strconv.Itoa(len(t.places))))
		t.places = append(t.places, t.place)
	}
	if len(params) == 0 {
		return "error('" + errorMark + class + ":{}')"
	}
	items := make([]string, 0, len(params))
	constant := map[string]string{}
	for i := 0; i+1 < len(params); i += 2 {
		items = append(items, quoteText(params[i]), params[i+1])
		if text, ok := plainLiteral(params[i+1]); ok {
			constant[params[i]] = text
		}
	}
	if len(constant)*2 == len(params) {
		text, _ := json.Marshal(constant) // a map of strings always encodes
		return "error(" + quoteText(errorMark+class+":"+string(text)) + ")"
	}
	return "error('" + errorMark + class + ":' || json_object(" + strings.Join(items, ", ") + "))"
}

// plainLiteral reads back what quoteText wrote.
func plainLiteral(sql string) (string, bool) {
	if len(sql) < 2 || sql[0] != '\'' || sql[len(sql)-1] != '\'' {
		return "", false
	}
	inner := strings.ReplaceAll(sql[1:len(sql)-1], "''", "\x00")
	if strings.Contains(inner, "'") {
		return "", false
	}
	return strings.ReplaceAll(inner, "\x00", "'"), true
}

// raiseNowhere is raise for errors that Spark reports without a place.
func (t *translator) raiseNowhere(class string, params ...string) string {
	place := t.place
	t.place = plan.Pos{}
	defer func() { t.place = place }()
	return t.raise(class, params...)
}

// javaOverflow is an overflow that Spark leaves to Java, without a condition of its own.
func (t *translator) javaOverflow(typ plan.Type) string {
	return t.raiseNowhere("ArithmeticException", "type", quoteText(javaWidth(typ)))
}

// javaWidth is the Java type that holds an interval or an integer.
func javaWidth(typ plan.Type) string {
	if _, months := typ.(plan.YearMonthInterval); months || typ == plan.Int || typ == plan.Date {
		return "integer"
	}
	return "long"
}

// mayOverflow notes that DuckDB itself may refuse an operation.
func (t *translator) mayOverflow(name string, typ plan.Type) {
	t.traits |= overflows
	t.operations = append(t.operations, operation{name, typ, t.place})
}

// mayRaise notes that a function in Go may raise an error here.
func (t *translator) mayRaise(typ plan.Type) {
	t.traits |= raises
	t.operations = append(t.operations, operation{raisedInGo, typ, t.place})
}

// ansiConf is the conf Spark's messages name as the way out.
const ansiConf = "'\"spark.sql.ansi.enabled\"'"

func (t *translator) divideByZero() string { return t.raise("DIVIDE_BY_ZERO", "config", ansiConf) }

func (t *translator) remainderByZero() string {
	return t.raise("REMAINDER_BY_ZERO", "config", ansiConf)
}
