package sparktest

// This file compares answers with what was recorded.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"shoal/fault"
)

var exprID = regexp.MustCompile(`#\d+L?`)

// exceptions are PySpark's names of the kinds of errors.
var exceptions = map[fault.Kind]string{
	fault.Internal:             "SparkException",
	fault.Parse:                "ParseException",
	fault.Analysis:             "AnalysisException",
	fault.Arithmetic:           "ArithmeticException",
	fault.NumberFormat:         "NumberFormatException",
	fault.DateTime:             "DateTimeException",
	fault.ArrayIndex:           "ArrayIndexOutOfBoundsException",
	fault.IllegalArgument:      "IllegalArgumentException",
	fault.UnsupportedOperation: "UnsupportedOperationException",
	fault.Runtime:              "SparkRuntimeException",
	fault.NoSuchElement:        "SparkNoSuchElementException",
	fault.FileNotFound:         "SparkException",
	fault.TempTableExists:      "AnalysisException",
	fault.Spark:                "SparkException",
	fault.SQL:                  "SparkSQLException",
	fault.Upgrade:              "SparkUpgradeException",
}

// errorLines writes an error as the oracle does. Where Spark gives a syntax error's place as line
// and column (the recorded says so), so do we.
func errorLines(e *fault.Error, recorded []string) []string {
	lines := []string{fmt.Sprintf("%s %s %s", cmp.Or(e.Class, "-"), cmp.Or(e.SQLState, "-"), exceptions[e.Kind])}
	names := make([]string, 0, len(e.Params))
	for name := range e.Params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		lines = append(lines, name+" = "+quote(exprID.ReplaceAllString(restore(e.Params[name]), "#N")))
	}
	byLine := len(recorded) > 0 && strings.HasPrefix(recorded[len(recorded)-1], "at line ")
	for _, c := range e.Context {
		src := c.Pos.Src
		if src == nil {
			lines = append(lines, "at "+c.Fragment+"()")
			continue
		}
		if byLine {
			line, pos := fault.LineCol(src.Text, c.Pos.Start)
			lines = append(lines, fmt.Sprintf("at line %d pos %d", line, pos))
			continue
		}
		start := len(utf16.Encode([]rune(src.Text[:c.Pos.Start])))
		at := fmt.Sprintf("at %d %s", start, quote(restore(src.Text[c.Pos.Start:c.Pos.Stop])))
		if src.ObjectType != "" {
			at += " in " + src.ObjectType + " " + src.ObjectName
		}
		lines = append(lines, at)
	}
	return lines
}

// quote is Python's json.dumps(s, ensure_ascii=False).
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func equalRows(want, got []string, tolerance string) bool {
	if tolerance == "" {
		return slices.Equal(want, got)
	}
	limit, err := strconv.ParseFloat(tolerance, 64)
	if err != nil || len(want) != len(got) {
		return false
	}
	for i := range want {
		if !equalWithin(want[i], got[i], limit) {
			return false
		}
	}
	return true
}

var number = regexp.MustCompile(`-?\d+(\.\d+)?(e[+-]\d+)?`)

// equalWithin compares two rows: numbers up to a relative tolerance, the text between them exactly.
func equalWithin(want, got string, limit float64) bool {
	if want == got {
		return true
	}
	a, b := number.FindAllString(want, -1), number.FindAllString(got, -1)
	if len(a) != len(b) || number.ReplaceAllString(want, "#") != number.ReplaceAllString(got, "#") {
		return false
	}
	for i := range a {
		x, errX := strconv.ParseFloat(a[i], 64)
		y, errY := strconv.ParseFloat(b[i], 64)
		if errX != nil || errY != nil || math.Abs(x-y) > limit*max(math.Abs(x), math.Abs(y)) {
			return false
		}
	}
	return true
}
