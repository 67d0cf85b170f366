package plan

// This file holds the commands about functions written in SQL.

type (
	// CreateFunction is CREATE FUNCTION ... RETURN.
	CreateFunction struct {
		CommandBase
		Name        []string
		Replace     bool
		IfNotExists bool
		Temporary   bool
		Params      []Parameter
		Returns     Type    // nil: that of the body
		Table       bool    // RETURNS TABLE
		Columns     []Field // of the table; nil: those of the query
		Body        Expr    // or
		Query       Relation
		Text        string // the body's
		Comment     string
		Access      string // CONTAINS SQL, READS SQL DATA; "" is not said
		// Deterministic is nil where the statement does not say.
		Deterministic *bool
	}
	// DropFunction is DROP FUNCTION.
	DropFunction struct {
		CommandBase
		Name      []string
		IfExists  bool
		Temporary bool
	}
)

// Parameter is a parameter of a function written in SQL.
type Parameter struct {
	Name    string
	Type    Type
	Default Expr // nil: the call must give a value
	Text    string
	Comment string
}
