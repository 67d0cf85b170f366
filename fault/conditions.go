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
	SQL         // SparkSQLException: a handle, a cursor, a cancelled operation
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
	"INVALID_ATTRIBUTE_NAME_SYNTAX":                 {"42601", Analysis, "The column name <name> is malformed: back-quotes come in pairs around a whole part of a name."},
	"DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION":       {"22003", Arithmetic, "A decimal of <precision> digits: more than <maxPrecision> are not possible."},
	"NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION": {"22003", Arithmetic, "The value <originalValue> does not fit Decimal(<precision>, <scale>)."},
	"_LEGACY_ERROR_TEMP_1321":                       {"", Analysis, "<viewName> is no name for a view."},
	"UNSUPPORTED_ARROWTYPE":                         {"0A000", UnsupportedOperation, "Arrow data of type <typeName> has no Spark type."},

	// sessions, operations and artifacts
	"INVALID_HANDLE.FORMAT":                                           {"HY000", SQL, "The handle <handle> is invalid. It must be a UUID, such as '00112233-4455-6677-8899-aabbccddeeff'."},
	"INVALID_HANDLE.SESSION_NOT_FOUND":                                {"HY000", SQL, "The handle <handle> is invalid. There is no such session."},
	"INVALID_HANDLE.SESSION_CLOSED":                                   {"HY000", SQL, "The handle <handle> is invalid. The session was closed."},
	"INVALID_HANDLE.SESSION_CHANGED":                                  {"HY000", SQL, "The handle <handle> is invalid. The server no longer has the session this client began; connect again."},
	"INVALID_HANDLE.OPERATION_NOT_FOUND":                              {"HY000", SQL, "The handle <handle> is invalid. There is no such operation."},
	"INVALID_HANDLE.OPERATION_ALREADY_EXISTS":                         {"HY000", SQL, "The handle <handle> is invalid. Another operation has it."},
	"INVALID_HANDLE.OPERATION_ABANDONED":                              {"HY000", SQL, "The handle <handle> is invalid. The operation was released, or nobody asked for its result in time."},
	"INVALID_CURSOR.POSITION_NOT_FOUND":                               {"HY109", SQL, "The cursor is invalid. There is no response <responseId>."},
	"INVALID_CURSOR.POSITION_NOT_AVAILABLE":                           {"HY109", SQL, "The cursor is invalid. Response <responseId> is no longer held; the last one dropped is at index <index>."},
	"INVALID_CURSOR.DISCONNECTED":                                     {"HY109", SQL, "The cursor is invalid. Another call has taken this result over."},
	"INVALID_CURSOR.NOT_REATTACHABLE":                                 {"HY109", SQL, "The cursor is invalid. The operation was not started as reattachable."},
	"OPERATION_CANCELED":                                              {"HY008", SQL, "The operation was cancelled."},
	"INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_TAG_REQUIRES_TAG":         {"22023", SQL, "The value of <parameter> in <functionName> is invalid: interrupting by tag needs one."},
	"INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID": {"22023", SQL, "The value of <parameter> in <functionName> is invalid: interrupting an operation needs its id."},
	"UNSUPPORTED_FEATURE.INTERRUPT_TYPE":                              {"0A000", SQL, "There is no way to interrupt called <interruptType>."},
	"INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT":          {"42K04", SQL, "The session cannot be cloned as <targetSessionId>: the new id must be a UUID."},
	"INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS":  {"42K04", SQL, "The session cannot be cloned as <targetSessionId>: there is such a session."},
	"INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_CLOSED":  {"42K04", SQL, "The session cannot be cloned as <targetSessionId>: there was such a session, it was closed."},
	"INVALID_ARTIFACT_PATH":                                           {"22023", Runtime, "The artifact name <name> is invalid. It must be a relative path that does not leave its directory."},
	"ARTIFACT_ALREADY_EXISTS":                                         {"42713", Runtime, "There is an artifact <normalizedRemoteRelativePath> already, with other content. Choose another name."},

	// conf
	"SQL_CONF_NOT_FOUND":                         {"42K0I", NoSuchElement, "There is no SQL config <sqlConf>."},
	"CANNOT_MODIFY_STATIC_CONFIG":                {"46110", Analysis, "The static Spark config <key> cannot be changed while the server runs."},
	"CANNOT_MODIFY_CONFIG":                       {"46110", Analysis, "The Spark config <key> cannot be changed in a session."},
	"INVALID_CONF_VALUE.TYPE_MISMATCH":           {"22022", IllegalArgument, "The value '<confValue>' of the config \"<confName>\" is invalid. It should be a value of type '<confType>'."},
	"INVALID_CONF_VALUE.TIME_ZONE":               {"22022", IllegalArgument, "The value '<confValue>' of the config \"<confName>\" is invalid. There is no such time zone."},
	"INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS": {"22022", IllegalArgument, "The value '<confValue>' of the config \"<confName>\" is invalid. It should be one of '<confOptions>'."},
	"INVALID_CONF_VALUE.REQUIREMENT":             {"22022", IllegalArgument, "The value '<confValue>' of the config \"<confName>\" is invalid. <confRequirement>"},

	"_LEGACY_ERROR_TEMP_1226": {"", Analysis, "The SQL config '<configName>' was removed in the version <version>. <comment>"},

	// commands
	"SCHEMA_NOT_FOUND":                  {"42704", Analysis, "There is no schema <schemaName>. Check its spelling and its catalog."},
	"CATALOG_NOT_FOUND":                 {"42P08", Analysis, "There is no catalog <catalogName>."},
	"COLUMN_NOT_FOUND":                  {"42703", Analysis, "There is no column <colName>. Check its spelling; case matters as <caseSensitiveConfig> says."},
	"TEMP_TABLE_OR_VIEW_ALREADY_EXISTS": {"42P07", TempTableExists, "There is a temporary view <relationName> already. Choose another name, or drop or replace it."},
	"TABLE_OR_VIEW_ALREADY_EXISTS":      {"42P07", Analysis, "There is a table or view <relationName> already. Choose another name, or drop or replace it."},
	"EXPECT_PERMANENT_VIEW_NOT_TEMP":    {"42809", Analysis, "'<operation>' takes a permanent view, but <viewName> is a temporary one."},
	"RECURSIVE_VIEW":                    {"42K0H", Analysis, "The view <viewIdent> would contain itself: <newPath>."},
	"PATH_ALREADY_EXISTS":               {"42K04", Analysis, "There is something at the path <outputPath> already. Set mode as \"overwrite\" to replace it."},
}
