"""Shoal or the Spark behind it dies; what a user has stays."""
import threading
import time

import pytest
from pyspark.sql import functions as F

import servers
from conftest import connect, own_functions, start_spark


@pytest.fixture(scope="module")
def mortal():
    with start_spark() as real, servers.Shoal("--spark", real.url) as door:
        yield real, door
        print(door.output())  # pytest shows it where a test failed


def prepare(spark):
    """Confs, views of both engines, a function: all that a journal holds."""
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    spark.range(4).createOrReplaceTempView("base")
    spark.udf.register("twice", lambda x: 2 * x, "bigint")
    spark.sql("SELECT twice(id) AS t FROM base").createOrReplaceTempView("doubled")


def check(spark):
    assert spark.table("doubled").agg(F.sum("t")).collect()[0][0] == 12
    assert spark.sql("SELECT twice(21) AS x").collect()[0].x == 42
    assert spark.conf.get("spark.sql.shuffle.partitions") == "3"


@own_functions
def test_shoal_is_killed(mortal, tmp_path):
    """The session goes on, a write that was under way ends, and once."""
    real, door = mortal
    spark = connect(door.url)
    prepare(spark)
    check(spark)
    spark.sql("CREATE TABLE written (x BIGINT) USING parquet")

    def slow(x):
        time.sleep(6)
        return x

    failed = []

    def write():
        try:
            spark.range(3).select(F.udf(slow, "bigint")("id").alias("x")).coalesce(1).write.insertInto("written")
        except Exception as e:
            failed.append(e)

    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    time.sleep(5)
    door.kill()
    door.start()
    check(spark)
    writing.join(90)
    assert not failed and not writing.is_alive()
    assert spark.table("written").count() == 3
    spark.sql("DROP TABLE written")


def test_a_read_was_partly_delivered(mortal):
    """Nobody knows where another run of it would stand: the user is told to run it again, and can."""
    real, door = mortal
    spark = connect(door.url)
    spark.conf.set("shoal.engine", "spark")
    rows = spark.range(20_000_000).toLocalIterator()
    assert [next(rows)[0] for _ in range(10)] == list(range(10))
    door.kill()
    door.start()
    with pytest.raises(Exception, match=r"SPARK_JOB_CANCELLED.*Run it again"):
        for _ in rows:
            pass
    assert spark.range(20_000_000).count() == 20_000_000


@own_functions
def test_spark_is_killed(mortal):
    """Running queries get an error that says to try again; then all is there as before."""
    real, door = mortal
    spark = connect(door.url)
    prepare(spark)
    check(spark)

    def slow(x):
        time.sleep(60)
        return x

    failed = []

    def read():
        try:
            spark.range(1).select(F.udf(slow, "bigint")("id")).write.format("noop").mode("overwrite").save()
        except Exception as e:
            failed.append(str(e))

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    time.sleep(6)
    real.kill()
    spark.conf.set("shoal.engine", "duckdb")
    assert spark.range(3).count() == 3  # the engine inside goes on
    spark.conf.unset("shoal.engine")
    real.start()
    check(spark)
    reading.join(90)
    assert failed and "SPARK_JOB_CANCELLED" in failed[0]
