"""Everything a client can send reaches the attached Spark, and what is asked of both engines is the same."""
import threading
import time

import pytest
from pyspark.sql import functions as F

from conftest import CLIENT, KEPT, SERVER, connect, needs, own_functions


def engine(df, capfd):
    """The engine that df.explain() names."""
    df.explain()
    return capfd.readouterr().out.rsplit("Engine: ", 1)[1].strip()


def test_version_and_defaults(spark):
    assert spark.version.startswith(".".join(map(str, SERVER)))
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert spark.conf.get("spark.sql.ansi.enabled") == ("true" if SERVER >= (4, 0) else "false")


def test_sql_with_arguments(spark):
    assert spark.sql("SELECT :a + 1 AS x", args={"a": 41}).collect()[0].x == 42
    spark.conf.set("shoal.engine", "spark")
    assert spark.sql("SELECT :a + 1 AS x", args={"a": 41}).collect()[0].x == 42
    if CLIENT >= (3, 5):
        assert spark.sql("SELECT ? + ? AS x", args=[1, 2]).collect()[0].x == 3


@needs(server=(4, 1), what="the choice by itself")
def test_routes(spark, capfd):
    assert engine(spark.range(3), capfd).startswith("duckdb")
    spark.conf.set("shoal.engine", "spark")
    assert engine(spark.range(3), capfd) == "spark (shoal.engine = spark)"
    spark.conf.set("shoal.engine", "auto")
    plus = F.udf(lambda x: x + 1, "bigint")
    assert engine(spark.range(3).select(plus("id")), capfd).startswith("spark")
    spark.conf.set("shoal.engine", "duckdb")
    with pytest.raises(Exception, match="UNSUPPORTED_FEATURE"):
        spark.range(3).select(plus("id")).collect()


@needs(server=(4, 1), what="session variables")
def test_opaque(spark, capfd):
    spark.sql("DECLARE VARIABLE seen INT DEFAULT 5")
    assert spark.sql("SELECT seen AS x").collect()[0].x == 5
    assert engine(spark.range(3), capfd) == "spark (the session is opaque since DECLARE VARIABLE)"


def test_short_lane(spark):
    """Queries of the lane for short ones run in a session of their own, which is as the home is."""
    spark.conf.set("shoal.engine", "spark")
    spark.range(4).createOrReplaceTempView("few")
    spark.conf.set("shoal.lane", "short")
    count = "SELECT count(*) AS n FROM few"
    assert spark.sql(count).collect()[0].n == 4
    spark.range(6).createOrReplaceTempView("few")
    spark.conf.set("spark.sql.ansi.enabled", "false")
    assert spark.sql("SELECT count(*) AS n, first(1 / 0) AS nothing FROM few").collect()[0][:] == (6, None)
    spark.conf.set("spark.sql.ansi.enabled", "true")
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO") as caught:
        spark.range(3).selectExpr("1 / (id - 1) AS x").collect()
    if CLIENT >= (4, 0) and SERVER >= (4, 0):
        assert caught.value.getCondition() == "DIVIDE_BY_ZERO"
    spark.sql("CREATE OR REPLACE TEMP VIEW fewer AS SELECT * FROM few WHERE id > 3")
    assert spark.table("fewer").count() == 2
    spark.conf.set("shoal.lane", "heavy")
    assert spark.table("fewer").count() == 2


@own_functions
def test_python_udf(spark):
    plus = F.udf(lambda x: x + 1, "bigint")
    assert [r[0] for r in spark.range(3).select(plus("id")).collect()] == [1, 2, 3]
    spark.udf.register("plus_two", lambda x: x + 2, "bigint")
    assert spark.sql("SELECT plus_two(id) AS x FROM range(2)").collect()[1].x == 3
    spark.udf.register("upper", lambda x: "mine", "string")  # hides Spark's own
    assert spark.sql("SELECT upper('a') AS x").collect()[0].x == "mine"


