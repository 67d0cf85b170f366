"""The tables Spark's golden SQL files take for granted, and the tidying between two files."""
import contextlib

ONEK = ", ".join(f"{name} INT" for name in (
    "unique1 unique2 two four ten twenty hundred thousand twothousand fivethous tenthous odd even").split()) + \
    ", stringu1 STRING, stringu2 STRING, string4 STRING"
FILES = {"aggtest": ("agg", "a INT, b FLOAT"), "onek": ("onek", ONEK), "tenk1": ("tenk", ONEK)}
QUERIES = {
    "testdata": "SELECT CAST(id AS INT) AS key, CAST(id AS STRING) AS value FROM range(1, 101)",
    "arraydata": "SELECT transform(sequence(1, 3), i -> i + n) AS arraycol, array(transform(sequence(1, 3), i -> i + n)) "
                 "AS nestedarraycol FROM VALUES (0), (1) AS t(n)",
    "mapdata": "SELECT map_from_entries(transform(sequence(1, 6 - n), "
               "i -> struct(i AS k, concat(substring('abcde', i, 1), n) AS v))) AS mapcol "
               "FROM VALUES (1), (2), (3), (4), (5) AS t(n)"}


def create(spark, folder):
    """Creates the tables that are missing and returns the names of all."""
    there = {row.tableName for row in spark.sql("SHOW TABLES IN default").collect()}
    for name, query in QUERIES.items():
        if name not in there:
            spark.sql(query).write.format("parquet").saveAsTable(f"default.{name}")
    for name, (file, schema) in FILES.items():
        if name not in there:
            spark.read.schema(schema).option("delimiter", "\t").csv(str(folder / "postgresql" / f"{file}.data")) \
                .write.format("parquet").saveAsTable(f"default.{name}")
    return {*QUERIES, *FILES}


def clean(spark, keep):
    """Drops what earlier files have left."""
    for row in spark.sql("SHOW DATABASES").collect():
        if row[0] != "default":
            attempt(spark, f"DROP DATABASE `{row[0]}` CASCADE")
    with contextlib.suppress(Exception):
        for row in spark.sql("SHOW VIEWS IN default").collect():
            attempt(spark, f"DROP VIEW `default`.`{row.viewName}`")
    for row in spark.sql("SHOW TABLES IN default").collect():
        if row.tableName not in keep:
            attempt(spark, f"DROP TABLE `default`.`{row.tableName}`")
    with contextlib.suppress(Exception):
        for row in spark.sql("SHOW USER FUNCTIONS").collect():
            attempt(spark, f"DROP FUNCTION {row[0]}")
    with contextlib.suppress(Exception):
        for row in spark.sql("SHOW VIEWS IN global_temp").collect():
            if row.namespace == "global_temp":
                attempt(spark, f"DROP VIEW global_temp.`{row.viewName}`")


def attempt(spark, statement):
    with contextlib.suppress(Exception):
        spark.sql(statement)
