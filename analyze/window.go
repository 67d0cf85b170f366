package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves window expressions: f OVER (PARTITION BY ... ORDER BY ... frame).

// windowDefs makes the WINDOW clause's names known to the query below.
func (a *analyzer) windowDefs(r *plan.WindowDefs, outer *scope) (*node, error) {
	a.windows = append(a.windows, r.Defs)
	defer func() { a.windows = a.windows[:len(a.windows)-1] }()
	return a.relation(r.Input, outer)
}

// definition finds what OVER w means.
func (a *analyzer) definition(w *plan.Window) (*plan.Window, error) {
	if w.Ref == "" {
		return w, nil
	}
	name := w.Ref
	for range 100 { // a definition may refer to another one
		if len(a.windows) == 0 {
			break
		}
		def, ok := a.windows[len(a.windows)-1][strings.ToLower(name)]
		if !ok {
			break
		}
		if def.Ref == "" {
			out := *def
			out.Func, out.Pos = w.Func, w.Pos
			return &out, nil
		}
		name = def.Ref
	}
	return nil, fault.New("MISSING_WINDOW_SPECIFICATION", "windowName", w.Ref,
		"docroot", docRoot)
}

func (a *analyzer) window(e *plan.Window, sc *scope) (plan.Expr, error) {
	w, err := a.definition(e)
	if err != nil {
		probe := *sc
		probe.inWindow, probe.windowArg, probe.generator = true, true, false
		if _, first := a.expr(e.Func, &probe); first != nil {
			return nil, first // Spark resolves the function before its window
		}
		return nil, err
	}
	if sc.inAgg {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1031")
	}
	inner := *sc
	inner.inWindow, inner.generator = true, false
	out := &plan.Window{Pos: e.Pos}
	fn := inner
	fn.windowArg = true
	if f, ok := w.Func.(*plan.Call); ok {
		if f.Filter != nil {
			return nil, fault.New("_LEGACY_ERROR_TEMP_1030")
		}
		whole := *f
		whole.Pos = e.Pos // Spark's errors show OVER, too
		w = &plan.Window{Pos: w.Pos, Func: &whole, Partition: w.Partition, Order: w.Order, Frame: w.Frame}
	}
	if out.Func, err = a.expr(w.Func, &fn); err != nil {
		return nil, err
	}
	if out.Partition, err = a.exprs(w.Partition, &inner); err != nil {
		return nil, err
	}
	for i, p := range out.Partition {
		if t := plan.TypeOf(p); !orderable(t) {
			return nil, fault.New("EXPRESSION_TYPE_IS_NOT_ORDERABLE", "expr", quoteSQL(a.pretty(p)),
				"exprType", plan.QuotedSQL(t)).At(w.Partition[i].At())
		}
	}
	if out.Order, err = a.sortOrders(w.Order, &inner); err != nil {
		return nil, err
	}
	if lca := sc.laterals.in(out); lca != nil {
		return nil, fault.New("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW", "lca", plan.Quote(lca.Name),
			"windowExpr", quoteSQL(a.pretty(out)))
	}
	for _, o := range out.Order {
		if err := a.checkWindowOrder(o); err != nil {
			return nil, err
		}
	}
	return a.framed(out, w, &inner)
}

func (a *analyzer) checkWindowOrder(o plan.SortOrder) error {
	if t := plan.TypeOf(o.Expr); !orderable(t) {
		direction := " ASC NULLS FIRST"
		if o.Desc {
			direction = " DESC NULLS LAST"
		}
		return fault.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "functionName", "`sortorder`",
			"dataType", plan.QuotedSQL(t), "sqlExpr", quoteSQL(a.pretty(o.Expr)+direction)).At(o.Expr.At())
	}
	return nil
}

