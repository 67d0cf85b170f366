package spark

import (
	"strings"
	"testing"
)

// recorded is what Spark 4.1.4 says of CREATE TABLE kept (a INT, c DECIMAL(10,2), d ARRAY<INT>, e TIMESTAMP) USING parquet.
const recorded = `{"table_name":"kept","catalog_name":"spark_catalog","namespace":["default"],"schema_name":"default",
"columns":[{"name":"a","type":{"name":"int"},"nullable":true},{"name":"b","type":{"name":"string","collation":"UTF8_BINARY"},"nullable":true},
{"name":"c","type":{"name":"decimal","precision":10,"scale":2},"nullable":true},
{"name":"d","type":{"name":"array","element_type":{"name":"int"},"element_nullable":true},"nullable":true},
{"name":"e","type":{"name":"timestamp_ltz"},"nullable":true}],
"location":"file:/data/warehouse/kept","created_time":"2026-11-22T16:14:42Z","type":"MANAGED","provider":"parquet","collation":"UTF8_BINARY"}`

func TestReadTable(t *testing.T) {
	table := readTable(recorded)
	if table == nil {
		t.Fatal("a plain Parquet table is left to the server")
	}
	if got := table.Schema.String(); table.Path != "/data/warehouse/kept" || got != "struct<a:int,b:string,c:decimal(10,2),d:array<int>,e:timestamp>" {
		t.Errorf("%s, %s", table.Path, got)
	}
	for name, change := range map[string][2]string{
		"a view":             {`"MANAGED"`, `"VIEW"`},
		"another format":     {`"provider":"parquet"`, `"provider":"orc"`},
		"another place":      {"file:/data", "hdfs://host/data"},
		"partitions":         {`"type":"MANAGED"`, `"type":"MANAGED","partition_columns":["a"]`},
		"buckets":            {`"type":"MANAGED"`, `"type":"MANAGED","num_buckets":4`},
		"never NULL":         {`"int"},"nullable":true`, `"int"},"nullable":false`},
		"a default":          {`"nullable":true},{"name":"b"`, `"nullable":true,"default":"1"},{"name":"b"`},
		"a length":           {`"name":"string"`, `"name":"varchar","length":3`},
		"a collated column":  {`"name":"string","collation":"UTF8_BINARY"`, `"name":"string","collation":"UNICODE"`},
		"an array not NULL":  {`"element_nullable":true`, `"element_nullable":false`},
		"what is no JSON":    {`{"table_name"`, `"table_name"`},
		"an unknown type":    {`"timestamp_ltz"`, `"geometry"`},
		"a collated table":   {`"provider":"parquet","collation":"UTF8_BINARY"`, `"provider":"parquet","collation":"UNICODE"`},
		"nothing in columns": {recorded[strings.Index(recorded, `[{"name":"a"`) : strings.Index(recorded, `"location"`)-2], "[]"},
	} {
		if !strings.Contains(recorded, change[0]) {
			t.Fatalf("%s: %q is not in the recorded text", name, change[0])
		}
		if readTable(strings.Replace(recorded, change[0], change[1], 1)) != nil {
			t.Errorf("%s: read here", name)
		}
	}
}

func TestNear(t *testing.T) {
	for host, near := range map[string]bool{"127.0.0.1:15002": true, "localhost:1": true, "[::1]:1": true, "10.0.0.1:15002": false, "spark.example.com:443": false} {
		if (Address{Host: host}).Near() != near {
			t.Errorf("%s: %v", host, !near)
		}
	}
}
