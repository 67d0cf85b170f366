package translate

// This file turns the errors of a running translation into Spark's: with the place in the query
// text, and Spark's classes for DuckDB's own errors.

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// placeParam is the parameter of a raised error that says where in the query text it belongs.
const placeParam = "@"

// operation is an arithmetic operation that DuckDB itself may refuse.
type operation struct {
	name string // Spark's: + - * div negative abs
	typ  plan.Type
	at   plan.Pos
}

// Explain improves an error of this translation's SQL. The driver calls it for every failure; an
// error it does not know comes back as it is.
func (tr *Translation) Explain(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	if strings.HasPrefix(f.Class, "FAILED_READ_FILE.") {
		return tr.skipped(err)
	}
	if f.Class == "CAST_INVALID_INPUT" {
		f.Kind = castKind(f.Params["targetType"])
		f.Params["ansiConfig"] = `"spark.sql.ansi.enabled"`
	}
	if at, ok := f.Params[placeParam]; ok {
		delete(f.Params, placeParam)
		if i, bad := strconv.Atoi(at); bad == nil && i < len(tr.places) {
			return f.At(tr.places[i])
		}
		return f
	}
	if f.Class != "INTERNAL_ERROR" && len(f.Context) == 0 && raisedWithPlace[f.Class] {
		return tr.at(f, raisedInGo, nil)
	}
	if f.Class != "INTERNAL_ERROR" || f.Err == nil {
		return err
	}
	if known := tr.native(f.Err.Error()); known != nil {
		return known.Because(f.Err)
	}
	return err
}

// skipped is fault.Skipped with the options of each file read.
func (tr *Translation) skipped(err error) error {
	plan.WalkRelations(tr.plan, func(r plan.Relation) bool {
		if s, ok := r.(*plan.Scan); ok {
			err = fault.Skipped(err, tr.settings, s.Options)
		}
		return true
	})
	return err
}

// manyRows is the operation of a subquery that may yield one row only.
const manyRows = "subquery"

// manyRowsOuter is the same of a subquery that depends on the query around it: Spark raises another
// exception for those.
const manyRowsOuter = "correlated subquery"

// triedSum is the operation of a sum of decimals whose overflow should have been NULL.
const triedSum = "sum or NULL"

// raisedInGo is the operation of a function in Go that may raise one of Spark's errors.
const raisedInGo = "go"

// raisedWithPlace lists the errors of functions in Go that Spark reports with a place.
var raisedWithPlace = map[string]bool{"CAST_INVALID_INPUT": true, "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION": true}

// castKind is the exception for text that cannot be read as a type.
func castKind(target string) fault.Kind {
	switch target {
	case `"BOOLEAN"`:
		return fault.Runtime
	case `"DATE"`, `"TIMESTAMP"`, `"TIMESTAMP_NTZ"`:
		return fault.DateTime
	}
	return fault.NumberFormat
}

var (
	overflowText = regexp.MustCompile(`Overflow in (addition|subtraction|multiplication) of (\w+(?:\(\d+\))?) \((-?\d+) [-+*] (-?\d+)\)`)
	divideText   = regexp.MustCompile(`Overflow in division of`)
	negateText   = regexp.MustCompile(`Overflow in negation`)
	absText      = regexp.MustCompile(`Overflow on abs\(`)
	sumText      = regexp.MustCompile(`Type INT128 with value -?\d+ can't be cast`)
	wideSumText  = regexp.MustCompile(`Overflow in HUGEINT addition`)
	notTextText  = regexp.MustCompile(`could not convert blob to UTF8 string`)
	infiniteText = regexp.MustCompile(`(VAR|STDDEV|CORR|COVAR|REGR|SKEW|KURT|AVG|SUM)\w* is out of range!`)
	farDateText  = regexp.MustCompile(`Type INT32 with value \S+( \(BC\))? can't be cast to the destination type INT64`)
	farText      = regexp.MustCompile(`not in timestamp range|Timestamp microseconds out of range`)
	manyRowsText = regexp.MustCompile(`More than one row returned by a subquery used as an expression`)
)

// native finds Spark's error for a text of DuckDB's.
func (tr *Translation) native(text string) *fault.Error {
	if m := overflowText.FindStringSubmatch(text); m != nil {
		return tr.overflow(m[1], m[2], m[3], m[4])
	}
	switch {
	case divideText.MatchString(text):
		return tr.at(overflowed("Overflow in integral divide", "try_divide"), "div", nil)
	case negateText.MatchString(text):
		return overflowed(tr.javaType("negative")+" overflow", "")
	case absText.MatchString(text):
		return overflowed(tr.javaType("abs")+" overflow", "")
	case sumText.MatchString(text):
		return overflowed("long overflow", "try_add")
	case wideSumText.MatchString(text):
		return tr.sumOverflow()
	case notTextText.MatchString(text):
		return fault.Unsupported("a binary that is no UTF-8 as a string")
	case infiniteText.MatchString(text):
		return fault.Unsupported("moments of values that are not finite")
	case farDateText.MatchString(text):
		return fault.Overflowed("long")
	case farText.MatchString(text):
		return fault.Unsupported("a timestamp so far away")
	case manyRowsText.MatchString(text):
		f := tr.at(fault.New("SCALAR_SUBQUERY_TOO_MANY_ROWS"), manyRows, nil)
		if tr.candidate(manyRows, nil) == nil && tr.candidate(manyRowsOuter, nil) != nil {
			f.Kind = fault.Runtime
		}
		return f
	}
	return nil
}

