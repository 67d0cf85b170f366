#!/usr/bin/env python3
"""Makes sparktest/testdata: small Parquet and CSV files of every type and layout. Committed; run it again only to add files.

  make_data.py [DIR]     needs pyarrow (the oracle's environment has it)
"""
import os
import shutil
import sys
from datetime import date, datetime, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UTC = timezone.utc


def types():
    """Every plain type, with edges and NULLs."""
    instants = [datetime(2024, 1, 1, 12, 30, 15, 123456, UTC), datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), None,
                datetime(2024, 3, 10, 7, 30, tzinfo=UTC)]
    clocks = [t and t.replace(tzinfo=None) for t in instants]
    return pa.table({
        "id": pa.array([1, 2, 3, 4], pa.int32()),
        "t": pa.array([1, -128, None, 127], pa.int8()),
        "s": pa.array([1, -32768, None, 32767], pa.int16()),
        "i": pa.array([1, -2**31, None, 2**31 - 1], pa.int32()),
        "l": pa.array([1, -2**63, None, 2**63 - 1], pa.int64()),
        "f": pa.array([1.5, float("nan"), None, -0.0], pa.float32()),
        "d": pa.array([0.1, float("-inf"), None, 1e300], pa.float64()),
        "b": pa.array([True, False, None, True], pa.bool_()),
        "str": pa.array(["plain", "", None, "Grüße 日本"], pa.string()),
        "bin": pa.array([b"\x00\xff", b"", None, b"abc"], pa.binary()),
        "dec": pa.array([Decimal("1.50"), Decimal("-99999999.99"), None, Decimal("0.01")], pa.decimal128(10, 2)),
        "big": pa.array([Decimal(1), Decimal("9" * 38), None, Decimal(0)], pa.decimal128(38, 0)),
        "dt": pa.array([date(2024, 2, 29), date(1, 1, 1), None, date(9999, 12, 31)], pa.date32()),
        "ts": pa.array(instants, pa.timestamp("us", "UTC")),
        "ntz": pa.array(clocks, pa.timestamp("us")),
        "ms": pa.array(clocks and [t and t.replace(microsecond=t.microsecond // 1000 * 1000) for t in clocks],
                       pa.timestamp("ms")),
    })


def unsigned():
    """Unsigned and small decimals, as other writers make them."""
    return pa.table({
        "u8": pa.array([0, 255, None], pa.uint8()),
        "u16": pa.array([0, 65535, None], pa.uint16()),
        "u32": pa.array([0, 2**32 - 1, None], pa.uint32()),
        "u64": pa.array([0, 2**63, None], pa.uint64()),
        "d4": pa.array([Decimal("1.5"), Decimal("-9.9"), None], pa.decimal128(4, 1)),
    })


def nested():
    person = pa.struct([("name", pa.string()), ("tags", pa.list_(pa.string())), ("at", pa.struct([("x", pa.int32())]))])
    return pa.table({
        "id": pa.array([1, 2, 3], pa.int32()),
        "a": pa.array([[1, None, 3], [], None], pa.list_(pa.int32())),
        "m": pa.array([[("k", 1), ("l", None)], [], None], pa.map_(pa.string(), pa.int64())),
        "p": pa.array([{"name": "Ann", "tags": ["x", "y"], "at": {"x": 5}}, {"name": None, "tags": None, "at": None}, None],
                      person),
        "aa": pa.array([[[1], [2, 3]], [None], []], pa.list_(pa.list_(pa.int32()))),
        "ps": pa.array([[{"name": "Bob", "tags": [], "at": None}], None, []], pa.list_(person)),
    })


def required():
    """Columns that the file says cannot be NULL: Spark reads them as nullable."""
    schema = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("name", pa.string(), nullable=False)])
    return pa.table({"id": [1, 2], "name": ["a", "b"]}, schema=schema)


def partitioned(directory):
    """Hive layout: year=2023/country=de/part-0.parquet, with a default partition and an escaped value."""
    rows = [("2023", "de", [1, 2]), ("2023", "us", [3]), ("2024", "__HIVE_DEFAULT_PARTITION__", [4]), ("2024", "a%2Fb", [5, 6])]
    for year, country, ids in rows:
        folder = f"{directory}/year={year}/country={country}"
        os.makedirs(folder)
        pq.write_table(pa.table({"id": pa.array(ids, pa.int64()), "v": [f"v{i}" for i in ids]}), f"{folder}/part-0.parquet")


def evolved(directory):
    """Two files whose columns differ, names differing in case too."""
    os.makedirs(directory)
    pq.write_table(pa.table({"id": pa.array([1], pa.int64()), "Name": ["a"]}), f"{directory}/part-0.parquet")
    pq.write_table(pa.table({"id": pa.array([2], pa.int64()), "extra": [True]}), f"{directory}/part-1.parquet")


CSV = {
    "plain.csv": "id,name,score\n1,Ann,1.5\n2,Bob,\n3,,2.25\n",
    "noheader.csv": "1,Ann,true\n2,Bob,false\n",
    "quoted.csv": 'id,text\n1,"a, b"\n2,"say ""hi"""\n3,"two\nlines"\n4,\'single\'\n5,"back\\"slash"\n',
    "types.csv": "i,l,d,b,dt,ts,s\n1,3000000000,1.5,true,2024-01-31,2024-01-31 12:00:00,x\n-5,1,1e3,FALSE,2024-02-29,2024-02-29T01:02:03,NA\n",
    "pipe.csv": "id|name\n1|Ann\n2|\n",
    "bad.csv": "id,n\n1,5\nx,6\n3,7,8\n4\n",
    "nulls.csv": 'id,s\n1,NA\n2,\n3,""\n4,null\n5, padded \n',
    "comment.csv": "# made by hand\nid,v\n1,a\n# no row\n2,b\n",
}


def main(directory):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(f"{directory}/csv")
    for name, table in [("types", types()), ("unsigned", unsigned()), ("nested", nested()), ("required", required())]:
        pq.write_table(table, f"{directory}/{name}.parquet", compression="snappy")
    old = types().select(["id", "ts", "ntz"])
    pq.write_table(old, f"{directory}/int96.parquet", use_deprecated_int96_timestamps=True)
    pq.write_table(types().slice(0, 0), f"{directory}/empty.parquet")
    partitioned(f"{directory}/partitioned")
    evolved(f"{directory}/evolved")
    os.makedirs(f"{directory}/many")
    for n in range(3):
        pq.write_table(pa.table({"id": pa.array([n * 2, n * 2 + 1], pa.int64())}), f"{directory}/many/file-{n}.parquet")
    with open(f"{directory}/corrupt.parquet", "wb") as f:
        f.write(b"PAR1 this is no Parquet file at all PAR1")
    for name, text in CSV.items():
        with open(f"{directory}/csv/{name}", "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "sparktest", "testdata"))
