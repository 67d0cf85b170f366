package analyze

import (
	"reflect"
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves window(time, width [, slide [, start]]): the operator's input gets a column
// "window", the expressions refer to that column. Rows without a time are in no window.

// maxWindows bounds how many windows may hold one row.
const maxWindows = 1000

// timeWindowed gives a node the column of the window that the expressions have, if they have one.
func (a *analyzer) timeWindowed(in *node, exprs []plan.Expr, r plan.Relation, outer *scope) (*node, []plan.Expr, error) {
	call, err := findTimeWindow(exprs)
	if call == nil || err != nil {
		return in, exprs, err
	}
	sc := &scope{at: r.At(), inputs: []*node{in}, outer: outer}
	w, err := a.timeWindow(call, sc)
	if err != nil {
		return nil, nil, err
	}
	known, err := a.expr(called("isnotnull", w.time), sc)
	if err != nil {
		return nil, nil, err
	}
	timed := over(&plan.Filter{Common: plan.Common{Pos: r.At()}, Input: in.rel, Cond: known}, in)
	value := w.at(0)
	if n := w.overlap(); n > 1 {
		all := make([]plan.Expr, n)
		for i := range all {
			all[i] = w.at(int64(i))
		}
		list := &plan.Func{Name: "array", Args: all, Type: plan.Array{Elem: plan.TypeOf(value), ContainsNull: true}}
		value = &plan.Call{Name: []string{"explode"}, Args: []plan.Expr{list}}
	}
	column := &plan.Alias{Expr: value, Names: []string{"window"}, Metadata: `{"spark.timeWindow":true}`}
	n, err := a.projectOver(timed, append(columnExprs(timed.cols), column), r, outer)
	if err != nil {
		return nil, nil, err
	}
	window := n.cols[len(n.cols)-1]
	if w.overlap() > 1 {
		n = over(&plan.Filter{Common: plan.Common{Pos: r.At()}, Input: n.rel, Cond: w.inside(window)}, n)
	}
	out := make([]plan.Expr, len(exprs))
	for i, e := range exprs {
		out[i], err = plan.MapExpr(e, func(x plan.Expr) (plan.Expr, error) {
			if isTimeWindow(x) {
				return window, nil
			}
			return x, nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return n, out, nil
}

func isTimeWindow(e plan.Expr) bool {
	c, ok := e.(*plan.Call)
	return ok && len(c.Name) == 1 && strings.EqualFold(c.Name[0], "window")
}

// findTimeWindow is the one window among the expressions, or nil.
func findTimeWindow(exprs []plan.Expr) (*plan.Call, error) {
	var found *plan.Call
	var err error
	for _, e := range exprs {
		plan.Walk(e, func(x plan.Expr) bool {
			if isTimeWindow(x) {
				c := x.(*plan.Call)
				if found != nil && !sameCall(found, c) {
					err = fault.Unsupported("several time windows at once").At(c.Pos)
				}
				found = c
			}
			return err == nil
		})
	}
	return found, err
}

// sameCall: the same words, wherever they stand.
func sameCall(a, b *plan.Call) bool {
	if len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		x, xok := a.Args[i].(*plan.Literal)
		y, yok := b.Args[i].(*plan.Literal)
		if xok && yok {
			if x.Value != y.Value {
				return false
			}
			continue
		}
		n, nok := a.Args[i].(*plan.Name)
		m, mok := b.Args[i].(*plan.Name)
		if !nok || !mok || !reflect.DeepEqual(n.Parts, m.Parts) {
			return false
		}
	}
	return true
}

// timeWindow is a resolved window(): microseconds.
type timeWindow struct {
	time                plan.Expr
	width, slide, start int64
}

func (a *analyzer) timeWindow(c *plan.Call, sc *scope) (*timeWindow, error) {
	if len(c.Args) < 2 || len(c.Args) > 4 {
		return nil, fault.Unsupported("window with %d arguments", len(c.Args)).At(c.Pos)
	}
	time, err := a.expr(c.Args[0], sc)
	if err != nil {
		return nil, err
	}
	switch plan.TypeOf(time) {
	case plan.Timestamp:
	case plan.Date:
		time = a.castTo(time, plan.Timestamp)
	default:
		return nil, fault.Unsupported("a time window of a %s column", plan.TypeOf(time)).At(c.Pos)
	}
	w := &timeWindow{time: time}
	for i, to := range []*int64{&w.width, &w.slide, &w.start}[:len(c.Args)-1] {
		l, _ := c.Args[i+1].(*plan.Literal)
		text := ""
		if l != nil {
			text, _ = l.Value.(string)
		}
		var ok bool
		if *to, ok = durationOf(text); !ok {
			return nil, fault.Unsupported("a time window whose length is no constant text of weeks, days, hours, minutes or seconds").At(c.Pos)
		}
	}
	if len(c.Args) == 2 {
		w.slide = w.width
	}
	if w.width <= 0 || w.slide <= 0 || w.slide > w.width || w.start <= -w.slide || w.start >= w.slide || w.overlap() > maxWindows {
		return nil, fault.Unsupported("a time window of this length, slide and start").At(c.Pos)
	}
	return w, nil
}

// units of a window's length, in microseconds.
var units = map[string]int64{"week": 604800e6, "day": 86400e6, "hour": 3600e6, "minute": 60e6, "second": 1e6, "millisecond": 1e3, "microsecond": 1}

// durationOf reads "1 hour 30 minutes".
func durationOf(text string) (int64, bool) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 && words[0] == "interval" {
		words = words[1:]
	}
	if len(words) == 0 || len(words)%2 != 0 {
		return 0, false
	}
	total := int64(0)
	for i := 0; i < len(words); i += 2 {
		n, err := strconv.ParseInt(words[i], 10, 32)
		unit, ok := units[strings.TrimSuffix(words[i+1], "s")]
		if err != nil || !ok {
			return 0, false
		}
		total += n * unit
	}
	return total, true
}

// overlap is how many windows a time may be in.
func (w *timeWindow) overlap() int { return int((w.width + w.slide - 1) / w.slide) }

// at is the struct of the i-th last window that begins before the time.
func (w *timeWindow) at(i int64) plan.Expr {
	nullable := plan.Nullable(w.time)
	long := func(name string, args ...plan.Expr) plan.Expr {
		return &plan.Func{Name: name, Args: args, Type: plan.Long, Nullable: nullable, ANSI: true}
	}
	number := func(v int64) plan.Expr { return &plan.Literal{Value: v, Type: plan.Long} }
	micros := long("unix_micros", w.time)
	into := long("pmod", long("-", micros, number(w.start)), number(w.slide))
	begin := long("-", long("-", micros, into), number(i*w.slide))
	moment := func(e plan.Expr) plan.Expr {
		return &plan.Func{Name: "timestamp_micros", Args: []plan.Expr{e}, Type: plan.Timestamp, Nullable: true, ANSI: true}
	}
	field := func(name string) plan.Field { return plan.Field{Name: name, Type: plan.Timestamp, Nullable: true} }
	return &plan.Func{Name: "named_struct", Type: plan.Struct{Fields: []plan.Field{field("start"), field("end")}},
		Args: []plan.Expr{lit("start"), moment(begin), lit("end"), moment(long("+", begin, number(w.width)))}}
}

// inside tells whether the time is in the window of a row.
func (w *timeWindow) inside(window *plan.Column) plan.Expr {
	part := func(name string) plan.Expr {
		return &plan.Func{Name: "get_struct_field", Args: []plan.Expr{window, lit(name)}, Type: plan.Timestamp, Nullable: true}
	}
	truth := func(name string, args ...plan.Expr) plan.Expr {
		return &plan.Func{Name: name, Args: args, Type: plan.Boolean, Nullable: true}
	}
	return truth("and", truth(">=", w.time, part("start")), truth("<", w.time, part("end")))
}

// windowTime is the last instant in a window that a column holds.
func windowTime(c *call) (plan.Expr, error) {
	column, ok := c.args[0].(*plan.Column)
	if !ok || !strings.Contains(column.Metadata, `"spark.timeWindow":true`) {
		return nil, fault.Unsupported("window_time of what is no column of time windows").At(c.pos)
	}
	end, err := c.a.structField(column, column.Type.(plan.Struct), bare("end").(*plan.Literal), c.pos)
	if err != nil {
		return nil, err
	}
	return c.a.invoke("-", c.pos, end, &plan.Literal{Value: int64(1), Type: dayTime})
}
