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
	"PARSE_SYNTAX_ERROR":                                          {"42601", Parse, "Syntax error at or near <error><hint>."},
	"PARSE_EMPTY_STATEMENT":                                       {"42617", Parse, "Syntax error, unexpected empty statement."},
	"FAILED_TO_PARSE_TOO_COMPLEX":                                 {"54001", Parse, "The statement nests too deeply to be parsed. Split it into several, or use views or common table expressions."},
	"UNCLOSED_BRACKETED_COMMENT":                                  {"42601", Parse, "A comment that /* begins is not closed by */."},
	"INVALID_IDENTIFIER":                                          {"42602", Parse, "The name <ident> needs back-quotes (`<ident>`): without them a name has ASCII letters, digits and underscores only."},
	"INVALID_TYPED_LITERAL":                                       {"42604", Parse, "The text <value> is no valid <valueType> literal."},
	"UNSUPPORTED_TYPED_LITERAL":                                   {"0A000", Parse, "There are no literals of the type <unsupportedType>, only of <supportedTypes>."},
	"INVALID_NUMERIC_LITERAL_RANGE":                               {"22003", Parse, "The number <rawStrippedQualifier> does not fit <typeName>, which goes from <minValue> to <maxValue>."},
	"UNSUPPORTED_DATATYPE":                                        {"0A000", Parse, "There is no data type <typeName>."},
	"DATATYPE_MISSING_SIZE":                                       {"42K01", Parse, "The type <type> needs a length, as in <type>(10)."},
	"INCOMPLETE_TYPE_DEFINITION.ARRAY":                            {"42K01", Parse, "ARRAY needs the type of its elements, as in ARRAY<elementType>."},
	"INCOMPLETE_TYPE_DEFINITION.MAP":                              {"42K01", Parse, "MAP needs the types of its keys and values, as in MAP<keyType, valueType>."},
	"INCOMPLETE_TYPE_DEFINITION.STRUCT":                           {"42K01", Parse, "STRUCT needs its fields, as in STRUCT<name: type>."},
	"INVALID_ESC":                                                 {"42604", Parse, "The escape string <invalidEscape> is invalid: it must be one character."},
	"DUPLICATED_CTE_NAMES":                                        {"42602", Parse, "Several common table expressions have the same name: <duplicateNames>."},
	"DUPLICATE_CLAUSES":                                           {"42614", Parse, "The clause <clauseName> occurs more than once."},
	"DUPLICATE_KEY":                                               {"23505", Parse, "The key <keyColumn> occurs more than once."},
	"INVALID_SET_SYNTAX":                                          {"42000", Parse, "SET stands alone, with a key (SET key) or with both (SET key=value). Back-quote a key or value with special characters."},
	"INVALID_PROPERTY_KEY":                                        {"42602", Parse, "The key <key> needs back-quotes, as in SET <key>=<value>."},
	"INVALID_PROPERTY_VALUE":                                      {"42602", Parse, "The value <value> needs back-quotes, as in SET <key>=<value>."},
	"GROUPING_COLUMN_MISMATCH":                                    {"42803", Analysis, "The grouping sets use <grouping>, which is not among the grouping columns <groupingColumns>."},
	"UNBOUND_SQL_PARAMETER":                                       {"42P02", Analysis, "The parameter <name> has no value: give it one in args."},
	"UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES":        {"0A000", Parse, "ORDER BY, SORT BY, DISTRIBUTE BY and CLUSTER BY do not go together."},
	"INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION":             {"42000", Parse, "The window <windowName> is defined more than once."},
	"INVALID_PARAMETER_VALUE.DATETIME_UNIT":                       {"22023", Parse, "The unit of <functionName> is a word, such as YEAR or DAY, and not <invalidValue>."},
	"INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION":                {"22006", IllegalArgument, "The interval '<input>' is too large."},
	"INVALID_INTERVAL_FORMAT.INVALID_FRACTION":                    {"22006", IllegalArgument, "In the interval '<input>' only seconds can have a fraction, not <unit>."},
	"INVALID_INTERVAL_FORMAT.INVALID_PRECISION":                   {"22006", IllegalArgument, "In the interval '<input>' a fraction has more than nine digits."},
	"INVALID_INTERVAL_FORMAT.INVALID_UNIT":                        {"22006", IllegalArgument, "In the interval '<input>' there is no unit <unit>."},
	"INVALID_INTERVAL_FORMAT.INTERVAL_PARSING":                    {"22006", Parse, "The text '<input>' is no <interval> interval."},
	"INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING":             {"22006", Parse, "The text '<input>' is no <typeName>, which is written as <supportedFormat>."},
	"INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE": {"22006", Parse, "The text '<input>' is no <typeName>, which is written as <supportedFormat>."},
	"INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION":      {"22006", Parse, "There are no intervals from <from> to <to>: '<input>'."},
	"INVALID_STATEMENT_OR_CLAUSE":                                 {"42601", Parse, "There is no statement or clause <operation>."},
	"INVALID_RESET_COMMAND_FORMAT":                                {"42000", Parse, "RESET stands alone or with a key (RESET key). Back-quote a key with special characters."},
	"TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS":                          {"428EK", Parse, "A temporary view is in no schema: <actualName> has too many parts."},
	"INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE":             {"42000", Parse, "SHOW <scope> FUNCTIONS is not possible: the scope is ALL, SYSTEM or USER."},
	"INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE":      {"22006", Parse, "The interval '<input>' is no offset of a time zone: that lies within 18 hours, in whole seconds."},
	"_LEGACY_ERROR_TEMP_0035":                                     {"", Parse, "Operation not allowed: <message>."},
	"_LEGACY_ERROR_TEMP_0045":                                     {"", Parse, "This is no time zone. SET TIME ZONE takes LOCAL, a zone in quotes or an interval of hours."},
	"_LEGACY_ERROR_TEMP_0049":                                     {"", Parse, "INSERT OVERWRITE DIRECTORY needs one path, behind the word or as the option path."},
	"_LEGACY_ERROR_TEMP_0052":                                     {"", Parse, "CREATE VIEW has either OR REPLACE or IF NOT EXISTS."},
	"_LEGACY_ERROR_TEMP_0053":                                     {"", Parse, "A temporary view cannot be created with IF NOT EXISTS."},
	"INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH":                   {"42000", Parse, "Row <rowIndex> of VALUES has <actualNumCols> columns, the first row <expectedNumCols>."},
	"_LEGACY_ERROR_TEMP_1228":                                     {"", Parse, "A decimal's scale (<scale>) cannot be greater than its precision (<precision>)."},
	"SYNTAX_DISCONTINUED.BANG_EQUALS_NOT":                         {"42601", Parse, "<clause> no longer stands for NOT in a predicate. Write NOT."},
	"INCOMPATIBLE_JOIN_TYPES":                                     {"42613", Parse, "A join cannot be <joinType1> and <joinType2>."},
	"INVALID_SQL_SYNTAX.INVALID_TABLE_VALUED_FUNC_NAME":           {"42000", Parse, "A table-valued function has a name of one part, not <funcName>."},
	"NOT_ALLOWED_IN_FROM.LATERAL_WITH_PIVOT":                      {"42601", Parse, "LATERAL VIEW and PIVOT do not go together in FROM."},
	"NOT_ALLOWED_IN_FROM.LATERAL_WITH_UNPIVOT":                    {"42601", Parse, "LATERAL VIEW and UNPIVOT do not go together in FROM."},
	"UNSUPPORTED_TIME_PRECISION":                                  {"0A001", Parse, "The precision <precision> of TIME is not between 0 and 6."},
	"_LEGACY_ERROR_TEMP_0037":                                     {"", Parse, "CACHE TABLE AS SELECT takes no database: <quoted>."},
	"_LEGACY_ERROR_TEMP_0014":                                     {"", Parse, "TABLESAMPLE needs to be told how much."},
	"_LEGACY_ERROR_TEMP_0015":                                     {"", Parse, "TABLESAMPLE(<msg>) is not possible."},
	"_LEGACY_ERROR_TEMP_0026":                                     {"", Parse, "The value <value> of an interval is no number."},
	"_LEGACY_ERROR_TEMP_0027":                                     {"", Parse, "An interval from one unit to another needs its value in quotes."},
	"_LEGACY_ERROR_TEMP_0029":                                     {"", Parse, "Years and months do not mix with days and times in <literal>."},
	"_LEGACY_ERROR_TEMP_0063":                                     {"", Parse, "<msg>."},
	"_LEGACY_ERROR_TEMP_0064":                                     {"", Parse, "<msg>."},

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

	// arithmetic and casts at run time
	"REMAINDER_BY_ZERO":                          {"22012", Arithmetic, "Remainder by zero. Use try_mod to get NULL instead, or set <config> to \"false\"."},
	"BINARY_ARITHMETIC_OVERFLOW":                 {"22003", Arithmetic, "<value1> <symbol> <value2> does not fit. Use <functionName> to get NULL instead."},
	"NUMERIC_OUT_OF_SUPPORTED_RANGE":             {"22003", Arithmetic, "The value <value> has more than 38 digits: no decimal type holds it."},
	"NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION": {"22003", Arithmetic, "The value <value> does not fit Decimal(<precision>, <scale>). Set <config> to \"false\" to get NULL instead."},
	"SCALAR_SUBQUERY_TOO_MANY_ROWS":              {"21000", Spark, "A subquery that stands for a value returned more than one row."},

	// data from clients
	"INVALID_ATTRIBUTE_NAME_SYNTAX":                 {"42601", Analysis, "The column name <name> is malformed: back-quotes come in pairs around a whole part of a name."},
	"DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION":       {"22003", Arithmetic, "A decimal of <precision> digits: more than <maxPrecision> are not possible."},
	"NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION": {"22003", Arithmetic, "The value <originalValue> does not fit Decimal(<precision>, <scale>)."},
	"_LEGACY_ERROR_TEMP_1321":                       {"", Analysis, "<viewName> is no name for a view."},
	"INSUFFICIENT_PERMISSIONS":                      {"42501", Analysis, "Not permitted: <report>."},
	"DATA_SOURCE_NOT_FOUND":                         {"42K02", Spark, "There is no data source <provider>."},
	"UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE":          {"0A000", Analysis, "Files of the format <format> cannot hold column <columnName> of type <columnType>."},
	"UNABLE_TO_INFER_SCHEMA":                        {"42KD9", Analysis, "The schema of <format> cannot be found out; give one."},
	"COLUMN_ALREADY_EXISTS":                         {"42711", Analysis, "There are two columns <columnName>; rename one."},
	"CONFLICTING_DIRECTORY_STRUCTURES":              {"KD009", Runtime, "Partitions begin at different folders:<discoveredBasePaths>. Give the option basePath, or read them apart."},
	"CONFLICTING_PARTITION_COLUMN_NAMES":            {"KD009", Runtime, "Folders disagree about the partition columns:<distinctPartColLists>found in:<suspiciousPaths>"},
	"INVALID_PARTITION_VALUE":                       {"42846", Runtime, "The value <value> of partition column <columnName> is no <dataType>."},
	"CANNOT_MERGE_SCHEMAS":                          {"42KD9", Spark, "The schemas of two files do not fit together: <left> and <right>."},
	"FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER":      {"KD001", Spark, "The file <path> cannot be read: it has no valid footer."},
	"FAILED_READ_FILE.NO_HINT":                      {"KD001", Spark, "The file <path> cannot be read."},
	"PARQUET_TYPE_ILLEGAL":                          {"42846", Analysis, "The Parquet type <parquetType> is not valid."},
	"PARQUET_TYPE_NOT_SUPPORTED":                    {"42846", Analysis, "The Parquet type <parquetType> is not supported."},
	"UNSUPPORTED_TIME_TYPE":                         {"0A000", Analysis, "The type TIME is not supported."},
	"_LEGACY_ERROR_TEMP_1068":                       {"", Analysis, "<database> is kept for views that all sessions share and cannot be used so."},
	"_LEGACY_ERROR_TEMP_2145":                       {"", Runtime, "The option <paramName> takes one character."},
	"_LEGACY_ERROR_TEMP_2147":                       {"", Spark, "The option <paramName> is true or false."},
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

	"CONNECT_INVALID_PLAN.CANNOT_PARSE":              {"56K00", InvalidPlan, "The request's plan cannot be read: <errorMsg>"},
	"CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX": {"56K00", InvalidPlan, "The request's plan is larger than the <maxPlanSize> bytes that are taken."},

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
	"SCHEMA_NOT_FOUND":                                          {"42704", Analysis, "There is no schema <schemaName>. Check its spelling and its catalog."},
	"CATALOG_NOT_FOUND":                                         {"42P08", Analysis, "There is no catalog <catalogName>."},
	"COLUMN_NOT_FOUND":                                          {"42703", Analysis, "There is no column <colName>. Check its spelling; case matters as <caseSensitiveConfig> says."},
	"TEMP_TABLE_OR_VIEW_ALREADY_EXISTS":                         {"42P07", TempTableExists, "There is a temporary view <relationName> already. Choose another name, or drop or replace it."},
	"TABLE_OR_VIEW_ALREADY_EXISTS":                              {"42P07", Analysis, "There is a table or view <relationName> already. Choose another name, or drop or replace it."},
	"EXPECT_PERMANENT_VIEW_NOT_TEMP":                            {"42809", Analysis, "'<operation>' takes a permanent view, but <viewName> is a temporary one."},
	"CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS": {"21S01", Analysis, "The view <viewName> cannot have the columns <viewColumns>: its query gives fewer: <dataColumns>."},
	"CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS":   {"21S01", Analysis, "The view <viewName> cannot have the columns <viewColumns>: its query gives more: <dataColumns>."},
	"RECURSIVE_VIEW":                                            {"42K0H", Analysis, "The view <viewIdent> would contain itself: <newPath>."},
	"PATH_ALREADY_EXISTS":                                       {"42K04", Analysis, "There is something at the path <outputPath> already. Set mode as \"overwrite\" to replace it."},

	// functions
	"INTERVAL_DIVIDED_BY_ZERO":                     {"22012", Arithmetic, "An interval is divided by zero. Use try_divide to get NULL instead."},
	"DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION": {"22023", DateTime, "<rangeMessage>. Set <ansiConfig> to \"false\" to get NULL instead."},
	"ILLEGAL_DAY_OF_WEEK":                          {"22009", IllegalArgument, "<string> is no day of the week."},
	"CANNOT_DECODE_URL":                            {"22546", IllegalArgument, "The URL <url> cannot be decoded."},
	"INVALID_INDEX_OF_ZERO":                        {"22003", Runtime, "Index 0 is invalid: positions count from 1, or from the end with negative numbers."},
	"INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE":   {"22023", IllegalArgument, "The value of <parameter> in <functionName> is invalid: it must be in [0, <upper>), but is <invalidValue>."},
	"INVALID_EXTRACT_FIELD":                        {"42601", Analysis, "Field <field> cannot be extracted from <expr>."},
	"DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES":  {"42K09", Analysis, "Cannot resolve <sqlExpr>: <functionName> takes <dataType> and a value of its element type, but got <leftType> and <rightType>."},
	"DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES":    {"42K09", Analysis, "Cannot resolve <sqlExpr>: <functionName> takes two <arrayType> with elements of one type, but got <leftType> and <rightType>."},
	"DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES":    {"42K09", Analysis, "Cannot resolve <sqlExpr>: <functionName> takes <dataType> and a value of its key type, but got <leftType> and <rightType>."},
	"DATATYPE_MISMATCH.NULL_TYPE":                  {"42K09", Analysis, "Cannot resolve <sqlExpr>: NULL is not allowed as an argument of <functionName>."},
	"DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES": {"42K09", Analysis, "Cannot resolve <sqlExpr>: <functionName> runs from a start to a stop of one type, by a step that fits."},
	"DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES":      {"42K09", Analysis, "Cannot resolve <sqlExpr>: <functionName> takes maps of one type, but got <dataType>."},
}
