"""Names that both engines know: what one of them made or dropped, the other must not see otherwise."""
import uuid

import pytest
from conftest import connect, needs

pytestmark = needs(server=(4, 1), what="the choice by itself")

REFUSED = "UNSUPPORTED_FEATURE"
GONE = "TABLE_OR_VIEW_NOT_FOUND"


@pytest.fixture
def view():
    return "g" + uuid.uuid4().hex[:8]


def ask(spark, engine, text):
    spark.conf.set("shoal.engine", engine)
    return [tuple(r) for r in spark.sql(text).collect()]


def create(name, value, replace=""):
    return f"CREATE {replace} GLOBAL TEMPORARY VIEW {name} AS SELECT {value} AS x"


def test_global_view_of_both(door, view):
    """One that the attached Spark has, too, is read in each engine, and dropped in both or in none."""
    spark, other = connect(door.url), connect(door.url)
    read = f"SELECT x FROM global_temp.{view}"
    ask(spark, "auto", create(view, 1))
    for engine in ("auto", "duckdb", "spark"):
        assert ask(spark, engine, read) == ask(other, engine, read) == [(1,)]
    for change in (create(view, 2, "OR REPLACE"), f"DROP VIEW global_temp.{view}"):
        with pytest.raises(Exception, match=REFUSED):
            ask(spark, "duckdb", change)
    ask(other, "auto", create(view, 3, "OR REPLACE"))
    for engine in ("auto", "duckdb", "spark"):
        assert ask(spark, engine, read) == [(3,)]
    ask(other, "auto", f"DROP VIEW global_temp.{view}")
    for engine in ("auto", "duckdb", "spark"):
        with pytest.raises(Exception, match=GONE):
            ask(spark, engine, read)


def test_global_view_of_duckdb(door, view):
    """One that was made with duckdb forced is Shoal's own: Spark is never asked of it."""
    spark = connect(door.url)
    read = f"SELECT x FROM global_temp.{view}"
    ask(spark, "duckdb", create(view, 1))
    assert ask(spark, "duckdb", read) == ask(spark, "auto", read) == [(1,)]
    with pytest.raises(Exception, match=REFUSED):
        ask(spark, "spark", read)
    ask(spark, "spark", f"DROP VIEW global_temp.{view}")
    for engine in ("auto", "duckdb", "spark"):
        with pytest.raises(Exception, match=GONE):
            ask(spark, engine, read)


def test_drop_by_call(door, view):
    spark = connect(door.url)
    spark.range(3).createGlobalTempView(view)
    assert spark.catalog.dropGlobalTempView(view)
    assert not spark.catalog.dropGlobalTempView(view)
    with pytest.raises(Exception, match=GONE):
        ask(spark, "duckdb", f"SELECT * FROM global_temp.{view}")


@pytest.mark.parametrize("engine, make, use, missing, drop", [
    ("spark", "CREATE VIEW {} AS SELECT 5 AS x", "SELECT * FROM {}", GONE, "DROP VIEW {}"),
    ("auto", "CREATE FUNCTION {}() RETURNS INT RETURN 5", "SELECT {}()", "UNRESOLVED_ROUTINE", "DROP FUNCTION {}"),
], ids=["table", "function"])
def test_only_spark_has(door, view, engine, make, use, missing, drop):
    """With duckdb forced it is refused: it is not missing."""
    spark = connect(door.url)
    ask(spark, engine, make.format(view))
    try:
        assert ask(spark, "auto", use.format(view)) == [(5,)]
        with pytest.raises(Exception, match=REFUSED):
            ask(spark, "duckdb", use.format(view))
        with pytest.raises(Exception, match=missing):
            ask(spark, "duckdb", use.format(view + "_not"))
    finally:
        ask(spark, engine, drop.format(view))


def test_variables_of_duckdb(door):
    """Variables are all in one place: where the first was declared."""
    spark = connect(door.url)
    ask(spark, "duckdb", "DECLARE x INT DEFAULT 5")
    ask(spark, "duckdb", "SET VAR x = x + 1")
    assert ask(spark, "duckdb", "SELECT x, id FROM range(1)") == ask(spark, "auto", "SELECT x, id FROM range(1)") == [(6, 0)]
    with pytest.raises(Exception, match=REFUSED):
        ask(spark, "spark", "SELECT x")
    assert ask(spark, "spark", "SELECT id FROM range(1)") == [(0,)]
    ask(spark, "auto", "SET VAR x = 8")
    ask(spark, "auto", "DECLARE y INT DEFAULT x")
    assert ask(spark, "duckdb", "EXECUTE IMMEDIATE 'SELECT ? + 1 AS z' USING y") == [(9,)]


def test_dropped_table_is_not_found_again(door, view):
    """The attached Spark may not have been told yet that a table of Shoal's own is no more."""
    spark = connect(door.url)
    ask(spark, "duckdb", f"CREATE TABLE {view} USING parquet AS SELECT 1 AS x")
    assert ask(spark, "spark", f"SELECT x FROM {view}") == [(1,)]
    ask(spark, "duckdb", f"DROP TABLE {view}")
    with pytest.raises(Exception, match=GONE):
        ask(spark, "duckdb", f"SELECT x FROM {view}")


def test_temporary_view_before_table(door, view):
    """DROP TABLE drops the temporary view of that name, and all that answers for the session knows."""
    spark = connect(door.url)
    ask(spark, "spark", f"CREATE TABLE {view} USING parquet AS SELECT 1 AS x")
    ask(spark, "spark", f"CREATE TEMPORARY VIEW {view} AS SELECT 2 AS x")
    assert ask(spark, "spark", f"SELECT x FROM {view}") == [(2,)]
    ask(spark, "spark", f"ALTER VIEW {view} AS SELECT 3 AS x")
    for engine in ("spark", "auto", "duckdb"):
        assert ask(spark, engine, f"SELECT x FROM {view}") == [(3,)]
    ask(spark, "spark", f"DROP TABLE {view}")
    for engine in ("spark", "auto", "duckdb"):
        assert ask(spark, engine, f"SELECT x FROM {view}") == [(1,)]
    ask(spark, "spark", f"DROP TABLE {view}")
    for engine in ("spark", "auto", "duckdb"):
        with pytest.raises(Exception, match=GONE):
            ask(spark, engine, f"SELECT x FROM {view}")
