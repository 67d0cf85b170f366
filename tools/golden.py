"""Runs Spark's own golden SQL files against a Spark Connect server and counts the statements that come out equal.

    tools/golden.py --spark DIR [--url sc://HOST:PORT] [--json FILE] [FILE ...]

DIR is a checkout of Spark's sources; nothing of it is kept here. FILE is a name or a pattern below sql-tests/inputs
('postgreSQL/*', 'pivot.sql'); none means all. Without --url a server of our own binary is started for the run.
A statement is equal if the schema, the rows, or the error condition are what the golden file says. Rows count in
their order where the statement itself ends in ORDER BY. What the server creates in a file is dropped after it:
give it a server that holds nothing of value.
"""
import argparse
import collections
import contextlib
import fnmatch
import json
import logging
import os
import pathlib
import re
import sys
import threading
import time

from pyspark.sql import SparkSession
from pyspark.sql.types import CalendarIntervalType

import golden_data
import golden_hive
import servers

ZONE = "America/Los_Angeles"  # of Spark's suite
ZONE_CONF = "spark.sql.session.timeZone"
SKIPPED = {"udf/": "needs functions in Scala and Python", "udaf/": "needs functions in Scala and Python",
           "udtf/": "needs functions in Python"}
ERROR = re.compile(r"([\w$]+\.)+\w*(Exception|Error)\b")
MASKED = "[not included in comparison]"
MASKS = [(re.compile(pattern), text) for pattern, text in (
    (r"#\d+", "#x"), (r"plan_id=\d+", "plan_id=x"), (r"Location.*/(?=\w+\.db/|\w+$)", f"Location {MASKED}/{{warehouse_dir}}/"),
    (r"file:[^\s,]*/(?=\w+\.db/|\w+$)", f"file:{MASKED}/{{warehouse_dir}}/"),
    (r"Created By.*", f"Created By {MASKED}"), (r"Created Time.*", f"Created Time {MASKED}"),
    (r"Last Access.*", f"Last Access {MASKED}"), (r"Owner.*", f"Owner {MASKED}"),
    (r"Partition Statistics\t\d+", f"Partition Statistics\t{MASKED}"),
    (r"transient_lastDdlTime=\d+", f"transient_lastDdlTime={MASKED}"))]

Expected = collections.namedtuple("Expected", "sql schema output")


