"""Data in and out: what clients send, what they take home, and files."""
import datetime
import decimal

import pandas as pd
import pyarrow as pa
import pytest
from conftest import needs
from pyspark.sql import Row
from pyspark.sql import functions as F

UTC = datetime.timezone.utc


def test_rows(spark):
    frame = spark.createDataFrame([Row(a=1, b=["x", None], c={"k": 2.5}), Row(a=None, b=None, c=None)])
    assert frame.schema.simpleString() == "struct<a:bigint,b:array<string>,c:map<string,double>>"
    assert frame.collect() == [Row(a=1, b=["x", None], c={"k": 2.5}), Row(a=None, b=None, c=None)]


def test_rows_with_schema(spark):
    values = (1, decimal.Decimal("12.340"), datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5), b"\x00\x01", True)
    frame = spark.createDataFrame([values], "i tinyint, d decimal(10,3), day date, ntz timestamp_ntz, bin binary, t boolean")
    assert tuple(frame.first()) == values[:4] + (bytearray(b"\x00\x01"), True)


def test_empty(spark):
    assert spark.createDataFrame([], "a int, b string").collect() == []


def test_pandas(spark):
    sent = pd.DataFrame({"n": [1, 2, 3], "x": [1.5, None, 2.5], "s": ["a", None, "c"], "day": pd.to_datetime(["2024-01-01"] * 3)})
    frame = spark.createDataFrame(sent)
    assert frame.dtypes == [("n", "bigint"), ("x", "double"), ("s", "string"), ("day", "timestamp")]
    back = frame.orderBy("n").toPandas()
    assert back["n"].tolist() == [1, 2, 3]
    assert back["s"].tolist()[0::2] == ["a", "c"] and pd.isna(back["s"][1])
    assert back["x"].isna().tolist() == [False, True, False]
    assert back["day"].tolist() == sent["day"].tolist()


def test_empty_to_pandas(spark):
    got = spark.range(5).filter("id > 9").withColumn("s", F.lit("x")).toPandas()
    assert list(got.columns) == ["id", "s"] and len(got) == 0


@needs((4, 0), "createDataFrame from Arrow")
def test_arrow(spark):
    table = pa.table({"n": pa.array([1, None], pa.int32()), "s": ["x", "y"], "l": [[1, 2], []]})
    frame = spark.createDataFrame(table)
    assert frame.schema.simpleString() == "struct<n:int,s:string,l:array<bigint>>"
    assert frame.toArrow().to_pydict() == {"n": [1, None], "s": ["x", "y"], "l": [[1, 2], []]}


@needs((4, 0), "toArrow")
def test_large_result(spark):
    table = spark.range(1_000_000).select("id", (F.col("id") % 7).alias("m"), F.lit("text").alias("s")).toArrow()
    assert table.num_rows == 1_000_000
    assert pa.compute.sum(table["id"]).as_py() == 499_999_500_000


def test_many_rows_sent(spark):
    sent = pd.DataFrame({"n": range(200_000), "s": [f"row {i}" for i in range(200_000)]})
    row = spark.createDataFrame(sent).agg(F.sum("n").alias("n"), F.countDistinct("s").alias("s")).first()
    assert row == Row(n=19_999_900_000, s=200_000)


@pytest.fixture(scope="module")
def parquet(spark, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("parquet") / "t")
    spark.range(100).select(
        "id", (F.col("id") % 3).cast("int").alias("part"), F.concat(F.lit("n"), F.col("id").cast("string")).alias("name"),
    ).write.partitionBy("part").parquet(path)
    return path


def test_parquet_partitions(spark, parquet):
    frame = spark.read.parquet(parquet)
    assert frame.schema.simpleString() == "struct<id:bigint,name:string,part:int>"
    assert [tuple(r) for r in frame.groupBy("part").count().orderBy("part").collect()] == [(0, 34), (1, 33), (2, 33)]
    assert spark.read.parquet(f"{parquet}/part=1").columns == ["id", "name"]
    assert spark.read.parquet(f"{parquet}/part=*/*.parquet").count() == 100
    assert spark.sql(f"SELECT max(id) AS m FROM parquet.`{parquet}`").first().m == 99


def test_parquet_write_modes(spark, tmp_path):
    path = str(tmp_path / "t")
    spark.range(3).write.parquet(path)
    with pytest.raises(Exception, match="PATH_ALREADY_EXISTS"):
        spark.range(3).write.parquet(path)
    spark.range(2).write.mode("append").parquet(path)
    assert spark.read.parquet(path).count() == 5
    spark.range(9).write.mode("ignore").parquet(path)
    assert spark.read.parquet(path).count() == 5
    spark.range(1).write.mode("overwrite").parquet(path)
    assert spark.read.parquet(path).count() == 1


def test_csv(spark, tmp_path):
    (tmp_path / "t.csv").write_text("id;name;when\n1;Ada;2024-01-02\n2;;2024-02-03\n")
    options = {"header": True, "sep": ";"}
    plain = spark.read.csv(str(tmp_path / "t.csv"), **options)
    assert plain.dtypes == [("id", "string"), ("name", "string"), ("when", "string")]
    typed = spark.read.csv(str(tmp_path / "t.csv"), inferSchema=True, **options)
    assert typed.dtypes == [("id", "int"), ("name", "string"), ("when", "date")]
    assert [tuple(r) for r in typed.orderBy("id").collect()] == [
        (1, "Ada", datetime.date(2024, 1, 2)), (2, None, datetime.date(2024, 2, 3))]
    given = spark.read.schema("a bigint, b string, c string").csv(str(tmp_path / "t.csv"), **options)
    assert given.dtypes == [("a", "bigint"), ("b", "string"), ("c", "string")]


def test_timestamps_are_instants(spark):
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        row = spark.sql("SELECT TIMESTAMP '2024-03-10 12:00:00' AS t").select("t", F.hour("t").alias("h"), F.col("t").cast("long")).first()
        assert (row.h, row[2]) == (12, 1710086400)
    finally:
        spark.conf.unset("spark.sql.session.timeZone")
