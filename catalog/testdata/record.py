#!/usr/bin/env python3
"""Makes the files below files/ and asks real Spark what it sees in them: writes expected.json.

  record.py      needs pyspark[connect] 4.1, pyarrow and Java (the oracle's Python); duckdb.parquet and
                 duckdb_all.parquet, written by DuckDB's own COPY, are kept as they are
"""
import datetime as dt
import decimal
import json
import pathlib
import re
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"


def parquet(name, table, **options):
    path = FILES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, **options)


def text(name, content):
    path = FILES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def one(**columns):
    return pa.table(columns)


def make_types():
    utc = dt.datetime(2020, 1, 2, 3, 4, 5, 6)
    ints = {f"{sign}int{bits}": pa.array([1], f"{sign}int{bits}") for bits in (8, 16, 32, 64) for sign in ("", "u")}
    parquet("types/ints.parquet", one(**ints))
    parquet("types/basic.parquet", pa.table(
        [pa.array([1.5], "float32"), pa.array([1.5]), pa.array([True]), pa.array(["x"]), pa.array([b"x"]),
         pa.array([b"abc"], pa.binary(3)), pa.array([dt.date(2020, 1, 1)]), pa.array([None], pa.null()), pa.array([1], "int32")],
        schema=pa.schema([("f", "float32"), ("d", "float64"), ("b", pa.bool_()), ("s", pa.string()), ("bin", pa.binary()),
                          ("fixed", pa.binary(3)), ("date", pa.date32()), ("void", pa.null()),
                          pa.field("required", pa.int32(), nullable=False)])))
    parquet("types/decimals.parquet", one(**{
        f"d{p}": pa.array([decimal.Decimal("1.50")], pa.decimal128(p, 2)) for p in (5, 9, 18, 38)}), store_decimal_as_integer=True)
    parquet("types/decimals_fixed.parquet", one(d9=pa.array([decimal.Decimal("1.50")], pa.decimal128(9, 2))))
    parquet("types/micros.parquet", one(ltz=pa.array([utc], pa.timestamp("us", "UTC")), ntz=pa.array([utc], pa.timestamp("us"))))
    parquet("types/millis.parquet", one(ltz=pa.array([utc.replace(microsecond=0)], pa.timestamp("ms", "UTC")),
                                        ntz=pa.array([utc.replace(microsecond=0)], pa.timestamp("ms"))))
    parquet("types/nanos.parquet", one(ltz=pa.array([utc], pa.timestamp("ns", "UTC"))), version="2.6")
    parquet("types/nanos_ntz.parquet", one(a=pa.array([1]), ntz=pa.array([utc], pa.timestamp("ns"))), version="2.6")
    parquet("types/int96.parquet", one(t=pa.array([utc], pa.timestamp("us"))), use_deprecated_int96_timestamps=True)
    parquet("types/time_us.parquet", one(t=pa.array([dt.time(1)], pa.time64("us"))))
    parquet("types/time_ms.parquet", one(t=pa.array([dt.time(1)], pa.time32("ms"))))
    parquet("types/float16.parquet", one(h=pa.array([1.5], pa.float16())))
    parquet("types/uuid.parquet", one(u=pa.array([b"0123456789abcdef"], pa.uuid())))
    parquet("types/dictionary.parquet", one(s=pa.array(["a"]).dictionary_encode()))
    parquet("types/duration.parquet", one(d=pa.array([dt.timedelta(1)], pa.duration("us"))))
    nested = pa.schema([
        ("list", pa.list_(pa.int32())), ("list_required", pa.list_(pa.field("element", pa.int32(), nullable=False))),
        ("deep", pa.list_(pa.list_(pa.struct([("x", pa.string())])))), ("map", pa.map_(pa.string(), pa.int64())),
        ("map_deep", pa.map_(pa.int32(), pa.list_(pa.string()))),
        pa.field("st", pa.struct([pa.field("a", pa.int32(), nullable=False), ("b", pa.struct([("c", pa.date32())]))]), nullable=False)])
    row = [[1], [1], [[{"x": "y"}]], [("k", 1)], [(1, ["v"])], {"a": 1, "b": {"c": dt.date(2020, 1, 1)}}]
    table = pa.table([pa.array([v], f.type) for v, f in zip(row, nested)], schema=nested)
    parquet("types/nested.parquet", table)
    parquet("types/nested_old.parquet", table, use_compliant_nested_type=False)
    parquet("types/case.parquet", pa.table([pa.array([1]), pa.array([2])], names=["a", "A"]))
    parquet("types/odd_names.parquet", pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["a b", "c.d", "é,;{}"]))
    parquet("types/no_rows.parquet", one(a=pa.array([], "int32")))
    parquet("types/no_columns.parquet", pa.table({}))


