package catalog

// This file guesses types from text: the values of partitions here, CSV's in csv_infer.go.

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"shoal/plan"
)

// inferPartition is the type Spark sees in the raw name of a folder.
func inferPartition(raw string, infer bool) plan.Type {
	if raw == nullPartition {
		return plan.Null
	}
	if !infer {
		return plan.String
	}
	if t, ok := inferNumber(raw); ok {
		return t
	}
	text := unescapePath(raw)
	if partitionTimestamp.MatchString(text) && validTime(text) {
		return plan.Timestamp
	}
	if isDate(text) {
		return plan.Date
	}
	return plan.String
}

// inferNumber tries int, bigint, decimal without fraction, double, in this order.
func inferNumber(text string) (plan.Type, bool) {
	if _, ok := parseInteger(text, 32); ok {
		return plan.Int, true
	}
	if _, ok := parseInteger(text, 64); ok {
		return plan.Long, true
	}
	if t, ok := wholeDecimal(text); ok {
		return t, true
	}
	if _, ok := parseDouble(text); ok {
		return plan.Double, true
	}
	return nil, false
}

// parseInteger is Java's parseInt and parseLong: digits with a sign, nothing else.
func parseInteger(text string, bits int) (int64, bool) {
	if text == "" || strings.Contains(text, "_") {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, bits)
	return n, err == nil
}

var (
	decimalForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?$`)
	// doubleForm is what Java's Double.parseDouble takes, spaces around trimmed.
	doubleForm = regexp.MustCompile(`^[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?|0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+[fFdD]?)$`)
)

// maxPrecision is the most digits a Spark decimal has.
const maxPrecision = 38

// wholeDecimal is the type of a number without fraction, 1e3 included.
func wholeDecimal(text string) (plan.Type, bool) {
	unscaled, scale, ok := parseDecimal(text)
	if !ok || scale > 0 {
		return nil, false
	}
	precision := len(new(big.Int).Abs(unscaled).String()) - scale
	if precision > maxPrecision {
		return nil, false
	}
	return plan.Decimal{Precision: precision}, true
}

// parseDecimal is java.math.BigDecimal: value = unscaled / 10^scale, scale may be negative.
func parseDecimal(text string) (unscaled *big.Int, scale int, ok bool) {
	if !decimalForm.MatchString(text) {
		return nil, 0, false
	}
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		exponent, _ = strconv.Atoi(text[i+1:]) // the form bounds it
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	unscaled, ok = new(big.Int).SetString(whole+fraction, 10)
	return unscaled, len(fraction) - exponent, ok
}

// parseDouble is Java's Double.parseDouble.
func parseDouble(text string) (float64, bool) {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	if !doubleForm.MatchString(text) {
		return 0, false
	}
	if n := len(text); n > 1 && !strings.ContainsAny(text, "NI") && strings.ContainsAny(text[n-1:], "fFdD") &&
		(strings.ContainsAny(text, "pP") || !strings.ContainsAny(text, "xX")) {
		text = text[:n-1]
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && f == 0 {
		return 0, false
	}
	return f, true // out of range is infinite
}

// isDate tells a date written yyyy-MM-dd.
func isDate(text string) bool {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return false
	}
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// partitionTimestamp is yyyy-MM-dd HH:mm:ss with at most one digit of fraction.
var partitionTimestamp = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d)?$`)

func validTime(text string) bool {
	_, err := time.Parse(time.DateTime, text)
	return err == nil
}

// widerPartition is the type for values of both types.
func widerPartition(a, b plan.Type) plan.Type {
	switch {
	case a == plan.Null || a == b:
		return b
	case b == plan.Null:
		return a
	case a == plan.Double && !narrow(b) || b == plan.Double && !narrow(a):
		return plan.String
	}
	if t, ok := widerNumber(a, b); ok {
		return t
	}
	if a == plan.Date && b == plan.Timestamp || a == plan.Timestamp && b == plan.Date {
		return plan.Timestamp
	}
	return plan.String
}

// narrow tells the integers a double holds exactly.
func narrow(t plan.Type) bool { return t == plan.Int }

// widerNumber is the number type that holds both.
func widerNumber(a, b plan.Type) (plan.Type, bool) {
	if a == plan.Double && b == plan.Int || a == plan.Int && b == plan.Double {
		return plan.Double, true
	}
	if a == plan.Long && b == plan.Int || a == plan.Int && b == plan.Long {
		return plan.Long, true
	}
	da, okA := asDecimal(a)
	db, okB := asDecimal(b)
	if !okA || !okB {
		return nil, false
	}
	scale := max(da.Scale, db.Scale)
	whole := max(da.Precision-da.Scale, db.Precision-db.Scale)
	return plan.Decimal{Precision: min(whole+scale, maxPrecision), Scale: scale}, true
}

// asDecimal is the decimal type that holds every value of t.
func asDecimal(t plan.Type) (plan.Decimal, bool) {
	switch t := t.(type) {
	case plan.Decimal:
		return t, true
	case plan.Basic:
		switch t {
		case plan.Int:
			return plan.Decimal{Precision: 10}, true
		case plan.Long:
			return plan.Decimal{Precision: 20}, true
		}
	}
	return plan.Decimal{}, false
}

// partitionText writes a partition's value the way plan.File.Partition holds it; false means the
// text is no value of the type.
func partitionText(raw, text string, t plan.Type, zone *time.Location) (string, bool) {
	if raw == nullPartition {
		return nullPartition, true
	}
	switch t {
	case plan.Byte:
		return integerText(text, 8)
	case plan.Short:
		return integerText(text, 16)
	case plan.Int:
		return integerText(text, 32)
	case plan.Long:
		return integerText(text, 64)
	case plan.Float, plan.Double:
		f, ok := parseDouble(text)
		return doubleText(f), ok
	case plan.Boolean:
		lower := strings.ToLower(strings.TrimSpace(text))
		return lower, lower == "true" || lower == "false"
	case plan.Date:
		return text, isDate(text)
	case plan.Timestamp, plan.TimestampNTZ:
		return timestampText(text, t, zone)
	}
	if d, ok := t.(plan.Decimal); ok {
		unscaled, scale, ok := parseDecimal(text)
		if !ok || scale > d.Scale {
			return "", false
		}
		unscaled.Mul(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Scale-scale)), nil))
		return plan.Unscaled{Int: unscaled}.Text(d.Scale), true
	}
	return text, true
}

func doubleText(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	default:
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
}

func integerText(text string, bits int) (string, bool) {
	n, ok := parseInteger(strings.TrimSpace(text), bits)
	return strconv.FormatInt(n, 10), ok
}

// timestampText is the instant in UTC, or the wall clock.
func timestampText(text string, t plan.Type, zone *time.Location) (string, bool) {
	if t == plan.TimestampNTZ {
		zone = time.UTC
	}
	for _, layout := range []string{time.DateTime, time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at.UTC().Format("2006-01-02 15:04:05.000000"), true
		}
	}
	return "", false
}
