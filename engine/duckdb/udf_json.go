package duckdb

// This file holds functions of JSON texts.

import (
	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var jsonFuncs = []udf{
	{name: "shoal_get_json_object", params: []sqlType{tText, tText}, returns: tText, call: getJSONObject},
	{name: "shoal_json_array_length", params: []sqlType{tText}, returns: tInt32, call: jsonArrayLength},
	{name: "shoal_json_object_keys", params: []sqlType{tText}, returns: tTexts, call: jsonObjectKeys},
}

// jsonPaths are the paths in use, nil for what is none.
var jsonPaths = compiled[*java.JSONPath]{compile: func(s string) (*java.JSONPath, error) {
	p, ok := java.ParseJSONPath(s)
	if !ok {
		return nil, nil
	}
	return p, nil
}}

func getJSONObject(c *call) error {
	in, paths := arg[text](c, 0), newConstant(c, 1, &jsonPaths)
	var out texts
	for i := range c.live {
		p, err := paths.at(i)
		if err != nil {
			return err
		}
		found := false
		out.upTo(i)
		if p != nil {
			if out.bytes, found, err = p.Append(out.bytes, in[i].str()); err != nil {
				return fault.Unsupported("get_json_object: %v", err)
			}
		}
		out.end()
		if !found {
			c.setNull(i)
		}
	}
	out.store(c.out, c.n)
	return nil
}

func jsonArrayLength(c *call) error {
	in, out := arg[text](c, 0), result[int32](c)
	for i := range c.live {
		n, ok, err := java.JSONArrayLength(in[i].str())
		if err != nil {
			return fault.Unsupported("json_array_length: %v", err)
		}
		if out[i] = int32(n); !ok {
			c.setNull(i)
		}
	}
	return nil
}

func jsonObjectKeys(c *call) error {
	in, out := arg[text](c, 0), newTextLists(c)
	for i := range c.live {
		keys, ok, err := java.JSONObjectKeys(in[i].str())
		if err != nil {
			return fault.Unsupported("json_object_keys: %v", err)
		}
		if !ok {
			c.setNull(i)
			continue
		}
		out.begin(i)
		for _, k := range keys {
			out.add(k)
		}
		out.end(i)
	}
	return out.store()
}
