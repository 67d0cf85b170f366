package session

import (
	"testing"
)

// Expected values and errors in this file are those of Spark 4.1.4.

func TestConfDefaults(t *testing.T) {
	c := Conf{}
	for key, want := range map[string]string{
		"spark.sql.shuffle.partitions":                               "200",
		"spark.sql.ansi.enabled":                                     "true",
		"spark.sql.sources.default":                                  "parquet",
		"spark.sql.adaptive.advisoryPartitionSizeInBytes":            "67108864b",
		"spark.sql.parquet.filterPushdown.stringPredicate":           "true",
		"spark.sql.execution.arrow.pyspark.selfDestruct.enabled":     "false",
		"spark.sql.execution.pandas.structHandlingMode":              "legacy",
		"spark.sql.execution.pandas.convertToArrowArraySafely":       "true",
		"spark.sql.timestampType":                                    "TIMESTAMP_LTZ",
		"spark.sql.pyspark.inferNestedDictAsStruct.enabled":          "false",
		"spark.sql.session.localRelationCacheThreshold":              "1048576",
		"spark.connect.session.planCompression.defaultAlgorithm":     "ZSTD",
		"spark.sql.repl.eagerEval.maxNumRows":                        "20",
		"spark.sql.execution.arrow.useLargeVarTypes":                 "false",
		"spark.sql.pyspark.legacy.inferMapTypeFromFirstPair.enabled": "false",
	} {
		if got, _, err := c.Get(key); got != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", key, got, err, want)
		}
	}
}

func TestConfFallsBack(t *testing.T) {
	c, err := Conf{}.With("spark.sql.execution.arrow.enabled", "true")
	if err != nil {
		t.Fatal(err)
	}
	if got, _, _ := c.Get("spark.sql.execution.arrow.pyspark.enabled"); got != "true" {
		t.Errorf("got %q", got)
	}
}

func TestConfUnknown(t *testing.T) {
	for _, key := range []string{"nosuch", "spark.sql.nosuch", "spark.executor.memory"} {
		if _, _, err := (Conf{}).Get(key); class(err) != "SQL_CONF_NOT_FOUND" {
			t.Errorf("%s: %v", key, err)
		}
	}
	if _, defined, err := (Conf{}).Get("spark.sql.extensions"); defined || err != nil {
		t.Errorf("a known conf without a value: %v, %v", defined, err)
	}
}

func TestConfValuesAreChecked(t *testing.T) {
	for _, c := range []struct{ key, value, class string }{
		{"foo.bar", "anything", ""},
		{"spark.sql.shuffle.partitions", "abc", "INVALID_CONF_VALUE.TYPE_MISMATCH"},
		{"spark.sql.shuffle.partitions", "-1", "INVALID_CONF_VALUE.REQUIREMENT"},
		{"spark.sql.shuffle.partitions", "7", ""},
		{"spark.sql.ansi.enabled", "maybe", "INVALID_CONF_VALUE.TYPE_MISMATCH"},
		{"spark.sql.ansi.enabled", "TRUE", ""},
		{"spark.sql.sources.partitionOverwriteMode", "abc", "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS"},
		{"spark.sql.sources.partitionOverwriteMode", "dynamic", ""},
		{"spark.sql.files.maxPartitionBytes", "10MB", ""},
		{"spark.sql.files.maxPartitionBytes", "10XB", "INVALID_CONF_VALUE.TYPE_MISMATCH"},
		{"spark.sql.session.timeZone", "Europe/Nowhere", "INVALID_CONF_VALUE.TIME_ZONE"},
		{"spark.sql.session.timeZone", "foo", "INVALID_CONF_VALUE.TIME_ZONE"},
		{"spark.sql.session.timeZone", "Europe/Berlin", ""},
		{"spark.sql.session.timeZone", "+01:00", ""},
		{"spark.sql.warehouse.dir", "x", "CANNOT_MODIFY_STATIC_CONFIG"},
		{"spark.executor.memory", "1g", "CANNOT_MODIFY_CONFIG"},
		{"spark.master", "x", ""},
		{"spark.sql.hive.verifyPartitionPath", "true", "_LEGACY_ERROR_TEMP_1226"},
		{"spark.sql.hive.verifyPartitionPath", "false", ""},
		{"shoal.engine", "spark", ""},
		{"shoal.priority", "-100", ""},
		{"shoal.priority", "101", "INVALID_CONF_VALUE.REQUIREMENT"},
		{"shoal.priority", "high", "INVALID_CONF_VALUE.REQUIREMENT"},
		{"shoal.engine", "abacus", "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS"},
	} {
		if _, err := (Conf{}).With(c.key, c.value); class(err) != c.class || (err != nil) != (c.class != "") {
			t.Errorf("%s = %s: %v", c.key, c.value, err)
		}
	}
}

func TestModifiable(t *testing.T) {
	for key, want := range map[string]bool{
		"nosuch": false, "spark.sql.shuffle.partitions": true, "spark.sql.warehouse.dir": false, "spark.executor.memory": false, "spark.app.name": false,
	} {
		if got := (Conf{}).Modifiable(key); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}

func TestZones(t *testing.T) {
	for zone, want := range map[string]string{
		"UTC": "UTC", "Z": "UTC", "+00:00": "UTC", "+1:00": "+01:00", "+01": "+01:00", "UTC+01:00": "+01:00", "GMT-8": "-08:00", "-18:00": "-18:00",
		"Europe/Berlin": "Europe/Berlin", "PST": "America/Los_Angeles", "+19:00": "", "+01:60": "", "": "", "Local": "", "foo": "", "../etc/passwd": "",
	} {
		if got := normalZone(zone); got != want {
			t.Errorf("%q: got %q, want %q", zone, got, want)
		}
	}
}

func TestConfIsImmutable(t *testing.T) {
	first, _ := Conf{}.With("a", "1")
	second, _ := first.With("a", "2")
	third, _ := second.Without("a")
	for i, want := range []string{"1", "2", ""} {
		if got, _, _ := []Conf{first, second, third}[i].Lookup("a"); got != want {
			t.Errorf("conf %d: got %q, want %q", i, got, want)
		}
	}
}