// framed checks the function and gives the window its frame.
func (a *analyzer) framed(out, w *plan.Window, sc *scope) (plan.Expr, error) {
	f, ok := out.Func.(*plan.Func)
	if !ok || f.Kind != plan.AggregateFunc && f.Kind != plan.WindowFunc {
		return nil, fault.New("UNSUPPORTED_EXPR_FOR_WINDOW", "sqlExpr", quoteSQL(a.pretty(out.Func))).At(out.Pos)
	}
	if f.Distinct {
		return nil, fault.New("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "windowExpr", quoteSQL(a.pretty(defaultFrame(out)))).At(out.Pos)
	}
	if needsWholePartition(f) && (len(out.Order) > 0 || w.Frame != nil) {
		return nil, fault.New("INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC", "aggFunc", quoteSQL(a.inOneList(f))).At(out.Pos)
	}
	fixed := a.fixedFrame(f)
	if f.Kind == plan.WindowFunc && len(out.Order) == 0 {
		if f.Name == "lag" || f.Name == "lead" || fixed != nil {
			return nil, fault.New("_LEGACY_ERROR_TEMP_1037", "wf", a.canonicalText(f))
		}
	}
	if w.Frame == nil {
		out.Frame = fixed
		return defaultFrame(out), nil
	}
	frame, err := a.frame(w.Frame, out, sc)
	if err != nil {
		return nil, err
	}
	if f.Name == "lag" || f.Name == "lead" {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1035", "prettyName", f.Name)
	}
	if fixed != nil && !sameFrame(frame, fixed) {
		return nil, wrongFrame(frame, fixed)
	}
	out.Frame = frame
	return out, nil
}

// needsWholePartition tells the aggregates whose window has neither order nor frame.
func needsWholePartition(f *plan.Func) bool {
	switch f.Name {
	case "median", "percentile_cont", "percentile_disc":
		return true
	case "listagg":
		return len(f.OrderBy) > 0
	}
	return false
}

// defaultFrame: with ORDER BY up to the current row's peers, else everything.
func defaultFrame(w *plan.Window) *plan.Window {
	if w.Frame != nil {
		return w
	}
	if len(w.Order) > 0 {
		w.Frame = toCurrentRange
	} else {
		w.Frame = &plan.Frame{Rows: true, Start: plan.Bound{Kind: plan.UnboundedPreceding}, End: plan.Bound{Kind: plan.UnboundedFollowing}}
	}
	return w
}

// innerWindows computes windows inside the definition of another one in a Project below: windows
// of windows.
func (a *analyzer) innerWindows(in *node, items []plan.Expr, pos plan.Pos) (*node, []plan.Expr, error) {
	var made []plan.Expr
	var lift func(e plan.Expr, inside bool) (plan.Expr, error)
	lift = func(e plan.Expr, inside bool) (plan.Expr, error) {
		w, isWindow := e.(*plan.Window)
		if isWindow && inside {
			alias := &plan.Alias{Pos: w.Pos, Expr: w, Names: []string{a.pretty(w)}, ID: a.newID(), Auto: true}
			made = append(made, alias)
			return aliasColumn(alias), nil
		}
		return mapChildren(e, func(x plan.Expr) (plan.Expr, error) { return lift(x, inside || isWindow) })
	}
	out := make([]plan.Expr, len(items))
	for i, e := range items {
		var err error
		if out[i], err = lift(e, false); err != nil {
			return nil, nil, err
		}
	}
	if len(made) == 0 {
		return in, items, nil
	}
	base, list, err := a.innerWindows(in, append(columnExprs(plan.Output(in.rel)), made...), pos)
	if err != nil {
		return nil, nil, err
	}
	below := newNode(&plan.Project{Common: plan.Common{Pos: pos}, Input: base.rel, Exprs: list}, a.outputOf(list))
	below.cols, below.hidden, below.dfs = in.cols, in.hidden, in.dfs
	return below, out, nil
}

// fixedFrame is the only frame some functions take; lag's and lead's is the one row they look at.
func (a *analyzer) fixedFrame(f *plan.Func) *plan.Frame {
	if f.Name == "lag" || f.Name == "lead" {
		offset := f.Args[1]
		if f.Name == "lag" {
			offset = a.negated(offset)
		}
		b := plan.Bound{Kind: plan.Following, Expr: offset}
		return &plan.Frame{Rows: true, Start: b, End: b}
	}
	if s, ok := a.lookup(f.Name); ok {
		return s.frame
	}
	return nil
}

// negated is -e, computed where e is a literal.
func (a *analyzer) negated(e plan.Expr) plan.Expr {
	if n, ok := intLiteral(e); ok {
		return &plan.Literal{Pos: e.At(), Value: int32(-n), Type: plan.Int}
	}
	if r, err := a.invoke("negative", e.At(), e); err == nil {
		return r
	}
	return e
}

func sameFrame(x, y *plan.Frame) bool {
	return x.Rows == y.Rows && sameBound(x.Start, y.Start) && sameBound(x.End, y.End)
}

func sameBound(x, y plan.Bound) bool {
	if (x.Expr == nil) != (y.Expr == nil) {
		return false
	}
	if x.Expr == nil {
		return x.Kind == y.Kind
	}
	m, ok1 := signedBound(x)
	n, ok2 := signedBound(y)
	return ok1 && ok2 && m == n
}

// signedBound is a bound's distance, negative before the current row.
func signedBound(b plan.Bound) (int64, bool) {
	n, ok := intLiteral(b.Expr)
	if b.Kind == plan.Preceding {
		n = -n
	}
	return n, ok
}

// canonicalText is a window function as Spark's developers print it.
func (a *analyzer) canonicalText(f *plan.Func) string {
	args := make([]string, len(f.Args))
	for i, e := range f.Args {
		args[i] = a.pretty(e)
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

func wrongFrame(given, wanted *plan.Frame) error {
	return fault.New("_LEGACY_ERROR_TEMP_1036", "wf", frameTree(given), "required", frameTree(wanted))
}

// frameTree is a frame as Spark's developers print it.
func frameTree(f *plan.Frame) string {
	kind := "RangeFrame"
	if f.Rows {
		kind = "RowFrame"
	}
	part := func(b plan.Bound) string {
		switch b.Kind {
		case plan.UnboundedPreceding:
			return "unboundedpreceding$()"
		case plan.UnboundedFollowing:
			return "unboundedfollowing$()"
		case plan.CurrentRow:
			return "currentrow$()"
		}
		n, _ := signedBound(b)
		return itoa(int(n))
	}
	return "specifiedwindowframe(" + kind + ", " + part(f.Start) + ", " + part(f.End) + ")"
}

func (a *analyzer) frameText(f *plan.Frame) string {
	var b strings.Builder
	namer{a: a, b: &b}.frame(f)
	return b.String()
}

// frame resolves ROWS or RANGE BETWEEN ... AND ....
func (a *analyzer) frame(f *plan.Frame, w *plan.Window, sc *scope) (*plan.Frame, error) {
	out := &plan.Frame{Rows: f.Rows}
	var err error
	if out.Start, err = a.bound(f.Start, f, w, sc); err != nil {
		return nil, err
	}
	if out.End, err = a.bound(f.End, f, w, sc); err != nil {
		return nil, err
	}
	pos := specPos(w)
	whole := out.Start.Kind == plan.UnboundedPreceding && out.End.Kind == plan.UnboundedFollowing
	switch {
	case !f.Rows && len(w.Order) == 0 && !whole:
		return nil, fault.New("DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER", "sqlExpr", a.specText(w, out)).At(pos)
	case !f.Rows && (out.Start.Expr != nil || out.End.Expr != nil) && len(w.Order) > 1:
		orders := make([]string, len(w.Order))
		for i, o := range w.Order {
			orders[i] = a.pretty(o.Expr)
		}
		return nil, fault.New("DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER", "sqlExpr", a.specText(w, out),
			"orderSpec", quoteSQL(strings.Join(orders, ","))).At(pos)
	case out.Start.Kind == plan.UnboundedFollowing || out.End.Kind == plan.UnboundedPreceding:
		return nil, fault.New("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND", "sqlExpr", quoteSQL(a.frameText(out)),
			"lower", quoteSQL(a.boundText(out.Start)), "upper", quoteSQL(a.boundText(out.End))).At(pos)
	}
	if err := a.checkBound(out, out.Start, "lower", pos); err != nil {
		return nil, err
	}
	if err := a.checkBound(out, out.End, "upper", pos); err != nil {
		return nil, err
	}
	return out, a.checkBounds(out, pos)
}

// checkBounds compares two distances: their types, and which is farther.
func (a *analyzer) checkBounds(f *plan.Frame, pos plan.Pos) error {
	if f.Start.Expr == nil || f.End.Expr == nil {
		return nil
	}
	t, u := plan.TypeOf(f.Start.Expr), plan.TypeOf(f.End.Expr)
	if !plan.Equal(t, u) {
		return fault.New("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_DIFF_TYPES", "sqlExpr", quoteSQL(a.frameText(f)),
			"lower", quoteSQL(a.pretty(f.Start.Expr)), "upper", quoteSQL(a.pretty(f.End.Expr)),
			"lowerType", plan.QuotedSQL(t), "upperType", plan.QuotedSQL(u)).At(pos)
	}
	if crossed(f) {
		return fault.New("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", "sqlExpr", quoteSQL(a.frameText(f)),
			"comparison", "less than or equal").At(pos)
	}
	return nil
}

// specPos is the place of the parentheses after OVER.
func specPos(w *plan.Window) plan.Pos {
	pos := w.Pos
	if pos.Src == nil || w.Func == nil {
		return pos
	}
	text := strings.ToUpper(pos.Src.Text[pos.Start:pos.Stop])
	if at := strings.LastIndex(text, " OVER"); at >= 0 {
		if open := strings.IndexByte(text[at:], '('); open >= 0 {
			pos.Start += at + open
		}
	}
	return pos
}

// crossed tells whether a frame of two distances ends before it starts.
func crossed(f *plan.Frame) bool {
	x, ok1 := signedBound(f.Start)
	y, ok2 := signedBound(f.End)
	return ok1 && ok2 && x > y
}

// specText is the specification in parentheses, as messages quote it.
func (a *analyzer) specText(w *plan.Window, f *plan.Frame) string {
	text := a.pretty(&plan.Window{Func: w.Func, Partition: w.Partition, Order: w.Order, Frame: f})
	_, spec, _ := strings.Cut(text, " OVER ")
	return quoteSQL(spec)
}

func (a *analyzer) boundText(b plan.Bound) string {
	var s strings.Builder
	namer{a: a, b: &s}.bound(b)
	return s.String()
}

// bound resolves one end of a frame; a RANGE's distance is cast to the type it is added to.
func (a *analyzer) bound(b plan.Bound, f *plan.Frame, w *plan.Window, sc *scope) (plan.Bound, error) {
	if b.Expr == nil {
		return b, nil
	}
	e, err := a.expr(b.Expr, sc)
	if err != nil {
		return b, err
	}
	if n, ok := intLiteral(e); ok && n < 0 { // -1 FOLLOWING is 1 PRECEDING
		e = a.negated(e)
		if b.Kind == plan.Preceding {
			b.Kind = plan.Following
		} else {
			b.Kind = plan.Preceding
		}
	}
	b.Expr = e
	if f.Rows || len(w.Order) != 1 {
		return b, nil
	}
	t, from := plan.TypeOf(w.Order[0].Expr), plan.TypeOf(e)
	if t != plan.Date && t != plan.Timestamp && !plan.Equal(from, t) && castable(from, t, a.castMode()) {
		b.Expr = a.castTo(e, t)
	}
	return b, nil
}

// checkBound demands a constant INT for ROWS, a number or an interval for RANGE.
func (a *analyzer) checkBound(f *plan.Frame, b plan.Bound, where string, pos plan.Pos) error {
	if b.Expr == nil {
		return nil
	}
	if !isFoldable(b.Expr) {
		return fault.New("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE", "location", where,
			"expression", quoteSQL(a.pretty(b.Expr)), "sqlExpr", quoteSQL(a.frameText(f))).At(pos)
	}
	want := tNumericOrAnyInterval
	if f.Rows {
		want = tInt
	}
	if t := plan.TypeOf(b.Expr); !want.accepts(t) {
		return fault.New("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", "location", where,
			"exprType", plan.QuotedSQL(t), "expectedType", want.String(), "sqlExpr", quoteSQL(a.frameText(f))).At(pos)
	}
	return nil
}
