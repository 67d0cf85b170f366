"""Short and heavy queries go to lanes of their own, where they mean what they mean in the home."""
import json
import threading
import time
import urllib.request

import pytest

from conftest import connect

SLEEP = "SELECT count(s) FROM (SELECT reflect('java.lang.Thread', 'sleep', id * 0 + 1000L) AS s FROM range(0, {rows}, 1, {rows}))"


@pytest.fixture
def spark(door):
    session = connect(door.url)
    session.conf.set("shoal.engine", "spark")
    return session


def value(spark, text):
    return spark.sql(text).collect()[0][0]


def lanes(door, since):
    """The lanes of the queries that the log tells of since then."""
    return [line.split(" lane=")[1].split()[0] for line in door.output()[since:].splitlines() if " lane=" in line and "query=" in line]


def test_lane_by_itself(spark, door):
    begin = len(door.output())
    assert value(spark, "SELECT 1") == 1
    assert set(lanes(door, begin)) == {"short"}
    begin = len(door.output())
    assert value(spark, SLEEP.format(rows=2)) == 2
    assert lanes(door, begin)[-1] == "heavy"


def test_lanes_see_what_was_written(spark):
    """Sessions of Spark remember a table's files; a lane looks again after the home has written."""
    spark.sql("CREATE TABLE grows USING parquet AS SELECT id FROM range(3)")
    try:
        for n in range(3, 6):
            for lane in ("auto", "short", "heavy"):
                spark.conf.set("shoal.lane", lane)
                assert value(spark, "SELECT count(*) FROM grows") == n
                assert value(spark, "SELECT max(id) FROM default.grows") == n - 1
            spark.sql(f"INSERT INTO grows VALUES ({n})")
        spark.sql("INSERT OVERWRITE grows VALUES (42)")
        for lane in ("short", "heavy"):
            spark.conf.set("shoal.lane", lane)
            assert value(spark, "SELECT sum(id) FROM grows") == 42
    finally:
        spark.sql("DROP TABLE grows")


def test_what_only_the_home_sees(spark):
    """The temporary view of a stream's memory is read where the stream runs."""
    stream = spark.readStream.format("rate").option("rowsPerSecond", 50).load()
    query = stream.writeStream.format("memory").queryName("sink").start()
    try:
        query.processAllAvailable()
        deadline = time.monotonic() + 60
        while value(spark, "SELECT count(*) FROM sink") == 0:
            assert time.monotonic() < deadline
    finally:
        query.stop()


def test_partitions_are_spark_s(spark, tmp_path):
    """What tells of partitions is the same whether a query is taken for short or for heavy."""
    spark.range(100_000).repartition(3).write.parquet(str(tmp_path / "parts"))
    spark.read.parquet(str(tmp_path / "parts")).createOrReplaceTempView("parts")
    seen = set()
    for lane in ("short", "heavy"):
        spark.conf.set("shoal.lane", lane)
        seen.add(value(spark, "SELECT max(m) FROM (SELECT monotonically_increasing_id() AS m FROM parts)"))
    assert len(seen) == 1


def test_heavy_ones_take_turns(spark, door):
    """While heavy queries have all slots, names are told and short queries answered."""
    heavies = [connect(door.url) for _ in range(2)]
    for session in heavies:
        session.conf.set("shoal.engine", "spark")
    value(spark, "SELECT 1")
    threads = [threading.Thread(target=value, args=(session, SLEEP.format(rows=8))) for session in heavies]
    begin = time.monotonic()
    for t in threads:
        t.start()
    time.sleep(1)
    assert value(spark, "SELECT 1") == 1
    spark.sql("SHOW TABLES").collect()
    assert time.monotonic() - begin < 6
    for t in threads:
        t.join()


def test_told_that_it_is_not_fair(door):
    with urllib.request.urlopen(door.http + "/healthz") as answer:
        assert "spark.scheduler.mode=FAIR" in json.load(answer)["attached"]["note"]
