"""What the server remembers is asked from SQL and DataFrames, wherever the session's other queries go."""
import pytest
from pyspark.sql import functions as F

from conftest import needs

MINE = "shoal.system.queries"


def mine(spark, what, engine):
    """The session's queries that hold a word, and ran on an engine."""
    return spark.table(MINE).where((F.col("session") == spark.session_id) & F.col("text").contains(what) & (F.col("engine") == engine))


@needs(server=(4, 1), what="the choice by itself")
def test_history_of_both_engines(spark):
    spark.sql("SELECT 1 AS answered_here").collect()
    spark.conf.set("shoal.engine", "spark")
    for n in (5, 6):
        assert spark.sql(f"SELECT sum(id) AS answered_there FROM range({n})").collect()[0][0] == n * (n - 1) // 2
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        spark.sql("SELECT 1 DIV 0 AS failed_there").collect()
    assert mine(spark, "answered_here", "duckdb").count() == 1
    there = mine(spark, "answered_there", "spark").where("rows > 0").collect()  # spark.sql() alone is a command, without rows
    assert len(there) == 2 and len({r.fingerprint for r in there}) == 1
    assert all(r.took_seconds > 0 and r.error_class is None for r in there)
    assert "DIVIDE_BY_ZERO" in [r.error_class for r in mine(spark, "failed_there", "spark").collect()]


@needs(server=(4, 1), what="session variables")
def test_history_of_an_opaque_session(spark, capfd):
    spark.sql("DECLARE VARIABLE pinned INT DEFAULT 5")
    assert spark.sql("SELECT pinned AS x").collect()[0].x == 5
    table = spark.table(MINE)
    assert {("started", "timestamp"), ("user", "string"), ("rows", "bigint"), ("took_seconds", "double")} <= set(table.dtypes)
    assert {r.col_name for r in spark.sql(f"DESCRIBE {MINE}").collect()} == set(table.columns)
    assert spark.sql(f"SELECT count(*) AS n FROM {MINE} WHERE text LIKE '%pinned%'").collect()[0].n > 0
    table.explain()
    assert "Engine: duckdb (only this server has shoal.system)" in capfd.readouterr().out
    table.limit(1).show()
    assert "error_class" in capfd.readouterr().out
    assert table.groupBy("engine").count().toPandas()["count"].sum() > 0
