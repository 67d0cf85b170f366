package translate

// This file holds bitmaps, parts of intervals, and random values that no seed fixes.

import (
	"shoal/plan"
)

var bitmapFuncs = funcs{
	"bitmap_bit_position":  tmpl("CASE WHEN $1 > 0 THEN ($1 - 1) % 32768 ELSE (-($1 % 32768)) % 32768 END"),
	"bitmap_bucket_number": tmpl("CASE WHEN $1 > 0 THEN 1 + ($1 - 1) // 32768 ELSE $1 // 32768 END"),
	"bitmap_count":         same("shoal_bitmap_count"),
	"bitmap_construct_agg": fallible(build(bitmapOf("shoal_bitmap_construct", "BIGINT"))),
	"bitmap_or_agg":        build(bitmapOf("shoal_bitmap_or", "BLOB")),
	"bitmap_and_agg":       build(bitmapOf("shoal_bitmap_and", "BLOB")),

	"interval_part": build(intervalPart),

	"seeded_rand":    same("shoal_rand"),
	"seeded_randn":   same("shoal_randn"),
	"seeded_randstr": same("shoal_randstr"),
	"seeded_shuffle": build(shuffledArray),

	"randstr": build(randomText),
	"uniform": build(uniform),
}

// bitmapOf is an aggregate over the list of a group's values.
func bitmapOf(name, elem string) func(c *call) string {
	return func(c *call) string {
		list := c.aggregate(aggregateCall{name: "list", args: []string{c.arg(0)}, where: c.arg(0) + " IS NOT NULL"})
		return name + "(COALESCE(" + list + ", CAST([] AS " + elem + "[])))"
	}
}

// intervalPart is a field of an interval: what is left of it by the larger fields.
func intervalPart(c *call) string {
	unit, _ := c.text(0)
	x := c.arg(1)
	micros := x
	switch c.typ(1).(type) {
	case plan.YearMonthInterval:
		if unit == "year" {
			return "CAST(" + x + " // 12 AS INTEGER)"
		}
		return "CAST(" + x + " % 12 AS TINYINT)"
	case plan.DayTimeInterval:
	default:
		switch unit {
		case "year", "month":
			return "CAST(date_part('" + unit + "', " + x + ") AS " + c.physical() + ")"
		}
		micros = "(date_part('hour', " + x + ") * 3600000000 + date_part('minute', " + x + ") * 60000000 + date_part('microsecond', " + x + "))"
		if unit == "day" {
			return "CAST(date_part('day', " + x + ") + " + micros + " // " + microsPerDay + " AS INTEGER)"
		}
	}
	switch unit {
	case "day":
		return "CAST(" + micros + " // " + microsPerDay + " AS INTEGER)"
	case "hour":
		return "CAST((" + micros + " % " + microsPerDay + ") // 3600000000 AS TINYINT)"
	case "minute":
		return "CAST((" + micros + " % 3600000000) // 60000000 AS TINYINT)"
	}
	return "CAST(CAST(" + micros + " % 60000000 AS DECIMAL(8,0)) * 0.000001 AS DECIMAL(8,6))"
}

// randomText is so many of the 62 digits and letters.
func randomText(c *call) string {
	c.t.traits |= volatile
	i := c.fresh("i")
	return "array_to_string(list_transform(range(CAST(" + c.arg(0) + " AS BIGINT)), lambda " + i +
		": substring('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 1 + CAST(floor(random() * 62) AS BIGINT), 1)), '')"
}

// shuffledArray takes the elements by places drawn in Go.
func shuffledArray(c *call) string {
	i, list := c.fresh("i"), c.arg(1)
	return "list_transform(shoal_shuffled(" + c.arg(0) + ", CAST(len(" + list + ") AS INTEGER)), lambda " + i + ": (" + list + ")[CAST(" + i + " AS BIGINT)])"
}

// uniform lies between its arguments, the first included.
func uniform(c *call) string {
	c.t.traits |= volatile
	low, high := c.arg(0), c.arg(1)
	if isFloating(c.result()) {
		return "CAST(" + low + " + random() * (" + high + " - " + low + ") AS " + c.physical() + ")"
	}
	return "CAST(" + low + " + trunc(random() * (CAST(" + high + " AS DOUBLE) - " + low + ")) AS " + c.physical() + ")"
}
