package fault

// Kind says which of Spark's exceptions a client raises. See connect/status.go for the
// Java class names.
type Kind uint8

// The kinds of errors.
const (
	Internal Kind = iota
	Parse
	Analysis
	Arithmetic
	NumberFormat
	DateTime
	ArrayIndex
	IllegalArgument
	UnsupportedOperation
	Runtime
	NoSuchElement
	FileNotFound
	TempTableExists
	Spark       // plain SparkException
	InvalidPlan // a malformed request: Spark Connect's InvalidPlanInput
)

type condition struct {
	state   string
	kind    Kind
	message string // <param> is replaced
}

// conditions lists Spark's error conditions that Shoal raises. Names, SQLSTATEs and parameter
// names are Spark 4.1's (API); the wording is ours.
var conditions = map[string]condition{
	"INTERNAL_ERROR":      {"XX000", Internal, "<message>"},
	"UNSUPPORTED_FEATURE": {"0A000", UnsupportedOperation, "Shoal's own engine cannot run this as Spark would: <reason>."},

	// parsing
	"PARSE_SYNTAX_ERROR":    {"42601", Parse, "Syntax error at or near <error><hint>."},
	"PARSE_EMPTY_STATEMENT": {"42617", Parse, "Syntax error, unexpected empty statement."},

	// names
	"UNRESOLVED_COLUMN.WITH_SUGGESTION":    {"42703", Analysis, "No column, variable or function parameter is called <objectName>. Did you mean one of these: <proposal>?"},
	"UNRESOLVED_COLUMN.WITHOUT_SUGGESTION": {"42703", Analysis, "No column, variable or function parameter is called <objectName>."},
	"TABLE_OR_VIEW_NOT_FOUND":              {"42P01", Analysis, "There is no table or view <relationName>. Check its spelling, its schema and its catalog."},
	"UNRESOLVED_ROUTINE":                   {"42883", Analysis, "There is no routine <routineName> on the search path <searchPath>."},
	"AMBIGUOUS_REFERENCE":                  {"42704", Analysis, "Reference <name> is ambiguous, it could be: <referenceNames>."},

	// arithmetic
	"DIVIDE_BY_ZERO":      {"22012", Arithmetic, "Division by zero. Use try_divide to get NULL instead, or set <config> to \"false\"."},
	"ARITHMETIC_OVERFLOW": {"22003", Arithmetic, "<message>.<alternative> Set <config> to \"false\" to ignore it."},
	"CAST_INVALID_INPUT":  {"22018", NumberFormat, "The value <expression> of type <sourceType> cannot be cast to <targetType>. Use try_cast to get NULL instead."},
	"CAST_OVERFLOW":       {"22003", Arithmetic, "The value <value> of type <sourceType> does not fit <targetType>. Use try_cast to get NULL instead."},
	"INVALID_ARRAY_INDEX": {"22003", ArrayIndex, "The index <indexValue> is out of bounds: the array has <arraySize> elements. Use get() to get NULL instead."},
	"PATH_NOT_FOUND":      {"42K03", Analysis, "Path does not exist: <path>."},

	// data from clients
	"UNSUPPORTED_ARROWTYPE": {"0A000", UnsupportedOperation, "Arrow data of type <typeName> has no Spark type."},
}
