// Package archtest holds the house together: its tests fail when a room imports one that is not
// below it, when ARCHITECTURE.md names a path that does not exist, and when a tracked file holds
// an address or path of one machine. It has no code for others to use.
package archtest

// ladder says, for each room, which rooms it may import. A new room is a new line; a new entry in
// a line is a decision to be argued for in the commit.
var ladder = map[string][]string{
	"internal/archtest":       {},
	"internal/archtest/sizes": {},
	"internal/sparkpb":        {},
	"internal/wire":           {"internal/sparkpb"},
	"internal/waiting":        {"internal/sparkpb"},
	"internal/sparkclient":    {"internal/sparkpb"},

	"plan":           {},
	"plan/arrowtype": {"plan", "fault"},
	"plan/typejson":  {"plan", "fault"},
	"fault":          {"plan"},
	"sparksql":       {"plan", "fault"},
	"store":          {"fault"},
	"variant":        {"plan", "engine/duckdb/java"},
	"textfile":       {"plan", "plan/arrowtype", "plan/typejson", "fault", "engine/duckdb/java", "variant"},
	"catalog":        {"plan", "plan/arrowtype", "plan/typejson", "fault", "sparksql", "store", "textfile"},
	"analyze":        {"plan", "plan/arrowtype", "plan/typejson", "fault", "sparksql", "catalog", "textfile", "engine/duckdb/java"},

	"sched": {},

	"engine":                  {"plan", "plan/arrowtype", "fault"},
	"engine/duckdb/java":      {},
	"engine/duckdb/sketch":    {"engine/duckdb/java"}, // numbers as Java prints and hashes them
	"engine/duckdb/translate": {"plan", "plan/arrowtype", "plan/typejson", "fault", "sparksql", "engine/duckdb/java", "textfile"},
	"engine/duckdb":           {"plan", "plan/arrowtype", "fault", "engine", "engine/duckdb/translate", "engine/duckdb/java", "engine/duckdb/sketch", "textfile", "variant"},

	"engine/spark": {"plan", "fault", "engine", "internal/sparkpb", "internal/wire"},

	"session": {"plan", "plan/arrowtype", "plan/typejson", "fault", "sparksql", "catalog", "analyze", "engine", "engine/duckdb/java", "sched", "store", "textfile"},
	"connect": {"plan", "plan/arrowtype", "plan/typejson", "fault", "sparksql", "engine", "session", "internal/sparkpb", "internal/wire", "internal/waiting"},

	"web": {"session", "sched"},

	"planner/catalogue": {},
	"planner/workload":  {},
	"planner/sim":       {},
	"planner/eventlog":  {},
	"planner/fromlog":   {"planner/eventlog", "planner/workload"},
	"planner/shape":     {"planner/catalogue", "planner/workload", "planner/sim"},
	"planner/rank":      {"planner/catalogue", "planner/workload", "planner/sim", "planner/shape"},
	"planner/report":    {"planner/workload", "planner/sim", "planner/rank", "planner/eventlog", "planner/fromlog"},

	"planner/validate": {"planner/workload", "planner/sim", "planner/eventlog", "planner/fromlog", "planner/shape"},

	"cluster":       {},
	"cluster/local": {"cluster"},

	"cmd/shoal": {"plan", "plan/arrowtype", "plan/typejson", "fault", "sparksql", "catalog", "analyze", "engine",
		"engine/duckdb", "engine/spark", "sched", "session", "connect", "web", "store", "internal/sparkpb", "internal/sparkclient", "internal/waiting",
		"planner/catalogue", "planner/workload", "planner/sim", "planner/eventlog", "planner/fromlog", "planner/shape", "planner/rank",
		"planner/report",
		"cluster", "cluster/local"},

	"bench":      {},                                           // tests only
	"bench/load": {"internal/sparkpb", "internal/sparkclient"}, // a client: it knows servers from outside

	"sparktest": {"plan", "plan/arrowtype", "plan/typejson", "fault", "sparksql", "catalog", "analyze", "engine",
		"engine/duckdb", "engine/duckdb/translate", "session"},
}

// foreign says which rooms alone may import a library (by path prefix): each outside world has one door.
var foreign = map[string][]string{
	"github.com/duckdb/":                 {"engine/duckdb"},
	"google.golang.org/grpc":             {"connect", "engine/spark", "cmd/shoal", "internal/sparkpb", "internal/sparkclient", "internal/wire"},
	"modernc.org/sqlite":                 {"store"},
	"github.com/alecthomas/kong":         {"cmd/shoal", "bench/load"},
	"github.com/apache/arrow-go/v18/":    {"plan/arrowtype", "analyze", "engine", "engine/duckdb", "engine/spark", "engine/duckdb/translate", "session", "connect", "cmd/shoal", "catalog", "sparktest", "textfile"},
	"google.golang.org/protobuf/":        {"connect", "session", "engine/spark", "cmd/shoal", "internal/sparkpb", "internal/wire", "internal/waiting"},
	"database/sql":                       {"store"},
	"net/http":                           {"cmd/shoal", "web", "cluster/local", "bench/load"},
	"github.com/google/uuid":             {"catalog", "connect", "session", "engine/spark", "internal/sparkclient"},
	"github.com/goccy/go-yaml":           {"planner/workload"},
	"github.com/stretchr/testify":        {},
	"google.golang.org/grpc/testdata":    {},
	"github.com/duckdb/duckdb-go/v2":     {},
	"github.com/apache/spark-connect-go": {},
}
