#!/usr/bin/env python3
"""Writes NAME.binpb files beside itself: plans as a real PySpark client sends them.

  capture.py      needs pyspark[connect] 4.1 and Java (the oracle's Python), or a server at SPARK_REMOTE
"""
import datetime
import decimal
import os
import pathlib

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.connect.client import SparkConnectClient

HERE = pathlib.Path(__file__).parent


def plans(spark):
    df = spark.range(10).withColumn("b", F.col("id") % 2)
    other = spark.range(5)
    w = Window.partitionBy("b").orderBy(F.desc("id"))
    yield "range", spark.range(1, 10, 2)
    yield "select", df.select("id", df.b, F.col("`a.b`.c"), "*", df["*"], F.expr("id + 1"))
    yield "operators", df.select(
        df.id + 1, 1 - df.id, df.id % 2, -df.id, ~(df.id == 1), df.id != 1, df.id.eqNullSafe(1), df.id.isNull(),
        df.id.isin(1, 2), df.id.between(1, 2), df.b.like("a%"), df.b.startswith("a"), df.id.bitwiseAND(1), df.id ** 2,
        F.when(df.id > 1, "x").when(df.id > 2, "y").otherwise("z"), F.call_function("mod", df.id, F.lit(2)))
    yield "functions", df.select(
        F.count("*"), F.count_distinct("id"), F.transform("b", lambda x: x + 1), F.col("b").cast("int"),
        F.col("b").try_cast(T.LongType()), F.col("b").alias("c", metadata={"k": 1}), F.explode("b").alias("k", "v"),
        F.col("b")[0], F.col("b").x, F.col("b").withField("x.y", F.lit(1)), F.col("b").dropFields("x"), df.colRegex("`.*d`"))
    yield "windows", df.select(
        F.row_number().over(w), F.sum("id").over(w.rowsBetween(-1, Window.currentRow)),
        F.sum("id").over(w.rangeBetween(Window.unboundedPreceding, 3)))
    yield "literals", df.select(
        F.lit(None), F.lit(True), F.lit(1), F.lit(2**40), F.lit(1.5), F.lit("s"), F.lit(b"\x00\x01"),
        F.lit(decimal.Decimal("-1.50")), F.lit(datetime.date(2020, 2, 29)),
        F.lit(datetime.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)),
        F.lit(datetime.timedelta(days=1, microseconds=2)), F.lit([1, 2]))
    yield "filter_sort_limit", df.filter(df.id > 1).filter("b = 0").sort(
        F.desc("id"), F.col("b").asc_nulls_last()).offset(1).limit(5)
    yield "sort_within", df.sortWithinPartitions("id")
    yield "join_using", df.join(other, "id", "left")
    yield "join_on", df.join(other, df.id == other.id, "leftsemi")
    yield "join_cross", df.crossJoin(other)
    yield "join_lateral", df.lateralJoin(other.where(F.col("id") == F.col("b").outer()))
    yield "union", df.union(df)
    yield "union_by_name", df.unionByName(other, allowMissingColumns=True)
    yield "intersect_all", df.intersectAll(df)
    yield "except", df.subtract(df)
    yield "distinct", df.distinct()
    yield "drop_duplicates", df.dropDuplicates(["a.b"])
    yield "group_by", df.groupBy("b").agg(F.sum("id").alias("s"), F.max("id"))
    yield "rollup", df.rollup("b", "id").count()
    yield "cube", df.cube("b").count()
    yield "grouping_sets", df.groupingSets([["b"], []], "b").agg(F.sum("id"))
    yield "pivot", df.groupBy("b").pivot("id", [1, 2]).sum("b")
    yield "pivot_open", df.groupBy("b").pivot("id").count()
    yield "local_rows", spark.createDataFrame([(1, "a")], "a INT, b STRING")
    yield "local_empty", spark.createDataFrame([], T.StructType([T.StructField("a", T.IntegerType(), False)]))
    yield "table", spark.table("a.`b c`")
    yield "read_parquet", spark.read.parquet("/data/x", "/data/y")
    yield "read_csv", spark.read.option("Header", True).schema("a INT, v VARCHAR(3)").csv("/data/x.csv")
    yield "sql", spark.sql("SELECT 1 AS a")
    yield "scalar_subquery", df.select(other.agg(F.max("id")).scalar())
    yield "exists_subquery", df.where(other.where(F.col("id") == F.col("b").outer()).exists())
    yield "with_columns", df.withColumns({"c": F.lit(1), "b": F.col("id")})
    yield "renamed", df.withColumnsRenamed({"b": "c", "id": "d"})
    yield "drop", df.drop("b").drop(df.id)
    yield "to_df", df.toDF("x", "y")
    yield "to_schema", df.to(T.StructType([T.StructField("id", T.StringType())]))
    yield "fillna", df.fillna({"id": 1, "b": 2.5})
    yield "dropna", df.dropna(thresh=1, subset=["id"])
    yield "replace", df.replace([1, 2], [3, 4], subset=["id"])
    yield "describe", df.describe("id")
    yield "summary", df.summary("min", "50%")
    yield "crosstab", df.crosstab("id", "b")
    yield "freq_items", df.freqItems(["id"], 0.3)
    yield "sample_by", df.sampleBy("b", {0: 0.5}, seed=7)
    yield "sample", df.sample(False, 0.5, 7)
    yield "unpivot", df.unpivot("id", ["b"], "var", "val")
    yield "transpose", df.transpose("id")
    yield "repartition", df.repartition(4, "id").coalesce(1).repartitionByRange(2, F.desc("id"))
    yield "hint", df.hint("broadcast", "x", 1)
    yield "observe", df.observe("m", F.count(F.lit(1)).alias("n"))
    yield "alias", df.alias("t").select("t.id", "t.*")
    yield "tvf", spark.tvf.explode(F.array(F.lit(1), F.lit(2)))
    yield "watermark", df.withWatermark("id", "1 minute")
    yield "as_of_join", df._joinAsOf(other, "id", "id")


