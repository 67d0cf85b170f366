package sparksql

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT a,  b FROM t WHERE c = 'secret' -- note\n AND d > 1.5e3": "SELECT a, b FROM t WHERE c = ? AND d > ?",
		"SELECT 'one' 'two', \"three\", r'four', X'1F', -5":              "SELECT ?, ?, ?, X?, -?",
		"SELECT * FROM t WHERE a IN (1, 2, 3, 4, 5) OR b IN (1,2)":       "SELECT * FROM t WHERE a IN (?, ?, ?, ...) OR b IN (?,?)",
		"SELECT f(1, a, 2), DATE '2024-01-01', INTERVAL 3 DAY":           "SELECT f(?, a, ?), DATE ?, INTERVAL ? DAY",
		"SELECT * FROM VALUES (1, 'x'), (2, 'y')":                        "SELECT * FROM VALUES (?, ?), (?, ?)",
		"SET spark.key = my secret value":                                "SET spark.key = ?",
		"SET spark.key":                                                  "SET spark.key",
		"SET TIME ZONE 'UTC'":                                            "SET TIME ZONE ?",
		"SET VARIABLE x = 'secret'":                                      "SET VARIABLE x = ?",
		"ADD JAR /opt/secret.jar":                                        "ADD JAR ?",
		"DELETE FROM t WHERE a = 1":                                      "DELETE FROM t WHERE a = ?",
		"SELECT * FROM parquet.`s3://key:secret@bucket/x`":               "SELECT * FROM parquet.?",
		"SELECT * FROM parquet.`data/2024.parquet`":                      "SELECT * FROM parquet.`data/2024.parquet`",
		"SELECT 1 \x01 'secret'":                                         "SELECT ? ...",
		"SELECT /* it's */ a":                                            "SELECT a",
		"SELECT 'open":                                                   "SELECT ...",
		"/* open":                                                        "...",
		"":                                                               "",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%s\n gave %s\nwanted %s", text, got, want)
		}
	}
	long := Redact("SELECT " + strings.Repeat("a, 'secret', ", 20_000) + "b")
	if len(long) > maxRedacted || !strings.HasSuffix(long, left) || strings.Contains(long, "secret") {
		t.Errorf("%d bytes of a long text: ...%s", len(long), long[len(long)-20:])
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("SELECT 'x', 1")
	f.Add("SET a = `")
	f.Fuzz(func(_ *testing.T, text string) { Redact(text) })
}

func BenchmarkRedact(b *testing.B) {
	const text = "SELECT l_returnflag, sum(l_quantity) FROM lineitem WHERE l_shipdate <= DATE '1998-09-02' AND l_tax IN (1, 2, 3) GROUP BY l_returnflag"
	for b.Loop() {
		Redact(text)
	}
}
