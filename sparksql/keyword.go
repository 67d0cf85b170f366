package sparksql

// This file lists the keywords the grammar looks for. Words that Spark counts as keywords but that no
// production here needs are plain identifiers, which is what Spark takes them for too.

const (
	kAdd kind = firstKeyword + iota
	kAfter
	kAggregate
	kAll
	kAlter
	kAnalyze
	kAnd
	kAnti
	kAny
	kAnyValue
	kArray
	kAs
	kAsc
	kBegin
	kBetween
	kBigint
	kBinary
	kBoolean
	kBoth
	kBucket
	kBy
	kByte
	kCache
	kCall
	kCase
	kCast
	kCatalog
	kCatalogs
	kChar
	kCharacter
	kClear
	kCluster
	kClustered
	kCodegen
	kCollate
	kCollation
	kColumn
	kColumns
	kComment
	kCommit
	kCompensation
	kCost
	kCreate
	kCross
	kCube
	kCurrent
	kDatabase
	kDatabases
	kDate
	kDateadd
	kDatediff
	kDateAdd
	kDateDiff
	kDay
	kDays
	kDec
	kDecimal
	kDeclare
	kDefault
	kDelay
	kDelete
	kDesc
	kDescribe
	kDfs
	kDirectory
	kDistinct
	kDistribute
	kDiv
	kDouble
	kDrop
	kElse
	kEnd
	kEscape
	kEvolution
	kExcept
	kExclude
	kExecute
	kExists
	kExplain
	kExport
	kExtend
	kExtended
	kExternal
	kExtract
	kFalse
	kFilter
	kFirst
	kFloat
	kFlow
	kFollowing
	kFor
	kFormat
	kFormatted
	kFrom
	kFull
	kFunction
	kFunctions
	kGlobal
	kGrant
	kGroup
	kGrouping
	kHaving
	kHour
	kHours
	kIdentifier
	kIf
	kIgnore
	kIlike
	kImmediate
	kImport
	kIn
	kInclude
	kIndex
	kInner
	kInsert
	kInt
	kInteger
	kIntersect
	kInterval
	kInto
	kIs
	kJoin
	kJson
	kLast
	kLateral
	kLazy
	kLeading
	kLeft
	kLevel
	kLike
	kLimit
	kList
	kLoad
	kLocal
	kLocation
	kLock
	kLogical
	kLong
	kMacro
	kMap
	kMaterialized
	kMax
	kMerge
	kMicrosecond
	kMicroseconds
	kMillisecond
	kMilliseconds
	kMinus
	kMinute
	kMinutes
	kMonth
	kMonths
	kMsck
	kName
	kNamespace
	kNamespaces
	kNanosecond
	kNanoseconds
	kNatural
	kNo
	kNot
	kNull
	kNulls
	kNumeric
	kOf
	kOffset
	kOn
	kOptions
	kOr
	kOrder
	kOut
	kOuter
	kOver
	kOverlay
	kOverwrite
	kPartition
	kPartitioned
	kPartitions
	kPercent
	kPivot
	kPlacing
	kPosition
	kPreceding
	kProcedure
	kProcedures
	kQuery
	kRange
	kReal
	kRecursion
	kRecursive
	kReduce
	kRefresh
	kRegexp
	kRename
	kRepair
	kRepeatable
	kReplace
	kReset
	kRespect
	kRevoke
	kRight
	kRlike
	kRole
	kRollback
	kRollup
	kRow
	kRows
	kSchema
	kSchemas
	kSecond
	kSeconds
	kSelect
	kSemi
	kSerde
	kSet
	kSets
	kShort
	kShow
	kSingle
	kSmallint
	kSome
	kSort
	kStart
	kStored
	kStream
	kStreaming
	kString
	kStruct
	kSubstr
	kSubstring
	kSystemTime
	kSystemVersion
	kTable
	kTables
	kTablesample
	kTblproperties
	kTemp
	kTemporary
	kThen
	kTime
	kTimediff
	kTimestamp
	kTimestampadd
	kTimestampdiff
	kTimestampLtz
	kTimestampNtz
	kTinyint
	kTo
	kTrailing
	kTransform
	kTrim
	kTrue
	kTruncate
	kTryCast
	kType
	kUnbounded
	kUncache
	kUnion
	kUnknown
	kUnlock
	kUnpivot
	kUpdate
	kUse
	kUsing
	kValues
	kVar
	kVarchar
	kVariable
	kVariant
	kVersion
	kView
	kViews
	kVoid
	kWatermark
	kWeek
	kWeeks
	kWhen
	kWhere
	kWindow
	kWith
	kWithin
	kWithout
	kYear
	kYears
	kZone
	kindCount
)

