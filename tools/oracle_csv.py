#!/usr/bin/env python3
"""Records how Spark's CSV parser parts random lines into values: textfile/testdata/csv_values.jsonl.

usage: oracle_csv.py [--seed N] [--lines N] OUT     (with a Python that has PySpark and a Java)
"""

import argparse
import itertools
import json
import random

from pyspark.sql import SparkSession

OPTIONS = [
    {}, {"escape": '"'}, {"quote": "'"}, {"quote": ""}, {"escape": ""}, {"sep": "||"}, {"nullValue": "NA"},
    {"emptyValue": "EE", "nullValue": "NA"}, {"comment": "#"}, {"charToEscapeQuoteEscaping": "!"}, {"sep": ";", "escape": "'"},
]
BLANKS = [{}, {"ignoreLeadingWhiteSpace": "true"}, {"ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"},
          {"ignoreTrailingWhiteSpace": "true"}]
HANDLING = ["STOP_AT_DELIMITER", "STOP_AT_CLOSING_QUOTE", "BACK_TO_DELIMITER", "SKIP_VALUE", "RAISE_ERROR"]
PIECES = ["a", "b", "xy", "é", '"', '"', '"', ",", ",", " ", "  ", "\\", "\\\\", '\\"', '""', "'", "|", "||", ";", "\t", "!", "#", "NA", '","', '" ', "1.5"]


def lines(rng, n):
    for _ in range(n):
        yield "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 9)))


def part(jvm, settings, line):
    parser = jvm.com.univocity.parsers.csv.CsvParser(settings)  # an error leaves one in a bad state
    try:
        values = parser.parseLine(line)
        return None if values is None else list(values)
    except Exception:
        return "error"


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--lines", type=int, default=20)
    args.add_argument("out")
    args = args.parse_args()
    spark = SparkSession.builder.master("local[1]").config("spark.driver.memory", "1g").config("spark.ui.enabled", "false").getOrCreate()
    jvm, rng = spark.sparkContext._jvm, random.Random(args.seed)
    combinations = [dict(a, **b) for a, b in itertools.product(OPTIONS, BLANKS)]
    combinations += [dict(c, unescapedQuoteHandling=h) for c in combinations[:12] for h in HANDLING[1:]]
    with open(args.out, "w") as out:
        for options in combinations:
            made = jvm.PythonUtils.toScalaMap(options)
            settings = jvm.org.apache.spark.sql.catalyst.csv.CSVOptions(made, False, "UTC").asParserSettings()
            for line in lines(rng, args.lines):
                values = part(jvm, settings, line)
                if values == "error":  # the bridge fails at random: an error that comes twice is one
                    values = part(jvm, settings, line)
                out.write(json.dumps({"options": options, "line": line, "values": values}, ensure_ascii=False) + "\n")
    spark.stop()


if __name__ == "__main__":
    main()
