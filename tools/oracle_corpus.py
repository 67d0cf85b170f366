"""The corpus files of sparktest: reading, running against a Spark Connect server, writing back.

sparktest/README.md describes the format. Nothing here knows whether the server is real Spark.
"""
import ast
import atexit
import inspect
import json
import logging
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field

import oracle_cells as cells

KINDS = ("statement", "query", "error")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CORPUS = os.path.join(ROOT, "sparktest", "corpus")
CACHE = os.environ.get("SHOAL_CACHE") or os.path.expanduser("~/.cache/shoal")
VARIABLES = {
    "DATA": os.environ.get("SPARKTEST_DATA") or os.path.join(ROOT, "sparktest", "testdata"),
    "TPCH": os.environ.get("SPARKTEST_TPCH") or os.path.join(CACHE, "tpch", "sf0.01"),
    "TPCDS": os.environ.get("SPARKTEST_TPCDS") or os.path.join(CACHE, "tpcds", "sf0.1"),
    "SCRATCH": tempfile.mkdtemp(prefix="sparktest"),
}
atexit.register(shutil.rmtree, VARIABLES["SCRATCH"], ignore_errors=True)


@dataclass
class Record:
    kind: str
    options: dict
    head: list  # comment lines and the record's first line, as written
    body: list
    expected: list  # None: not recorded yet
    line: int  # of the record's first line, from 1

    def text(self):
        return substitute("\n".join(self.body))


@dataclass
class File:
    path: str
    header: dict
    blocks: list = field(default_factory=list)  # Records, and lists of lines (comments, the header)

    @property
    def records(self):
        return [b for b in self.blocks if isinstance(b, Record)]

    @property
    def python(self):
        return self.header.get("lang") == "python"


class FormatError(Exception):
    pass


def read(path):
    """Reads a file; blocks are separated by blank lines."""
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    result = File(path, {})
    start = 0
    for i, line in enumerate(lines + [""]):
        if line.strip():
            continue
        if i > start:
            _block(result, lines[start:i], start + 1)
        start = i + 1
    if not result.header:
        raise FormatError(f"{path}: no 'oracle' line")
    return result


def _block(file, lines, number):
    n = 0
    while n < len(lines) and lines[n].startswith("#"):
        n += 1
    if n == len(lines):
        file.blocks.append(lines)
        return
    words = lines[n].split(" #")[0].split()
    options = dict((w.split("=", 1) + [""])[:2] for w in words[1:])
    if words[0] == "oracle":
        file.header = options
        file.blocks.append(lines)
        return
    if words[0] not in KINDS or not file.header:
        raise FormatError(f"{file.path}:{number + n}: want one of {KINDS} after an oracle line")
    body, expected = lines[n + 1:], None
    if "----" in body:
        cut = body.index("----")
        body, expected = body[:cut], body[cut + 1:]
    file.blocks.append(Record(words[0], options, lines[:n + 1], body, expected, number + n))


