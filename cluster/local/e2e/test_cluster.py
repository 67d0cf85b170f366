"""A real cluster through its life and its deaths, with an unmodified PySpark client.

    make test-cluster

Needs Java 17 and root or not: volumes are mounts for root and polled otherwise. SPARK_HOME names the Spark.
"""
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

import pytest

pyspark = pytest.importorskip("pyspark")
from pyspark.sql import SparkSession  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools")]

import servers  # noqa: E402

SHOAL = os.environ.get("SHOAL_BIN", str(ROOT / "bin" / "shoal"))
WORKERS = 4

if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
    pytest.skip("real Spark needs Java 17 (apt-get install openjdk-17-jre-headless)", allow_module_level=True)


class Cluster:
    def __init__(self, data, spark_dir):
        self.flags = ["--data", str(data), "--spark-dir", str(spark_dir)]
        self.data = data

    def run(self, *args, ok=True):
        done = subprocess.run([SHOAL, "cluster", *args, *self.flags], capture_output=True, text=True, timeout=600)
        assert (done.returncode == 0) == ok, done.stdout + done.stderr
        return done

    def up(self, *more):
        return self.run("up", "--local", "--workers", str(WORKERS), "--cores", "1", "--memory", "512m", "--volume-size", "256m", *more)

    def status(self):
        return json.loads(self.run("status", "--json").stdout)

    def worker(self, name):
        return next((w for w in self.status()["workers"] if w["name"] == name), None)

    def until(self, good, limit=180):
        """Waits until the status is good, and gives it."""
        end = time.monotonic() + limit
        while True:
            st = self.status()
            if good(st):
                return st
            assert time.monotonic() < end, json.dumps(st, indent=1)
            time.sleep(0.3)

    def whole(self, st):
        return (st["supervisor"]["alive"] and st["master"]["alive"] and st["driver"]["alive"] and len(st["workers"]) == WORKERS
                and all(w["alive"] and w["state"] == "running" for w in st["workers"]))

    def processes(self):
        """Everything that carries the cluster's mark, or has its folder on its command line."""
        found = set()
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
                dead = (path / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                continue
            marked = b"SHOAL_CLUSTER=" in words and str(self.data).encode() in words
            if marked and not dead and int(path.name) != os.getpid():
                found.add(int(path.name))
        return found


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    data = tmp_path_factory.mktemp("cluster")
    cache = pathlib.Path(os.environ.get("SHOAL_CACHE", pathlib.Path.home() / ".cache" / "shoal")) / "spark"
    c = Cluster(data, os.environ.get("SHOAL_CLUSTER_SPARK", cache))
    begin = time.monotonic()
    try:
        c.up()
        print(f"ready after {time.monotonic() - begin:.1f} s")
        yield c
    finally:
        c.run("down")


SESSIONS = []  # kept to the end: a session that is collected ends itself on the server


@pytest.fixture
def session(cluster):
    def connect():
        SESSIONS.append(SparkSession.builder.remote(cluster.status()["connect"]).create())
        return SESSIONS[-1]
    return connect


@pytest.fixture(scope="module")
def door(cluster):
    """A Shoal that found the cluster by its data directory."""
    with servers.Shoal("--allow", str(cluster.data), binary=SHOAL, data=str(cluster.data)) as server:
        yield server


@pytest.fixture
def user(door):
    """Makes sessions through the door whose queries run on the cluster."""
    def connect(**conf):
        SESSIONS.append(SparkSession.builder.remote(door.url).create())
        for key, value in {"shoal.engine": "spark", **conf}.items():
            SESSIONS[-1].conf.set(key.replace("__", "."), value)
        return SESSIONS[-1]
    return connect


ROWS, GROUPS = 400_000, 5000


def shuffled(spark, slow=0):
    """A query with a shuffle whose answer is known: the sum of each group, and over all. slow makes a task last so many rounds."""
    text = f"""SELECT count(*) AS n, sum(s) AS total FROM (
        SELECT k, sum(v) AS s FROM (SELECT id % {GROUPS} AS k, id + length(sha2(repeat(cast(id AS string), {slow}), 512)) - 128 AS v
        FROM range(0, {ROWS}, 1, 16)) GROUP BY k)"""
    row = spark.sql(text).collect()[0]
    assert (row.n, row.total) == (GROUPS, ROWS * (ROWS - 1) // 2)


class Background(threading.Thread):
    """Runs a function beside the test; join tells how it ended."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.error = work, None
        self.start()

    def run(self):
        try:
            self.work()
        except Exception as e:  # told by result
            self.error = e

    def result(self, limit=240):
        self.join(limit)
        assert not self.is_alive(), "the query did not end"
        if self.error:
            raise self.error


def test_status(cluster, session):
    spark = session()
    shuffled(spark)
    st = cluster.status()
    assert cluster.whole(st), st
    assert st["connect"].startswith("sc://127.0.0.1:")
    assert len({w["volume"]["path"] for w in st["workers"]}) == WORKERS
    assert all(w["volume"]["limited_by"] in ("mount", "poll") and 0 < w["volume"]["limit_bytes"] <= 256 << 20 for w in st["workers"])
    assert sum(w["shuffled_bytes"] for w in st["workers"]) > 0
    assert spark.conf.get("spark.scheduler.mode") == "FAIR"
    assert any((cluster.data / "cluster" / "eventlog").iterdir())


def test_nothing_listens_beyond_loopback(cluster):
    pids, addresses = cluster.processes(), set()
    inodes = set()
    for pid in pids:
        for fd in pathlib.Path(f"/proc/{pid}/fd").glob("*"):
            try:
                inodes.add(os.readlink(fd))
            except OSError:
                continue
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            f = line.split()
            if f[3] == "0A" and f"socket:[{f[9]}]" in inodes:
                addresses.add(f[1].rsplit(":", 1)[0])
    assert addresses
    for a in addresses:  # 127.x.y.z, the same as IPv6, ::1
        assert (len(a) == 8 and a.endswith("7F")) or (a.startswith("0000000000000000FFFF0000") and a.endswith("7F")) or a == "0" * 24 + "01000000", a


def test_worker_killed_in_a_query(cluster, session):
    spark, other = session(), session()
    shuffled(spark)
    before = cluster.worker("worker-2")
    query = Background(lambda: shuffled(spark, slow=200))
    cluster.until(lambda st: sum(w["running_tasks"] for w in st["workers"]) > 1)
    os.kill(before["pid"], signal.SIGKILL)
    for _ in range(3):
        assert other.sql("SELECT 1 + 1 AS two").collect()[0].two == 2
    query.result()
    after = cluster.until(cluster.whole)
    worker = next(w for w in after["workers"] if w["name"] == "worker-2")
    assert worker["pid"] != before["pid"] and worker["restarts"] == before["restarts"] + 1
    shuffled(spark)


def test_volume_removed(cluster, session):
    spark = session()
    before = cluster.worker("worker-1")
    shutil.rmtree(pathlib.Path(before["volume"]["path"]) / "local")
    shuffled(spark)
    st = cluster.until(lambda st: cluster.whole(st) and st["workers"][0]["restarts"] > before["restarts"])
    assert st["workers"][0]["reason"] == "its volume was removed"
    shuffled(spark)


def test_volume_full(cluster, session):
    spark = session()
    w = cluster.worker("worker-3")
    with open(pathlib.Path(w["volume"]["path"]) / "ballast", "wb") as f:
        try:
            for _ in range(300):
                f.write(bytes(1 << 20))
                f.flush()
        except OSError:
            assert w["volume"]["limited_by"] == "mount"
    for _ in range(3):
        shuffled(spark)
    st = cluster.until(lambda st: cluster.whole(st) and st["workers"][2]["restarts"] > w["restarts"])
    assert st["workers"][2]["reason"] == "its volume was full"


def test_master_killed_in_a_query(cluster, session):
    spark = session()
    before = cluster.status()["master"]
    query = Background(lambda: shuffled(spark, slow=200))
    cluster.until(lambda st: sum(w["running_tasks"] for w in st["workers"]) > 1)
    os.kill(before["pid"], signal.SIGKILL)
    query.result()
    st = cluster.until(lambda st: cluster.whole(st) and st["master"]["pid"] != before["pid"])
    assert st["driver"]["restarts"] == 0
    shuffled(spark)


# How long the short queries of others are looked at: before the kill, in the trouble after it, and then.
BEFORE, TROUBLE, AFTER = 20, 30, 20
# What is aimed at is 3 and 1.2 times as long as before; a machine that does other things beside must not fail the test.
AIMS, BOUNDS = (3, 1.2), (8, 2.5)


def test_errors_come_soon(user):
    """A query's own error is told at once: its tasks are not tried until no worker is left to try."""
    spark = user()
    spark.range(8).selectExpr("1 / (id + 1) AS x").collect()
    begin = time.monotonic()
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        spark.range(0, 8, 1, 4).selectExpr("1 / (id - 3) AS x").collect()
    took = time.monotonic() - begin
    print(f"an error of a task: {took:.2f} s")
    assert took < 4


def test_others_do_not_suffer(cluster, user):
    """A worker is killed in the middle of heavy queries: all are right, and nobody else's short query fails or has to wait for long."""
    heavy, spark = user(), user(shoal__engine="spark", shoal__lane="short", spark__sql__shuffle__partitions="2")
    stop, took = threading.Event(), []

    def work():
        while not stop.is_set():
            shuffled(heavy, slow=100)

    def short():
        begin = time.monotonic()
        rows = spark.sql("SELECT id % 5 AS k, sum(id) AS s FROM range(0, 1000, 1, 2) GROUP BY 1 ORDER BY 1").collect()
        assert [r.s for r in rows] == [99500 + 200 * k for k in range(5)]
        took.append((begin, time.monotonic() - begin))

    query = Background(work)
    cluster.until(lambda st: sum(w["running_tasks"] for w in st["workers"]) > 1)
    for _ in range(5):
        short()  # until all is loaded
    took.clear()
    while len(took) < 10 or took[-1][0] < took[0][0] + BEFORE:
        short()
    before = cluster.worker("worker-4")
    os.kill(before["pid"], signal.SIGKILL)
    killed = time.monotonic()
    while took[-1][0] < killed + TROUBLE + AFTER:
        short()
    stop.set()
    query.result()
    spans = [[t for begin, t in took if low <= begin - killed < high] for low, high in
             [(-float("inf"), 0), (0, TROUBLE), (TROUBLE, float("inf"))]]
    p50 = [statistics.median(span) for span in spans]
    ratios = [p / p50[0] for p in p50[1:]]
    for name, span, ratio, aim in zip(("before", f"{TROUBLE} s after the kill", "then"), spans, [None, *ratios], [None, *AIMS]):
        print(f"short queries of others, {name}: {len(span)}, p50 {statistics.median(span):.2f} s, slowest {max(span):.2f} s"
              + (f", {ratio:.2f}x (aim <= {aim}x: {'ok' if ratio <= aim else 'MISSED'})" if aim else ""))
    assert ratios[0] <= BOUNDS[0] and ratios[1] <= BOUNDS[1]
    cluster.until(lambda st: cluster.whole(st) and st["workers"][3]["restarts"] > before["restarts"])


def test_tables_are_one(cluster, user):
    """A table or file written by one engine is read by the other at once."""
    spark, duckdb = user(), user(shoal__engine="duckdb")
    spark.sql("CREATE TABLE pens (id BIGINT, name STRING) USING parquet")
    assert duckdb.table("pens").count() == 0
    for n in range(1, 4):
        spark.sql(f"INSERT INTO pens VALUES ({n}, 'pen {n}')")
        assert duckdb.sql("SELECT sum(p.id) AS s FROM default.pens p").collect()[0].s == n * (n + 1) // 2
    assert duckdb.table("pens").schema == spark.table("pens").schema
    path = str(cluster.data / "warehouse" / "inks")
    duckdb.table("pens").filter("id > 1").write.parquet(path)
    spark.sql(f"CREATE TABLE inks (id BIGINT, name STRING) USING parquet LOCATION '{path}'")
    assert spark.table("inks").count() == duckdb.table("inks").count() == 2
    duckdb.range(1).selectExpr("id", "'none' AS name").createTempView("inks")  # a temporary view stands before a table
    assert duckdb.table("inks").count() == 1 and spark.table("inks").count() == 2
    spark.sql("DROP TABLE inks")
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        user(shoal__engine="duckdb").table("inks").collect()


def test_connect_server_killed_behind_the_door(cluster, user):
    """What runs gets an error that says to try again, or is run again; sessions and tables are as before."""
    spark = user()
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    spark.range(4).createOrReplaceTempView("base")
    spark.udf.register("twice", lambda x: 2 * x, "bigint")
    spark.sql("CREATE TABLE kept USING parquet AS SELECT twice(id) AS t FROM base")
    before = cluster.status()["driver"]

    def write():
        spark.sql(f"INSERT INTO kept SELECT max(length(sha2(repeat(cast(id AS string), 500), 512))) FROM range(0, {ROWS}, 1, 16)")

    writing = Background(write)
    cluster.until(lambda st: sum(w["running_tasks"] for w in st["workers"]) > 1)
    reading = Background(lambda: shuffled(spark, slow=200))
    time.sleep(1)
    os.kill(before["pid"], signal.SIGKILL)
    with pytest.raises(Exception, match="SPARK_JOB_CANCELLED"):
        writing.result()
    reading.result()  # nothing of it had been delivered: it ran again
    assert cluster.until(cluster.whole)["driver"]["restarts"] == before["restarts"] + 1
    assert spark.table("kept").count() in (4, 5)
    assert spark.sql("SELECT sum(twice(id)) AS s FROM base").collect()[0].s == 12
    assert spark.conf.get("spark.sql.shuffle.partitions") == "3"


def test_connect_server_killed(cluster, session):
    before = cluster.status()
    os.kill(before["driver"]["pid"], signal.SIGKILL)
    st = cluster.until(lambda st: cluster.whole(st) and st["driver"]["pid"] != before["driver"]["pid"])
    assert st["connect"] == before["connect"] and st["driver"]["restarts"] == before["driver"]["restarts"] + 1
    shuffled(session())


def test_supervisor_killed(cluster, session):
    spark = session()
    before = cluster.status()
    os.kill(before["supervisor"]["pid"], signal.SIGKILL)
    time.sleep(0.5)
    assert not cluster.status()["supervisor"]["alive"]
    shuffled(spark)  # the cluster goes on
    cluster.up()  # and gets a new one, which takes over what runs
    after = cluster.until(cluster.whole)
    assert after["supervisor"]["pid"] != before["supervisor"]["pid"]
    assert [w["pid"] for w in after["workers"]] == [w["pid"] for w in before["workers"]]
    assert after["driver"]["pid"] == before["driver"]["pid"]


def test_resize_in_a_query(cluster, session):
    spark = session()
    query = Background(lambda: shuffled(spark, slow=100))
    cluster.run("resize", "--workers", "2")
    query.result()
    assert [w["name"] for w in cluster.status()["workers"]] == ["worker-1", "worker-2"]
    cluster.run("resize", "--workers", str(WORKERS))
    assert cluster.whole(cluster.status())
    shuffled(spark)


def test_too_many(cluster):
    said = cluster.run("resize", "--workers", "150", ok=False).stderr
    assert "150 workers x" in said and "such workers would fit" in said


def test_down_leaves_nothing(cluster):
    pids = cluster.processes()
    assert len(pids) >= 3 + WORKERS
    cluster.run("down")
    assert cluster.processes() == set()
    assert str(cluster.data) not in pathlib.Path("/proc/mounts").read_text()
    assert not (cluster.data / "cluster" / "state.json").exists()
    cluster.run("status", ok=False)


def test_failed_up_leaves_nothing(cluster, tmp_path):
    """Killed before it is ready, and told to stop."""
    for sig in (signal.SIGKILL, signal.SIGINT):
        up = subprocess.Popen([SHOAL, "cluster", "up", "--workers", "1", "--memory", "512m", *cluster.flags], stderr=subprocess.PIPE, text=True)
        for line in up.stderr:
            if "master starting" in line:
                break
        assert cluster.processes()
        up.send_signal(sig)
        up.wait(60)
        end = time.monotonic() + 60
        while cluster.processes() and time.monotonic() < end:
            time.sleep(0.2)
        assert cluster.processes() == set()
