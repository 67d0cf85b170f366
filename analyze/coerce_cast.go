package analyze

import (
	"time"

	"shoal/fault"
	"shoal/plan"
)

// This file says which casts exist (Spark's Cast.canCast, canAnsiCast, canTryCast), and resolves CAST.

// cast resolves CAST(x AS t), x::t and TRY_CAST.
func (a *analyzer) cast(e *plan.Cast, sc *scope) (plan.Expr, error) {
	x, err := a.expr(e.Expr, sc)
	if err != nil {
		return nil, err
	}
	if l, ok := x.(*plan.Literal); ok && e.Implicit && e.To == plan.Timestamp && l.Type == plan.TimestampNTZ {
		if a.writtenType(e.To, e.Pos.Text()) == plan.TimestampNTZ {
			return l, nil
		}
		return a.instant(l, e.Pos), nil
	}
	if to := a.writtenType(e.To, e.Pos.Text()); !e.Implicit && e.Pos.Src != nil {
		written := *e
		written.To = to
		e = &written
	}
	if l, ok := e.Expr.(*plan.Literal); ok && e.Implicit && l.Type == plan.String {
		if word, ok := a.wordOfTime(l.Value, e); ok {
			return word, nil
		}
	}
	return a.makeCast(x, e)
}

// instant is a TIMESTAMP literal written without a zone: a wall clock reading in the session's.
func (a *analyzer) instant(l *plan.Literal, pos plan.Pos) plan.Expr {
	wall := time.UnixMicro(int64(l.Value.(plan.Micros))).UTC()
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), location(a.settings.TimeZone))
	if at.Hour() != wall.Hour() || at.Minute() != wall.Minute() {
		// in a gap the clock counts on with the offset before it, as java.time has it
		start, end := at.ZoneBounds()
		before := start.Add(-time.Second)
		if wall.Hour()*60+wall.Minute() > at.Hour()*60+at.Minute() {
			before = end.Add(-time.Second)
		}
		_, offset := before.Zone()
		at = wall.Add(-time.Duration(offset) * time.Second)
	}
	return &plan.Literal{Pos: pos, Value: plan.Micros(at.UnixMicro()), Type: plan.Timestamp}
}

// wordOfTime is a literal such as DATE 'today' or TIMESTAMP 'now', which the parser leaves as a cast: a day, or a moment,
// of the session's calendar.
func (a *analyzer) wordOfTime(word any, e *plan.Cast) (plan.Expr, bool) {
	now := time.Now().In(location(a.settings.TimeZone))
	days := map[any]int{"now": 0, "today": 0, "yesterday": -1, "tomorrow": 1}
	move, ok := days[word]
	if !ok {
		return nil, false
	}
	if word != "now" || e.To == plan.Date {
		now = time.Date(now.Year(), now.Month(), now.Day()+move, 0, 0, 0, 0, now.Location())
	}
	wall := time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), time.UTC)
	l := &plan.Literal{Pos: e.Pos, Type: e.To}
	switch e.To {
	case plan.Date:
		l.Value = plan.Days(wall.Unix() / 86400)
	case plan.Timestamp:
		l.Value = plan.Micros(now.UnixMicro())
	case plan.TimestampNTZ:
		l.Value = plan.Micros(wall.UnixMicro())
	default:
		return nil, false
	}
	return l, true
}

// makeCast builds the cast e of the resolved x.
func (a *analyzer) makeCast(x plan.Expr, e *plan.Cast) (plan.Expr, error) {
	to, err := usable(e.To, e.Pos)
	if err != nil {
		return nil, err
	}
	c := &plan.Cast{Pos: e.Pos, Expr: x, To: to, Mode: e.Mode, Implicit: e.Implicit}
	if c.Mode == plan.CastDefault {
		c.Mode = a.castMode()
	}
	from := plan.TypeOf(x)
	if castable(from, to, c.Mode) {
		return c, nil
	}
	sub := "CAST_WITHOUT_SUGGESTION"
	params := []string{"srcType", plan.QuotedSQL(from), "targetType", plan.QuotedSQL(to)}
	if c.Mode == plan.CastANSI && castable(from, to, plan.CastLegacy) {
		sub = "CAST_WITH_CONF_SUGGESTION"
		params = append(params, "config", `"spark.sql.ansi.enabled"`, "configVal", "'false'")
	}
	if c.Mode != plan.CastLegacy {
		if f := castFunctions(from, to); f != "" {
			sub, params = "CAST_WITH_FUNC_SUGGESTION", append(params[:4], "functionNames", f)
		}
	}
	params = append([]string{"sqlExpr", quoteSQL(a.pretty(c))}, params...)
	return nil, fault.New("DATATYPE_MISMATCH."+sub, params...).At(e.Pos)
}

