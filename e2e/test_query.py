"""Questions: SQL text and DataFrame code, and the ways to look at an answer."""
import datetime
import decimal

import pytest
from conftest import needs
from pyspark.sql import Row, Window
from pyspark.sql import functions as F


@pytest.fixture(scope="module")
def people(spark):
    frame = spark.createDataFrame(
        [("Ada", 36, "London"), ("Grace", 85, "New York"), ("Alan", 41, "London"), ("Emmy", 53, None)],
        "name string, age int, city string")
    frame.createOrReplaceTempView("people")
    return frame


def test_version(spark):
    assert spark.version.startswith("4.1.")


def test_select_one(spark):
    assert spark.sql("SELECT 1").collect() == [Row(**{"1": 1})]


def test_sql_types(spark):
    row = spark.sql("""
        SELECT 1Y AS b, 2S AS s, 3 AS i, 4L AS l, 1.5f AS f, 2.5d AS d, 1.10 AS dec, 'x' AS str, true AS t, NULL AS n,
               X'0aff' AS bin, DATE '2024-02-29' AS date, TIMESTAMP_NTZ '2024-02-29 12:34:56.789' AS ntz,
               array(1, NULL) AS arr, map('k', 1) AS m, named_struct('a', 1, 'b', 'y') AS st,
               INTERVAL '1 02:03:04' DAY TO SECOND AS dt
    """).first()
    assert row == Row(
        b=1, s=2, i=3, l=4, f=1.5, d=2.5, dec=decimal.Decimal("1.10"), str="x", t=True, n=None, bin=bytearray(b"\x0a\xff"),
        date=datetime.date(2024, 2, 29), ntz=datetime.datetime(2024, 2, 29, 12, 34, 56, 789000), arr=[1, None], m={"k": 1},
        st=Row(a=1, b="y"), dt=datetime.timedelta(days=1, hours=2, minutes=3, seconds=4))


def test_sql_arguments(spark, people):
    named = spark.sql("SELECT name FROM people WHERE age > :age AND city = :city", args={"age": 40, "city": "London"})
    assert named.collect() == [Row(name="Alan")]
    positional = spark.sql("SELECT name FROM people WHERE age > ? ORDER BY name", args=[50])
    assert positional.collect() == [Row(name="Emmy"), Row(name="Grace")]


def test_range(spark):
    assert [r.id for r in spark.range(3).collect()] == [0, 1, 2]
    assert [r.id for r in spark.range(10, 0, -4).collect()] == [10, 6, 2]


def test_select_filter_columns(people):
    got = (
        people.filter((F.col("age") > 40) & F.col("city").isNotNull())
        .select("name", (F.col("age") + 1).alias("next"), F.upper("city").alias("city"))
        .withColumn("short", F.substring("name", 1, 2))
        .withColumnRenamed("next", "next_age")
        .drop("city")
        .orderBy("name"))
    assert got.columns == ["name", "next_age", "short"]
    assert [tuple(r) for r in got.collect()] == [("Alan", 42, "Al"), ("Grace", 86, "Gr")]


def test_expression_strings(people):
    assert [tuple(r) for r in people.selectExpr("upper(name) AS n", "age div 10 * 10 AS decade").filter("decade >= 50")
            .orderBy(F.desc("n")).collect()] == [("GRACE", 80), ("EMMY", 50)]


def test_group_and_aggregate(people):
    got = people.groupBy("city").agg(F.count("*").alias("n"), F.avg("age").alias("age"), F.collect_list("name").alias("names"))
    assert sorted((r.city or "", r.n, r.age, sorted(r.names)) for r in got.collect()) == [
        ("", 1, 53.0, ["Emmy"]), ("London", 2, 38.5, ["Ada", "Alan"]), ("New York", 1, 85.0, ["Grace"])]
    assert people.groupBy().max("age").columns == ["max(age)"]
    assert people.count() == 4


@pytest.mark.parametrize("how,expected", [
    ("inner", [("Ada", "UK"), ("Alan", "UK")]),
    ("left", [("Ada", "UK"), ("Alan", "UK"), ("Emmy", None), ("Grace", None)]),
    ("right", [("Ada", "UK"), ("Alan", "UK"), (None, "FR")]),
    ("full", [("Ada", "UK"), ("Alan", "UK"), ("Emmy", None), ("Grace", None), (None, "FR")]),
    ("left_semi", [("Ada",), ("Alan",)]),
    ("left_anti", [("Emmy",), ("Grace",)]),
])
def test_joins(spark, people, how, expected):
    cities = spark.createDataFrame([("London", "UK"), ("Paris", "FR")], ["city", "country"])
    joined = people.select("name", "city").join(cities, "city", how).drop("city")
    assert sorted(map(tuple, joined.collect()), key=lambda t: tuple(x or "~" for x in t)) == expected