func overflowed(message, instead string) *fault.Error {
	if instead != "" {
		instead = " Use '" + instead + "' to tolerate overflow and return NULL instead."
	}
	return fault.New("ARITHMETIC_OVERFLOW", "message", message, "alternative", instead, "config", `"spark.sql.ansi.enabled"`)
}

var (
	operators  = map[string]string{"addition": "+", "subtraction": "-", "multiplication": "*"}
	tolerant   = map[string]string{"+": "try_add", "-": "try_subtract", "*": "try_multiply"}
	javaNames  = map[string]string{"INT32": "integer", "INT64": "long"}
	sparkTypes = map[string]plan.Type{"INT8": plan.Byte, "INT16": plan.Short, "INT32": plan.Int, "INT64": plan.Long}
)

func (tr *Translation) overflow(word, typ, a, b string) *fault.Error {
	op := operators[word]
	if typ == fmt.Sprintf("DECIMAL(%d)", narrowDigits) {
		return nil // the driver runs Wide
	}
	if strings.HasPrefix(typ, "DECIMAL") {
		return tr.decimalOverflow(op, a, b)
	}
	if name, ok := javaNames[typ]; ok {
		return tr.at(overflowed(name+" overflow", tolerant[op]), op, sparkTypes[typ])
	}
	return fault.New("BINARY_ARITHMETIC_OVERFLOW", "value1", a+"S", "symbol", op, "value2", b+"S", "functionName", "`"+tolerant[op]+"`")
}

// at adds the place, if only one operation of the query can have been the one.
func (tr *Translation) at(f *fault.Error, op string, typ plan.Type) *fault.Error {
	if found := tr.candidate(op, typ); found != nil {
		return f.At(found.at)
	}
	return f
}

// candidate is the only operation of that name, and type unless that is nil.
func (tr *Translation) candidate(op string, typ plan.Type) *operation {
	var found *operation
	for i, o := range tr.operations {
		if o.name != op || typ != nil && o.typ != typ {
			continue
		}
		if found != nil && found.at != o.at {
			return nil
		}
		found = &tr.operations[i]
	}
	return found
}

func (tr *Translation) javaType(op string) string {
	o := tr.candidate(op, nil)
	if o == nil {
		return "integer"
	}
	switch o.typ {
	case plan.Byte:
		return "byte"
	case plan.Short:
		return "short"
	case plan.Long:
		return "long"
	}
	return "integer"
}

// sumOverflow is the error of a sum or average of decimals.
func (tr *Translation) sumOverflow() *fault.Error {
	for _, o := range tr.operations {
		if o.name == triedSum {
			return fault.Unsupported("a sum of distinct decimals of more than 38 digits")
		}
	}
	for _, name := range []string{"sum", "avg"} {
		for _, o := range tr.operations {
			if o.name == name {
				return tr.at(overflowed("Overflow in sum of decimals", "try_"+name), name, nil)
			}
		}
	}
	return nil
}

// shortened keeps 39 digits, as Spark does of a product before it looks whether it fits.
func shortened(v *big.Int) *big.Int {
	drop := len(new(big.Int).Abs(v).String()) - 39
	if drop <= 0 {
		return v
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(drop)), nil)
	return v.Mul(v.Quo(v, power), power)
}

// decimalOverflow computes what did not fit.
func (tr *Translation) decimalOverflow(op, a, b string) *fault.Error {
	for _, o := range tr.operations {
		d, ok := o.typ.(plan.Decimal)
		if !ok || o.name != op {
			continue
		}
		x, _ := new(big.Int).SetString(a, 10)
		y, _ := new(big.Int).SetString(b, 10)
		value := new(big.Int)
		switch op {
		case "+":
			value.Add(x, y)
		case "-":
			value.Sub(x, y)
		default:
			value = shortened(value.Mul(x, y))
		}
		f := fault.New("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "value", plan.Unscaled{Int: value}.Text(d.Scale),
			"precision", fmt.Sprint(d.Precision), "scale", fmt.Sprint(d.Scale), "config", `"spark.sql.ansi.enabled"`)
		return f.At(o.at)
	}
	return nil
}
