package plan

import (
	"math/big"
)

// The Go value of a [Literal], by its type:
//
//	nil (any NULL) · bool · int8 int16 int32 int64 · float32 float64 · string · []byte
//	Decimal               Unscaled (the scale is the type's)
//	Date                  Days
//	Timestamp             Micros (UTC instant)      TimestampNTZ  Micros (wall clock)
//	YearMonthInterval     Months                    DayTimeInterval  Micros
//	CalendarInterval      CalendarValue
//	Array, Struct         []any                     Map  []Entry, in order
type (
	Unscaled struct{ *big.Int }
	Days     int32
	Months   int32
	Micros   int64
	Entry    struct{ Key, Value any }
	// CalendarValue is the legacy interval: three independent parts.
	CalendarValue struct {
		Months, Days int32
		Micros       int64
	}
)

// NewUnscaled makes a decimal's value from a small unscaled integer.
func NewUnscaled(v int64) Unscaled { return Unscaled{big.NewInt(v)} }

// Text is the decimal with the given scale, as Java's toPlainString writes it.
func (u Unscaled) Text(scale int) string {
	s := new(big.Int).Abs(u.Int).String()
	if scale > 0 {
		for len(s) <= scale {
			s = "0" + s
		}
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	}
	if u.Sign() < 0 {
		s = "-" + s
	}
	return s
}