def test_union_distinct_limit(spark):
    twice = spark.range(3).union(spark.range(2))
    assert twice.count() == 5
    assert sorted(r.id for r in twice.distinct().collect()) == [0, 1, 2]
    assert [r.id for r in twice.orderBy(F.desc("id")).limit(2).collect()] == [2, 1]
    assert sorted(r.id for r in twice.dropDuplicates(["id"]).collect()) == [0, 1, 2]


def test_windows(people):
    by_age = Window.partitionBy("city").orderBy("age")
    got = people.select("name", F.rank().over(by_age).alias("r"), F.sum("age").over(by_age).alias("s"),
                        F.lag("name").over(by_age).alias("l"))
    assert sorted(map(tuple, got.collect())) == [
        ("Ada", 1, 36, None), ("Alan", 2, 77, "Ada"), ("Emmy", 1, 53, None), ("Grace", 1, 85, None)]


def test_missing_values(people):
    assert people.na.fill("?", ["city"]).filter("city = '?'").count() == 1
    assert people.na.drop().count() == 3
    assert people.na.replace("London", "Londinium", "city").filter("city = 'Londinium'").count() == 2


def test_describe(people):
    assert [tuple(r) for r in people.describe("age").collect()] == [
        ("count", "4"), ("mean", "53.75"), ("stddev", "22.020823478395776"), ("min", "36"), ("max", "85")]


def test_show(people, capsys):
    people.orderBy("name").show(2)
    assert capsys.readouterr().out == (
        "+----+---+------+\n|name|age|  city|\n+----+---+------+\n| Ada| 36|London|\n|Alan| 41|London|\n"
        "+----+---+------+\nonly showing top 2 rows\n")
    people.filter("name = 'Emmy'").show(vertical=True)
    assert capsys.readouterr().out.rstrip("\n") == "-RECORD 0----\n name | Emmy \n age  | 53   \n city | NULL "


def test_print_schema(people, capsys):
    people.printSchema()
    assert capsys.readouterr().out.strip() == (
        "root\n |-- name: string (nullable = true)\n |-- age: integer (nullable = true)\n |-- city: string (nullable = true)")
    assert people.schema.simpleString() == "struct<name:string,age:int,city:string>"
    assert people.dtypes == [("name", "string"), ("age", "int"), ("city", "string")]


def test_explain(people, capsys):
    people.filter("age > 40").explain()
    assert "Physical Plan" in capsys.readouterr().out


def test_take_first_head_tail(people):
    ordered = people.orderBy("name")
    assert [r.name for r in ordered.take(2)] == ["Ada", "Alan"]
    assert ordered.first().name == "Ada"
    assert ordered.head(1)[0].name == "Ada"
    assert [r.name for r in ordered.tail(1)] == ["Grace"]
    assert not people.isEmpty()


def test_to_local_iterator(spark):
    assert sum(r.id for r in spark.range(100_000).toLocalIterator()) == 4_999_950_000


def test_temporary_views(spark, people):
    people.filter("age > 50").createOrReplaceTempView("elders")
    assert spark.table("elders").count() == 2
    assert spark.catalog.tableExists("elders")
    spark.sql("CREATE OR REPLACE TEMP VIEW eldest AS SELECT max(age) AS age FROM elders")
    assert spark.sql("SELECT age FROM eldest").first().age == 85
    assert spark.catalog.dropTempView("elders")
    assert not spark.catalog.tableExists("elders")


def test_sessions_do_not_share_views(server, connect):
    one, two = connect(server.url), connect(server.url)
    one.range(1).createOrReplaceTempView("mine")
    assert one.catalog.tableExists("mine")
    assert not two.catalog.tableExists("mine")


def test_confs(spark):
    spark.conf.set("spark.sql.session.timeZone", "Europe/Paris")
    assert spark.conf.get("spark.sql.session.timeZone") == "Europe/Paris"
    assert spark.sql("SELECT CAST(TIMESTAMP '2024-07-01 12:00:00 UTC' AS STRING) AS t").first().t == "2024-07-01 14:00:00"
    spark.conf.unset("spark.sql.session.timeZone")
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert spark.conf.get("no.such.key", "fallback") == "fallback"


@needs((4, 0), "Row equality with lambdas")
def test_arrays_and_lambdas(spark):
    row = spark.sql("SELECT array(3, 1, 2) AS a").select(
        F.transform("a", lambda x: x * 2).alias("doubled"), F.filter("a", lambda x: x > 1).alias("some"),
        F.sort_array("a").alias("sorted"), F.explode("a").alias("each")).orderBy("each").first()
    assert row == Row(doubled=[6, 2, 4], some=[3, 2], sorted=[1, 2, 3], each=1)
