package plan

// Relation is a table-valued node. The set is sealed: the node types of this
// file and of sugar.go.
type Relation interface {
	Statement
	Node() *Common
	isRelation()
}

// Statement is what a client can ask to run: a Relation or a Command.
type Statement interface {
	At() Pos
	isStatement()
}

// Common is what every relation carries.
type Common struct {
	Pos
	PlanID PlanID
	// Out holds the output columns, in order, once the relation is resolved;
	// nil before (a resolved relation without columns has an empty, non-nil Out).
	Out []*Column
}

// Node gives access to the common part.
func (c *Common) Node() *Common { return c }
func (*Common) isRelation()     {}
func (*Common) isStatement()    {}

// Output lists a resolved relation's columns.
func Output(r Relation) []*Column { return r.Node().Out }

// --- leaves ---

// Table reads a table, view or CTE by name. [unresolved]
type Table struct {
	Common
	Name    []string
	Options map[string]string
}

// Read reads files: spark.read.format(Format).load(Paths), or format.`path`. [unresolved]
type Read struct {
	Common
	Format  string // lower case: parquet, csv, json, text, orc, ...; "" = the default source
	Paths   []string
	Options map[string]string // keys lower case
	Schema  *Struct           // given by the user, or nil
	// Predicates etc. of jdbc are not supported and live in Options.
}

// TableFunc is a table-valued function: range(5), explode(...). [unresolved]
type TableFunc struct {
	Common
	Name []string
	Args []Expr
}

// Scan reads files whose schema is known. Out holds the data columns, then the
// partition columns (Hive style, from the directories). [resolved]
type Scan struct {
	Common
	Format     string
	Files      []File
	Options    map[string]string
	Partitions int // how many of Out's last columns come from directory names
	// Physical is each data column's name in the files (Spark matches names
	// case-insensitively), parallel to Out without its partition columns. "" means
	// that no file has it: the column is NULL.
	Physical []string
	// Exact is set where only Spark's own way of parsing gives Spark's rows: see package textfile.
	Exact bool
	// Mixed is set when some files lack a column that others have: it is NULL there.
	Mixed bool
	// Rows and Sizes, the bytes of each column that has a Physical name, are what Parquet footers say; else nobody knows
	// them, and Sizes is nil. They are good for estimates only: footers may lie.
	Rows  int64
	Sizes []int64
}

// File is one file of a Scan.
type File struct {
	Path    string
	Size    int64
	ModTime int64 // Unix nanoseconds
	State   FileState
	// Epoch is another number when the file may be another one than its path had before, and its time does not show it to who
	// looks at whole seconds. Engines that remember files must not remember them across epochs. It is 0 in an Exact scan.
	Epoch int64
	// Partition has the values of the partition columns, as text of their types: numbers and dates
	// as SQL writes them, timestamps in UTC; "__HIVE_DEFAULT_PARTITION__" is NULL.
	Partition []string
}

// FileState is what tells a file's content from any other that its path has had, or will have.
type FileState struct {
	// Changed is when it was last written, renamed or given another time, in Unix nanoseconds; 0: nobody can tell for certain.
	Changed       int64
	Inode, Device uint64
	// Settled says that Changed was so long ago that a change after this look shows: the clock has moved on since.
	Settled bool
}

// LocalData is data the client sent: an Arrow IPC stream. [both]
type LocalData struct {
	Common
	Arrow  []byte
	Schema *Struct // declared by the client, or nil: as in Arrow
	// Checkpoint says that it is the answer of a plan that was cut off here.
	Checkpoint bool
}

// Values is VALUES (...), (...), or rows computed by the analyzer. [both]
type Values struct {
	Common
	Rows [][]Expr
}

// Range is the numbers Start, Start+Step, ... below End, as one BIGINT column id. [both]
type Range struct {
	Common
	Start, End, Step int64
	Parts            int // how many partitions Spark was asked for; 0: as many as it likes
}

// OneRow is a single row without columns: SELECT 1 reads from it. [both]
type OneRow struct{ Common }

// CTERef reads a common table expression of an enclosing [With]. Its Out has
// identities of its own, one per column of the definition. [resolved]
type CTERef struct {
	Common
	ID int // With.Defs[i].ID
}

// --- one input ---

// Project computes expressions; once resolved each is a Column or an Alias and
// may contain Window but no aggregate or generator. [both]
type Project struct {
	Common
	Input Relation
	Exprs []Expr
	Pipe  string // unresolved: the word of a pipe operator, which takes no aggregates
}

// Filter keeps the rows for which Cond is true. [both]
type Filter struct {
	Common
	Input  Relation
	Cond   Expr
	Having bool // unresolved: HAVING, sees the select list and the aggregate's input
	Pipe   bool // unresolved: |> WHERE, sees nothing below its input
}

// GroupKind is the way GROUP BY combines its expressions.
type GroupKind uint8

// The kinds of grouping. GroupAll is GROUP BY ALL.
const (
	GroupBy GroupKind = iota
	GroupRollup
	GroupCube
	GroupSets
	GroupAll
	GroupPivot
)