var keywordText = [...]string{
	kAdd - firstKeyword:           "ADD",
	kAfter - firstKeyword:         "AFTER",
	kAggregate - firstKeyword:     "AGGREGATE",
	kAll - firstKeyword:           "ALL",
	kAlter - firstKeyword:         "ALTER",
	kAnalyze - firstKeyword:       "ANALYZE",
	kAnd - firstKeyword:           "AND",
	kAnti - firstKeyword:          "ANTI",
	kAny - firstKeyword:           "ANY",
	kAnyValue - firstKeyword:      "ANY_VALUE",
	kArray - firstKeyword:         "ARRAY",
	kAs - firstKeyword:            "AS",
	kAsc - firstKeyword:           "ASC",
	kBegin - firstKeyword:         "BEGIN",
	kBetween - firstKeyword:       "BETWEEN",
	kBigint - firstKeyword:        "BIGINT",
	kBinary - firstKeyword:        "BINARY",
	kBoolean - firstKeyword:       "BOOLEAN",
	kBoth - firstKeyword:          "BOTH",
	kBucket - firstKeyword:        "BUCKET",
	kBy - firstKeyword:            "BY",
	kByte - firstKeyword:          "BYTE",
	kCache - firstKeyword:         "CACHE",
	kCall - firstKeyword:          "CALL",
	kCase - firstKeyword:          "CASE",
	kCast - firstKeyword:          "CAST",
	kCatalog - firstKeyword:       "CATALOG",
	kCatalogs - firstKeyword:      "CATALOGS",
	kChar - firstKeyword:          "CHAR",
	kCharacter - firstKeyword:     "CHARACTER",
	kClear - firstKeyword:         "CLEAR",
	kCluster - firstKeyword:       "CLUSTER",
	kClustered - firstKeyword:     "CLUSTERED",
	kCodegen - firstKeyword:       "CODEGEN",
	kCollate - firstKeyword:       "COLLATE",
	kCollation - firstKeyword:     "COLLATION",
	kColumn - firstKeyword:        "COLUMN",
	kColumns - firstKeyword:       "COLUMNS",
	kComment - firstKeyword:       "COMMENT",
	kCommit - firstKeyword:        "COMMIT",
	kCompensation - firstKeyword:  "COMPENSATION",
	kCost - firstKeyword:          "COST",
	kCreate - firstKeyword:        "CREATE",
	kCross - firstKeyword:         "CROSS",
	kCube - firstKeyword:          "CUBE",
	kCurrent - firstKeyword:       "CURRENT",
	kDatabase - firstKeyword:      "DATABASE",
	kDatabases - firstKeyword:     "DATABASES",
	kDate - firstKeyword:          "DATE",
	kDateadd - firstKeyword:       "DATEADD",
	kDatediff - firstKeyword:      "DATEDIFF",
	kDateAdd - firstKeyword:       "DATE_ADD",
	kDateDiff - firstKeyword:      "DATE_DIFF",
	kDay - firstKeyword:           "DAY",
	kDays - firstKeyword:          "DAYS",
	kDec - firstKeyword:           "DEC",
	kDecimal - firstKeyword:       "DECIMAL",
	kDeclare - firstKeyword:       "DECLARE",
	kDefault - firstKeyword:       "DEFAULT",
	kDelay - firstKeyword:         "DELAY",
	kDelete - firstKeyword:        "DELETE",
	kDesc - firstKeyword:          "DESC",
	kDescribe - firstKeyword:      "DESCRIBE",
	kDfs - firstKeyword:           "DFS",
	kDirectory - firstKeyword:     "DIRECTORY",
	kDistinct - firstKeyword:      "DISTINCT",
	kDistribute - firstKeyword:    "DISTRIBUTE",
	kDiv - firstKeyword:           "DIV",
	kDouble - firstKeyword:        "DOUBLE",
	kDrop - firstKeyword:          "DROP",
	kElse - firstKeyword:          "ELSE",
	kEnd - firstKeyword:           "END",
	kEscape - firstKeyword:        "ESCAPE",
	kEvolution - firstKeyword:     "EVOLUTION",
	kExcept - firstKeyword:        "EXCEPT",
	kExclude - firstKeyword:       "EXCLUDE",
	kExecute - firstKeyword:       "EXECUTE",
	kExists - firstKeyword:        "EXISTS",
	kExplain - firstKeyword:       "EXPLAIN",
	kExport - firstKeyword:        "EXPORT",
	kExtend - firstKeyword:        "EXTEND",
	kExtended - firstKeyword:      "EXTENDED",
	kExternal - firstKeyword:      "EXTERNAL",
	kExtract - firstKeyword:       "EXTRACT",
	kFalse - firstKeyword:         "FALSE",
	kFilter - firstKeyword:        "FILTER",
	kFirst - firstKeyword:         "FIRST",
	kFloat - firstKeyword:         "FLOAT",
	kFlow - firstKeyword:          "FLOW",
	kFollowing - firstKeyword:     "FOLLOWING",
	kFor - firstKeyword:           "FOR",
	kFormat - firstKeyword:        "FORMAT",
	kFormatted - firstKeyword:     "FORMATTED",
	kFrom - firstKeyword:          "FROM",
	kFull - firstKeyword:          "FULL",
	kFunction - firstKeyword:      "FUNCTION",
	kFunctions - firstKeyword:     "FUNCTIONS",
	kGlobal - firstKeyword:        "GLOBAL",
	kGrant - firstKeyword:         "GRANT",
	kGroup - firstKeyword:         "GROUP",
	kGrouping - firstKeyword:      "GROUPING",
	kHaving - firstKeyword:        "HAVING",
	kHour - firstKeyword:          "HOUR",
	kHours - firstKeyword:         "HOURS",
	kIdentifier - firstKeyword:    "IDENTIFIER",
	kIf - firstKeyword:            "IF",
	kIgnore - firstKeyword:        "IGNORE",
	kIlike - firstKeyword:         "ILIKE",
	kImmediate - firstKeyword:     "IMMEDIATE",
	kImport - firstKeyword:        "IMPORT",
	kIn - firstKeyword:            "IN",
	kInclude - firstKeyword:       "INCLUDE",
	kIndex - firstKeyword:         "INDEX",
	kInner - firstKeyword:         "INNER",
	kInsert - firstKeyword:        "INSERT",
	kInt - firstKeyword:           "INT",
	kInteger - firstKeyword:       "INTEGER",
	kIntersect - firstKeyword:     "INTERSECT",
	kInterval - firstKeyword:      "INTERVAL",
	kInto - firstKeyword:          "INTO",
	kIs - firstKeyword:            "IS",
	kJoin - firstKeyword:          "JOIN",
	kJson - firstKeyword:          "JSON",
	kLast - firstKeyword:          "LAST",
	kLateral - firstKeyword:       "LATERAL",
	kLazy - firstKeyword:          "LAZY",
	kLeading - firstKeyword:       "LEADING",
	kLeft - firstKeyword:          "LEFT",
	kLevel - firstKeyword:         "LEVEL",
	kLike - firstKeyword:          "LIKE",
	kLimit - firstKeyword:         "LIMIT",
	kList - firstKeyword:          "LIST",
	kLoad - firstKeyword:          "LOAD",
	kLocal - firstKeyword:         "LOCAL",
	kLocation - firstKeyword:      "LOCATION",
	kLock - firstKeyword:          "LOCK",
	kLogical - firstKeyword:       "LOGICAL",
	kLong - firstKeyword:          "LONG",
	kMacro - firstKeyword:         "MACRO",
	kMap - firstKeyword:           "MAP",
	kMaterialized - firstKeyword:  "MATERIALIZED",
	kMax - firstKeyword:           "MAX",
	kMerge - firstKeyword:         "MERGE",
	kMicrosecond - firstKeyword:   "MICROSECOND",
	kMicroseconds - firstKeyword:  "MICROSECONDS",
	kMillisecond - firstKeyword:   "MILLISECOND",
	kMilliseconds - firstKeyword:  "MILLISECONDS",
	kMinus - firstKeyword:         "MINUS",
	kMinute - firstKeyword:        "MINUTE",
	kMinutes - firstKeyword:       "MINUTES",
	kMonth - firstKeyword:         "MONTH",
	kMonths - firstKeyword:        "MONTHS",
	kMsck - firstKeyword:          "MSCK",
	kName - firstKeyword:          "NAME",
	kNamespace - firstKeyword:     "NAMESPACE",
	kNamespaces - firstKeyword:    "NAMESPACES",
	kNanosecond - firstKeyword:    "NANOSECOND",
	kNanoseconds - firstKeyword:   "NANOSECONDS",
	kNatural - firstKeyword:       "NATURAL",
	kNo - firstKeyword:            "NO",
	kNot - firstKeyword:           "NOT",
	kNull - firstKeyword:          "NULL",
	kNulls - firstKeyword:         "NULLS",
	kNumeric - firstKeyword:       "NUMERIC",
	kOf - firstKeyword:            "OF",
	kOffset - firstKeyword:        "OFFSET",
	kOn - firstKeyword:            "ON",
	kOptions - firstKeyword:       "OPTIONS",
	kOr - firstKeyword:            "OR",
	kOrder - firstKeyword:         "ORDER",
	kOut - firstKeyword:           "OUT",
	kOuter - firstKeyword:         "OUTER",
	kOver - firstKeyword:          "OVER",
	kOverlay - firstKeyword:       "OVERLAY",
	kOverwrite - firstKeyword:     "OVERWRITE",
	kPartition - firstKeyword:     "PARTITION",
	kPartitioned - firstKeyword:   "PARTITIONED",
	kPartitions - firstKeyword:    "PARTITIONS",
	kPercent - firstKeyword:       "PERCENT",
	kPivot - firstKeyword:         "PIVOT",
	kPlacing - firstKeyword:       "PLACING",
	kPosition - firstKeyword:      "POSITION",
	kPreceding - firstKeyword:     "PRECEDING",
	kProcedure - firstKeyword:     "PROCEDURE",
	kProcedures - firstKeyword:    "PROCEDURES",
	kQuery - firstKeyword:         "QUERY",
	kRange - firstKeyword:         "RANGE",
	kReal - firstKeyword:          "REAL",
	kRecursion - firstKeyword:     "RECURSION",
	kRecursive - firstKeyword:     "RECURSIVE",
	kReduce - firstKeyword:        "REDUCE",
	kRefresh - firstKeyword:       "REFRESH",
	kRegexp - firstKeyword:        "REGEXP",
	kRename - firstKeyword:        "RENAME",
	kRepair - firstKeyword:        "REPAIR",
	kRepeatable - firstKeyword:    "REPEATABLE",
	kReplace - firstKeyword:       "REPLACE",
	kReset - firstKeyword:         "RESET",
	kRespect - firstKeyword:       "RESPECT",
	kRevoke - firstKeyword:        "REVOKE",
	kRight - firstKeyword:         "RIGHT",
	kRlike - firstKeyword:         "RLIKE",
	kRole - firstKeyword:          "ROLE",
	kRollback - firstKeyword:      "ROLLBACK",
	kRollup - firstKeyword:        "ROLLUP",
	kRow - firstKeyword:           "ROW",
	kRows - firstKeyword:          "ROWS",
	kSchema - firstKeyword:        "SCHEMA",
	kSchemas - firstKeyword:       "SCHEMAS",
	kSecond - firstKeyword:        "SECOND",
	kSeconds - firstKeyword:       "SECONDS",
	kSelect - firstKeyword:        "SELECT",
	kSemi - firstKeyword:          "SEMI",
	kSerde - firstKeyword:         "SERDE",
	kSet - firstKeyword:           "SET",
	kSets - firstKeyword:          "SETS",
	kShort - firstKeyword:         "SHORT",
	kShow - firstKeyword:          "SHOW",
	kSingle - firstKeyword:        "SINGLE",
	kSmallint - firstKeyword:      "SMALLINT",
	kSome - firstKeyword:          "SOME",
	kSort - firstKeyword:          "SORT",
	kStart - firstKeyword:         "START",
	kStored - firstKeyword:        "STORED",
	kStream - firstKeyword:        "STREAM",
	kStreaming - firstKeyword:     "STREAMING",
	kString - firstKeyword:        "STRING",
	kStruct - firstKeyword:        "STRUCT",
	kSubstr - firstKeyword:        "SUBSTR",
	kSubstring - firstKeyword:     "SUBSTRING",
	kSystemTime - firstKeyword:    "SYSTEM_TIME",
	kSystemVersion - firstKeyword: "SYSTEM_VERSION",
	kTable - firstKeyword:         "TABLE",
	kTables - firstKeyword:        "TABLES",
	kTablesample - firstKeyword:   "TABLESAMPLE",
	kTblproperties - firstKeyword: "TBLPROPERTIES",
	kTemp - firstKeyword:          "TEMP",
	kTemporary - firstKeyword:     "TEMPORARY",
	kThen - firstKeyword:          "THEN",
	kTime - firstKeyword:          "TIME",
	kTimediff - firstKeyword:      "TIMEDIFF",
	kTimestamp - firstKeyword:     "TIMESTAMP",
	kTimestampadd - firstKeyword:  "TIMESTAMPADD",
	kTimestampdiff - firstKeyword: "TIMESTAMPDIFF",
	kTimestampLtz - firstKeyword:  "TIMESTAMP_LTZ",
	kTimestampNtz - firstKeyword:  "TIMESTAMP_NTZ",
	kTinyint - firstKeyword:       "TINYINT",
	kTo - firstKeyword:            "TO",
	kTrailing - firstKeyword:      "TRAILING",
	kTransform - firstKeyword:     "TRANSFORM",
	kTrim - firstKeyword:          "TRIM",
	kTrue - firstKeyword:          "TRUE",
	kTruncate - firstKeyword:      "TRUNCATE",
	kTryCast - firstKeyword:       "TRY_CAST",
	kType - firstKeyword:          "TYPE",
	kUnbounded - firstKeyword:     "UNBOUNDED",
	kUncache - firstKeyword:       "UNCACHE",
	kUnion - firstKeyword:         "UNION",
	kUnknown - firstKeyword:       "UNKNOWN",
	kUnlock - firstKeyword:        "UNLOCK",
	kUnpivot - firstKeyword:       "UNPIVOT",
	kUpdate - firstKeyword:        "UPDATE",
	kUse - firstKeyword:           "USE",
	kUsing - firstKeyword:         "USING",
	kValues - firstKeyword:        "VALUES",
	kVar - firstKeyword:           "VAR",
	kVarchar - firstKeyword:       "VARCHAR",
	kVariable - firstKeyword:      "VARIABLE",
	kVariant - firstKeyword:       "VARIANT",
	kVersion - firstKeyword:       "VERSION",
	kView - firstKeyword:          "VIEW",
	kViews - firstKeyword:         "VIEWS",
	kVoid - firstKeyword:          "VOID",
	kWatermark - firstKeyword:     "WATERMARK",
	kWeek - firstKeyword:          "WEEK",
	kWeeks - firstKeyword:         "WEEKS",
	kWhen - firstKeyword:          "WHEN",
	kWhere - firstKeyword:         "WHERE",
	kWindow - firstKeyword:        "WINDOW",
	kWith - firstKeyword:          "WITH",
	kWithin - firstKeyword:        "WITHIN",
	kWithout - firstKeyword:       "WITHOUT",
	kYear - firstKeyword:          "YEAR",
	kYears - firstKeyword:         "YEARS",
	kZone - firstKeyword:          "ZONE",
}

// longestKeyword bounds what lookup has to fold.
const longestKeyword = 16

var keywords = func() map[string]kind {
	m := make(map[string]kind, len(keywordText))
	for i, word := range keywordText {
		m[word] = firstKeyword + kind(i)
	}
	return m
}()
