"""Records Spark event logs with the real Spark of the Python that runs it, as material for planner/eventlog.

    PYTHON tools/record_logs.py OUT [--tpch DIR] [RUN...]

PYTHON is that of an environment with the whole pyspark (oracle: 4.1, client-3.5: 3.5). Each run is an
application of its own, local[2] with 1 GB, whose log goes to OUT/RUN: one file, or a directory when rolling.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time

QUERIES = {
    "q1": """SELECT l_returnflag, l_linestatus, sum(l_quantity) q, avg(l_discount) d, count(*) n FROM lineitem
             WHERE l_shipdate <= DATE '1998-09-02' GROUP BY 1, 2 ORDER BY 1, 2""",
    "q3": """SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) r, o_orderdate FROM customer, orders, lineitem
             WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey
             AND o_orderdate < DATE '1995-03-15' GROUP BY 1, 3 ORDER BY r DESC LIMIT 10""",
    "q6": """SELECT sum(l_extendedprice * l_discount) r FROM lineitem WHERE l_shipdate >= DATE '1994-01-01'
             AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24""",
}


def tiny(spark, _):
    """Two jobs without SQL: the smallest log with a shuffle in it."""
    spark.sparkContext.setJobGroup("reports", "two small jobs")
    pairs = spark.sparkContext.parallelize(range(100), 3).map(lambda x: (x % 5, x))
    print(pairs.reduceByKey(lambda a, b: a + b, 2).collect())


def tpch(spark, tables):
    """Three queries, each twice, as a person with pauses; in a job group and a pool."""
    for table in ("customer", "orders", "lineitem"):
        spark.read.parquet(f"{tables}/{table}").createOrReplaceTempView(table)
    spark.sparkContext.setLocalProperty("spark.scheduler.pool", "short")
    for _ in range(2):
        for name, query in QUERIES.items():
            spark.sparkContext.setJobGroup(f"alice-{name}", f"TPC-H {name}")
            spark.sql(query).collect()
            time.sleep(0.5)


def sql(spark, _):
    """One aggregation: a SQL execution with one shuffle."""
    spark.sparkContext.setJobGroup("bob", "count by key")
    spark.range(0, 1000, 1, 2).selectExpr("id % 7 k").groupBy("k").count().collect()


def ml(spark, _):
    """Iterations over cached data."""
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import VectorAssembler
    data = spark.range(0, 50_000, 1, 4).selectExpr(
        "rand(1) a", "rand(2) b", "rand(3) c").selectExpr("*", "CAST(a + b > c + 0.5 AS double) label")
    features = VectorAssembler(inputCols=["a", "b", "c"], outputCol="features").transform(data).cache()
    print(features.count(), LogisticRegression(maxIter=12, standardization=False).fit(features).coefficients)


def spill(spark, _):
    """A sort of more than execution memory holds."""
    spark.conf.set("spark.sql.shuffle.partitions", "2")
    rows = spark.range(0, 4_000_000, 1, 2).selectExpr("hash(id) k", "id", "repeat('x', 40) t")
    rows.repartition(2).sortWithinPartitions("k").selectExpr("max(t)", "count(*)").collect()
    rows.sort("k").write.format("noop").mode("overwrite").save()


def skew(spark, _):
    """One key holds nearly all rows."""
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    spark.conf.set("spark.sql.shuffle.partitions", "8")
    rows = spark.range(0, 1_000_000, 1, 4).selectExpr("IF(id % 100 < 99, 0, id % 1000) k", "id")
    rows.repartition(8, "k").selectExpr("max(sha2(repeat(string(id), 50), 512))").collect()


def failures(spark, _):
    """Tasks that fail once and are tried again, a job that fails for good, and a job that is cancelled."""
    def flaky(i, rows):
        from pyspark import TaskContext
        if i == 1 and TaskContext.get().attemptNumber() == 0:
            raise ValueError("first attempt fails")
        return rows

    def broken(_):
        raise ValueError("never works")

    sc = spark.sparkContext
    print(sc.parallelize(range(10), 4).mapPartitionsWithIndex(flaky).count())
    try:
        sc.parallelize(range(10), 2).map(broken).count()
    except Exception as e:
        print("as planned:", type(e).__name__)


def manytasks(spark, _):
    """Thousands of tiny tasks and a wide shuffle of tiny blocks."""
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    spark.conf.set("spark.sql.shuffle.partitions", "200")
    for _ in range(3):
        spark.range(0, 200_000, 1, 100).selectExpr("id % 1000 k").groupBy("k").count().collect()


def users(spark, tables):
    """Four people at once in FAIR pools, and one fact in the environment: the scheduler's mode."""
    import threading
    spark.read.parquet(f"{tables}/lineitem").createOrReplaceTempView("lineitem")

    def person(n):
        spark.sparkContext.setLocalProperty("spark.scheduler.pool", f"pool{n}")
        spark.sparkContext.setJobGroup(f"user{n}", f"user {n}")
        for _ in range(4):
            spark.sql(QUERIES["q6"]).collect()
            time.sleep(0.3 * n)

    from pyspark import InheritableThread
    crowd = [InheritableThread(target=person, args=(n,)) for n in range(1, 5)]
    for t in crowd:
        t.start()
    for t in crowd:
        t.join()


