"""Tables: what all sessions share, and what a table is while it is written and when the server dies."""
import random
import threading
import time

import pytest

DATABASE = "e2e_tables"


@pytest.fixture
def base(spark):
    spark.sql(f"DROP DATABASE IF EXISTS {DATABASE} CASCADE")
    spark.sql(f"CREATE DATABASE {DATABASE}")
    yield DATABASE
    spark.sql(f"DROP DATABASE {DATABASE} CASCADE")


def at_once(*work):
    """Runs functions in threads of their own; the first error is raised."""
    failed = []

    def guarded(f):
        try:
            f()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(f,)) for f in work]
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
    assert not failed, failed[0]


def test_a_table_is_everybodys(server, connect, spark, base):
    other = connect(server.url)
    spark.range(3).write.saveAsTable(f"{base}.t")
    assert other.table(f"{base}.t").count() == 3
    other.sql(f"INSERT INTO {base}.t VALUES (7)")
    assert sorted(r.id for r in spark.table(f"{base}.t").collect()) == [0, 1, 2, 7]
    other.sql(f"DROP TABLE {base}.t")
    assert not spark.catalog.tableExists(f"{base}.t")


def test_files_of_a_table_are_plain_files(spark, base, tmp_path):
    spark.sql(f"CREATE TABLE {base}.t (a INT, p STRING) USING parquet PARTITIONED BY (p)")
    spark.sql(f"INSERT INTO {base}.t VALUES (1, 'x'), (2, 'y')")
    rows = spark.sql(f"DESCRIBE EXTENDED {base}.t").collect()
    location = next(r.data_type for r in rows if r.col_name == "Location")
    assert spark.read.parquet(location).where("p = 'y'").select("a").collect() == [(2,)]


def test_writers_at_once_lose_nothing(server, connect, spark, base):
    spark.sql(f"CREATE TABLE {base}.t (w INT, n INT) USING parquet PARTITIONED BY (w)")

    def write(w):
        mine = connect(server.url)
        for n in range(5):
            mine.sql(f"INSERT INTO {base}.t SELECT {n}, {w}") if w % 2 == 0 else \
                mine.createDataFrame([(n, w)], "n INT, w INT").write.insertInto(f"{base}.t")

    at_once(*(lambda w=w: write(w) for w in range(6)))
    assert spark.table(f"{base}.t").count() == 30


def test_readers_see_old_or_new(own_server, connect):
    spark = connect(own_server.url)
    spark.range(20000).selectExpr("0 AS version", "id").write.saveAsTable("t")
    done = threading.Event()

    def overwrite():
        for version in range(1, 15):
            spark.range(20000).selectExpr(f"{version} AS version", "id").write.mode("overwrite").insertInto("t")
        done.set()

    def read():
        mine = connect(own_server.url)
        while not done.is_set():
            seen = mine.sql("SELECT min(version), max(version), count(*) FROM t").first()
            assert seen[0] == seen[1] and seen[2] == 20000, seen

    at_once(overwrite, read, read)
    assert spark.sql("SELECT count(DISTINCT version) FROM t").first()[0] == 1


@pytest.mark.parametrize("how", ["insert overwrite", "saveAsTable", "dynamic"])
def test_kill_in_an_overwrite(own_server, connect, how):
    spark = connect(own_server.url)
    make = "SELECT {0} AS version, id, id % 5 AS p FROM range(50000)"
    spark.sql(make.format(0)).write.partitionBy("p").saveAsTable("t")
    for version in range(1, 7):
        def overwrite():
            try:
                mine = connect(own_server.url)
                rows = mine.sql(make.format(version))
                if how == "saveAsTable":
                    rows.write.mode("overwrite").partitionBy("p").saveAsTable("t")
                else:
                    mine.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic" if how == "dynamic" else "static")
                    rows.write.insertInto("t", overwrite=True)
            except Exception:
                pass  # its server died

        thread = threading.Thread(target=overwrite, daemon=True)
        thread.start()
        time.sleep(random.uniform(0.05, 0.6))
        own_server.kill()
        own_server.start()
        thread.join(60)
        seen = connect(own_server.url).sql("SELECT count(*), count(DISTINCT version), count(DISTINCT id) FROM t").first()
        assert tuple(seen) == (50000, 1, 50000)


def test_tables_survive_a_restart(own_server, connect):
    spark = connect(own_server.url)
    spark.sql("CREATE DATABASE d COMMENT 'kept'")
    spark.sql("CREATE TABLE d.t (a INT COMMENT 'c', p DATE) USING csv OPTIONS (header 'true') PARTITIONED BY (p)")
    spark.sql("INSERT INTO d.t VALUES (1, DATE '2024-01-31')")
    before = spark.sql("SHOW CREATE TABLE d.t").first()[0]
    own_server.kill()
    own_server.start()
    assert spark.sql("SHOW CREATE TABLE d.t").first()[0] == before
    assert [tuple(map(str, r)) for r in spark.table("d.t").collect()] == [("1", "2024-01-31")]
    assert spark.catalog.getDatabase("d").description == "kept"


def test_views_and_functions_survive_a_restart(own_server, connect):
    server = own_server
    spark = connect(server.url)
    spark.sql("CREATE TABLE kept (n INT) USING parquet")
    spark.sql("INSERT INTO kept VALUES (1), (2)")
    spark.sql("CREATE VIEW doubled (m) AS SELECT n * 2 FROM kept")
    spark.sql("CREATE FUNCTION times(a INT, b INT DEFAULT 3) RETURNS INT RETURN a * b")
    spark.sql("CREATE TEMPORARY FUNCTION mine() RETURN 'my own'")
    server.stop()
    server.start()
    rows = spark.sql("SELECT m, times(m), times(m, 2), mine() FROM doubled ORDER BY m").collect()
    assert [tuple(r) for r in rows] == [(2, 6, 4, "my own"), (4, 12, 8, "my own")]
    assert connect(server.url).sql("SELECT times(1)").collect()[0][0] == 3
