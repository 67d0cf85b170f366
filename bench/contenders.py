"""Who is measured: Spark Connect servers through the unmodified PySpark client, and DuckDB in this process as the floor."""
import datetime
import pathlib
import random
import sys
import threading

from pyspark.sql.connect.session import SparkSession

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))

import servers  # noqa: E402

TPCH = servers.CACHE / "tpch" / "sf1"
EVENTS = servers.CACHE / "bench" / "events"
QUERIES = HERE / "queries"
TABLES = "lineitem orders customer part partsupp supplier nation region".split()
THREADS = 2


def query(name):
    return (QUERIES / f"{name}.sql").read_text().strip().rstrip(";")


AB = query("ab")

# Every session of the run. PySpark closes one that is garbage, which can wait for ever: the collector may run in the very
# thread that the holder of the client's lock is starting.
KEPT = []


def tpch_query(number):
    return query(f"q{number}")


def point():
    return f"SELECT * FROM orders WHERE o_orderkey = {random.randrange(1, 6_000_000)}"


class PySpark:
    """One user: a session of its own at a Spark Connect server, with the tables as temporary views."""

    def __init__(self, url, tables=(*TABLES, "events")):
        self.spark = SparkSession.builder.remote(url).create()
        KEPT.append(self.spark)
        for name in tables:
            path = EVENTS if name == "events" else TPCH / name
            self.spark.read.parquet(str(path)).createOrReplaceTempView(name)

    def sql(self, text):
        return self.spark.sql(text).collect()

    def table(self, text):
        return self.spark.sql(text).toArrow()

    def describe(self):
        return self.spark.table("events").describe("user_id", "converted", "revenue").toPandas()

    def limit(self):
        return self.spark.table("events").limit(20).toPandas()

    def group_dataframe(self):
        from pyspark.sql import functions as F

        return (self.spark.table("events").groupBy("variant")
                .agg(F.count("*").alias("n"), F.sum("converted").alias("conv"), F.avg("converted").alias("rate"),
                     F.sum("revenue").alias("rev"), F.stddev_samp("revenue").alias("sd")).collect())

    def close(self):
        try:
            self.spark.stop()
        except Exception:
            pass  # its server may be gone


class DuckDB:
    """The floor: the same files, the same SQL, no server."""

    database = None
    lock = threading.Lock()

    def __init__(self, *_, tables=(*TABLES, "events")):
        import duckdb

        with DuckDB.lock:
            if DuckDB.database is None:
                DuckDB.database = duckdb.connect(config={"threads": THREADS})
        self.connection = DuckDB.database.cursor()
        for name in tables:
            path = EVENTS if name == "events" else TPCH / name
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM '{path}/*.parquet'")

    def sql(self, text):
        return self.connection.execute(text).fetchall()

    def table(self, text):
        return self.connection.execute(text).to_arrow_table()

    def describe(self):
        columns = ", ".join(f"count({c}), avg({c}), stddev_samp({c}), min({c}), max({c})" for c in ("user_id", "converted", "revenue"))
        return self.connection.execute(f"SELECT {columns} FROM events").df()

    def limit(self):
        return self.connection.execute("SELECT * FROM events LIMIT 20").df()

    def group_dataframe(self):
        return self.sql(AB)

    def close(self):
        self.connection.close()


# What one person does at a prompt: name -> what a user is asked.
OPERATIONS = {
    "SELECT 1": lambda user: user.sql("SELECT 1"),
    "point filter": lambda user: user.sql(point()),
    "A/B group-by, 1M rows": lambda user: user.sql(AB),
    "the same, DataFrame": lambda user: user.group_dataframe(),
    "describe": lambda user: user.describe(),
    "limit(20).toPandas": lambda user: user.limit(),
}


def same(a, b):
    """Whether two Arrow tables agree, up to the order of rows that nobody asked for and of floating-point sums."""
    rows = [sorted(zip(*(column.to_pylist() for column in table.columns)), key=repr) for table in (a, b)]
    return a.num_rows == b.num_rows and all(map(same_row, *rows))


def same_row(x, y):
    for p, q in zip(x, y):
        if isinstance(p, (str, datetime.date)) or p is None or q is None:
            if p != q:
                return False
        elif abs(float(p) - float(q)) > 1e-5 * max(1, abs(float(q))):
            return False
    return len(x) == len(y)
