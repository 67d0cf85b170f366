package local

// This file makes the archive of loaded classes that lets the cluster's Java processes begin in a
// fraction of the time: one Spark runs a few queries by itself, and Java writes down what it loaded.
// It is made once for each Spark and Java. Without it all works, but slower.

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"shoal/cluster"
)

// training touches what queries commonly need.
const training = `CREATE TEMPORARY VIEW t AS
  SELECT id, id % 7 AS k, CAST(id AS STRING) AS s, CAST(id AS DOUBLE) AS d, DATE'2024-01-01' AS day FROM range(0, 1000, 1, 2);
SELECT k, count(*), sum(d), avg(d), max(s), min(day) FROM t WHERE id > 10 GROUP BY k ORDER BY 2 DESC LIMIT 5;
SELECT count(*) FROM t a JOIN t b ON a.id = b.id LEFT JOIN t c ON a.k = c.id;
SELECT max(r) FROM (SELECT row_number() OVER (PARTITION BY k ORDER BY d DESC) AS r FROM t);
SELECT count(DISTINCT s), sum(CASE WHEN s LIKE '1%' THEN 1 ELSE 0 END) FROM t;
INSERT OVERWRITE DIRECTORY 'written' USING parquet SELECT * FROM t;
SELECT k, count(*) FROM parquet.` + "`written`" + ` WHERE id < 500 GROUP BY k;
CREATE TABLE kept USING parquet AS SELECT * FROM t;
INSERT INTO kept SELECT * FROM t;
SELECT count(*) FROM kept WHERE k = 1;
DROP TABLE kept;
`

// findArchive gives the archive's path, and makes it first where there is none.
func findArchive(ctx context.Context, r platform, dir, mark string, say cluster.Progress) (string, error) {
	path := filepath.Join(dir, "classes-"+r.key()+".jsa")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	say("preparing Spark's classes, once (less than a minute)")
	work, err := os.MkdirTemp(dir, "training")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, "queries.sql"), []byte(training), 0o600); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	made := filepath.Join(work, "classes.jsa")
	args := append([]string{"-Xmx1g", "-XX:ArchiveClassesAtExit=" + made, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"}, r.base(work)...)
	args = append(args, "-Dderby.stream.error.file="+filepath.Join(work, "derby.log"), sparkSubmit, "--master", "local[2]",
		"--conf", "spark.plugins=org.apache.spark.sql.connect.SparkConnectPlugin",
		"--conf", "spark.connect.grpc.binding.address=127.0.0.1", "--conf", "spark.connect.grpc.binding.port=0",
		"--conf", "spark.sql.shuffle.partitions=2",
		"--conf", "spark.sql.warehouse.dir="+filepath.Join(work, "warehouse"), "--conf", "spark.ui.port=0")
	if r.Spark.Lasting {
		for _, c := range metastoreConf(filepath.Join(work, "metastore"), work) {
			args = append(args, "--conf", c)
		}
	}
	args = append(args, "--class", "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver", "spark-internal", "-f", "queries.sql")
	cmd := exec.CommandContext(ctx, r.Java, args...)
	cmd.Dir, cmd.Env = work, r.environment(mark, "127.0.0.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, lastLine(out))
	}
	return path, os.Rename(made, path)
}

// key names what an archive is good for.
func (r platform) key() string {
	h := sha256.New()
	fmt.Fprint(h, r.Java, r.Spark.Home, r.Spark.Version, r.ClassPath, r.Options, training)
	for _, file := range []string{r.Java, filepath.Join(r.Spark.Home, "jars")} {
		if real, err := filepath.EvalSymlinks(file); err == nil {
			if info, err := os.Stat(real); err == nil {
				fmt.Fprint(h, real, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:6])
}