// castFunctions names the functions that do what an ANSI cast refuses.
func castFunctions(from, to plan.Type) string {
	switch {
	case isNumeric(from) && to == plan.Timestamp:
		return "`TIMESTAMP_SECONDS`/`TIMESTAMP_MILLIS`/`TIMESTAMP_MICROS`"
	case from == plan.Timestamp && isNumeric(to):
		return "`UNIX_SECONDS`/`UNIX_MILLIS`/`UNIX_MICROS`"
	case from == plan.Date && isNumeric(to):
		return "`UNIX_DATE`"
	case isNumeric(from) && to == plan.Date:
		return "`DATE_FROM_UNIX_DATE`"
	}
	return ""
}

// usable replaces CHAR and VARCHAR, which are strings in expressions, and refuses types we cannot work with.
func usable(t plan.Type, pos plan.Pos) (plan.Type, error) {
	switch t := t.(type) {
	case plan.Char, plan.Varchar:
		return plan.String, nil
	case plan.Unsupported:
		return nil, fault.Unsupported("type %s", t.Name).At(pos)
	case plan.Array:
		e, err := usable(t.Elem, pos)
		return plan.Array{Elem: e, ContainsNull: t.ContainsNull}, err
	case plan.Map:
		k, err := usable(t.Key, pos)
		if err != nil {
			return nil, err
		}
		v, err := usable(t.Value, pos)
		return plan.Map{Key: k, Value: v, ValueContainsNull: t.ValueContainsNull}, err
	case plan.Struct:
		fields := make([]plan.Field, len(t.Fields))
		for i, f := range t.Fields {
			ft, err := usable(f.Type, pos)
			if err != nil {
				return nil, err
			}
			f.Type = ft
			fields[i] = f
		}
		return plan.Struct{Fields: fields}, nil
	}
	return t, nil
}

// castable tells whether a cast exists. TRY casts follow the ANSI table.
func castable(from, to plan.Type, mode plan.CastMode) bool {
	if plan.Equal(from, to) {
		return true
	}
	fromUDT, toUDT := tUDT.accepts(from), tUDT.accepts(to)
	switch {
	case fromUDT && toUDT: // another class
		return false
	case toUDT:
		return from == plan.Null
	case fromUDT:
		return to == plan.String
	case from == plan.Variant:
		return castableFromVariant(to)
	case to == plan.Variant:
		return castableToVariant(from, false)
	}
	if ok, nested := castNested(from, to, mode); nested {
		return ok
	}
	switch {
	case to == plan.Null:
		return false
	case from == plan.Null:
		return true
	case to == plan.String:
		return true
	case from == plan.String:
		return to == plan.Binary || to == plan.Boolean || isDatetime(to) || isNumeric(to) ||
			isInterval(to) || to == plan.CalendarInterval
	}
	if mode == plan.CastLegacy {
		return castableLegacy(from, to)
	}
	return castableANSI(from, to)
}

func castableLegacy(from, to plan.Type) bool {
	switch {
	case isNumeric(from) || from == plan.Boolean:
		return isNumeric(to) || to == plan.Boolean || to == plan.Timestamp ||
			isIntegral(from) && (to == plan.Binary || isInterval(to)) || isDecimal(from) && isInterval(to)
	case from == plan.Timestamp:
		return isNumeric(to) || to == plan.Boolean || to == plan.Date || to == plan.TimestampNTZ
	case from == plan.TimestampNTZ:
		return to == plan.Date || to == plan.Timestamp
	case from == plan.Date:
		return isNumeric(to) || to == plan.Boolean || isTimestamp(to)
	case isYearMonth(from):
		return isYearMonth(to) || isIntegral(to) || isDecimal(to)
	case isDayTime(from):
		return isDayTime(to) || isIntegral(to) || isDecimal(to)
	}
	return false
}