def main():
    spark = SparkSession.builder.remote(os.environ.get("SPARK_REMOTE", "local[1]")).getOrCreate()
    for name, df in plans(spark):
        write(name, df._plan.to_proto(spark.client).root)
    commands = []

    def record(self, command, *args, **kwargs):
        commands.append(command)
        return None, {}, None

    SparkConnectClient.execute_command = record
    df = spark.range(3)
    for name, run in {
        "view": lambda: df.createOrReplaceTempView("v"),
        "view_global": lambda: df.createGlobalTempView("v"),
        "write_parquet": lambda: df.write.mode("overwrite").partitionBy("id").parquet("/tmp/x"),
        "write_table": lambda: df.write.option("K", "v").saveAsTable("db.t"),
        "insert_into": lambda: df.write.insertInto("t"),
        "write_v2": lambda: df.writeTo("t").create(),
    }.items():
        run()
        write("command_" + name, commands.pop())
    for name, run in {
        "sql_named": lambda: spark.sql("SELECT :a", args={"a": 1}),
        "sql_positional": lambda: spark.sql("SELECT ?, ?", args=[1, F.array(F.lit(1))]),
        "sql_frames": lambda: spark.sql("SELECT * FROM {df}", df=df),
    }.items():
        try:
            run()
        except Exception:  # the recorder answers nothing
            pass
        write("command_" + name, commands.pop())
    for name, run in {
        "list_tables": lambda: spark.catalog.listTables("db"),
        "create_table": lambda: spark.catalog.createTable("t", "/x", "csv", df.schema, k="v"),
    }.items():
        relations = []
        original = SparkConnectClient.to_table
        SparkConnectClient.to_table = lambda self, plan, *a, **k: relations.append(plan.root)
        try:
            run()
        except Exception:
            pass
        SparkConnectClient.to_table = original
        write("catalog_" + name, relations.pop())


def write(name, message):
    shorten(message)
    (HERE / (name + ".binpb")).write_bytes(message.SerializeToString(deterministic=True))


def shorten(message):
    """Leaves of each call site the file's name and line: no path of this machine."""
    for field, value in message.ListFields():
        if field.name == "call_site":
            message.call_site = value.rsplit("/", 1)[-1]
        elif field.message_type and not field.message_type.GetOptions().map_entry:
            for m in value if field.is_repeated else [value]:
                shorten(m)


if __name__ == "__main__":
    main()