@own_functions
def test_views_cross(spark):
    """A view made on one engine is read on the other, and by views over it."""
    spark.range(4).createOrReplaceTempView("here")
    spark.udf.register("twice", lambda x: 2 * x, "bigint")
    spark.sql("SELECT twice(id) AS t FROM here").createOrReplaceTempView("there")
    spark.sql("CREATE OR REPLACE TEMP VIEW over AS SELECT sum(t) AS s FROM there")
    assert spark.table("over").collect()[0].s == 12
    spark.range(1).createOrReplaceTempView("here")  # DataFrame views mean what they meant; SQL views look up again
    assert spark.table("over").collect()[0].s == 12
    assert spark.table("here").count() == 1
    spark.table("here").withColumn("x", F.lit(1)).createOrReplaceTempView("here")
    spark.sql("SELECT twice(x) FROM here").collect()
    assert spark.table("here").columns == ["id", "x"]
    assert "here" in {t.name for t in spark.catalog.listTables()}
    assert spark.catalog.dropTempView("here")
    assert "here" not in {t.name for t in spark.catalog.listTables()}
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        spark.table("here").collect()


def test_tables_and_databases(spark, door):
    spark.sql("CREATE DATABASE IF NOT EXISTS shop")
    spark.sql("USE shop")
    assert spark.catalog.currentDatabase() == "shop"
    spark.range(5).write.mode("overwrite").saveAsTable("orders")
    assert spark.table("orders").count() == 5
    spark.sql("INSERT INTO orders VALUES (7)")
    assert spark.sql("SELECT max(id) AS m FROM shop.orders").collect()[0].m == 7
    assert [t.name for t in spark.catalog.listTables()] == ["orders"]
    other = connect(door.url)
    assert other.catalog.currentDatabase() == "default"
    assert other.table("shop.orders").count() == 6
    spark.sql("DROP TABLE orders")
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        other.table("shop.orders").collect()


@own_functions
def test_own_tables(spark):
    """Tables of Shoal's own are read by the real Spark, too: as they are now, by every name, through views, and not after their end."""

    def on(engine, text):
        spark.conf.set("shoal.engine", engine)
        return [tuple(r) for r in spark.sql(text).collect()]

    on("duckdb", "CREATE DATABASE mine")
    on("duckdb", "CREATE TABLE mine.own (id BIGINT, name STRING, day INT) USING parquet PARTITIONED BY (day)")
    on("duckdb", "INSERT INTO mine.own VALUES (1, 'a', 1), (2, 'it''s', 2)")
    for n in (3, 4):
        assert on("spark", "SELECT count(*), max(o.id) FROM mine.own o") == [(n - 1, n - 1)]
        on("spark", f"INSERT INTO mine.own VALUES ({n}, 'x', {n})")  # which Shoal does
    assert on("spark", "SELECT mine.own.name FROM mine.own WHERE day = 2") == [("it's",)]
    assert spark.table("spark_catalog.mine.own").schema.simpleString() == "struct<id:bigint,name:string,day:int>"
    spark.udf.register("plus_one", lambda x: x + 1, "bigint")
    spark.conf.set("shoal.engine", "auto")
    spark.sql("CREATE TEMP VIEW later AS SELECT plus_one(id) AS n FROM mine.own")
    assert sorted(r.n for r in spark.table("later").collect()) == [2, 3, 4, 5]
    on("duckdb", "INSERT OVERWRITE mine.own VALUES (9, 'z', 9)")
    spark.conf.set("shoal.engine", "auto")
    assert [r.n for r in spark.table("later").collect()] == [10]
    on("duckdb", "ALTER TABLE mine.own ADD COLUMNS (more STRING)")
    assert on("spark", "SELECT * FROM mine.own") == [(9, "z", None, 9)]
    assert on("spark", "SHOW TABLES IN mine") == [("mine", "own", False), ("", "later", True)]
    assert on("spark", "USE mine") == [] and on("spark", "SELECT count(*) FROM own") == [(1,)]
    on("spark", "USE default")
    on("spark", "DROP TABLE mine.own")
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        on("spark", "SELECT * FROM mine.own")
    assert on("spark", "SHOW TABLES IN mine") == [("", "later", True)]
    on("spark", "CREATE TABLE mine.own USING parquet AS SELECT 5 AS x")  # the real Spark's
    assert on("duckdb" if SERVER >= (4, 1) else "spark", "SELECT * FROM mine.own") == [(5,)]
    on("spark", "DROP TABLE mine.own")
    on("duckdb", "DROP DATABASE mine")


