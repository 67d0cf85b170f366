package translate

// This file refuses single values that would take more memory than a query may have: shoal_room() is what
// one may take. DuckDB's own limit does not count it.

import (
	"strconv"

	"shoal/plan"
)

// maxElements is the longest array of Spark.
const maxElements = "2147483632"

// alwaysFits is a count of elements or characters that is not worth a check.
const alwaysFits = 1000

// withRoom is the SQL of a count, which raises an error where a value of that many bytes is too large.
// It stands in the argument that makes the value large, because DuckDB computes constant arguments early.
func (c *call) withRoom(count, bytes string) string {
	return "CASE WHEN " + bytes + " > shoal_room() THEN " + c.noRoom(bytes) + " ELSE " + count + " END"
}

func (c *call) noRoom(bytes string) string {
	text := func(n string) string { return "format_bytes(CAST(" + n + " AS BIGINT))" }
	return c.t.raiseNowhere("UNABLE_TO_ACQUIRE_MEMORY", "requestedBytes", text(bytes), "receivedBytes", text("shoal_room()"))
}

// listWithRoom is withRoom for an array of n elements of some bytes each; Spark has no longer ones than maxElements.
// The count is what the array's length is made of.
func (c *call) listWithRoom(count, n, bytes string) string {
	long := c.t.raiseNowhere("COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "numberOfElements", "CAST("+n+" AS VARCHAR)",
		"functionName", quoteText("`"+c.f.Name+"`"), "maxRoundedArrayLength", quoteText(maxElements), "parameter", quoteText("`count`"))
	bytes = "(" + n + ") * " + bytes
	return "CASE WHEN " + n + " > " + maxElements + " THEN " + long + " WHEN " + bytes + " > shoal_room() THEN " + c.noRoom(bytes) +
		" ELSE " + count + " END"
}

// small tells whether argument i is a constant too near 0 to matter.
func (c *call) small(i int) bool {
	n, ok := c.integer(i)
	return ok && -alwaysFits <= n && n <= alwaysFits
}

// bytesOf is about how many bytes a value takes, as SQL of type HUGEINT.
func (c *call) bytesOf(value string, typ plan.Type) string {
	switch typ := typ.(type) {
	case plan.Array:
		return "(16 + CAST(len(" + value + ") AS HUGEINT) * " + strconv.Itoa(leastBytes(typ.Elem)) + ")"
	case plan.Map:
		return "(16 + CAST(cardinality(" + value + ") AS HUGEINT) * " + strconv.Itoa(leastBytes(typ.Key)+leastBytes(typ.Value)) + ")"
	}
	switch typ {
	case plan.String:
		return "(16 + CAST(strlen(" + value + ") AS HUGEINT))"
	case plan.Binary:
		return "(16 + CAST(octet_length(" + value + ") AS HUGEINT))"
	}
	return "CAST(" + strconv.Itoa(leastBytes(typ)) + " AS HUGEINT)"
}

// leastBytes is what any value of a type takes.
func leastBytes(typ plan.Type) int {
	switch typ {
	case plan.Boolean, plan.Byte:
		return 1
	case plan.Short:
		return 2
	case plan.Int, plan.Float, plan.Date, plan.Null:
		return 4
	case plan.Long, plan.Double, plan.Timestamp, plan.TimestampNTZ:
		return 8
	}
	if s, ok := typ.(plan.Struct); ok {
		n := 0
		for _, f := range s.Fields {
			n += leastBytes(f.Type)
		}
		return max(n, 1)
	}
	return 16
}

// repeated is repeat, whose text Java counts in 32 bits.
func repeated(c *call) string {
	if c.small(1) {
		return "repeat(" + c.arg(0) + ", " + c.arg(1) + ")"
	}
	bytes := "CAST(strlen(" + c.arg(0) + ") AS HUGEINT) * " + c.arg(1)
	return "repeat(" + c.arg(0) + ", CASE WHEN " + bytes + " > 2147483647 THEN " + c.t.javaOverflow(plan.Int) + " ELSE " + c.withRoom(c.arg(1), bytes) + " END)"
}

// textLength is argument i, the number of characters of a text that is made.
func (c *call) textLength(i int) string {
	if c.small(i) {
		return c.arg(i)
	}
	return c.withRoom(c.arg(i), c.arg(i))
}

func arrayRepeat(c *call) string {
	count := "greatest(" + c.arg(1) + ", 0)"
	if !c.small(1) {
		count = c.listWithRoom(count, c.arg(1), "coalesce("+c.bytesOf(c.arg(0), c.typ(0))+", 1)")
	}
	return "CASE WHEN " + c.arg(1) + " IS NOT NULL THEN repeat([" + c.arg(0) + "], " + count + ") END"
}