PLAIN = {"spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "false"}
RUNS = {
    "tiny": (tiny, PLAIN),
    "tiny-rolling": (tiny, {"spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "true"}),
    "sql": (sql, PLAIN | {"spark.sql.shuffle.partitions": "2"}),
    "tpch": (tpch, PLAIN | {"spark.scheduler.mode": "FAIR", "spark.eventLog.logStageExecutorMetrics": "true"}),
    "ml": (ml, PLAIN),
    "spill": (spill, PLAIN | {"spark.memory.fraction": "0.2"}),
    "skew": (skew, PLAIN),
    "failures": (failures, PLAIN | {"spark.task.maxFailures": "2"}),
    "manytasks": (manytasks, PLAIN),
    "users": (users, PLAIN | {"spark.scheduler.mode": "FAIR"}),
    **{f"tpch-{codec}": (tpch, {"spark.eventLog.compress": "true", "spark.eventLog.rolling.enabled": "false",
                                "spark.eventLog.compression.codec": codec})
       for codec in ("zstd", "lz4", "snappy", "lzf")},
}


def record(name, out, tables):
    """Runs one application in this process."""
    from pyspark.sql import SparkSession
    run, confs = RUNS[name]
    folder = pathlib.Path(out).resolve() / name
    folder.mkdir(parents=True, exist_ok=True)
    # Only local[2,2] tries a failed task again.
    builder = SparkSession.builder.master("local[2,2]" if run is failures else "local[2]").appName(name)
    for key, value in {"spark.driver.memory": "1g", "spark.ui.enabled": "false", "spark.eventLog.enabled": "true",
                       "spark.eventLog.dir": folder.as_uri(), "spark.sql.session.timeZone": "UTC", **confs}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    run(spark, tables)
    spark.stop()


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("out")
    args.add_argument("runs", nargs="*", metavar="RUN", help=f"of {', '.join(RUNS)}; all when none is named")
    args.add_argument("--tpch", default="", help="folder of the TPC-H tables as Parquet")
    args.add_argument("--here", action="store_true", help="in this process, one run")
    args = args.parse_intermixed_args()
    if args.here:
        return record(args.runs[0], args.out, args.tpch)
    for name in args.runs or RUNS:
        print("record", name, flush=True)
        subprocess.run([sys.executable, __file__, args.out, name, "--tpch", args.tpch, "--here"], check=True,
                       env={**os.environ, "TZ": "UTC", "PYSPARK_PYTHON": sys.executable})


if __name__ == "__main__":
    main()