def test_files_cross(spark, tmp_path):
    """What one engine writes the other reads at once."""
    path = str(tmp_path / "t")
    for writer, reader, n in [("duckdb", "spark", 3), ("spark", "duckdb", 5), ("duckdb", "spark", 7)]:
        spark.conf.set("shoal.engine", writer)
        spark.range(n).write.mode("overwrite").parquet(path)
        spark.conf.set("shoal.engine", reader)
        assert spark.read.parquet(path).count() == n
    spark.conf.unset("shoal.engine")


def test_temporary_view_wins_over_table(spark):
    spark.sql("CREATE TABLE both_ways USING parquet AS SELECT 1 AS x")
    assert spark.table("both_ways").collect()[0].x == 1
    spark.sql("CREATE TEMP VIEW both_ways AS SELECT 2 AS x")
    assert spark.table("both_ways").collect()[0].x == 2
    spark.conf.set("shoal.engine", "spark")
    assert spark.table("both_ways").collect()[0].x == 2
    spark.sql("DROP VIEW both_ways")
    assert spark.table("both_ways").collect()[0].x == 1
    spark.sql("DROP TABLE both_ways")


def test_confs_are_kept_in_step(spark):
    spark.conf.set("spark.sql.shuffle.partitions", "7")
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    spark.conf.set("shoal.engine", "spark")
    assert spark.sql("SET spark.sql.shuffle.partitions").collect()[0].value == "7"
    assert spark.sql("SELECT current_timezone() AS z").collect()[0].z == "Asia/Tokyo"
    spark.conf.unset("spark.sql.session.timeZone")
    assert spark.sql("SELECT current_timezone() AS z").collect()[0].z == "UTC"
    assert spark.conf.get("spark.executor.id") == "driver"  # only the server knows it


def test_errors(spark):
    for text, match in [("SELEC 1", "PARSE_SYNTAX_ERROR"), ("SELECT * FROM nowhere", "TABLE_OR_VIEW_NOT_FOUND"),
                        ("SELECT nothing(1)", "UNRESOLVED_ROUTINE")]:
        with pytest.raises(Exception, match=match):
            spark.sql(text).collect()
    spark.conf.set("shoal.engine", "spark")
    spark.conf.set("spark.sql.ansi.enabled", "true")
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO") as raised:
        spark.sql("SELECT 1/0").collect()
    if CLIENT >= (4, 0) and SERVER >= (4, 0):
        assert raised.value.getSqlState() == "22012"
        assert raised.value.getQueryContext()[0].fragment() == "1/0"


@own_functions
def test_artifacts(spark, tmp_path):
    module = tmp_path / "shoal_probe.py"
    module.write_text("def answer(): return 42\n")
    add = spark.addArtifacts if hasattr(spark, "addArtifacts") else spark.addArtifact
    add(str(module), pyfile=True)

    def ask(_):
        import shoal_probe
        return shoal_probe.answer()

    assert spark.range(1).select(F.udf(ask, "int")("id")).collect()[0][0] == 42


@own_functions
def test_interrupt(spark):
    def slow(x):
        time.sleep(60)
        return x

    spark.range(1).select(F.udf(lambda x: x, "bigint")("id")).collect()
    failed = []

    def work():
        spark.addTag("slow")
        try:
            spark.range(1).select(F.udf(slow, "bigint")("id")).collect()
        except Exception as e:
            failed.append(str(e))

    t = threading.Thread(target=work, daemon=True)
    t.start()
    for _ in range(100):
        time.sleep(0.2)
        if spark.interruptTag("slow"):
            break
    t.join(20)
    assert failed and "OPERATION_CANCELED" in failed[0]