func castableANSI(from, to plan.Type) bool {
	switch {
	case isNumeric(from):
		return isNumeric(to) || to == plan.Boolean || to == plan.Timestamp ||
			(isIntegral(from) || isDecimal(from)) && isInterval(to)
	case from == plan.Boolean:
		return isNumeric(to)
	case from == plan.Timestamp:
		return isNumeric(to) || to == plan.Date || to == plan.TimestampNTZ
	case from == plan.TimestampNTZ:
		return to == plan.Date || to == plan.Timestamp
	case from == plan.Date:
		return isTimestamp(to)
	case isYearMonth(from):
		return isYearMonth(to) || isIntegral(to) || isDecimal(to)
	case isDayTime(from):
		return isDayTime(to) || isIntegral(to) || isDecimal(to)
	}
	return false
}

// castNested handles arrays, maps and structs; nested is false if the target is none of them.
func castNested(from, to plan.Type, mode plan.CastMode) (ok, nested bool) {
	force := func(f, t plan.Type) bool {
		if mode == plan.CastTry {
			return !plan.CanUpCast(f, t)
		}
		return mode == plan.CastLegacy && mayFail(f, t)
	}
	fits := func(fromNull, toNull bool, f, t plan.Type) bool {
		return castable(f, t, mode) && (toNull || !fromNull && !force(f, t))
	}
	switch to := to.(type) {
	case plan.Array:
		f, ok := from.(plan.Array)
		return from == plan.Null || ok && fits(f.ContainsNull, to.ContainsNull, f.Elem, to.Elem), true
	case plan.Map:
		f, ok := from.(plan.Map)
		return from == plan.Null || ok && castable(f.Key, to.Key, mode) && !force(f.Key, to.Key) &&
			fits(f.ValueContainsNull, to.ValueContainsNull, f.Value, to.Value), true
	case plan.Struct:
		f, ok := from.(plan.Struct)
		if from == plan.Null || !ok || len(f.Fields) != len(to.Fields) {
			return from == plan.Null, true
		}
		for i, field := range f.Fields {
			if !fits(field.Nullable, to.Fields[i].Nullable, field.Type, to.Fields[i].Type) {
				return false, true
			}
		}
		return true, true
	}
	return false, false
}

// canStoreAssign is Cast.canANSIStoreAssign: which types ANSI casts implicitly.
func canStoreAssign(from, to plan.Type) bool {
	switch {
	case plan.Equal(from, to), from == plan.Null:
		return true
	case isNumeric(from) && isNumeric(to):
		return true
	case isAtomic(from) && to == plan.String:
		return true
	case from == plan.CalendarInterval && to == plan.String:
		return true
	case from == plan.Date && isTimestamp(to):
		return true
	case isTimestamp(from) && (to == plan.Date || isTimestamp(to)):
		return true
	case isYearMonth(from) && isYearMonth(to), isDayTime(from) && isDayTime(to):
		return true
	}
	return storeAssignNested(from, to)
}

func storeAssignNested(from, to plan.Type) bool {
	fits := func(fromNull, toNull bool, f, t plan.Type) bool {
		return (toNull || !fromNull) && canStoreAssign(f, t)
	}
	switch f := from.(type) {
	case plan.Array:
		t, ok := to.(plan.Array)
		return ok && fits(f.ContainsNull, t.ContainsNull, f.Elem, t.Elem)
	case plan.Map:
		t, ok := to.(plan.Map)
		return ok && canStoreAssign(f.Key, t.Key) && fits(f.ValueContainsNull, t.ValueContainsNull, f.Value, t.Value)
	case plan.Struct:
		t, ok := to.(plan.Struct)
		if !ok || len(f.Fields) != len(t.Fields) {
			return false
		}
		for i, x := range f.Fields {
			if !fits(x.Nullable, t.Fields[i].Nullable, x.Type, t.Fields[i].Type) {
				return false
			}
		}
		return true
	}
	return false
}
