package translate

// This file holds date and time functions. Fields of a timestamp are read off the session's clock.

var datetimeFuncs = funcs{
	"year":       typed(same("year")),
	"quarter":    typed(same("quarter")),
	"month":      typed(same("month")),
	"day":        typed(same("day")),
	"dayofweek":  tmpl("CAST(dayofweek($1) + 1 AS INTEGER)"), // Sunday is 1
	"dayofyear":  typed(same("dayofyear")),
	"weekday":    tmpl("CAST(isodow($1) - 1 AS INTEGER)"), // Monday is 0
	"weekofyear": typed(same("weekofyear")),
	"dayname":    tmpl("strftime($1, '%a')"),
	"monthname":  tmpl("strftime($1, '%b')"),
	"hour":       clockField("hour"),
	"minute":     clockField("minute"),
	"second":     clockField("second"),

	"date_add": fallible(tmpl("$1 + CAST($2 AS INTEGER)")),
	"date_sub": fallible(tmpl("$1 - CAST($2 AS INTEGER)")),
	"datediff": tmpl("CAST($1 - $2 AS INTEGER)"),
	"last_day": same("last_day"),

	"extractansiintervaldays": tmpl("CAST($1 // 86400000000 AS INTEGER)"),
}

// clockField reads a field off the local time.
func clockField(name string) renderer {
	return func(c *call) string { return "CAST(" + name + "(" + c.local(0) + ") AS INTEGER)" }
}
