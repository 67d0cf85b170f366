package sparksql

import (
	"slices"
	"testing"
)

func TestPaths(t *testing.T) {
	for text, want := range map[string][]string{
		"SELECT * FROM parquet.`/etc/x`":                                                 {"/etc/x"},
		"SELECT * FROM a JOIN org.apache.spark.sql.json.`/etc/x` USING (id)":             {"/etc/x"},
		"SELECT * FROM /* not json.`/a` */ CSV . `rel/x`":                                {"rel/x"},
		"SELECT a.`b c`, '/etc/x', \"parquet.`/etc`\" FROM t":                            nil,
		"CREATE TABLE t USING parquet LOCATION '/etc/x'":                                 {"/etc/x"},
		"CREATE TABLE t (a INT) USING csv OPTIONS (header 'true', path '/etc/x')":        {"/etc/x"},
		"CREATE TEMPORARY VIEW v USING text OPTIONS ('path' = '/et' 'c/x')":              {"/etc/x"},
		"CREATE TEMPORARY VIEW v USING text OPTIONS (\"PATH\" \"/etc/x\")":               {"/etc/x"},
		"INSERT OVERWRITE LOCAL DIRECTORY '/etc/x' SELECT 1":                             {"/etc/x"},
		"LOAD DATA INPATH '/etc/x' INTO TABLE t":                                         {"/etc/x"},
		"ALTER TABLE t SET LOCATION r'/etc/x'":                                           {"/etc/x"},
		"CREATE FUNCTION f AS 'a.B' USING JAR '/etc/x.jar', FILE '/etc/y'":               {"/etc/x.jar", "/etc/y"},
		"-- first\nADD JARS /etc/x.jar '/etc/y.jar'":                                     {"/etc/x.jar", "/etc/y.jar"},
		"SELECT * FROM IDENTIFIER('parquet.`/etc/x`')":                                   {"/etc/x"},
		"EXECUTE IMMEDIATE 'SELECT * FROM text.`/etc/x`'":                                {"/etc/x"},
		"BEGIN DECLARE p STRING; INSERT INTO t SELECT * FROM text.`s3a://bucket/x`; END": {"s3a://bucket/x"},
		"SELECT path, location FROM t WHERE path = other":                                nil,
		"SELECT * FROM t WITH ('path' = '/etc/x')":                                       {"/etc/x"},
		"SELECT * FROM log WHERE path = '/index' AND location = '/here'":                 nil,
		"SELECT 'unfinished FROM parquet.`/etc/x`":                                       nil,
		"CREATE TABLE t USING parquet LOCATION '\\x2fetc'":                               {unquote("'\\x2fetc'")},
		"parquet.`/etc/x`": {"/etc/x"},
		"":                 nil,
	} {
		if got := Paths(text); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}
