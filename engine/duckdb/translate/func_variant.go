package translate

// This file holds the functions of VARIANT, a STRUCT of two BLOBs that functions in Go read and write.

import (
	"strings"

	"shoal/plan"
)

var variantFuncs = funcs{
	"parse_json":            build(func(c *call) string { return c.parseJSON("TRUE") }),
	"try_parse_json":        build(func(c *call) string { return c.parseJSON("FALSE") }),
	"is_variant_null":       tmpl("COALESCE(shoal_variant_is_null($1), FALSE)"),
	"variant_get":           build(variantGet),
	"try_variant_get":       build(variantGet),
	"to_variant_object":     build(func(c *call) string { return c.t.toVariant(c.arg(0), c.typ(0)) }),
	"schema_of_variant":     same("shoal_variant_schema"),
	"schema_of_variant_agg": build(variantSchemas),
}

func (c *call) parseJSON(strict string) string {
	if strict == "TRUE" {
		c.t.traits |= raises
	}
	duplicates := "FALSE"
	if c.set("spark.sql.variant.allowDuplicateKeys", "true") {
		duplicates = "TRUE"
	}
	return "shoal_parse_json(" + c.arg(0) + ", " + strict + ", " + duplicates + ")"
}

// variantGet follows the path and casts what is there.
func variantGet(c *call) string {
	mode := plan.CastANSI
	if strings.HasPrefix(c.f.Name, "try_") {
		mode = plan.CastTry
	}
	c.t.traits |= raises // for what is no path
	part := "shoal_variant_path(" + c.arg(0) + ", " + c.arg(1) + ", " + quoteText(c.f.Name) + ")"
	return c.t.fromVariant(part, c.f.Type, mode)
}

func variantSchemas(c *call) string {
	all := c.aggregate(aggregateCall{name: "list", args: []string{"shoal_variant_schema(" + c.arg(0) + ")"}, distinct: true})
	return "COALESCE(shoal_merge_variant_schemas(" + all + "), 'VOID')"
}

// fromVariant casts a variant; also to VARIANT, with a dictionary of its own.
func (t *translator) fromVariant(sql string, to plan.Type, mode plan.CastMode) string {
	f := Function{Kind: "from_variant", Type: to, Strict: mode != plan.CastTry}
	if f.Strict {
		t.traits |= raises
	}
	return t.made(f) + "(" + sql + ")"
}

// toVariant makes a variant of a value.
func (t *translator) toVariant(sql string, from plan.Type) string {
	return t.made(Function{Kind: "to_variant", Type: from}) + "(" + sql + ")"
}

// variantToText shows a variant within other values: as JSON, instants in UTC.
func variantToText(sql string) string { return "shoal_variant_json(" + sql + ", 'UTC')" }
