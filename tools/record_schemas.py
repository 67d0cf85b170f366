#!/usr/bin/env python3
"""Records what real Spark's analyzer answers, as test data for package analyze.

Run it with a Python that has pyspark 4.1.4 (make oracle installs one):

    python tools/record_schemas.py analyze/testdata/*.txt

Each file keeps its questions; the answers below them are rewritten. A file has lines of these kinds:

    # a comment
    set KEY=VALUE     a conf for what follows ("set KEY=" unsets it)
    view SQL          a statement that makes a view for what follows
    > SQL             a question: the next lines are Spark's answer
        TYPE NAME     a column: its type, "!" where NULL cannot be (also inside nested types)
        error CLASS SQLSTATE PARAMS [START-STOP]    Spark's error; bytes of the text it points at
"""
import json
import os
import sys

os.environ["TZ"] = "UTC"
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import types as T  # noqa: E402


def describe(t, nullable):
    mark = "" if nullable else "!"
    if isinstance(t, T.ArrayType):
        return "array<%s>%s" % (describe(t.elementType, t.containsNull), mark)
    if isinstance(t, T.MapType):
        return "map<%s,%s>%s" % (describe(t.keyType, True), describe(t.valueType, t.valueContainsNull), mark)
    if isinstance(t, T.StructType):
        fields = ",".join("%s:%s" % (f.name, describe(f.dataType, f.nullable)) for f in t.fields)
        return "struct<%s>%s" % (fields, mark)
    return t.simpleString().replace(" ", "_") + mark


def problem(e):
    try:
        params = e.getMessageParameters() or {}
    except Exception:
        params = {}
    place = ""
    try:
        for c in e.getQueryContext():
            place = " %d-%d" % (c.startIndex(), c.stopIndex() + 1)
            break
    except Exception:
        pass
    params = {k: v for k, v in params.items() if k != "docroot"}
    try:
        state = e.getSqlState() or "-"
    except Exception:
        state = "-"
    try:
        condition = e.getCondition()
    except Exception:
        condition = None
    if not condition:
        return "    error %s" % type(e).__name__
    return "    error %s %s %s%s" % (condition, state, json.dumps(params, sort_keys=True, ensure_ascii=False), place)


def answer(spark, sql):
    try:
        schema = spark.sql(sql).schema
    except Exception as e:
        return [problem(e)]
    return ["    %s %s" % (describe(f.dataType, f.nullable), f.name.replace("\n", "\\n")) for f in schema.fields]


def record(spark, path):
    out, confs = [], []
    for line in open(path, encoding="utf-8").read().splitlines():
        if line.startswith("    "):
            continue
        out.append(line)
        kind, _, rest = line.partition(" ")
        if kind == "set":
            key, _, value = rest.partition("=")
            confs.append(key)
            spark.conf.set(key, value) if value else spark.conf.unset(key)
        elif kind == "view":
            spark.sql(rest)
        elif kind == ">":
            out += answer(spark, rest)
    for key in confs:
        spark.conf.unset(key)
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


def main():
    builder = SparkSession.builder.master("local[2]")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "1g",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "OFF",
    }.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    for path in sys.argv[1:]:
        record(spark, path)
        print(path)


if __name__ == "__main__":
    main()
