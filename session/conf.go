package session

// This file holds a session's configuration: what was set, above the server's values, above the
// defaults of Spark that confs.tsv lists.

import (
	_ "embed"
	"maps"
	"sort"
	"strings"
	"sync"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
)

// Conf is a configuration. It is immutable: With and Without give the next one, so that a query
// keeps the one it began with.
type Conf struct {
	server map[string]string // shared by all sessions
	set    map[string]string
}

// The confs that change what a plan means.
const (
	confANSI          = "spark.sql.ansi.enabled"
	confTimeZone      = "spark.sql.session.timeZone"
	confCaseSensitive = "spark.sql.caseSensitive"
	confWarehouse     = "spark.sql.warehouse.dir"
)

//go:embed confs.tsv
var confsTSV string

// knownConf is what the table says of a key.
type knownConf struct {
	value    string
	defined  bool   // has a default
	kind     string // what may be set: see check in confcheck.go
	fallback string // the key whose value is the default
}

var knownConfs = sync.OnceValue(func() map[string]knownConf {
	known := make(map[string]knownConf, 1300)
	for line := range strings.Lines(confsTSV) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := append(strings.Split(strings.TrimRight(line, "\n"), "\t"), "", "")
		known[f[0]] = knownConf{value: f[1], defined: f[1] != "-", kind: f[2], fallback: f[3]}
	}
	// PySpark 4.2 and later read this one as a plain number, and so cannot send rows to Spark 4.1 itself.
	known["spark.sql.session.localRelationSizeLimit"] = knownConf{value: "3221225472", defined: true, kind: "bytes in BYTE"}
	known[ConfQueryTimeout] = knownConf{kind: "timeout"}
	known[ConfPriority] = knownConf{value: "0", defined: true, kind: "priority"}
	known[ConfLane] = knownConf{value: laneAuto, defined: true, kind: "one of auto, heavy, short"}
	known[ConfCache] = knownConf{value: "true", defined: true, kind: "boolean"}
	known[engine.ConfEngine] = knownConf{value: "auto", defined: true, kind: "one of auto, duckdb, spark"}
	return known
})

// notInConnect are confs that Spark Connect warns about: they have no effect there.
var notInConnect = map[string]bool{
	"spark.sql.execution.arrow.enabled":                  true,
	"spark.sql.execution.arrow.pyspark.fallback.enabled": true,
}

// deprecatedConfs are the confs Spark 4.1 warns about, with the version that deprecated them.
var deprecatedConfs = map[string]string{
	"spark.sql.hive.convertCTAS":                                       "3.1",
	"spark.sql.adaptive.coalescePartitions.minPartitionNum":            "3.2",
	"spark.sql.parser.escapedStringLiterals":                           "4.0",
	"spark.sql.sources.schemaStringLengthThreshold":                    "3.2",
	"spark.sql.execution.arrow.fallback.enabled":                       "3.0",
	"spark.sql.legacy.replaceDatabricksSparkAvro.enabled":              "3.2",
	"spark.sql.legacy.allowZeroIndexInFormatString":                    "4.0",
	"spark.sql.adaptive.shuffle.targetPostShuffleInputSize":            "3.0",
	"spark.sql.legacy.execution.pandas.groupedMap.assignColumnsByName": "2.4",
	"spark.sql.optimizer.metadataOnly":                                 "3.0",
}

// ConfWarning is what Spark Connect tells a client that touches key, "" if nothing.
func ConfWarning(key string) string {
	if notInConnect[key] {
		return "The SQL config '" + key + "' has no effect in Spark Connect."
	}
	if version, ok := deprecatedConfs[key]; ok {
		return "The SQL config '" + key + "' is deprecated since Spark v" + version + " and may go away."
	}
	return ""
}

// With sets a value, as SET does, or says why Spark would not.
func (c Conf) With(key, value string) (Conf, error) {
	if err := modifiable(key); err != nil {
		return c, err
	}
	if err := checkConf(key, value); err != nil {
		return c, err
	}
	next := maps.Clone(c.set)
	if next == nil {
		next = map[string]string{}
	}
	next[key] = value
	return Conf{server: c.server, set: next}, nil
}

