"""Queries that both engines can run go to one of them, and what does not fit into one's memory is answered by the other."""
import pytest
from conftest import connect, needs

import servers

LIST = "SELECT size(collect_list(concat('a rather long text, of which there are many ', id))) AS n FROM range({rows})"

pytestmark = needs(server=(4, 1), what="the choice by itself")


@pytest.fixture(scope="module")
def small(real):
    """A Shoal whose own engine has very little memory."""
    with servers.Shoal("--spark", real.url, "--memory-limit", "100MiB") as server:
        yield server


def last_query(server):
    """What the log says of the last query: {key: value}."""
    line = [line for line in server.output().splitlines() if "msg=query " in line][-1]
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


def test_stays_where_it_is_quick(small, capfd):
    spark = connect(small.url)
    df = spark.range(1000).selectExpr("sum(id) AS s")
    assert df.collect()[0].s == 499500
    assert last_query(small)["engine"] == "duckdb"
    df.explain()
    text = capfd.readouterr().out
    assert "Expected: duckdb " in text and "; spark " in text and "Engine: duckdb (expected to answer soonest" in text


def test_out_of_memory(small):
    """What ran out of memory before its first row is answered by Spark, the second time at once; writes are not."""
    spark = connect(small.url)
    spark.conf.set("shoal.engine", "duckdb")
    with pytest.raises(Exception, match="UNABLE_TO_ACQUIRE_MEMORY"):
        spark.sql(LIST.format(rows=1_000_000)).collect()
    spark.conf.set("shoal.engine", "auto")
    for _ in range(2):
        assert spark.sql(LIST.format(rows=1_000_000)).collect()[0].n == 1_000_000
        assert last_query(small)["engine"] == "spark"
    with pytest.raises(Exception, match="UNABLE_TO_ACQUIRE_MEMORY"):
        spark.sql(LIST.format(rows=1_000_001)).write.mode("overwrite").parquet(small.home + "/out")


def test_expected_to_run_out_of_memory(small, capfd):
    spark = connect(small.url)
    df = spark.sql(LIST.format(rows=5_000_000))
    df.explain()
    assert "Engine: spark (duckdb is expected to run out of memory" in capfd.readouterr().out
