package plan

// Command is a statement that is not a query. Commands yield a (perhaps empty)
// table. The set is sealed: the types of this file and of table.go.
type Command interface {
	Statement
	isCommand()
}

// CommandBase is embedded by every command.
type CommandBase struct {
	Pos
	NamePos Pos // of the table, view or schema a statement names, if it names one
}

func (*CommandBase) isStatement() {}
func (*CommandBase) isCommand()   {}

type (
	// CreateView is CREATE [OR REPLACE] [GLOBAL] TEMPORARY VIEW, and df.createOrReplaceTempView.
	CreateView struct {
		CommandBase
		Name        []string
		Columns     []string // names given in parentheses
		Comments    []string // parallel to Columns, "" = none
		Query       Relation
		Text        string // the query's SQL, "" from DataFrame code
		Replace     bool
		IfNotExists bool
		Temporary   bool
		Global      bool
		Comment     string
		Properties  map[string]string
		Mode        string // WITH SCHEMA: BINDING, COMPENSATION, TYPE EVOLUTION, EVOLUTION; "" is not said
		Hard        string // a clause that is understood and not built, "" for none
		// Using/Options: CREATE TEMPORARY VIEW v USING parquet OPTIONS (path ...): Query is a Read.
	}
	// DropView is DROP VIEW, and spark.catalog.dropTempView.
	DropView struct {
		CommandBase
		Name     []string
		IfExists bool
	}
	// AlterView is ALTER VIEW; one of what may change is set.
	AlterView struct {
		CommandBase
		Name  []string
		To    []string // RENAME TO
		Query Relation // AS
		Text  string
		Set   map[string]string // SET TBLPROPERTIES
		Unset []string          // UNSET TBLPROPERTIES
		// IfExists is for UNSET.
		IfExists bool
		Mode     string // WITH SCHEMA
	}
	// SetConf is SET key = value; Value nil shows it, Key "" shows all (Verbose: SET -v).
	SetConf struct {
		CommandBase
		Key     string
		Value   *string
		Verbose bool
	}
	// ResetConf is RESET [key].
	ResetConf struct {
		CommandBase
		Key string
	}
	// SetTimeZone is SET TIME ZONE: Zone is an id, LOCAL, or an interval literal's value.
	SetTimeZone struct {
		CommandBase
		Zone string
	}
	// Use is USE [SCHEMA|DATABASE] name.
	Use struct {
		CommandBase
		Name    []string
		Catalog bool // USE CATALOG / SET CATALOG
	}
	// Show is SHOW TABLES | VIEWS | SCHEMAS | DATABASES | COLUMNS | FUNCTIONS | CATALOGS |
	// TBLPROPERTIES | PARTITIONS | CREATE TABLE | CURRENT SCHEMA: What is the word(s) in upper case.
	Show struct {
		CommandBase
		What    string
		In      []string // FROM / IN, or the table
		Pattern *string
		Scope   string // SHOW [USER|SYSTEM|ALL] FUNCTIONS
		// Partition is what SHOW PARTITIONS is limited to.
		Partition []PartitionValue
	}
	// DescribeTable is DESCRIBE [TABLE] [EXTENDED] name [column].
	DescribeTable struct {
		CommandBase
		Name     []string
		Column   []string
		Extended bool
	}
	// DescribeQuery is DESCRIBE QUERY select.
	DescribeQuery struct {
		CommandBase
		Query Relation
	}
	// DescribeFunction is DESCRIBE FUNCTION [EXTENDED] name.
	DescribeFunction struct {
		CommandBase
		Name     []string
		Extended bool
	}
	// DescribeDatabase is DESCRIBE SCHEMA|DATABASE [EXTENDED] name.
	DescribeDatabase struct {
		CommandBase
		Name     []string
		Extended bool
	}
	// Explain is EXPLAIN [EXTENDED|CODEGEN|COST|FORMATTED] statement.
	Explain struct {
		CommandBase
		Mode      string // lower case: simple, extended, codegen, cost, formatted
		Statement Statement
	}
	// WriteFiles is df.write.format(...).save(path), and INSERT OVERWRITE DIRECTORY.
	WriteFiles struct {
		CommandBase
		Query       Relation
		Format      string
		Path        string
		Mode        string // append, overwrite, error, ignore
		Options     map[string]string
		PartitionBy []string
		SortBy      []string
		BucketBy    []string
		Buckets     int
		Table       []string // saveAsTable / insertInto: Path is ""
		InsertInto  bool
	}
	// CacheTable, UncacheTable, ClearCache and RefreshTable keep every answer as it is.
	CacheTable struct {
		CommandBase
		What  string // CACHE, UNCACHE, CLEAR, REFRESH
		Name  []string
		Query Relation // CACHE TABLE t AS query
		Lazy  bool
		// IfExists is for UNCACHE.
		IfExists bool
	}
	// DeclareVariable is DECLARE [OR REPLACE] [VARIABLE] names [type] [DEFAULT expression].
	DeclareVariable struct {
		CommandBase
		Names   [][]string
		Type    Type // nil: the default's
		Default Expr // nil: NULL
		Replace bool
	}
	// SetVariables is SET VAR a = x, b = DEFAULT, or (a, b) = (query).
	SetVariables struct {
		CommandBase
		Names  [][]string
		Values []Expr   // parallel to Names; nil: the variable's default
		Query  Relation // instead of Values: its one row
	}
	// DropVariable is DROP TEMPORARY VARIABLE.
	DropVariable struct {
		CommandBase
		Name     []string
		IfExists bool
	}
	// ExecuteImmediate runs the statement a text holds.
	ExecuteImmediate struct {
		CommandBase
		Text Expr
		Into [][]string // variables that take its one row
		Args []Expr     // parameters; an Alias names one
	}
	// OpaqueCommand is a statement we recognise but do not run: What names it ("CREATE TABLE").
	OpaqueCommand struct {
		CommandBase
		What  string
		Name  string // the function it registers, if it does
		About string // for people, without constants; may be empty
	}
)

// What an OpaqueCommand is called that registers something for the rest of the session.
const (
	RegisterFunction   = "register_function"
	RegisterDataSource = "register_data_source"
)
