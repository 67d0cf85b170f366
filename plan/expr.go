package plan

// Source is a text that was parsed: a query, or the body of a view; or, with
// CallSite set and no Text, the user's DataFrame code.
type Source struct {
	Text       string
	ObjectType string // "VIEW" for a view's body, else ""
	ObjectName string
	// Fragment is the method the user called, CallSite where, as the client tells.
	Fragment, CallSite string
}

// Pos is the piece of SQL text a node was written as: bytes [Start, Stop) of
// Src.Text. The zero Pos means an unknown place in DataFrame code.
type Pos struct {
	Src         *Source
	Start, Stop int
}

// At gives the node's position; every node embeds Pos.
func (p Pos) At() Pos { return p }

// Text is the piece of SQL text at the position, "" where there is none.
func (p Pos) Text() string {
	if p.Src == nil || p.Start < 0 || p.Stop > len(p.Src.Text) || p.Start > p.Stop {
		return ""
	}
	return p.Src.Text[p.Start:p.Stop]
}

// Expr is an expression. The set is sealed: the node types of this file.
type Expr interface {
	At() Pos
	isExpr()
}

// PlanID ties a DataFrame's column to the relation it was taken from
// (Connect's plan_id). The zero value means none.
type PlanID struct {
	ID  int64
	Set bool
}

// ColumnID identifies a column within one resolved plan. Zero means none.
type ColumnID int64

// Literal is a constant. [both]
type Literal struct {
	Pos
	Value any // by Type: see value.go
	Type  Type
}

// Name is a column, field or variable by its (multi-part) name. [unresolved]
type Name struct {
	Pos
	Parts  []string
	PlanID PlanID
	// Quoted is the name as the user wrote it, for messages; "" means Parts joined.
	Quoted string
}

// Star is * or t.*, with Databricks-style EXCEPT. [unresolved]
type Star struct {
	Pos
	Target []string
	Except [][]string
	PlanID PlanID
}

// NameRegex selects the columns whose whole name matches (df.colRegex). [unresolved]
type NameRegex struct {
	Pos
	Pattern string
	PlanID  PlanID
}

// Call applies a function or an operator by name. Operators are calls too:
// + - * / % div & | ^ ~ || = <> < <= > >= <=> and or not (unary minus: negative; unary plus: positive).
// Further spellings the parser and decoder normalise to: isnull isnotnull like ilike rlike
// between in when (CASE: cond, value, ..., [else]) if coalesce. "in" has the value first, then the list;
// "between" has value, low, high; like/ilike may carry the escape character as a third literal.
// [unresolved]
type Call struct {
	Pos
	Name        []string // usually one part
	Args        []Expr
	Distinct    bool
	Filter      Expr        // FILTER (WHERE ...)
	OrderBy     []SortOrder // WITHIN GROUP (ORDER BY ...)
	IgnoreNulls bool
	// Operator is set when an operator or special syntax was written, not name(args):
	// it matters for the name Spark gives the result column only.
	Operator bool
}

// NamedArg is f(name => value). [unresolved]
type NamedArg struct {
	Pos
	Name string
	Expr Expr
}

// Param is :name or ? in SQL text; Index counts ? from 0. [unresolved]
type Param struct {
	Pos
	Name  string // "" for ?
	Index int
}

// CastMode says what a cast does with what it cannot convert.
type CastMode uint8

// CastDefault follows spark.sql.ansi.enabled; a resolved plan holds the other three only.
const (
	CastDefault CastMode = iota
	CastANSI             // error
	CastLegacy           // NULL, or Java's wrap-around
	CastTry              // NULL
)

// Cast converts Expr to To. [both]
type Cast struct {
	Pos
	Expr     Expr
	To       Type
	Mode     CastMode
	Implicit bool // put there by the analyzer's coercion: invisible in column names
}

// Alias names an expression; several names serve a generator's columns. After
// analysis there is one name and ID identifies the new column. [both]
type Alias struct {
	Pos
	Expr     Expr
	Names    []string
	Metadata string // JSON, "" = inherit
	ID       ColumnID
	// List marks names in parentheses, which only generators take, though it be one. [unresolved]
	List bool
	// Auto marks a name computed by the analyzer ("count(1)"), which users of
	// the plan may replace.
	Auto bool
}

