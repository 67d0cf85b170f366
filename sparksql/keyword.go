package sparksql

import "strings"

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
	kCascade
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
	kDbproperties
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
	kProperties
	kPurge
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
	kRestrict
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
	kUnset
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

// keywordText has the words of the constants, in the same order.
var keywordText = strings.Fields(`
ADD AFTER AGGREGATE ALL ALTER ANALYZE AND ANTI ANY ANY_VALUE ARRAY AS ASC BEGIN BETWEEN BIGINT BINARY BOOLEAN
BOTH BUCKET BY BYTE CACHE CALL CASCADE CASE CAST CATALOG CATALOGS CHAR CHARACTER CLEAR CLUSTER CLUSTERED CODEGEN
COLLATE COLLATION COLUMN COLUMNS COMMENT COMMIT COMPENSATION COST CREATE CROSS CUBE CURRENT DATABASE DATABASES
DATE DATEADD DATEDIFF DATE_ADD DATE_DIFF DAY DAYS DBPROPERTIES DEC DECIMAL DECLARE DEFAULT DELAY DELETE DESC DESCRIBE DFS
DIRECTORY DISTINCT DISTRIBUTE DIV DOUBLE DROP ELSE END ESCAPE EVOLUTION EXCEPT EXCLUDE EXECUTE EXISTS EXPLAIN
EXPORT EXTEND EXTENDED EXTERNAL EXTRACT FALSE FILTER FIRST FLOAT FLOW FOLLOWING FOR FORMAT FORMATTED FROM FULL
FUNCTION FUNCTIONS GLOBAL GRANT GROUP GROUPING HAVING HOUR HOURS IDENTIFIER IF IGNORE ILIKE IMMEDIATE IMPORT
IN INCLUDE INDEX INNER INSERT INT INTEGER INTERSECT INTERVAL INTO IS JOIN JSON LAST LATERAL LAZY LEADING LEFT
LEVEL LIKE LIMIT LIST LOAD LOCAL LOCATION LOCK LOGICAL LONG MACRO MAP MATERIALIZED MAX MERGE MICROSECOND
MICROSECONDS MILLISECOND MILLISECONDS MINUS MINUTE MINUTES MONTH MONTHS MSCK NAME NAMESPACE NAMESPACES
NANOSECOND NANOSECONDS NATURAL NO NOT NULL NULLS NUMERIC OF OFFSET ON OPTIONS OR ORDER OUT OUTER OVER OVERLAY
OVERWRITE PARTITION PARTITIONED PARTITIONS PERCENT PIVOT PLACING POSITION PRECEDING PROCEDURE PROCEDURES PROPERTIES PURGE QUERY
RANGE REAL RECURSION RECURSIVE REDUCE REFRESH REGEXP RENAME REPAIR REPEATABLE REPLACE RESET RESPECT RESTRICT REVOKE
RIGHT RLIKE ROLE ROLLBACK ROLLUP ROW ROWS SCHEMA SCHEMAS SECOND SECONDS SELECT SEMI SERDE SET SETS SHORT SHOW
SINGLE SMALLINT SOME SORT START STORED STREAM STREAMING STRING STRUCT SUBSTR SUBSTRING SYSTEM_TIME
SYSTEM_VERSION TABLE TABLES TABLESAMPLE TBLPROPERTIES TEMP TEMPORARY THEN TIME TIMEDIFF TIMESTAMP TIMESTAMPADD
TIMESTAMPDIFF TIMESTAMP_LTZ TIMESTAMP_NTZ TINYINT TO TRAILING TRANSFORM TRIM TRUE TRUNCATE TRY_CAST TYPE
UNBOUNDED UNCACHE UNION UNKNOWN UNLOCK UNPIVOT UNSET UPDATE USE USING VALUES VAR VARCHAR VARIABLE VARIANT VERSION
VIEW VIEWS VOID WATERMARK WEEK WEEKS WHEN WHERE WINDOW WITH WITHIN WITHOUT YEAR YEARS ZONE
`)

// longestKeyword bounds what lookup has to fold.
const longestKeyword = 16

var keywords = func() map[string]kind {
	m := make(map[string]kind, len(keywordText))
	for i, word := range keywordText {
		m[word] = firstKeyword + kind(i)
	}
	return m
}()