def cut_short(spark, text, after):
    """Cancels a statement while a function of its, slow, is at work."""
    def slow(x):
        time.sleep(20)
        return x

    spark.udf.register("slow", slow, "bigint")
    failed = []

    def work():
        spark.addTag("cut short")
        try:
            spark.sql(text)
        except Exception as e:
            failed.append(str(e))

    t = threading.Thread(target=work, daemon=True)
    t.start()
    time.sleep(after)
    for _ in range(100):
        if spark.interruptTag("cut short"):
            break
        time.sleep(0.2)
    t.join(60)
    assert failed and "OPERATION_CANCELED" in failed[0]


@own_functions
def test_a_cancelled_create_leaves_nothing(spark):
    spark.sql("CREATE DATABASE IF NOT EXISTS cut_short")
    cut_short(spark, "CREATE TABLE cut_short.made USING parquet AS SELECT slow(id) AS x FROM range(1)", after=3)
    assert spark.catalog.listTables("cut_short") == []
    spark.sql("CREATE TABLE cut_short.made USING parquet AS SELECT 1L AS x")
    assert spark.table("cut_short.made").count() == 1
    spark.sql("DROP DATABASE cut_short CASCADE")


@own_functions
def test_a_cancelled_cache_leaves_nothing(spark):
    cut_short(spark, "CACHE TABLE cut_short AS SELECT slow(id) AS x FROM range(1)", after=5)
    spark.conf.set("shoal.engine", "spark")
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        spark.table("cut_short").collect()
    spark.sql("CACHE TABLE cut_short AS SELECT 1L AS x")
    assert spark.table("cut_short").count() == 1
    with pytest.raises(Exception, match="TEMP_TABLE_OR_VIEW_ALREADY_EXISTS"):
        spark.sql("CACHE TABLE cut_short AS SELECT 2L AS x")
    assert spark.table("cut_short").collect()[0].x == 1
    spark.sql("DROP VIEW cut_short")


def test_tables_are_read_here(spark, capfd):
    """A table of Spark's catalog that is plain Parquet is read by either engine; a change is seen at once."""
    spark.sql("CREATE TABLE plain (x BIGINT, name STRING) USING parquet")
    for n in (1, 2, 3):
        spark.sql(f"INSERT INTO plain VALUES ({n}, 'a')")
        assert spark.table("plain").count() == n
    if SERVER >= (4, 1):
        assert engine(spark.sql("SELECT p.x, default.plain.x FROM plain p, default.plain"), capfd).startswith("duckdb")
        spark.conf.set("shoal.engine", "duckdb")
        assert spark.table("spark_catalog.default.plain").count() == 3
        spark.conf.unset("shoal.engine")
        spark.sql("ALTER TABLE plain ADD COLUMN y INT DEFAULT 7")  # what the files do not say is left to Spark
        assert engine(spark.table("plain"), capfd).startswith("spark")
        assert spark.table("plain").agg(F.sum("y")).collect()[0][0] == 21
    spark.sql("DROP TABLE plain")
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        spark.table("plain").collect()


@needs(client=(4, 0), server=(4, 1), what="cloneSession")
def test_clone(spark):
    spark.udf.register("twice", lambda x: 2 * x, "bigint")
    spark.sql("SELECT twice(id) AS t FROM range(4)").createOrReplaceTempView("doubled")
    if not hasattr(spark, "cloneSession"):
        pytest.skip("this client cannot clone")
    other = spark.cloneSession()
    KEPT.append(other)
    assert other.table("doubled").agg(F.sum("t")).collect()[0][0] == 12
    spark.sql("DECLARE VARIABLE seen INT DEFAULT 5")
    with pytest.raises(Exception, match="UNSUPPORTED_FEATURE.*DECLARE"):
        spark.cloneSession()