// Aggregate groups rows.
//
// Unresolved: Aggs is the whole select list (DataFrame groupBy().agg: Connect
// sends grouping and aggregate expressions apart; the decoder sets
// ImplicitKeys and the analyzer puts the keys first). Group may hold ordinals and
// select-list aliases; Call grouping_sets/rollup/cube inside Group is the
// mixed SQL form; Sets refers to Group by index.
//
// Resolved: Group holds one *Alias per key, Aggs one *Alias per aggregate Func
// (GROUPING() and grouping_id included: Func grouping, with keys as Args), and Out is keys
// then aggregates; Kind is GroupBy or GroupSets. Everything computed on top sits
// in a Project above. [both]
type Aggregate struct {
	Common
	Input        Relation
	Group        []Expr
	Kind         GroupKind
	Clause       Pos // of GROUP BY in the text
	Sets         [][]int
	Aggs         []Expr
	ImplicitKeys bool
	Pipe         bool   // unresolved: |> AGGREGATE, whose ordinals mean the input's columns
	Pivot        *Pivot // unresolved only
}

// Pivot turns the values of Column into columns.
type Pivot struct {
	Column Expr
	Values []Expr // empty: found by running a query, as Spark does
}

// Sort orders rows; Global is false for sortWithinPartitions. [both]
type Sort struct {
	Common
	Input  Relation
	Order  []SortOrder
	Global bool
	Pipe   bool // unresolved: |> ORDER BY, sees nothing below its input
}

// Limit keeps the first Count rows, Offset skips Count rows, Tail keeps the last. Count is an
// INT expression without columns, a non-negative Literal once resolved. [both]
type (
	Limit struct {
		Common
		Input Relation
		Count Expr
	}
	Offset struct {
		Common
		Input Relation
		Count Expr
	}
	Tail struct {
		Common
		Input Relation
		Count Expr
	}
)

// Distinct drops equal rows; with Columns, keeps any one row for each value of
// them. Unresolved Columns are Names, resolved ones Columns. [both]
type Distinct struct {
	Common
	Input           Relation
	Columns         []Expr
	WithinWatermark bool
}

// Generate runs a generator for each input row: LATERAL VIEW, SELECT explode().
// Out is the input's columns, then the generator's. [both]
type Generate struct {
	Common
	Input   Relation
	Gen     Expr // Call, once resolved a Func
	Outer   bool
	Alias   string
	Columns []string
}

// Sample keeps a random part of the rows. [both]
type Sample struct {
	Common
	Input           Relation
	Lower, Upper    float64
	WithReplacement bool
	Seed            *int64
	// Rows, Bucket of TABLESAMPLE (n ROWS | BUCKET x OUT OF y) are opaque.
	Ordered bool
}

// SubqueryAlias names a relation, and perhaps its columns. [unresolved]
type SubqueryAlias struct {
	Common
	Input   Relation
	Alias   string
	Columns []string
}

// With defines common table expressions for Input. [both]
type With struct {
	Common
	Input     Relation
	Defs      []CTE
	Recursive bool
}

// CTE is one definition of a With.
type CTE struct {
	Name    string
	Columns []string
	Plan    Relation
	ID      int // unique in the plan once resolved
	// Recursive says that Plan, a union of anchor and step, reads the definition itself. [resolved]
	Recursive bool
	// MaxLevel is how many steps, the anchor counted, may give rows (unresolved 0: what the
	// configuration says), MaxRows how many rows there may be; -1 is no limit.
	MaxLevel, MaxRows int
	Pos               Pos // in the text, for errors
}

// WindowDefs is the WINDOW clause: names for window specifications in Input. [unresolved]
type WindowDefs struct {
	Common
	Input Relation
	Defs  map[string]*Window // Func is nil; keys lower case
}

// --- two inputs ---

// JoinType is the kind of a join.
type JoinType uint8

// The kinds of joins.
const (
	InnerJoin JoinType = iota
	LeftOuterJoin
	RightOuterJoin
	FullOuterJoin
	LeftSemiJoin
	LeftAntiJoin
	CrossJoin
)

var joinNames = [...]string{"Inner", "LeftOuter", "RightOuter", "FullOuter", "LeftSemi", "LeftAnti", "Cross"}

func (t JoinType) String() string { return joinNames[t] }

// Join combines two relations. Using and Natural are unresolved only: the
// analyzer turns them into Cond and a Project. A Lateral join's right side may
// hold OuterColumns of the left. [both]
type Join struct {
	Common
	Left, Right Relation
	Type        JoinType
	Cond        Expr // nil: every pair
	Using       []string
	Natural     bool
	Lateral     bool
}

// SetKind is the kind of a set operation.
type SetKind uint8

// The kinds of set operations.
const (
	Union SetKind = iota
	Intersect
	Except
)

// SetOp combines relations with the same columns: once resolved the inputs have
// equal types, and Out's types; UNION DISTINCT is a Distinct above. All matters
// for Intersect and Except. [both]
type SetOp struct {
	Common
	Kind          SetKind
	Inputs        []Relation
	All           bool
	ByName        bool // unresolved
	AllowMissing  bool // unresolved
	IsSQLDistinct bool // unresolved: UNION without ALL
}