// SortOrder is one ORDER BY item. NullsFirst is always set: the maker applies
// Spark's default (first when ascending, last when descending). [both]
type SortOrder struct {
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

// Lambda is x -> body. [both; resolved params have types]
type Lambda struct {
	Pos
	Params []*LambdaVar
	Body   Expr
}

// LambdaVar is a lambda's parameter, or a use of it (same ID once resolved). [both]
type LambdaVar struct {
	Pos
	Name     string
	Type     Type // nil until resolved
	Nullable bool
	ID       ColumnID
}

// ExtractValue is a[b], a.b: element, entry or field. The analyzer turns it
// into a Func: get_array_item, get_map_value, get_struct_field (second argument a
// string literal: the field's real name) or get_array_struct_fields. [unresolved]
type ExtractValue struct {
	Pos
	Expr, Key Expr
	Dot       bool // written a.b
}

// UpdateField is Column.withField (Value set) or dropFields (Value nil). [unresolved]
type UpdateField struct {
	Pos
	Expr  Expr
	Field string // dotted path
	Value Expr
}

// SubqueryKind says what a [Subquery] yields.
type SubqueryKind uint8

// The kinds of subquery expressions.
const (
	ScalarSubquery SubqueryKind = iota // one value
	ExistsSubquery
	InSubquery // Values IN (plan)
	TableArgSubquery
)

// Subquery is a query inside an expression. After analysis its plan may hold
// [OuterColumn]s that refer to the enclosing query. [both]
type Subquery struct {
	Pos
	Kind   SubqueryKind
	Values []Expr // left side of IN, one per column
	Plan   Relation
	PlanID PlanID // unresolved, from DataFrame code: Plan is nil, found by id
}

// Window computes Func over a frame. [both]
type Window struct {
	Pos
	Func      Expr
	Partition []Expr
	Order     []SortOrder
	Frame     *Frame // nil: Spark's default for Func and Order; always set once resolved
	Ref       string // OVER w, before resolution
}

// Frame is ROWS or RANGE BETWEEN Start AND End.
type Frame struct {
	Rows       bool
	Start, End Bound
}

// BoundKind orders a frame's bounds.
type BoundKind uint8

// A bound's kinds; Offset bounds have Expr, a positive distance.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// Bound is one end of a frame.
type Bound struct {
	Kind BoundKind
	Expr Expr
}

// PythonUDF is code only a Python worker can run; nothing here looks inside. [both]
type PythonUDF struct {
	Pos
	Name     string
	Args     []Expr
	Type     Type
	EvalType int
	Command  []byte
}

// Opaque stands for an expression of the protocol we do not know. [unresolved]
type Opaque struct {
	Pos
	What string
}

// Column is a column of an input relation. [resolved]
type Column struct {
	Pos
	ID        ColumnID
	Name      string
	Type      Type
	Nullable  bool
	Qualifier []string // e.g. ["t"] or ["spark_catalog", "default", "t"]
	Metadata  string   // JSON object, ""
}

// OuterColumn is a column of an enclosing query, inside a subquery or lateral join. [resolved]
type OuterColumn struct{ *Column }

// FuncKind says where a function may stand.
type FuncKind uint8

// The kinds of functions.
const (
	ScalarFunc FuncKind = iota
	AggregateFunc
	WindowFunc    // row_number, lag, ...
	GeneratorFunc // explode, inline, ...: only in Generate once resolved
)

// Func is a resolved call: Name is Spark's canonical lower-case name, Args are
// already coerced to what the function takes, Type and Nullable are Spark's. [resolved]
type Func struct {
	Pos
	Name        string
	Kind        FuncKind
	Args        []Expr
	Type        Type
	Nullable    bool
	Distinct    bool
	Filter      Expr
	OrderBy     []SortOrder
	IgnoreNulls bool
	// ANSI says whether overflow, bad input and missing elements are errors
	// (true) or NULL / wrap-around (false), as the session had it.
	ANSI bool
}

func (*Literal) isExpr()      {}
func (*Name) isExpr()         {}
func (*Star) isExpr()         {}
func (*NameRegex) isExpr()    {}
func (*Call) isExpr()         {}
func (*NamedArg) isExpr()     {}
func (*Param) isExpr()        {}
func (*Cast) isExpr()         {}
func (*Alias) isExpr()        {}
func (*Lambda) isExpr()       {}
func (*LambdaVar) isExpr()    {}
func (*ExtractValue) isExpr() {}
func (*UpdateField) isExpr()  {}
func (*Subquery) isExpr()     {}
func (*Window) isExpr()       {}
func (*PythonUDF) isExpr()    {}
func (*Opaque) isExpr()       {}
func (*Column) isExpr()       {}
func (*OuterColumn) isExpr()  {}
func (*Func) isExpr()         {}

// TypeOf is a resolved expression's type; it panics on unresolved nodes.
func TypeOf(e Expr) Type {
	switch e := e.(type) {
	case *Literal:
		return e.Type
	case *Column:
		return e.Type
	case *OuterColumn:
		return e.Column.Type
	case *Func:
		return e.Type
	case *Cast:
		return e.To
	case *Alias:
		return TypeOf(e.Expr)
	case *Window:
		return TypeOf(e.Func)
	case *LambdaVar:
		return e.Type
	case *Lambda:
		return TypeOf(e.Body)
	case *PythonUDF:
		return e.Type
	case *Subquery:
		if e.Kind != ScalarSubquery {
			return Boolean
		}
		return Output(e.Plan)[0].Type
	default:
		panic("plan: type of an unresolved expression")
	}
}

// Nullable tells whether a resolved expression may be NULL, by Spark's rules.
func Nullable(e Expr) bool {
	switch e := e.(type) {
	case *Literal:
		return e.Value == nil
	case *Column:
		return e.Nullable
	case *OuterColumn:
		return e.Column.Nullable
	case *Func:
		return e.Nullable
	case *Cast:
		return Nullable(e.Expr) || castMayFail(e)
	case *Alias:
		return Nullable(e.Expr)
	case *Window:
		return Nullable(e.Func)
	case *LambdaVar:
		return e.Nullable
	case *Lambda:
		return Nullable(e.Body)
	case *Subquery:
		if e.Kind == InSubquery {
			for _, v := range e.Values {
				if Nullable(v) {
					return true
				}
			}
			for _, c := range Output(e.Plan) {
				if c.Nullable {
					return true
				}
			}
			return false
		}
		return e.Kind == ScalarSubquery
	default:
		return true
	}
}
