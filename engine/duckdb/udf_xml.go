package duckdb

// This file holds functions of XML texts: paths of XPath. An empty text or path gives NULL.

import (
	"errors"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var xmlFuncs = []udf{
	{name: "shoal_xpath", params: []sqlType{tText, tText}, returns: tTexts, call: xpathList},
	{name: "shoal_xpath_string", params: []sqlType{tText, tText}, returns: tText, call: xpathText},
	{name: "shoal_xpath_boolean", params: []sqlType{tText, tText}, returns: tBool, call: xpathValues((*java.XPath).Truth)},
	{name: "shoal_xpath_double", params: []sqlType{tText, tText}, returns: tDouble, call: xpathValues((*java.XPath).Number)},
}

var xpaths = compiled[*java.XPath]{compile: java.ParseXPath}

// eachXML calls do for every row that has a text and a path.
func eachXML(c *call, do func(row int, x *java.XPath, text string) error) error {
	in, texts, paths := arg[text](c, 0), arg[text](c, 1), newConstant(c, 1, &xpaths)
	for i := range c.live {
		if in[i].length == 0 || texts[i].length == 0 {
			c.setNull(i)
			continue
		}
		x, err := paths.at(i)
		if err == nil {
			err = do(i, x, in[i].str())
		}
		switch {
		case errors.Is(err, java.ErrXML):
			return fault.Unsupported("an XPath function of text that is no XML")
		case err != nil:
			return fault.Unsupported("an XPath function: %v", err)
		}
	}
	return nil
}

func xpathValues[T any](value func(*java.XPath, string) (T, error)) func(*call) error {
	return func(c *call) error {
		out := result[T](c)
		return eachXML(c, func(row int, x *java.XPath, text string) (err error) {
			out[row], err = value(x, text)
			return err
		})
	}
}

func xpathText(c *call) error {
	var out texts
	err := eachXML(c, func(row int, x *java.XPath, text string) error {
		s, err := x.Text(text)
		out.set(row, s)
		return err
	})
	out.store(c.out, c.n)
	return err
}

func xpathList(c *call) error {
	out := newTextLists(c)
	var none []int // places of elements, which have no value
	err := eachXML(c, func(row int, x *java.XPath, text string) error {
		out.begin(row)
		err := x.List(text, func(value string, null bool) {
			if null {
				none = append(none, len(out.items.ends))
			}
			out.add(value)
		})
		out.end(row)
		return err
	})
	if err != nil {
		return err
	}
	size := len(out.items.ends)
	if err := out.store(); err != nil || len(none) == 0 {
		return err
	}
	child, _ := vectorOf(c.out).list()
	valid := writable(child.handle, size)
	for _, i := range none {
		valid[i/64] &^= 1 << (i % 64)
	}
	return nil
}