def write(file):
    """Writes the file back, replacing it in one step."""
    blocks = []
    for b in file.blocks:
        if isinstance(b, Record):
            b = b.head + b.body + ([] if b.expected is None else ["----"] + b.expected)
        blocks.append("\n".join(b))
    text = "\n\n".join(blocks) + "\n"
    with open(file.path + ".new", "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(file.path + ".new", file.path)


def substitute(text):
    for name, value in VARIABLES.items():
        text = text.replace("${" + name + "}", value)
    return text


def restore(text):
    for name, value in VARIABLES.items():
        text = text.replace(value, "${" + name + "}")
    return text


def find(names):
    """Paths of the files named: a path, a file or folder under the corpus, or all."""
    if not names:
        names = [CORPUS]
    paths = []
    for name in names:
        path = name if os.path.exists(name) else os.path.join(CORPUS, name)
        if os.path.isdir(path):
            for folder, _, files in sorted(os.walk(path)):
                paths += [os.path.join(folder, f) for f in sorted(files) if f.endswith(".txt")]
        elif os.path.exists(path):
            paths.append(path)
        else:
            raise SystemExit(f"no such corpus file: {name}")
    return paths


class Runner:
    """One session with the settings of one file; run gives the canonical result of each record."""

    def __init__(self, url, file):
        from pyspark.sql.connect.session import SparkSession

        logging.disable(logging.ERROR)  # PySpark logs every error a query has
        self.file = file
        self.spark = SparkSession.builder.remote(url).create()
        self.spark.conf.set("spark.sql.session.timeZone", file.header.get("tz", "UTC"))
        self.spark.conf.set("spark.sql.ansi.enabled", file.header.get("ansi", "true"))
        for key, value in file.header.items():
            if key.startswith("spark."):
                self.spark.conf.set(key, value)
        self.names = self._names() if file.python else None

    # PySpark's SparkSession.__del__ can wait for its own thread, for ever: sessions are not collected.
    kept = []

    def close(self):
        self.spark.client.release_session()
        Runner.kept.append(self.spark)

    def run(self, record):
        """(the kind it turned out to be, the lines below ----)"""
        from pyspark.errors import PySparkException

        try:
            value = self._python(record.text()) if self.file.python else self.spark.sql(record.text())
            if record.kind == "statement":
                return "statement", []
            lines = self._value(value)
        except PySparkException as e:
            return "error", error_lines(e)[:1 if "class" in record.options else None]
        except Exception as e:  # PySpark's own checks of its arguments
            if not self.file.python:
                raise
            return "error", [f"- - {type(e).__name__}"]
        if "rowsort" in record.options:
            lines[1:] = sorted(lines[1:])
        return "query", [restore(line) for line in lines]

    def _names(self):
        os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"  # as SparkSession.builder.remote() of pyspark.sql does
        from pyspark.sql import functions, types
        from pyspark.sql.window import Window

        self.spark._set_default_and_active_session(self.spark)
        return dict(VARIABLES, spark=self.spark, F=functions, T=types, Window=Window)

    def _python(self, code):
        """Runs the snippet; the value of its last line, if that is an expression."""
        tree = ast.parse(code)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "case", "exec"), self.names)
        return eval(compile(ast.Expression(last.value), "case", "eval"), self.names) if last else None

    def _value(self, value):
        if hasattr(value, "_plan") and hasattr(value, "schema"):
            client = self.spark.client
            arguments = [value._plan.to_proto(client)]
            if "observations" in inspect.signature(client.to_table).parameters:
                arguments.append({})
            table, schema = client.to_table(*arguments)[:2]
            return [cells.header(schema)] + cells.rows(schema, table)
        if hasattr(value, "to_string"):  # pandas; its versions disagree about strings and what is missing
            types = value.dtypes.astype(str).replace("str", "object")
            value = f"{types.to_string()}\n{value.astype(object).where(value.notna(), None).to_string()}"
        if isinstance(value, str):
            return ["> " + line if line else ">" for line in value.split("\n")]
        return ["= " + repr(value)]


def error_lines(e):
    """CLASS SQLSTATE exception, then the message's parameters and the place in the query."""
    condition = e.getCondition() if hasattr(e, "getCondition") else e.getErrorClass()
    lines = [f"{condition or '-'} {e.getSqlState() or '-'} {type(e).__name__}"]
    for name, value in sorted((e.getMessageParameters() or {}).items()):
        value = re.sub(r"#\d+L?", "#N", restore(value))
        lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    contexts = e.getQueryContext() if hasattr(e, "getQueryContext") else []
    for c in contexts:
        if c.contextType().name == "SQL" and c.startIndex() < 0:
            continue  # no place
        if c.contextType().name == "SQL":
            place = f"at {c.startIndex()} {json.dumps(restore(c.fragment()), ensure_ascii=False)}"
            lines.append(place + (f" in {c.objectType()} {c.objectName()}" if c.objectType() else ""))
        else:
            lines.append(f"at {c.fragment()}()")
    where = re.search(r"\(line (\d+), pos (\d+)\)", str(e).split("== SQL ==")[0])
    if where and not contexts:
        lines.append(f"at line {where[1]} pos {where[2]}")
    return lines