def part(path, **columns):
    parquet(path + "/f.parquet", one(**(columns or {"v": pa.array([1], "int32")})))


def make_folders():
    for values in ({"int": "1", "long": "10000000000", "dec": "12345678901234567890", "dbl": "1.5", "date": "2020-01-01",
                    "ts": "2020-01-01 10%3A00%3A00", "str": "a b", "nil": "__HIVE_DEFAULT_PARTITION__"},):
        part("parts/all/" + "/".join(f"{k}={v}" for k, v in values.items()))
    for name, values in {
        "int_long": ["1", "10000000000"], "int_double": ["1", "1.5"], "long_double": ["10000000000", "1.5"],
        "int_string": ["1", "x"], "int_null": ["1", "__HIVE_DEFAULT_PARTITION__"], "date_ts": ["2020-01-01", "2020-01-01 10%3A00%3A00"],
        "int_date": ["1", "2020-01-01"], "null_only": ["__HIVE_DEFAULT_PARTITION__"], "long_dec": ["10000000000", "12345678901234567890"],
        "dec_double": ["12345678901234567890", "1.5"], "zeros": ["01", "02"], "plus": ["%2B1"], "sci": ["1e3"], "suffix": ["1d"],
        "bool": ["true"], "year_month": ["2020-01"], "bad_date": ["2020-13-01"], "ts_t": ["2020-01-01T10%3A00%3A00"],
        "date_short": ["2020-1-1"], "spaces": [" 1"], "neg": ["-5"], "nan": ["NaN"], "inf": ["Infinity"], "ts_frac": ["2020-01-01 10%3A00%3A00.123"],
        "dec_int": ["12345678901234567890", "1"], "huge": ["1" * 40], "hex": ["0x1p3"], "escaped": ["a%2Fb%3Dc"], "dash": ["1-2"],
        "ts_zone": ["2020-01-01 10%3A00%3A00Z"], "ts_min": ["2020-01-01 10%3A00"], "empty_ts": ["2020-01-01 "], "two_dots": ["1.2.3"],
        "dot": ["1."], "case_null": ["NULL"], "plus_raw": ["+1"], "dec_frac": ["1.50"], "ts_frac1": ["2020-01-01 10%3A00%3A00.1"], "trailing": ["1 "], "underscore": ["1_000"], "date_string": ["2020-01-01", "x"], "double_null": ["1.5", "__HIVE_DEFAULT_PARTITION__"],
        "date_null": ["2020-01-01", "__HIVE_DEFAULT_PARTITION__"], "double_date": ["1.5", "2020-01-01"],
    }.items():
        for v in values:
            part(f"parts/{name}/p={v}")
    part("layout/plain/sub")
    parquet("layout/plain/top.parquet", one(v=pa.array([1], "int32")))
    part("layout/only_nested/sub/subsub")
    part("layout/mixed/a=1")
    parquet("layout/mixed/top.parquet", one(v=pa.array([1], "int32")))
    part("layout/names_differ/a=1")
    part("layout/names_differ/b=1")
    part("layout/names_case/a=1")
    part("layout/names_case/A=2")
    part("layout/depth/a=1/b=1")
    part("layout/depth/a=2")
    part("layout/overlap/v=1", v=pa.array([1], "int64"), w=pa.array([1]))
    part("layout/overlap_case/V=1", v=pa.array([1], "int64"), w=pa.array([1]))
    part("layout/hidden/_skip")
    part("layout/hidden/.skip")
    part("layout/hidden/a=1")
    text("layout/hidden/a=1/_SUCCESS", "")
    text("layout/hidden/a=1/.f.crc", "x")
    text("layout/hidden/a=1/x._COPYING_", "x")
    part("layout/hidden/_b=1")
    part("layout/odd/a=1/sub")
    part("layout/odd2/sub/a=1")
    part("layout/temporary/a=1")
    part("layout/temporary/_temporary/0/a=2")
    (FILES / "layout/empty").mkdir(parents=True, exist_ok=True)
    text("layout/empty/.gitkeep", "")
    parquet("layout/merge/1.parquet", one(a=pa.array([1], "int32"), b=pa.array(["x"])))
    parquet("layout/merge/2.parquet", one(B=pa.array(["x"]), c=pa.array([1.5])))
    parquet("layout/merge_wider/1.parquet", one(a=pa.array([1], "int32")))
    parquet("layout/merge_wider/2.parquet", one(a=pa.array([1], "int64")))
    parquet("layout/merge_bad/1.parquet", one(a=pa.array([1], "int32")))
    parquet("layout/merge_bad/2.parquet", one(a=pa.array(["x"])))
    text("corrupt/junk.parquet", "this is no parquet file at all")
    text("corrupt/short.parquet", "PAR1")
    text("corrupt/empty.parquet", "")
    good = (FILES / "types/ints.parquet").read_bytes()
    text("corrupt/truncated.parquet", good[:len(good) // 2])
    text("corrupt/footer.parquet", good[:-30] + b"\xff" * 22 + good[-8:])
    text("corrupt/length.parquet", good[:-8] + b"\xff\xff\xff\x7fPAR1")
    text("corrupt/second/1.parquet", good)
    text("corrupt/second/2.parquet", "junk")


CSV = {
    "plain": ("a,b\n1,x\n2,y\n", {}),
    "header": ("a,b\n1,x\n2,y\n", {"header": "true"}),
    "infer": ("i,l,dec,d,date,ts,b,s,nil\n1,10000000000,12345678901234567890,1.5,2020-01-01,2020-01-01 10:00:00,true,x,\n"
              "2,1,1,2,2020-01-02,2020-01-02 10:00:00,FALSE,1,\n", {"header": "true", "inferSchema": "true"}),
    "infer_mixed": ("ib,id,ld,dd,dts,tsd,ds,bi,di\n1,1,10000000000,1,2020-01-01,2020-01-01 10:00,2020-01-01,true,1.5\n"
                    "true,1.5,1.5,12345678901234567890,2020-01-01 10:00:00,2020-01-01,x,1,1\n", {"header": "true", "inferSchema": "true"}),
    "infer_text": ("a,b,c,d,e,f,g,h,j,k,l\n 1,1 ,+1,1d,NaN,Infinity,-Infinity,1e5,0x1p3,1_0,01\n", {"header": "true", "inferSchema": "true"}),
    "infer_dates": ("a,b,c,d,e,f,g,h,j,k,l\n2020-1-1,2020-01,2020-01-01T10:00:00Z,10:30,2020-01-01 10,20200101,01/02/2020,"
                    "2020-01-01T00:00:00.123456789+01:00,2020-13-01,2020-02-30,2020-01-01 24:00:00\n", {"header": "true", "inferSchema": "true"}),
    "infer_dates2": ("a,b,c,d,e,f,g\n2020-01-01 10:00:00 Europe/Berlin,2020-01-01 ,T10:00,2020-01-01T,2020-01-01 10:0,+2020-01-01,10000-01-01\n",
                     {"header": "true", "inferSchema": "true"}),
    "infer_decimal": ("a,b,c,d\n12345678901234567890,12345678901234567890,1E20,99999999999999999999999999999999999999999\n"
                      "1234567890123456789012,1.5,1,1\n", {"header": "true", "inferSchema": "true"}),
    "infer_no_header": ("1,x\n2,\n", {"inferSchema": "true"}),
    "infer_nulls": ("a,b\nNA,1\n2,NA\n", {"header": "true", "inferSchema": "true", "nullValue": "NA"}),
    "duplicates": ("a,A,b,,b\n1,2,3,4,5\n", {"header": "true"}),
    "quotes": ('"a,b","c""d","e\\"f"\n"1\n2",2,3\n', {"header": "true"}),
    "quotes_infer": ('a,b,c\n"1","x,y","2.5"\n"",x,\n', {"header": "true", "inferSchema": "true"}),
    "multiline": ('"a\nb",c\n"1\n2",3\n', {"header": "true", "multiLine": "true", "inferSchema": "true"}),
    "tab": ("a\tb\n1\t2\n", {"header": "true", "sep": "\\t"}),
    "delimiter": ("a;b\n1;2\n", {"header": "true", "delimiter": ";"}),
    "long_delimiter": ("a||b\n1||2\n", {"header": "true", "sep": "||"}),
    "comment": ("#x\na,b\n#y\n1,2\n", {"header": "true", "comment": "#", "inferSchema": "true"}),
    "blank_lines": ("\n  \na,b\n\n1,2\n", {"header": "true", "inferSchema": "true"}),
    "short_rows": ("a,b,c\n1\n1,2,3,4\n", {"header": "true", "inferSchema": "true"}),
    "crlf": ("a,b\r\n1,2\r\n", {"header": "true", "inferSchema": "true"}),
    "cr": ("a,b\r1,2\r", {"header": "true", "inferSchema": "true"}),
    "bom": ("\ufeffa,b\n1,2\n", {"header": "true", "inferSchema": "true"}),
    "empty": ("", {"header": "true"}),
    "header_only": ("a,b\n", {"header": "true", "inferSchema": "true"}),
    "spaces": (" a , b \n 1 , x \n", {"header": "true", "inferSchema": "true"}),
    "spaces_ignored": (" a , b \n 1 , x \n", {"header": "true", "inferSchema": "true", "ignoreLeadingWhiteSpace": "true",
                                              "ignoreTrailingWhiteSpace": "true"}),
    "quote_none": ("'a','b'\n'1,2',3\n", {"header": "true", "quote": "'"}),
    "escape_quote": ('a,b\n"x""y",1\n', {"header": "true", "escape": '"', "inferSchema": "true"}),
    "latin1": (b"\xe9,b\n1,2\n", {"header": "true", "encoding": "ISO-8859-1"}),
    "bad_utf8": (b"\xe9,b\n1,2\n", {"header": "true"}),
    "schema_bad_mode": ("a\n1\n", {"mode": "nonsense"}),
    "unclosed": ('a,b\n"1,2\n3,4\n', {"header": "true", "inferSchema": "true"}),
    "mid_quote": ('a,b\nx"1,2"y,3\n"4"5,6\n', {"header": "true", "inferSchema": "true"}),
    "header_null": ("a,,NA\n1,2,3\n", {"header": "true", "nullValue": "NA"}),
    "bad_sep": ("a\n", {"sep": ""}),
    "prefer_no_date": ("a\n2020-01-01\n", {"header": "true", "inferSchema": "true", "preferDate": "false"}),
    "thousands": ('a,b\n"1,234","-1,2"\n', {"header": "true", "inferSchema": "true"}),
    "negatives": ("a,b,c,d\n-1,-10000000000,-12345678901234567890,-1.5\n", {"header": "true", "inferSchema": "true"}),
    "infinities": ("a,b,c,d\nInf,-Inf,+Inf,nan\n", {"header": "true", "inferSchema": "true"}),
    "header_repeated": ("a,b\n1,2\na,b\n3,4\n", {"header": "true", "inferSchema": "true"}),
    "zones": ("a,b,c,d,e,f\n2020-01-01 10:00:00 +1,2020-01-01 10:00:00UTC,2020-01-01 10:00:00.,2020-01-01 10:00:00 PST,2020-01-01 10:00Z,"
              "2020-01-01T10:00:00+0100\n", {"header": "true", "inferSchema": "true"}),
    "quoted_delimiter_end": ('a,b\n"x" ,"y"\n', {"header": "true", "inferSchema": "true"}),
    "single_bool": ("a,b\nTrue,yes\n", {"header": "true", "inferSchema": "true"}),
}


def make_csv():
    for name, (content, _) in CSV.items():
        text(f"csv/{name}.csv", content)
    text("csv_folder/1.csv", "a,b\n1,x\n")
    text("csv_folder/2.csv", "c,d\n10000000000,yyyyyyyy\n")
    text("csv_parts/p=1/x.csv", "a\n1\n")
    text("csv_parts/p=x/x.csv", "a\n2\n")
    text("text/a.txt", "one\ntwo\n")
    text("text/b.txt", "")


def cases():
    for path in sorted((FILES / "types").glob("*.parquet")):
        yield path.stem, "parquet", ["types/" + path.name], {}, None
    yield "duckdb", "parquet", ["duckdb.parquet"], {}, None
    yield "duckdb_all", "parquet", ["duckdb_all.parquet"], {}, None
    yield "spark", "parquet", ["spark"], {}, None
    for path in sorted((FILES / "parts").iterdir()):
        yield "parts_" + path.name, "parquet", ["parts/" + path.name], {}, None
    for path in sorted((FILES / "layout").iterdir()):
        yield "layout_" + path.name, "parquet", ["layout/" + path.name], {}, None
    for path in sorted((FILES / "corrupt").iterdir()):
        yield "corrupt_" + path.name, "parquet", ["corrupt/" + path.name], {}, None
    yield "corrupt_second_merged", "parquet", ["corrupt/second"], {"mergeSchema": "true"}, None
    for name in ("merge", "merge_wider", "merge_bad", "names_differ"):
        yield name + "_merged", "parquet", ["layout/" + name], {"mergeSchema": "true"}, None
    yield "recursive", "parquet", ["layout/plain"], {"recursiveFileLookup": "true"}, None
    yield "recursive_parts", "parquet", ["layout/depth"], {"recursiveFileLookup": "true"}, None
    yield "glob_filter", "parquet", ["layout/merge"], {"pathGlobFilter": "2*"}, None
    yield "one_partition", "parquet", ["parts/int_long/p=1"], {}, None
    yield "one_partition_base", "parquet", ["parts/int_long/p=1"], {"basePath": str(FILES / "parts/int_long")}, None
    yield "base_outside", "parquet", ["parts/int_long/p=1"], {"basePath": str(FILES / "types")}, None
    yield "one_partition_file", "parquet", ["parts/int_long/p=1/f.parquet"], {}, None
    yield "two_partitions", "parquet", ["parts/int_long/p=1", "parts/int_long/p=10000000000"], {}, None
    for i, glob in enumerate(["types/int*.parquet", "types/{ints,basic}.parquet", "types/[a-b]*.parquet", "types/in?s.parquet",
                              "parts/int_long/*", "parts/int_long/p=*", "parts/int_*/p=1", "types/nosuch*", "types/[!a-h]nts.parquet",
                              "types/{in{ts,x},basic}.parquet", "types/[", "types/{a", "*/ints.parquet", "layout/hidden/*", "layout/*/a=1",
                              "types/[^a-h]nts.parquet", "types/ints.parque{t,}"]):
        yield f"glob_{i}", "parquet", [glob], {}, None
    yield "missing", "parquet", ["nosuch"], {}, None
    yield "missing_second", "parquet", ["types/ints.parquet", "nosuch"], {}, None
    yield "twice", "parquet", ["types/ints.parquet", "types/ints.parquet"], {}, None
    yield "hidden_file", "parquet", ["layout/hidden/a=1/_SUCCESS"], {}, None
    yield "hidden_folder", "parquet", ["layout/hidden/_skip"], {}, None
    yield "no_paths", "parquet", [], {}, None
    yield "unknown_format", "nosuch", ["types/ints.parquet"], {}, None
    yield "given_schema", "parquet", ["parts/int_long"], {}, "P STRING, V BIGINT NOT NULL, x DATE"
    yield "given_schema_empty", "parquet", ["layout/empty"], {}, "a INT"
    yield "given_schema_bad_partition", "parquet", ["parts/int_string"], {}, "p INT, v INT"
    for name, (_, options) in CSV.items():
        yield "csv_" + name, "csv", [f"csv/{name}.csv"], options, None
    yield "csv_schema", "csv", ["csv/header.csv"], {"header": "true"}, "a INT NOT NULL, z STRING"
    yield "csv_folder", "csv", ["csv_folder"], {"header": "true", "inferSchema": "true"}, None
    yield "csv_parts", "csv", ["csv_parts"], {"header": "true", "inferSchema": "true"}, None
    yield "csv_empty_folder", "csv", ["layout/empty"], {}, None
    yield "text", "text", ["text"], {}, None
    yield "text_whole", "text", ["text"], {"wholetext": "true"}, None
    yield "text_parts", "text", ["csv_parts"], {}, None
    yield "text_schema", "text", ["text"], {}, "a STRING"
    yield "text_bad_schema", "text", ["text"], {}, "a INT"
    yield "text_two", "text", ["text"], {}, "a STRING, b STRING"


def ask(spark, fmt, paths, options, schema):
    reader = spark.read.format(fmt).options(**options)
    if schema:
        reader = reader.schema(schema)
    try:
        df = reader.load([str(FILES / p) for p in paths])
        out = {"schema": json.loads(df.schema.json())}
    except Exception as e:
        return {"error": condition(e)}
    try:
        out["rows"] = df.count()
        out["answer"] = answer(df)
    except OverflowError:
        pass  # a year Python does not know
    except Exception as e:
        out["read_error"] = condition(e)
    return out


def answer(df):
    """The rows as the client shows them, in the order of their text."""
    return sorted(repr(tuple(row)) for row in df.collect())


def condition(e):
    """Spark's condition; some errors have it in their text only, of a cause."""
    found = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", str(e))
    return e.getCondition() or (found.group(1) if found else type(e).__name__)


def main(spark):
    if FILES.exists():
        keep = {f.name: f.read_bytes() for f in FILES.glob("duckdb*.parquet")}
        shutil.rmtree(FILES)
        FILES.mkdir()
        for name, content in keep.items():
            text(name, content)
    make_types()
    make_folders()
    make_csv()
    session_zone = spark.conf.get("spark.sql.session.timeZone")
    assert session_zone == "UTC", session_zone
    spark.sql("""SELECT 1Y t, 1S s, 1 i, 1L l, 1f f, 1d d, 1.50BD dec, 'x' str, X'00' bin, DATE'2020-01-01' dt,
        TIMESTAMP'2020-01-01 00:00:00' ts, TIMESTAMP_NTZ'2020-01-01 00:00:00' ntz, INTERVAL '1-1' YEAR TO MONTH ym,
        INTERVAL '1 1' DAY TO HOUR dh, array(1) a, map('a', 1) m, named_struct('x', 1, 'y', 'z') st,
        CAST('a' AS VARCHAR(3)) vc""").coalesce(1).write.mode("overwrite").parquet(str(FILES / "spark"))
    for f in (FILES / "spark").iterdir():
        if f.suffix == ".parquet":
            f.rename(f.with_name("part.parquet"))
        else:
            f.unlink()
    out = {}
    for name, fmt, paths, options, schema in cases():
        options = dict(options)
        said = ask(spark, fmt, paths, options, schema)
        if name == "csv_infer_dates":
            del said["answer"]  # a time of day means today
        if "basePath" in options:
            options["basePath"] = options["basePath"].replace(str(FILES), "FILES")
        out[name] = {"format": fmt, "paths": paths, "options": options, "given": schema, **said}
    return out


if __name__ == "__main__":
    session = SparkSession.builder.remote("local[2]").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    (HERE / "expected.json").write_text(json.dumps(main(session), indent=1).replace(str(HERE), "HERE") + "\n")
