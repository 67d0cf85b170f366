package analyze

import "shoal/plan"

// This file holds the functions of XML texts.

var xmlFuncs = funcs{
	"xpath":         xpath(plan.Array{Elem: plan.String, ContainsNull: true}),
	"xpath_boolean": xpath(plan.Boolean),
	"xpath_double":  xpath(plan.Double),
	"xpath_number":  xpath(plan.Double).is("xpath_double"),
	"xpath_float":   xpath(plan.Float),
	"xpath_int":     xpath(plan.Int),
	"xpath_long":    xpath(plan.Long),
	"xpath_short":   xpath(plan.Short),
	"xpath_string":  xpath(plan.String),
}

func xpath(t plan.Type) sig {
	return fn(tString, tString).strict().returns(t).always().constant(1).arguments("xml", "path")
}
