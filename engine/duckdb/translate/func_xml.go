package translate

// This file holds functions of XML texts, whose parser is in Go.

import "shoal/plan"

var xmlFuncs = funcs{
	"xpath":         build(func(c *call) string { return c.xpath("shoal_xpath") }),
	"xpath_string":  build(func(c *call) string { return c.xpath("shoal_xpath_string") }),
	"xpath_boolean": build(func(c *call) string { return c.xpath("shoal_xpath_boolean") }),
	"xpath_double":  build(xpathNumber),
	"xpath_float":   build(xpathNumber),
	"xpath_int":     build(xpathNumber),
	"xpath_long":    build(xpathNumber),
	"xpath_short":   build(xpathNumber),
}

func (c *call) xpath(name string) string {
	c.t.traits |= raises
	return name + "(" + c.arg(0) + ", " + c.arg(1) + ")"
}

// xpathNumber turns the number into another type as Java does: what is too large becomes the largest, NaN becomes 0.
func xpathNumber(c *call) string {
	return c.t.convert(c.xpath("shoal_xpath_double"), plan.Double, c.result(), plan.CastLegacy)
}
