package translate

// This file holds the physical types: what DuckDB computes a Spark type with.

import (
	"fmt"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

var basicPhysical = map[plan.Basic]string{
	plan.Null: "INTEGER", plan.Boolean: "BOOLEAN", plan.Byte: "TINYINT", plan.Short: "SMALLINT",
	plan.Int: "INTEGER", plan.Long: "BIGINT", plan.Float: "FLOAT", plan.Double: "DOUBLE",
	plan.String: "VARCHAR", plan.Binary: "BLOB", plan.Date: "DATE", plan.Timestamp: "TIMESTAMP",
	plan.TimestampNTZ: "TIMESTAMP", plan.CalendarInterval: "INTERVAL", plan.Variant: `STRUCT("value" BLOB, metadata BLOB)`,
}

// Physical names the DuckDB type that holds a Spark type. Timestamps are UTC instants in a
// TIMESTAMP; day-time intervals count microseconds, year-month intervals months.
func Physical(t plan.Type) (string, error) {
	switch t := t.(type) {
	case plan.Basic:
		if name, ok := basicPhysical[t]; ok {
			return name, nil
		}
	case plan.UDT:
		return Physical(t.SQLType)
	case plan.Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale), nil
	case plan.Char, plan.Varchar:
		return "VARCHAR", nil
	case plan.YearMonthInterval:
		return "INTEGER", nil
	case plan.DayTimeInterval:
		return "BIGINT", nil
	case plan.Array:
		elem, err := Physical(t.Elem)
		return elem + "[]", err
	case plan.Map:
		key, err := Physical(t.Key)
		if err != nil {
			return "", err
		}
		value, err := Physical(t.Value)
		return "MAP(" + key + ", " + value + ")", err
	case plan.Struct:
		return physicalStruct(t)
	}
	return "", fault.Unsupported("type %s", t)
}

func physicalStruct(t plan.Struct) (string, error) {
	if len(t.Fields) == 0 {
		return "", fault.Unsupported("a struct without fields")
	}
	fields := FieldNames(t)
	for i, f := range t.Fields {
		inner, err := Physical(f.Type)
		if err != nil {
			return "", err
		}
		fields[i] = quoteName(fields[i]) + " " + inner
	}
	return "STRUCT(" + strings.Join(fields, ", ") + ")", nil
}

// FieldNames are the names of a struct's fields in DuckDB. Spark lets fields share a name, or
// have none; DuckDB does not, whatever the case of the letters.
func FieldNames(t plan.Struct) []string {
	seen := make(map[string]bool, len(t.Fields))
	for _, f := range t.Fields {
		seen[strings.ToLower(f.Name)] = false
	}
	names := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		name := f.Name
		for k := 1; name == "" || seen[strings.ToLower(name)]; k++ {
			name = fmt.Sprintf("%s_%d", f.Name, k)
			if _, given := seen[strings.ToLower(name)]; given {
				name = ""
			}
		}
		seen[strings.ToLower(name)] = true
		names[i] = name
	}
	return names
}

// typeOf is the type that is computed with: nothing depends on what class a client makes of a value.
func typeOf(e plan.Expr) plan.Type { return plan.Stored(plan.TypeOf(e)) }

// physical is Physical with the error kept in the translator.
func (t *translator) physical(typ plan.Type) string {
	name, err := Physical(typ)
	if err != nil {
		t.fail(err)
		return "INTEGER"
	}
	return name
}

// cast writes CAST(sql AS the physical type).
func (t *translator) cast(sql string, typ plan.Type) string {
	return "CAST(" + sql + " AS " + t.physical(typ) + ")"
}

func isIntegral(t plan.Type) bool {
	return t == plan.Byte || t == plan.Short || t == plan.Int || t == plan.Long
}

func isDecimal(t plan.Type) bool {
	_, ok := t.(plan.Decimal)
	return ok
}

func isFloating(t plan.Type) bool { return t == plan.Float || t == plan.Double }

// integralDigits is the number of decimal digits an integral type may need.
func integralDigits(t plan.Type) int {
	switch t {
	case plan.Byte:
		return 3
	case plan.Short:
		return 5
	case plan.Int:
		return 10
	default:
		return 19
	}
}

// isUTC tells whether a session time zone never differs from UTC.
func isUTC(zone string) bool {
	switch strings.ToUpper(zone) {
	case "UTC", "Z", "GMT", "+00:00", "-00:00", "ETC/UTC", "ETC/GMT", "UTC+0", "GMT+0", "UTC+00:00", "ETC/ZULU", "ZULU", "UCT", "ETC/UCT":
		return true
	}
	return false
}

// quoteName writes an identifier.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// quoteText writes a string literal. DuckDB's parser ends at a NUL byte, so NULs are spliced in.
func quoteText(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	parts := strings.Split(s, "\x00")
	for i, p := range parts {
		parts[i] = "'" + strings.ReplaceAll(p, "'", "''") + "'"
	}
	return "(" + strings.Join(parts, " || chr(0) || ") + ")"
}
