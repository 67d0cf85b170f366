"""Control of what runs: progress, interrupt, broken connections, stopping and starting the server."""
import datetime
import json
import os
import signal
import subprocess
import threading
import time

import pyarrow.compute as pc
import pytest
import servers
from conftest import CLIENT, needs
from proxy import CuttingProxy
from pyspark.errors import AnalysisException

# Minutes of work on any engine.
SLOW = "SELECT sum((a.id * b.id) % 7) FROM range(1000000000) a CROSS JOIN range(2000) b"


def start(spark, text, tag=None):
    """Runs a query in a thread; the result is a list that will hold the exception, if one came."""
    caught = []

    def run():
        if tag:
            spark.addTag(tag)
        try:
            spark.sql(text).collect()
        except Exception as error:
            caught.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, caught


def wait_until(what):
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def interrupt(call, thread):
    """Interrupts until the query has begun and is hit; the seconds it then took to end."""
    deadline = time.monotonic() + 20
    while not call():
        assert time.monotonic() < deadline, "nothing to interrupt"
        time.sleep(0.05)
    begin = time.monotonic()
    thread.join(20)
    assert not thread.is_alive()
    return time.monotonic() - begin


def test_interrupt_by_tag(server, connect):
    spark = connect(server.url)
    thread, caught = start(spark, SLOW, tag="mine")
    assert spark.interruptTag("other") == []
    assert interrupt(lambda: spark.interruptTag("mine"), thread) < 5
    assert "OPERATION_CANCELED" in str(caught[0])
    assert spark.range(1).count() == 1


def test_interrupt_all(server, connect):
    spark, bystander = connect(server.url), connect(server.url)
    thread, caught = start(spark, SLOW)
    assert bystander.interruptAll() == []
    assert interrupt(spark.interruptAll, thread) < 5
    assert "OPERATION_CANCELED" in str(caught[0])


@needs((4, 0), "Ctrl-C that reaches the server")
def test_keyboard_interrupt(server, connect):
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells let what they start behind them ignore it
    spark = connect(server.url)
    timer = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        spark.sql("SELECT sum(sqrt(id) * sin(id)) FROM range(100000000000)").collect()
    timer.join()
    assert spark.interruptAll() == []  # nothing is left running
    assert spark.range(3).count() == 3


@needs((4, 0), "progress handlers")
def test_progress(server, connect):
    spark = connect(server.url)
    seen = []
    spark.registerProgressHandler(lambda **k: seen.append((k["inflight_tasks"], k["done"])))
    thread, _ = start(spark, SLOW)
    deadline = time.monotonic() + 20
    while not seen and time.monotonic() < deadline:
        time.sleep(0.05)
    spark.interruptAll()
    thread.join(20)
    assert seen


def test_who_waits_is_told_and_answered(request, connect):
    """What is told of a wait has a field of Shoal's own in it; every client must pass over that."""
    if request.config.getoption("--spark"):
        pytest.skip("real Spark lets nobody wait")
    with servers.Shoal("--heavy-slots", "1") as server:
        busy, spark, seen = connect(server.url), connect(server.url), []
        if CLIENT >= (4, 0):
            spark.registerProgressHandler(lambda stages, inflight_tasks, **_: seen.append(
                (sum(s.num_tasks for s in stages), sum(s.num_completed_tasks for s in stages), inflight_tasks)))
        slow, _ = start(busy, SLOW)  # as many as may run at the same time
        top = [server.binary, "top", "--json", "--url", server.http]
        wait_until(lambda: json.loads(subprocess.check_output(top))["pools"][1]["running"] == 1)
        answer = []
        waiter = threading.Thread(target=lambda: answer.append(spark.sql("SELECT sum(id % 7) FROM range(400000000)").first()[0]))
        waiter.start()
        waiter.join(2.5)
        assert waiter.is_alive() and not answer
        busy.interruptAll()
        waiter.join(60)
        assert answer == [1199999997]
        if CLIENT >= (4, 0):
            told = [s for s in seen if s[0] > 0]
            assert told[:3] == [(1, 0, 0)] * 3, "next in the queue: one task, nothing done and nothing runs"
        slow.join(20)


@needs((4, 0), "toArrow")
def test_broken_connections_lose_and_double_nothing(server, connect):
    every = 0.05 if isinstance(server, servers.Shoal) else 1  # less than real Spark needs for one small answer
    with CuttingProxy(server.port, every) as proxy:
        spark = connect(proxy.url)
        table = spark.range(500_000).selectExpr("id", "repeat('x', 100) AS s").toArrow()
        assert proxy.cuts > 0
    assert table.num_rows == 500_000
    assert pc.sum(table["id"]).as_py() == 124_999_750_000


def test_sigterm_ends_well(own_server, connect):
    spark = connect(own_server.url)
    assert spark.range(3).count() == 3
    begin = time.monotonic()
    assert own_server.stop() == 0
    assert time.monotonic() - begin < 15


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_sessions_survive_a_restart(own_server, connect, end):
    spark = connect(own_server.url)
    spark.conf.set("spark.sql.shuffle.partitions", "7")
    spark.range(10).filter("id > 6").createOrReplaceTempView("few")
    spark.sql("CREATE TEMP VIEW fewer AS SELECT * FROM few WHERE id > 8")
    spark.sql("DECLARE VARIABLE day DATE DEFAULT current_date()")
    spark.sql("SET VAR day = '2024-02-03'")
    spark.sql("DECLARE VARIABLE gone INT")
    spark.sql("DROP TEMPORARY VARIABLE gone")
    getattr(own_server, end)()
    own_server.start()
    assert spark.conf.get("spark.sql.shuffle.partitions") == "7"
    assert [r.id for r in spark.table("few").orderBy("id").collect()] == [7, 8, 9]
    assert spark.table("fewer").count() == 1
    assert spark.sql("SELECT day").first().day == datetime.date(2024, 2, 3)
    spark.sql("SET VAR day = DEFAULT")
    assert abs((spark.sql("SELECT day").first().day - datetime.date.today()).days) <= 1
    with pytest.raises(AnalysisException):
        spark.sql("SELECT gone").collect()


def test_many_sessions_at_once(server, connect):
    failed = []

    def use(n):
        try:
            spark = connect(server.url)
            spark.range(n).createOrReplaceTempView("t")
            for _ in range(3):
                assert spark.sql("SELECT count(*) AS c FROM t").first().c == n
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=use, args=(n,)) for n in range(1, 17)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert not failed
