package session

// This file tells of functions: SHOW FUNCTIONS, DESCRIBE FUNCTION and their like in spark.catalog. What Spark says that
// a function does is not told: the texts are Spark's own, and those of functions written in SQL list its internal state.

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

// functionNames are what SHOW FUNCTIONS lists in Spark 4.1.4.
//
//go:embed functions.txt
var functionNames string

func isBuiltin(name string) bool {
	return builtins()[strings.ToLower(name)]
}

var builtins = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(functionNames) {
		all[name] = true
	}
	return all
})

// showFunctions is SHOW FUNCTIONS.
func (s *Session) showFunctions(c *plan.Show) (*table, error) {
	database, err := s.database(c.In)
	if err != nil {
		return nil, err
	}
	var names []string
	if c.Scope != "SYSTEM" {
		names = s.ownFunctions(database, pattern(c))
	}
	if c.Scope != "USER" {
		names = append(names, catalog.Filter(strings.Fields(functionNames), pattern(c))...)
	}
	slices.Sort(names)
	return showNames("function", slices.Compact(names)), nil
}

// ownFunctions lists the functions of the session and of a schema, "" for the current one; the pattern is for plain names.
func (s *Session) ownFunctions(database, pattern string) []string {
	if database == "" {
		database = s.names.Database()
	}
	names := catalog.Filter(s.names.TempFunctions(), pattern)
	for _, f := range s.room.Catalog.FunctionsIn(database) {
		if len(catalog.Filter([]string{f.Name}, pattern)) > 0 {
			names = append(names, strings.Join(f.Qualified(), "."))
		}
	}
	return names
}

// hasFunction tells whether a name is a function's.
func (s *Session) hasFunction(name []string) bool {
	if _, ok := s.names.TempFunction(name); ok || len(name) == 1 && (isBuiltin(name[0]) || s.names.HasFunction(strings.ToLower(name[0]))) {
		return true
	}
	_, ok := s.names.StoredFunction(name)
	return ok
}

// noFunction says that a name is no function's.
func (s *Session) noFunction(name []string) *fault.Error {
	return fault.New("UNRESOLVED_ROUTINE", "routineName", plan.QuoteParts(name),
		"searchPath", "[`system`.`builtin`, `system`.`session`, "+plan.QuoteParts([]string{catalog.SparkCatalog, s.names.Database()})+"]")
}

// describeFunction is DESCRIBE FUNCTION.
func (s *Session) describeFunction(c *plan.DescribeFunction) (*table, error) {
	if !s.hasFunction(c.Name) {
		return nil, s.noFunction(c.Name).At(c.NamePos)
	}
	return nil, fault.Unsupported("what a function does, in Spark's words")
}

// functionArg is the function that a call of spark.catalog names.
func (s *Session) functionArg(c *plan.CatalogQuery) ([]string, error) {
	name, err := sparksql.ParseName(c.Args["function_name"])
	if err != nil {
		return nil, err
	}
	if database, ok := c.Args["db_name"]; ok {
		name = append([]string{database}, name...)
	}
	return name, nil
}

// getFunction is spark.catalog.getFunction.
func (s *Session) getFunction(c *plan.CatalogQuery) (*table, error) {
	name, err := s.functionArg(c)
	if err != nil {
		return nil, err
	}
	return s.describeFunction(&plan.DescribeFunction{Name: name})
}

// listFunctions is spark.catalog.listFunctions.
func (s *Session) listFunctions(c *plan.CatalogQuery) (*table, error) {
	show := &plan.Show{}
	if given, ok := c.Args["db_name"]; ok {
		database, err := s.databaseArg(given)
		if err != nil {
			return nil, err
		}
		show.In = []string{database}
	}
	if given, ok := c.Args["pattern"]; ok {
		show.Pattern = &given
	}
	found, err := s.showFunctions(show)
	if err != nil {
		return nil, err
	}
	if len(found.rows) > 0 {
		return nil, fault.Unsupported("spark.catalog.listFunctions, which gives what functions do in Spark's words; SHOW FUNCTIONS lists their names")
	}
	return &table{columns: []plan.Field{textOrNull("name"), textOrNull("catalog"),
		{Name: "namespace", Type: plan.Array{Elem: plan.String, ContainsNull: true}, Nullable: true},
		textOrNull("description"), textOrNull("className"), {Name: "isTemporary", Type: plan.Boolean}}}, nil
}