def test_files_beyond(spark, tmp_path):
    """What is forwarded runs with Spark's rights: files that queries may not reach stay out of it."""
    spark.conf.set("shoal.engine", "spark")
    outside = "/etc/hosts"
    for act in [lambda: spark.read.text(outside).collect(), lambda: spark.sql(f"SELECT * FROM text.`{outside}`").collect(),
                lambda: spark.range(1).write.csv("/etc/shoal_was_here"), lambda: spark.read.format("binaryFile").load("file:///etc").schema,
                lambda: spark.sql(f"CREATE TEMPORARY VIEW hosts USING text OPTIONS (path '{outside}')"),
                lambda: spark.sql("CREATE TABLE hosts (value STRING) USING text LOCATION '/etc'"),
                lambda: spark.range(1).filter(f"exists(SELECT * FROM text.`{outside}`)").collect()]:
        with pytest.raises(Exception, match="INSUFFICIENT_PERMISSIONS"):
            act()
    spark.range(3).write.json(str(tmp_path / "t"))
    assert spark.read.json(str(tmp_path / "t")).count() == 3


def test_streaming(spark):
    query = (spark.readStream.format("rate").option("rowsPerSecond", 50).load()
             .writeStream.format("memory").queryName("ticks").outputMode("append").start())
    try:
        deadline = time.time() + 60
        while spark.sql("SELECT count(*) AS n FROM ticks").collect()[0].n == 0:
            assert time.time() < deadline
            time.sleep(0.5)
        assert query.isActive and query.id in [q.id for q in spark.streams.active]
    finally:
        query.stop()
    assert not query.isActive


@needs(client=(4, 0), server=(4, 1), what="checkpoints")
def test_checkpoint_and_cache(first):
    spark = first
    plus = F.udf(lambda x: x + 1, "bigint")
    df = spark.range(5).select(plus("id").alias("x")).localCheckpoint()
    assert df.agg(F.sum("x")).collect()[0][0] == 15
    cached = spark.range(5).select(plus("id").alias("x")).cache()
    assert cached.count() == 5 and cached.is_cached
    cached.unpersist()


@needs(client=(4, 0), server=(4, 1), what="checkpoints")
def test_short_lane_has_no_checkpoints(first):
    first.conf.set("shoal.engine", "spark")
    first.conf.set("shoal.lane", "short")
    try:
        kept = first.range(5).localCheckpoint()  # the home alone has it
        assert kept.count() == 5 and first.range(3).union(kept).count() == 8
    finally:
        first.conf.unset("shoal.lane")
        first.conf.unset("shoal.engine")


@needs(client=(4, 0), server=(4, 1), what="pyspark.ml over Connect")
def test_ml(first):
    spark = first
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.evaluation import BinaryClassificationEvaluator
    from pyspark.ml.feature import StandardScaler, VectorAssembler
    from pyspark.ml.tuning import CrossValidator, ParamGridBuilder

    df = spark.range(200).selectExpr("id % 7 AS a", "id % 5 AS b", "CAST(id % 7 > 3 AS double) AS label")
    pipeline = Pipeline(stages=[VectorAssembler(inputCols=["a", "b"], outputCol="raw"),
                                StandardScaler(inputCol="raw", outputCol="features"),
                                LogisticRegression(maxIter=5)])
    model = pipeline.fit(df)
    assert model.transform(df).filter("prediction = label").count() > 150
    assert model.stages[-1].summary.accuracy > 0.75
    assert len(model.stages[-1].coefficients) == 2
    evaluator = BinaryClassificationEvaluator()
    grid = ParamGridBuilder().addGrid(pipeline.getStages()[-1].regParam, [0.0, 0.1]).build()
    best = CrossValidator(estimator=pipeline, estimatorParamMaps=grid, evaluator=evaluator, numFolds=2).fit(df)
    assert evaluator.evaluate(best.transform(df)) > 0.9