// Without unsets a key, as RESET does.
func (c Conf) Without(key string) (Conf, error) {
	if err := modifiable(key); err != nil {
		return c, err
	}
	if _, ok := c.set[key]; !ok {
		return c, nil
	}
	next := maps.Clone(c.set)
	delete(next, key)
	return Conf{server: c.server, set: next}, nil
}

// Reset unsets all.
func (c Conf) Reset() Conf { return Conf{server: c.server} }

// Lookup gives the effective value; known is false for a key nobody has heard of, and defined is
// false for a known key without a value.
func (c Conf) Lookup(key string) (value string, defined, known bool) {
	if v, ok := c.set[key]; ok {
		return v, true, true
	}
	if v, ok := c.server[key]; ok {
		return v, true, true
	}
	k, ok := knownConfs()[key]
	switch {
	case !ok, k.kind == "core", strings.HasPrefix(k.kind, "removed"):
		return "", false, false
	case k.fallback != "":
		if v, defined, _ := c.Lookup(k.fallback); defined {
			return v, true, true
		}
	}
	if !k.defined {
		return "", false, true
	}
	return k.value, true, true
}

// Get gives the effective value, or Spark's SQL_CONF_NOT_FOUND; a known key without a value is "".
func (c Conf) Get(key string) (value string, defined bool, err error) {
	value, defined, known := c.Lookup(key)
	if !known {
		return "", false, fault.New("SQL_CONF_NOT_FOUND", "sqlConf", quoted(key))
	}
	return value, defined, nil
}

// Or gives the value that was set, else the caller's default, which must fit the key; nil means none.
func (c Conf) Or(key string, fallback *string) (*string, error) {
	if v, ok := c.set[key]; ok {
		return &v, nil
	}
	if v, ok := c.server[key]; ok {
		return &v, nil
	}
	if fallback != nil {
		if err := checkConf(key, *fallback); err != nil {
			return nil, err
		}
	}
	return fallback, nil
}

// Pair is a key and its value.
type Pair struct{ Key, Value string }

// All lists what was set in the session or for the server, by key, with the given prefix taken off.
func (c Conf) All(prefix string) []Pair {
	merged := maps.Clone(c.server)
	maps.Copy(merged, c.set)
	var pairs []Pair
	for k, v := range merged {
		if strings.HasPrefix(k, prefix) {
			pairs = append(pairs, Pair{strings.TrimPrefix(k, prefix), v})
		}
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i].Key < pairs[j].Key })
	return pairs
}

// Modifiable tells whether SET may change the key.
func (c Conf) Modifiable(key string) bool {
	k, ok := knownConfs()[key]
	return ok && k.kind != "static" && k.kind != "core"
}

// Settings are the parts of the conf that change what a plan means.
func (c Conf) Settings() plan.Settings {
	zone, _, _ := c.Lookup(confTimeZone)
	return plan.Settings{
		ANSI:          c.isTrue(confANSI),
		TimeZone:      normalZone(zone),
		CaseSensitive: c.isTrue(confCaseSensitive),
		Conf: func(key string) (string, bool) {
			v, defined, _ := c.Lookup(key)
			return v, defined
		},
		Set: c.theirs,
	}
}

// theirs lists what was set, in the session or for the server, but for Shoal's own, which change no answer: keys and values, by key.
func (c Conf) theirs() []string {
	var out []string
	for _, p := range c.All("") {
		if !ours(p.Key) {
			out = append(out, p.Key, p.Value)
		}
	}
	return out
}

func (c Conf) isTrue(key string) bool {
	v, _, _ := c.Lookup(key)
	return strings.EqualFold(strings.TrimSpace(v), "true")
}

// modifiable is Spark's refusal to change some keys.
func modifiable(key string) error {
	switch knownConfs()[key].kind {
	case "static":
		return fault.New("CANNOT_MODIFY_STATIC_CONFIG", "key", quoted(key))
	case "core":
		return fault.New("CANNOT_MODIFY_CONFIG", "key", quoted(key), "docroot", "https://spark.apache.org/docs/latest")
	}
	return nil
}

func quoted(key string) string { return `"` + key + `"` }
