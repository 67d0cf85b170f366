package plan

// This file holds the commands about tables and databases.

type (
	// CreateTable is CREATE TABLE, with a Query CREATE TABLE AS SELECT; Columns is empty then, or
	// where the files tell them.
	CreateTable struct {
		CommandBase
		Name        []string
		IfNotExists bool
		Replace     bool // CREATE OR REPLACE TABLE, REPLACE TABLE
		External    bool
		Columns     []Field
		Format      string // lower case; "" is the default source
		PartitionBy []string
		Options     map[string]string // keys as written
		Location    string
		Comment     *string
		Properties  map[string]string
		Query       Relation
		Like        []string // the table or view that tells the columns
		// Hard is a clause that is understood and not built, "" for none.
		Hard string
	}
	// DropTable is DROP TABLE.
	DropTable struct {
		CommandBase
		Name     []string
		IfExists bool
	}
	// TruncateTable is TRUNCATE TABLE.
	TruncateTable struct {
		CommandBase
		Name []string
		// Partition is what the PARTITION clause names.
		Partition []PartitionValue
	}
	// Insert is INSERT INTO and INSERT OVERWRITE a table.
	Insert struct {
		CommandBase
		Table     []string
		Overwrite bool
		Partition []PartitionValue
		Columns   []string // given in parentheses
		ByName    bool
		Query     Relation
		Head      Pos // all before the query
		// V2 is df.writeTo, which only catalogs other than Spark's own take.
		V2 bool
	}
	// AddColumns is ALTER TABLE ... ADD COLUMNS.
	AddColumns struct {
		CommandBase
		Name    []string
		Columns []Field
	}
	// RenameTable is ALTER TABLE ... RENAME TO.
	RenameTable struct {
		CommandBase
		Name, To []string
	}
	// SetProperties is ALTER TABLE ... SET and UNSET TBLPROPERTIES.
	SetProperties struct {
		CommandBase
		Name  []string
		Set   map[string]string
		Unset []string
	}
	// ChangeRows is DELETE, UPDATE and MERGE, which tables of files do not take.
	ChangeRows struct {
		CommandBase
		What  string // as Spark calls it
		Name  []string
		Query Relation // holds all names that must resolve
	}
	// CommentOn is COMMENT ON TABLE.
	CommentOn struct {
		CommandBase
		Name    []string
		Comment string
	}
	// AlterColumn is what ALTER TABLE does to columns there are.
	AlterColumn struct {
		CommandBase
		Name    []string
		Column  []string // nil: REPLACE COLUMNS
		Comment *string
		Type    Type // nil: as it is
		// Other is a change that no table of files takes, as Spark calls it; "" for none.
		Other string
	}
	// AlterPartitions is ALTER TABLE ... ADD and DROP PARTITION.
	AlterPartitions struct {
		CommandBase
		Name       []string
		Drop       bool
		Lenient    bool // IF NOT EXISTS, IF EXISTS
		Partitions [][]PartitionValue
	}
	// AlterDatabase is ALTER DATABASE, and COMMENT ON DATABASE.
	AlterDatabase struct {
		CommandBase
		Name     []string
		Set      map[string]string
		Unset    []string
		Location *string
	}
	// CreateDatabase is CREATE DATABASE.
	CreateDatabase struct {
		CommandBase
		Name        []string
		IfNotExists bool
		Comment     string
		Location    string
		Properties  map[string]string
	}
	// DropDatabase is DROP DATABASE.
	DropDatabase struct {
		CommandBase
		Name     []string
		IfExists bool
		Cascade  bool
	}
)

// PartitionValue is a column of a PARTITION clause; Value is nil where the rows tell it.
type PartitionValue struct {
	Name  string
	Value Expr
}
