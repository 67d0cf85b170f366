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
		if !anyInterval(x) && anyInterval(y) {
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

func (c *call) addTemporal(x, y plan.Type) (plan.Expr, error) {
	if !anyInterval(y) && anyInterval(x) || isDatetime(y) && !anyInterval(x) && !isDatetime(x) {
		return c.addTo(c.args[1], c.args[0], y, x)
	}
	return c.addTo(c.args[0], c.args[1], x, y)
}

// addTo adds the interval or number d to the date or timestamp e.
func (c *call) addTo(e, d plan.Expr, et, dt plan.Type) (plan.Expr, error) {
	switch {
	case anyInterval(dt) && (anyInterval(et) || et == plan.Null && dt != plan.CalendarInterval):
		return nil, nil
	case et == plan.Null && dt == plan.CalendarInterval:
		return nil, nil
	case et == plan.Date && isDayInterval(dt):
		days, err := c.a.invoke("extractansiintervaldays", c.pos, d)
		if err != nil {
			return nil, err
		}
		return c.a.invoke("date_add", c.pos, e, days)
	case anyInterval(dt):
		r, err := c.plus(e, d, et, dt)
		if err != nil {
			return nil, err
		}
		return c.infix(r, "+", e, d), nil
	case et == plan.Date && dt != plan.String && !isDatetime(dt):
		return c.a.invoke("date_add", c.pos, e, d)
	}
	return nil, nil
}

func isDayInterval(t plan.Type) bool {
	d, ok := t.(plan.DayTimeInterval)
	return ok && d.From == plan.Day && d.To == plan.Day
}

// plus is e + d for an interval d.
func (c *call) plus(e, d plan.Expr, et, dt plan.Type) (plan.Expr, error) {
	switch {
	case et == plan.Date && isYearMonth(dt):
		return c.a.invoke("date_add_ym", c.pos, e, d)
	case isYearMonth(dt):
		return c.a.invoke("timestamp_add_ym", c.pos, e, d)
	case et == plan.Date && dt == plan.CalendarInterval:
		return c.a.invoke("date_add_calendar", c.pos, e, d)
	}
	if et == plan.Date {
		e = c.a.castTo(e, plan.Timestamp)
	}
	name := "timestamp_add_dt"
	if dt == plan.CalendarInterval {
		name = "timestamp_add_calendar"
	}
	r, err := c.a.invoke(name, c.pos, e, d)
	if err != nil || et == plan.Date {
		return r, err
	}
	return c.a.castTo(r, et), nil // a string stays a string
}

func (c *call) subtractTemporal(x, y plan.Type) (plan.Expr, error) {
	e, d := c.args[0], c.args[1]
	switch {
	case anyInterval(y) && (anyInterval(x) || x == plan.Null && isInterval(y)):
		return nil, nil
	case x == plan.Date && isDayInterval(y):
		days, err := c.a.invoke("extractansiintervaldays", c.pos, d)
		if err != nil {
			return nil, err
		}
		if days, err = c.a.invoke("negative", c.pos, days); err != nil {
			return nil, err
		}
		return c.a.invoke("date_add", c.pos, e, days)
	case anyInterval(y):
		minus, err := c.a.invoke("negative", c.pos, d)
		if err != nil {
			return nil, err
		}
		r, err := c.plus(e, minus, x, y)
		if err != nil {
			return nil, err
		}
		return c.infix(r, "-", e, d), nil
	case anyInterval(x):
		return nil, nil
	case isTimestamp(x) || isTimestamp(y):
		return c.a.invoke("subtract_timestamps", c.pos, e, d)
	case y == plan.Date:
		return c.a.invoke("subtract_dates", c.pos, e, d)
	case x == plan.Date && y != plan.String:
		return c.a.invoke("date_sub", c.pos, e, d)
	}
	return nil, nil
}

// infix shows r as "x op y", without parentheses.
func (c *call) infix(r plan.Expr, op string, x, y plan.Expr) plan.Expr {
	if k, ok := r.(*plan.Cast); ok {
		c.infix(k.Expr, op, x, y)
		return r
	}
	return c.a.remember(r, &call{a: c.a, name: c.name, show: op, args: []plan.Expr{x, y}, form: formBare})
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
	case x == plan.String && isTimestamp(y):
		c.cast(0, y)
	case y == plan.String && isTimestamp(x):
		c.cast(1, x)
	case x == plan.Date && isTimestamp(y):
		c.cast(0, y)
	case y == plan.Date && isTimestamp(x):
		c.cast(1, x)
	case isTimestamp(x) && isTimestamp(y) && x != y:
		c.cast(0, plan.TimestampNTZ)
		c.cast(1, plan.TimestampNTZ)
	}
	return c.implicitCasts()
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
	return c.implicitCasts()
}

// dateField is for year(x) and its like: a timestamp is taken as a date also under ANSI.
func dateField(c *call) error {
	if isTimestamp(c.typ(0)) {
		c.cast(0, plan.Date)
	}
	return c.implicitCasts()
}
