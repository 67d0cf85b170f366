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
	"shoal/textfile"
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
	if textfile.IsDate(text) {
		return plan.Date
	}
	return plan.String
}

// inferNumber tries int, bigint, decimal without fraction, double, in this order.
func inferNumber(text string) (plan.Type, bool) {
	if _, ok := textfile.ParseInteger(text, 32); ok {
		return plan.Int, true
	}
	if _, ok := textfile.ParseInteger(text, 64); ok {
		return plan.Long, true
	}
	if t, ok := wholeDecimal(text); ok {
		return t, true
	}
	if _, ok := textfile.ParseDouble(text, 64); ok {
		return plan.Double, true
	}
	return nil, false
}

// wholeDecimal is the type of a number without fraction, 1e3 included.
func wholeDecimal(text string) (plan.Type, bool) {
	unscaled, scale, ok := textfile.ParseDecimal(text)
	if !ok || scale > 0 {
		return nil, false
	}
	precision := len(new(big.Int).Abs(unscaled).String()) - scale
	if precision > textfile.MaxPrecision {
		return nil, false
	}
	return plan.Decimal{Precision: precision}, true
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
	if t, ok := textfile.WiderNumber(a, b); ok {
		return t
	}
	if a == plan.Date && b == plan.Timestamp || a == plan.Timestamp && b == plan.Date {
		return plan.Timestamp
	}
	return plan.String
}

// narrow tells the integers a double holds exactly.
func narrow(t plan.Type) bool { return t == plan.Int }

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
		f, ok := textfile.ParseDouble(text, 64)
		return doubleText(f), ok
	case plan.Boolean:
		lower := strings.ToLower(strings.TrimSpace(text))
		return lower, lower == "true" || lower == "false"
	case plan.Date:
		return text, textfile.IsDate(text)
	case plan.Timestamp, plan.TimestampNTZ:
		return timestampText(text, t, zone)
	}
	if d, ok := t.(plan.Decimal); ok {
		unscaled, scale, ok := textfile.ParseDecimal(text)
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
	n, ok := textfile.ParseInteger(strings.TrimSpace(text), bits)
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
