package duckdb

// This file holds parse_url.

import (
	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var urlFuncs = []udf{
	{name: "shoal_parse_url", params: []sqlType{tText, tText, tBool}, returns: tText, call: parseURL},
	{name: "shoal_parse_url", params: []sqlType{tText, tText, tText, tBool}, returns: tText, call: parseURL},
}

// parseURL gives a part of a URL, or with a key the value of that in the query.
func parseURL(c *call) error {
	in, parts, strict := arg[text](c, 0), arg[text](c, 1), arg[bool](c, len(c.args)-1)
	var out texts
	for i := range c.live {
		u, ok := java.ParseURI(in[i].str())
		if !ok && strict[i] {
			return fault.New("INVALID_URL", "url", in[i].str())
		}
		found := java.URIPart{}
		if ok {
			found = urlPart(u, parts[i].str())
		}
		if len(c.args) == 4 && found.Set {
			var err error
			if found, err = queryValue(found, parts[i].str(), arg[text](c, 2)[i].str()); err != nil {
				return err
			}
		}
		if !found.Set {
			c.setNull(i)
			continue
		}
		out.set(i, found.Text)
	}
	out.store(c.out, c.n)
	return nil
}

func urlPart(u java.URI, name string) java.URIPart {
	switch name {
	case "HOST":
		return u.Host
	case "PATH":
		return u.Path
	case "QUERY":
		return u.Query
	case "REF":
		return u.Fragment
	case "PROTOCOL":
		return u.Scheme
	case "FILE":
		if u.Query.Set {
			u.Path.Text += "?" + u.Query.Text
		}
		return u.Path
	case "AUTHORITY":
		return u.Authority
	case "USERINFO":
		return u.UserInfo
	}
	return java.URIPart{}
}

// queryValue looks for a key, which is a regular expression, in a query.
func queryValue(query java.URIPart, name, key string) (java.URIPart, error) {
	if name != "QUERY" {
		return java.URIPart{}, nil
	}
	x, err := regexps.get("(&|^)" + key + "=([^&]*)")
	if err != nil {
		return java.URIPart{}, fault.Unsupported("parse_url with the key %q", key)
	}
	loc, err := x.Find(query.Text)
	if err != nil {
		return java.URIPart{}, regexpFault("parse_url", err)
	}
	if loc == nil {
		return java.URIPart{}, nil
	}
	return java.URIPart{Text: submatch(query.Text, loc, 2), Set: true}, nil
}
