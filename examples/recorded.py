"""What real Spark answers to the examples: written by tools/record_examples.py alone, read by the tests beside this file."""
import hashlib
import json
import os
import pathlib

import notebook
import tpch_dataframe

HERE = pathlib.Path(__file__).resolve().parent
NOTEBOOK = HERE / "flights.ipynb"
NOTEBOOK_EXPECTED = HERE / "flights.expected.json"
DELAYS = HERE / "delays.ipynb"
DELAYS_EXPECTED = HERE / "delays.expected.json"
TPCH_EXPECTED = HERE / "tpch.expected.json"
SQL = HERE.parent / "bench" / "queries"
CACHE = pathlib.Path(os.environ.get("SHOAL_CACHE") or pathlib.Path.home() / ".cache" / "shoal")
TPCH = CACHE / "tpch" / "sf0.1"


def run_notebook(url, out, path=NOTEBOOK):
    return notebook.execute(path, SHOAL_URL=url, FLIGHTS_OUT=str(out), TZ="UTC")


def sql_query(number):
    return (SQL / f"q{number}.sql").read_text().strip().rstrip(";")


def summary(frame):
    """A DataFrame's names, types and rows, short enough to keep: a few rows, and a checksum of all of them in order."""
    rows = [[str(value) for value in row] for row in frame.collect()]
    return {
        "schema": frame.schema.simpleString(),
        "count": len(rows),
        "first": rows[:2],
        "sha256": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
    }


def tpch_frames(spark):
    """(name, function giving the DataFrame) of the 22 queries, both ways."""
    tables = tpch_dataframe.tables(spark, TPCH)
    for name, table in vars(tables).items():
        table.createOrReplaceTempView(name)
    for number, query in tpch_dataframe.QUERIES.items():
        yield f"q{number} DataFrame", lambda query=query: query(tables)
        yield f"q{number} SQL", lambda number=number: spark.sql(sql_query(number))
