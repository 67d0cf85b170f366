"""Asks real Spark what the functions of engine/duckdb/testdata/*.txt give, and writes it down.

A file holds blocks: `spark` and `shoal` lines with an expression each, in which $1, $2 ... stand
for arguments, then one line a case: the arguments, separated by " ; ", and behind => what Spark
answered. `set ansi|zone VALUE` lines hold for what follows. A result is a value as CAST(x AS
STRING) writes it, NULL, or `error CLASS`. Only this tool writes behind =>.

Usage: oracle_functions.py [FILE...], with a Python that has pyspark 4.1.4.
"""
import glob
import os
import re
import sys

from pyspark.sql import SparkSession

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BATCH = 40


def fill(template, args):
    return re.sub(r"\$(\d)", lambda m: args[int(m.group(1)) - 1], template)


def show(value):
    if value is None:
        return "NULL"
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def failure(e):
    name = e.getCondition() if hasattr(e, "getCondition") else None
    return "error " + (name or type(e).__name__)


def answers(spark, exprs):
    """All at once if nothing fails, else halved until the failing ones are alone."""
    cast = ["CAST(%s AS STRING)" % e for e in exprs]
    try:
        return [show(v) for v in spark.sql("SELECT " + ", ".join(cast)).collect()[0]]
    except Exception as e:
        if len(exprs) == 1:
            return [failure(e)]
        half = len(exprs) // 2
        return answers(spark, exprs[:half]) + answers(spark, exprs[half:])


def record(spark, path):
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    template, waiting = None, []

    def flush():
        for start in range(0, len(waiting), BATCH):
            part = waiting[start:start + BATCH]
            for (i, args, _), got in zip(part, answers(spark, [e for _, _, e in part])):
                lines[i] = args + " => " + got
        waiting.clear()

    for i, line in enumerate(lines):
        word, _, rest = line.partition(" ")
        if word == "spark":
            flush()
            template = rest
        elif word == "set":
            flush()
            key, _, value = rest.partition(" ")
            spark.conf.set({"ansi": "spark.sql.ansi.enabled", "zone": "spark.sql.session.timeZone"}[key], value)
        elif line and word != "shoal" and not line.startswith("#"):
            args = re.split(r" =>(?: |$)", line)[0].rstrip()
            waiting.append((i, args, fill(template, args.split(" ; "))))
    flush()
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


def main():
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
             .config("spark.driver.memory", "1g").config("spark.sql.parser.escapedStringLiterals", "true")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    for path in sys.argv[1:] or sorted(glob.glob(os.path.join(ROOT, "engine", "duckdb", "testdata", "*.txt"))):
        spark.conf.set("spark.sql.ansi.enabled", "true")
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        record(spark, path)


main()
