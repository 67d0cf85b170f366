package plan

// This file holds the relations of the DataFrame API that the analyzer rewrites into
// the core ones of relation.go. All are unresolved.

type (
	// WithColumns adds or replaces columns; each is an Alias with one name.
	WithColumns struct {
		Common
		Input   Relation
		Columns []*Alias
		// Pipe is |> SET, which replaces columns that are there.
		Pipe bool
	}
	// WithColumnsRenamed renames columns that exist and ignores the others; pairs keep their order.
	WithColumnsRenamed struct {
		Common
		Input    Relation
		From, To []string
	}
	// DropColumns removes columns that exist.
	DropColumns struct {
		Common
		Input   Relation
		Columns []Expr
		Names   []string
	}
	// ToDF renames all columns.
	ToDF struct {
		Common
		Input Relation
		Names []string
	}
	// ToSchema reorders and casts columns by name.
	ToSchema struct {
		Common
		Input  Relation
		Schema Struct
	}
	// FillNA replaces NULL and NaN: one value for all Columns (empty: every column of a fitting
	// type), or one value a column.
	FillNA struct {
		Common
		Input   Relation
		Columns []string
		Values  []*Literal
	}
	// DropNA drops rows with fewer than MinNonNulls values among Columns (nil: none may be NULL).
	DropNA struct {
		Common
		Input       Relation
		Columns     []string
		MinNonNulls *int
	}
	// ReplaceNA replaces values (df.replace).
	ReplaceNA struct {
		Common
		Input    Relation
		Columns  []string
		From, To []*Literal
	}
	// Describe is df.describe (Statistics nil) and df.summary.
	Describe struct {
		Common
		Input      Relation
		Columns    []string
		Summary    bool
		Statistics []string
	}
	// Stat is one of Spark's df.stat functions: crosstab, freq_items, approx_quantile, corr, cov, sample_by.
	Stat struct {
		Common
		Input   Relation
		Kind    string
		Columns []string
		Numbers []float64 // probabilities, support, relative error: as the protocol orders them
		Method  string
		Strata  []Stratum
		Column  Expr // sample_by
		Seed    *int64
	}
	// Stratum is sample_by's fraction for one value.
	Stratum struct {
		Value    *Literal
		Fraction float64
	}
	// Unpivot turns columns into rows; Values nil means all that are not IDs. RestAreIDs: IDs are all
	// that are not Values (SQL's UNPIVOT).
	Unpivot struct {
		Common
		Input                  Relation
		IDs, Values            []Expr
		VariableName, ValueCol string
		HasValues              bool
		RestAreIDs             bool
	}
	// Transpose turns rows into columns.
	Transpose struct {
		Common
		Input   Relation
		Indexes []Expr
	}
	// Repartition keeps the answer as it is (repartition, coalesce, by expression).
	Repartition struct {
		Common
		Input Relation
		Num   int
		Exprs []Expr
		Keeps bool // coalesce: partitions are joined, and no row moves to another
	}
	// Hint advises an optimizer: the answer stays as it is.
	Hint struct {
		Common
		Input Relation
		Name  string
		Args  []Expr
	}
	// Observe computes named metrics beside the rows.
	Observe struct {
		Common
		Input   Relation
		Name    string
		Metrics []Expr
	}
	// ShowString and HTMLString are df.show() as text: one row, one column.
	ShowString struct {
		Common
		Input    Relation
		Rows     int
		Truncate int
		Vertical bool
	}
	// HTMLString is a notebook's table.
	HTMLString struct {
		Common
		Input    Relation
		Rows     int
		Truncate int
	}
	// SubqueryRefs is Connect's WithRelations: Input's expressions refer to Refs by plan id.
	SubqueryRefs struct {
		Common
		Input Relation
		Refs  []Relation
	}
	// CatalogQuery is a call of spark.catalog: Op is the protocol's field name (list_tables, ...).
	CatalogQuery struct {
		Common
		Op   string
		Args map[string]string // by the protocol's field name; absent = not given
	}
	// OpaqueRelation is a relation we know the name of but cannot analyze.
	OpaqueRelation struct {
		Common
		What string
		Of   Relation // what it stands for, nil if unknown
	}
)
