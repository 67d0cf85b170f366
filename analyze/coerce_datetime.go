package analyze

import "shoal/plan"

// This file turns arithmetic on dates, timestamps and intervals into the functions that do it.

// datetimeArithmetic resolves + - * / with a date, timestamp or interval operand; nil means that
// there is none, or that plain arithmetic takes care of it.
func (c *call) datetimeArithmetic() (plan.Expr, error) {
	x, y := c.typ(0), c.typ(1)
	if !temporal(x) && !temporal(y) {
		return nil, nil
	}
	switch c.name {
	case "+":
		return c.addTemporal(x, y)
	case "-":
		return c.subtractTemporal(x, y)
	case "*":
		if rankInterval(y) > rankInterval(x) {
			return c.scaleInterval("multiply_", c.args[1], c.args[0])
		} else if anyInterval(x) {
			return c.scaleInterval("multiply_", c.args[0], c.args[1])
		}
	case "/":
		if anyInterval(x) {
			return c.scaleInterval("divide_", c.args[0], c.args[1])
		}
	}
	return nil, nil
}

func temporal(t plan.Type) bool    { return isDatetime(t) || anyInterval(t) }
func anyInterval(t plan.Type) bool { return isInterval(t) || t == plan.CalendarInterval }

// rankInterval: of two intervals that are multiplied, Spark takes the higher one for the interval.
func rankInterval(t plan.Type) int {
	switch {
	case t == plan.CalendarInterval:
		return 3
	case isYearMonth(t):
		return 2
	case isDayTime(t):
		return 1
	}
	return 0
}

func (c *call) addTemporal(x, y plan.Type) (plan.Expr, error) {
	switch {
	case isDatetime(x) && y == plan.Null:
		c.cast(1, dayTime)
	case isDatetime(y) && x == plan.Null:
		c.cast(0, dayTime)
	}
	x, y = c.typ(0), c.typ(1)
	if anyInterval(x) && !anyInterval(y) || isDayTime(x) && isYearMonth(y) || y == plan.Date && x != plan.Date && x != plan.String && !anyInterval(x) {
		return c.addTo(c.args[1], c.args[0], y, x)
	}
	return c.addTo(c.args[0], c.args[1], x, y)
}

// addTo adds the interval or number d to the date or timestamp e.
func (c *call) addTo(e, d plan.Expr, et, dt plan.Type) (plan.Expr, error) {
	switch {
	case anyInterval(dt) && leaveInterval(et, dt):
		return nil, nil
	case et == plan.Date && isDayInterval(dt):
		days, err := c.a.invoke("extractansiintervaldays", c.pos, d)
		if err != nil {
			return nil, err
		}
		return c.a.invoke("date_add", c.pos, e, days)
	case anyInterval(dt):
		return c.plus("+", e, d, d)
	case et == plan.Date && dt != plan.String:
		return c.a.invoke("date_add", c.pos, e, d)
	}
	return nil, nil
}

// leaveInterval tells whether adding an interval of type dt to et is plain arithmetic: between two
// intervals, with NULL, and (an error then) of months and anything that is no date.
func leaveInterval(et, dt plan.Type) bool {
	if isYearMonth(dt) {
		return !isDatetime(et)
	}
	return isDayTime(et) && isDayTime(dt) || et == plan.CalendarInterval || et == plan.Null && dt != plan.CalendarInterval
}

func isDayInterval(t plan.Type) bool {
	d, ok := t.(plan.DayTimeInterval)
	return ok && d.From == plan.Day && d.To == plan.Day
}

// plus adds the interval d to e; it is shown as e op shown.
func (c *call) plus(op string, e, d, shown plan.Expr) (plan.Expr, error) {
	et, dt := plan.TypeOf(e), plan.TypeOf(d)
	name := "timestamp_add_dt"
	switch {
	case et == plan.Date && isYearMonth(dt):
		name = "date_add_ym"
	case isYearMonth(dt):
		name = "timestamp_add_ym"
	case et == plan.Date && dt == plan.CalendarInterval:
		name = "date_add_calendar"
	case dt == plan.CalendarInterval:
		name = "timestamp_add_calendar"
	}
	first := e
	if et == plan.Date && isDayTime(dt) {
		first = c.a.castTo(e, plan.Timestamp)
	}
	s, _ := c.a.lookup(name)
	add := &call{a: c.a, pos: c.pos, sig: s, name: name, show: "+", args: []plan.Expr{first, d}, form: formBare}
	r, err := add.finish()
	if err != nil {
		return nil, err
	}
	add.show, add.args = op, []plan.Expr{e, shown}
	if isYearMonth(dt) || et == plan.Date {
		return r, nil
	}
	return c.a.castTo(r, et), nil // a string stays a string
}

func (c *call) subtractTemporal(x, y plan.Type) (plan.Expr, error) {
	e, d := c.args[0], c.args[1]
	switch {
	case anyInterval(y) && leaveInterval(x, y), anyInterval(x) && !anyInterval(y) && !isDatetime(y):
		return nil, nil
	case anyInterval(y):
		minus, err := c.a.invoke("negative", c.pos, d)
		if err != nil {
			return nil, err
		}
		if x != plan.Date || !isDayInterval(y) {
			return c.plus("-", e, minus, d)
		}
		days, err := c.a.invoke("extractansiintervaldays", c.pos, d)
		if err != nil {
			return nil, err
		}
		if days, err = c.a.invoke("negative", c.pos, days); err != nil {
			return nil, err
		}
		return c.a.invoke("date_add", c.pos, e, days)
	case isTimestamp(x) || isTimestamp(y):
		return c.a.invoke("subtract_timestamps", c.pos, e, d)
	case y == plan.Date, x == plan.Date && y == plan.Null:
		return c.a.invoke("subtract_dates", c.pos, e, d)
	case x == plan.Date && y != plan.String:
		return c.a.invoke("date_sub", c.pos, e, d)
	}
	return nil, nil
}

// scaleInterval is interval * number and interval / number.
func (c *call) scaleInterval(prefix string, interval, number plan.Expr) (plan.Expr, error) {
	suffix := "calendar"
	switch plan.TypeOf(interval).(type) {
	case plan.YearMonthInterval:
		suffix = "ym"
	case plan.DayTimeInterval:
		suffix = "dt"
	}
	return c.a.invoke(prefix+suffix, c.pos, interval, number)
}

// subtractTimestampArgs brings both sides of timestamp - timestamp to one type.
func subtractTimestampArgs(c *call) error {
	x, y := c.typ(0), c.typ(1)
	switch {
	case x == plan.String && isTimestamp(y) && c.ansi():
		c.cast(0, y)
	case y == plan.String && isTimestamp(x) && c.ansi():
		c.cast(1, x)
	case x == plan.Date && isTimestamp(y):
		c.cast(0, y)
	case y == plan.Date && isTimestamp(x):
		c.cast(1, x)
	case isTimestamp(x) && isTimestamp(y) && x != y:
		c.cast(0, plan.TimestampNTZ)
		c.cast(1, plan.TimestampNTZ)
	}
	return c.strictArgs()
}

// dateAddArgs are those of date_add and date_sub: the date may be a timestamp or a string, the
// number of days a string.
func dateAddArgs(c *call) error {
	if t := c.typ(0); isTimestamp(t) || t == plan.String {
		c.cast(0, plan.Date)
	}
	if c.typ(1) == plan.String && c.ansi() {
		c.cast(1, plan.Int)
	}
	return c.strictArgs()
}