def read_golden(path):
    """The statements of a .sql.out file."""
    parts = re.split(r"^-- !query(?: schema| output)?\n", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    return [Expected(parts[i].strip(), parts[i + 1].strip(), parts[i + 2].strip()) for i in range(0, len(parts) - 2, 3)]


def confs(name, text):
    """The confs Spark's suite runs a file with."""
    found = {"spark.sql.ansi.enabled": "false" if name.startswith("nonansi/") else "true", ZONE_CONF: ZONE}
    if name.startswith("timestampNTZ/"):
        found["spark.sql.timestampType"] = "TIMESTAMP_NTZ"
    if name.startswith("postgreSQL/"):
        found["spark.sql.legacy.interval.enabled"] = "true"
    for line in re.findall(r"^--SET (.*)$", text, flags=re.M):
        for pair in line.split(","):
            key, value = pair.split("=", 1)
            found[key.strip()] = value.strip()
    return found


def condition_of(output):
    """The error condition a golden output names, or None."""
    with contextlib.suppress(ValueError, IndexError):
        return json.loads(output.split("\n", 1)[1])["errorClass"]
    found = re.match(r"\S+\n\[?([A-Z][A-Z0-9_.]{5,})\b", output)
    return found and found.group(1)


def ordered(sql):
    """Whether the statement ends in an ORDER BY of its own."""
    text = re.sub(r"--[^\n]*|'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"", " ", sql)
    while re.search(r"\([^()]*\)", text):
        text = re.sub(r"\([^()]*\)", " ", text)
    return re.search(r"\b(ORDER|SORT)\s+BY\b|^\s*DESC", text, flags=re.I) is not None


def described(sql):
    return re.match(r"\s*(DESC|DESCRIBE)\b", sql, flags=re.I)


class Runner:
    def __init__(self, spark_dir, url, seconds):
        self.tests = pathlib.Path(spark_dir) / "sql/core/src/test/resources"
        self.url, self.seconds = url, seconds
        self.sessions = []  # one that is collected as garbage may wait for ever for threads all of them share
        self.keep = golden_data.create(self.session(), self.tests / "test-data")

    def session(self):
        self.sessions.append(SparkSession.builder.remote(self.url).create())
        return self.sessions[-1]

    def names(self, patterns):
        inputs = self.tests / "sql-tests/inputs"
        results = self.tests / "sql-tests/results"
        names = sorted(str(p.relative_to(results))[:-len(".out")] for p in results.rglob("*.sql.out"))
        names = [n for n in names if (inputs / n).exists()]
        return [n for n in names if not patterns or any(fnmatch.fnmatch(n, p) for p in patterns)]

    def file(self, name):
        """The verdict of each statement: (statement, None if equal, else the reason)."""
        source = self.tests / "sql-tests/inputs" / name
        results = self.tests / "sql-tests/results" / (name + ".out")
        spark = self.session()
        golden_data.clean(spark, self.keep)
        settings, verdicts = confs(name, source.read_text(encoding="utf-8")), []
        for key, value in settings.items():
            with contextlib.suppress(Exception):
                spark.conf.set(key, value)
        for expected in read_golden(results):
            got = self.limited(spark, expected.sql, settings[ZONE_CONF])
            verdicts.append((expected, got, difference(expected, got)))
        spark.client.release_session()
        return verdicts

    def limited(self, spark, sql, zone):
        """What the server answers, as an Expected with the text of an error as it is; interrupted after a time."""
        timer = threading.Timer(self.seconds, spark.interruptAll)
        timer.start()
        try:
            return run(spark, sql, zone)
        except Exception as e:  # noqa: BLE001 every way to fail is a verdict
            get = getattr(e, "getCondition", None) or getattr(e, "getErrorClass", lambda: None)
            return Expected(sql, None, (get() or type(e).__name__, str(e)))
        finally:
            timer.cancel()


def run(spark, sql, zone):
    df = spark.sql(sql)
    schema = df.schema
    if not schema.fields:
        return Expected(sql, "struct<>", "")
    text = schema.simpleString()
    if any(isinstance(f.dataType, CalendarIntervalType) for f in schema.fields):  # has no form in Arrow
        df = df.toDF(*(f"c{i}" for i in range(len(schema.fields))))
        df = df.select(*(df[f"c{i}"].cast("string") if isinstance(f.dataType, CalendarIntervalType) else df[f"c{i}"]
                         for i, f in enumerate(schema.fields)))
    table = spark.client.to_table(df._plan.to_proto(spark.client), df._plan.observations)[0]  # toArrow has no year-month intervals
    rows = golden_hive.rows(df.schema, table, zone)
    if re.match(r"\s*SHOW\s+(TABLES|VIEWS)\b", sql, flags=re.I):  # Hive prints the name only
        rows = [row.split("\t")[1] for row in rows]
    if described(sql) and text.startswith("struct<col_name:"):
        rows = ["\t".join(f"{'' if cell == 'NULL' else cell:<20}" for cell in row.split("\t")) for row in rows]
    return Expected(sql, text, rows)


def masked(text):
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def difference(expected, got):
    """None if equal, else (kind, what)."""
    if expected.schema == "struct<>" and ERROR.match(expected.output):
        want = condition_of(expected.output)
        if got.schema is not None:
            return "no error", want or expected.output.split("\n")[0]
        name = got.output[0]
        if name == want or want is None and not refused(got):
            return None
        return ("refused" if refused(got) else "wrong condition"), f"{want} | {got.output[0]}"
    if got.schema is None:
        return ("refused" if refused(got) else "error"), got.output[0]
    if got.schema != expected.schema:
        return "schema", ""
    rows = [masked(row) for row in got.output]
    if "\n".join(rows).strip() == expected.output:
        return None
    sorted_rows = "\n".join(sorted(rows, key=lambda s: s.encode("utf-16-be")))
    if sorted_rows.strip() == expected.output and not ordered(expected.sql):
        return None
    if sorted(expected.output.split("\n")) == sorted("\n".join(rows).strip().split("\n")):
        return ("order", "") if ordered(expected.sql) else None
    return "rows", ""


def refused(got):
    return got.output[0] == "UNSUPPORTED_FEATURE"


def refusal(got):
    """What the server says it does not do, without what differs between statements."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "_", got.output[1].split("\n")[0])[:110]


def record(name, verdict):
    expected, got, reason = verdict
    return {"file": name, "sql": expected.sql, "kind": reason[0], "what": reason[1], "schema": expected.schema,
            "output": expected.output, "got_schema": got.schema,
            "got": "\n".join(got.output)}


def family(name):
    return name.split("/")[0] + "/" if "/" in name else name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spark", required=True, help="a checkout of Spark's sources")
    parser.add_argument("--url", help="a running server; one is started if none is given")
    parser.add_argument("--json", default="golden.json", help="where each failing statement is written")
    parser.add_argument("--seconds", type=float, default=30, help="how long a statement may take")
    parser.add_argument("--top", type=int, default=40, help="how many reasons are printed")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    logging.disable()  # the client logs each error
    with contextlib.ExitStack() as stack:
        url = args.url or stack.enter_context(
            servers.Shoal("--allow", "/", "--memory-limit", "2GB", "--conf", f"{ZONE_CONF}={ZONE}")).url
        report(Runner(args.spark, url, args.seconds), args)


def report(runner, args):
    failures, reasons, passed, total = [], collections.Counter(), 0, 0
    for name in runner.names(args.files):
        why = next((reason for head, reason in SKIPPED.items() if name.startswith(head)), None)
        if why:
            print(f"{name:60} skipped: {why}")
            continue
        begun = time.monotonic()
        verdicts = runner.file(name)
        good = sum(reason is None for _, _, reason in verdicts)
        passed, total = passed + good, total + len(verdicts)
        print(f"{name:60} {good:4}/{len(verdicts):<4} {time.monotonic() - begun:5.1f}s", flush=True)
        for verdict in verdicts:
            expected, got, reason = verdict
            if reason:
                failures.append(record(name, verdict))
                reasons[reason[0], refusal(got) if reason[0] in ("refused", "error") else reason[1]] += 1
    print(f"\n{'count':>5}  {'kind':16} what")
    for (kind, what), count in reasons.most_common(args.top):
        print(f"{count:5}  {kind:16} {what}")
    print(f"\n{passed} of {total} statements are equal: {100 * passed / max(total, 1):.1f} %")
    pathlib.Path(args.json).write_text(json.dumps(failures, indent=1))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the client's threads may never end
