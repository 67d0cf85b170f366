"""Queries on the attached Spark that are stopped: how soon its cores are free again."""
import threading
import time

import pytest

# Minutes of work, in tasks that take long each.
SLOW = "SELECT sum((id % 1000) * 7) FROM range(0, 1000000000000, 1, 8)"


def begin(spark, text):
    """Runs a query on Spark in a thread; what it fails with will be in the list, with the time."""
    failed = []

    def run():
        try:
            spark.sql(text).collect()
        except Exception as error:
            failed.append((str(error), time.monotonic()))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, failed


def answers(spark):
    """The seconds that a query takes which needs all of Spark's cores."""
    start = time.monotonic()
    assert spark.sql("SELECT count(*) FROM range(0, 1000, 1, 8)").collect()[0][0] == 1000
    return time.monotonic() - start


@pytest.fixture
def there(spark):
    spark.conf.set("shoal.engine", "spark")
    answers(spark)  # the server is warm
    return spark


def test_interrupt_frees_spark(there):
    idle = min(answers(there) for _ in range(3))
    for _ in range(3):
        thread, failed = begin(there, SLOW)
        time.sleep(2)
        start = time.monotonic()
        assert there.interruptAll()
        busy = answers(there)
        thread.join(20)
        told = failed[0][1] - start
        print(f"told after {told:.3f} s; another query took {busy:.3f} s, {idle:.3f} s when idle")
        assert "OPERATION_CANCELED" in failed[0][0]
        assert told < 1 and busy < idle + 3


def test_time_out_frees_spark(there):
    there.conf.set("shoal.queryTimeout", "2s")
    start = time.monotonic()
    thread, failed = begin(there, SLOW)
    thread.join(20)
    there.conf.unset("shoal.queryTimeout")
    busy = answers(there)
    print(f"ended after {failed[0][1] - start:.3f} s; another query took {busy:.3f} s")
    assert "SPARK_JOB_CANCELLED" in failed[0][0] and "shoal.queryTimeout allows: 2s" in failed[0][0]
    assert failed[0][1] - start < 4 and busy < 4
