package duckdb

// This file holds functions of VARIANT: a STRUCT of its bytes and its dictionary.

import (
	"errors"

	"shoal/engine/duckdb/java"
	"shoal/engine/duckdb/translate"
	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
	"shoal/variant"
)

var (
	tVariant      = sqlType{values: plan.Variant}
	tVariantParts = sqlType{values: textfile.VariantParts()}
)

var variantFuncs = []udf{
	{name: "shoal_parse_json", params: []sqlType{tText, tBool, tBool}, returns: tVariant, call: parseVariant},
	{name: "shoal_variant_path", params: []sqlType{tVariant, tText, tText}, returns: tVariant, call: variantPath},
	{name: "shoal_variant_parts", params: []sqlType{tVariant}, returns: tVariantParts, call: variantParts},
	{name: "shoal_variant_is_null", params: []sqlType{tVariant}, returns: tBool, call: variantIsNull},
	{name: "shoal_variant_json", params: []sqlType{tVariant, tText}, returns: tText, call: variantJSON},
	{name: "shoal_variant_schema", params: []sqlType{tVariant}, returns: tText, call: variantSchema},
	{name: "shoal_merge_variant_schemas", params: []sqlType{tTexts}, returns: tText, call: mergeVariantSchemas},
}

// variants are an argument's values, in DuckDB's memory.
func (c *call) variants(i int) func(row int) variant.Value {
	bytes, meta := rows[text](c.args[i].field(0), c.n), rows[text](c.args[i].field(1), c.n)
	return func(row int) variant.Value { return variant.Value{Bytes: bytes[row].view(), Meta: meta[row].view()} }
}

func malformedVariant(err error) error {
	if errors.Is(err, variant.ErrMalformed) {
		return fault.New("MALFORMED_VARIANT")
	}
	return err
}

func parseVariant(c *call) error {
	in, strict, duplicates := arg[text](c, 0), arg[bool](c, 1), arg[bool](c, 2)
	var b variant.Builder
	return c.typedResults(plan.Variant, func(i int) (textfile.Value, error) {
		b.Duplicates = duplicates[i]
		v, err := textfile.ParseVariant(&b, in[i].str())
		switch {
		case err == nil, fault.IsUnsupported(err):
			return v, err
		case errors.Is(err, java.ErrSurrogate):
			return v, fault.Unsupported("parse_json: %v", err)
		case strict[i]:
			return v, fault.New("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", in[i].str(), "failFastMode", "FAILFAST")
		}
		return textfile.Value{}, nil
	})
}

// variantPaths are the paths in use.
var variantPaths = compiled[variant.Path]{compile: variant.ParsePath}

func variantPath(c *call) error {
	in, texts, function, paths := c.variants(0), arg[text](c, 1), arg[text](c, 2), newConstant(c, 1, &variantPaths)
	return c.typedResults(plan.Variant, func(i int) (textfile.Value, error) {
		p, err := paths.at(i)
		switch {
		case errors.Is(err, variant.ErrIndex):
			return textfile.Value{}, fault.Unsupported("%s: %v", function[i].str(), err)
		case err != nil:
			return textfile.Value{}, fault.New("INVALID_VARIANT_GET_PATH", "path", texts[i].str(), "functionName", plan.Quote(function[i].str()))
		}
		v, found, err := in(i).Get(p)
		if err != nil || !found {
			return textfile.Value{}, malformedVariant(err)
		}
		return textfile.Encoded(v), nil
	})
}

func variantParts(c *call) error {
	in := c.variants(0)
	return c.typedResults(tVariantParts.values, func(i int) (textfile.Value, error) { return textfile.ExplodeVariant(in(i)) })
}

func variantIsNull(c *call) error {
	in, out := c.variants(0), result[bool](c)
	for i := range c.live {
		kind, err := in(i).Kind()
		if err != nil {
			return malformedVariant(err)
		}
		out[i] = kind == variant.Null
	}
	return nil
}

// variantTexts is a function that writes a text about each variant.
func variantTexts(c *call, write func(b []byte, v variant.Value, row int) ([]byte, error)) error {
	in := c.variants(0)
	var out texts
	for i := range c.live {
		out.upTo(i)
		var err error
		if out.bytes, err = write(out.bytes, in(i), i); err != nil {
			return malformedVariant(err)
		}
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

func variantJSON(c *call) error {
	clocks := newClocks(c, 1)
	return variantTexts(c, func(b []byte, v variant.Value, row int) ([]byte, error) {
		clock, err := clocks.at(row)
		if err != nil {
			return b, err
		}
		return v.AppendJSON(b, clock)
	})
}

func variantSchema(c *call) error {
	return variantTexts(c, func(b []byte, v variant.Value, _ int) ([]byte, error) {
		s, err := v.Schema()
		return append(b, s.String()...), err
	})
}

func mergeVariantSchemas(c *call) error {
	lists := arg[listEntry](c, 0)
	child, size := c.args[0].list()
	items := rows[text](child, size)
	var out texts
	for i := range c.live {
		var all variant.Schema
		for k := lists[i].offset; k < lists[i].offset+lists[i].length; k++ {
			if child.isNull(int(k)) {
				continue
			}
			s, err := variant.ParseSchema(items[k].str())
			if err != nil {
				return fault.Internalf("%v", err)
			}
			all = all.Merge(s)
		}
		out.set(i, all.String())
	}
	out.store(c.out, c.n)
	return nil
}

// fromVariant casts variants to a type.
func fromVariant(f *translate.Function) func(*call) error {
	return func(c *call) error {
		in := c.variants(0)
		r, err := textfile.NewVariantReader(f.Type, f.Zone, f.Strict)
		if err != nil {
			return err
		}
		return c.typedResults(f.Type, func(i int) (textfile.Value, error) { return r.Read(in(i)) })
	}
}

// toVariant makes variants of values of a type.
func toVariant(t plan.Type) func(*call) error {
	return func(c *call) error {
		values, err := c.column(0, t)
		if err != nil {
			return err
		}
		defer values.Release()
		var b variant.Builder
		return c.typedResults(plan.Variant, func(i int) (textfile.Value, error) {
			return textfile.ToVariant(&b, values, t, i)
		})
	}
}
