#!/usr/bin/env python3
"""Writes docs/parity.md: what of PySpark's API answers on Shoal as on real Spark.

  parity.py [--shoal URL] [--spark URL] [--only SECTION] OUT.md

Needs pyspark[connect] 4.1.4 and Java 17. Every public name of the installed PySpark is an entry; tools/parity.txt has the
calls. A function of one argument without a line there is called with each column of the table. An entry works if Shoal
answers each of its calls as Spark does, errors included; it is refused if it answers some with UNSUPPORTED_FEATURE;
else it differs. Without --shoal and --spark both servers are started.
"""
import argparse
import collections
import contextlib
import inspect
import io
import logging
import multiprocessing
import os
import re
import sys
import tempfile
import warnings

import oracle_corpus as corpus
import oracle_server
import servers
from oracle_replay import within

RECIPES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parity.txt")
TABLE = """df = spark.sql('''SELECT * FROM VALUES
  (1, 10L, 1.5D, 12.34BD, 'a b', X'6162', true, DATE'2024-02-29', TIMESTAMP'2024-05-06 07:08:09', array(1, 2), map('k', 1), named_struct('x', 1, 'y', 'u'), '{"x": 1, "y": "u"}'),
  (2, NULL, -0.5D, NULL, '', X'', false, DATE'1999-12-31', TIMESTAMP'1999-12-31 23:59:59.5', array(), map(), named_struct('x', NULL, 'y', ''), '[1]'),
  (NULL, -3L, NULL, -1.00BD, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
  AS t(i, l, d, p, s, b, flag, dt, ts, a, m, st, j)''')
e = spark.sql("SELECT * FROM VALUES (1, 'v'), (3, 'w') AS t(i, v)")
DIR = %r"""
COLUMNS = "i d s b flag dt ts a m".split()
WORDS = ("works", "refused", "differs", "not tried")
FALSE_FRIENDS = {"Builder", "Hook", "to_plan"}  # public by name only


def classes():
    """{section: the names it has}"""
    from pyspark.sql.connect import catalog, column, conf, dataframe, functions, group, readwriter, session, tvf, window

    found = {c.__name__: [n for n in dir(c) if not n.startswith("_") and n not in FALSE_FRIENDS] for c in (
        dataframe.DataFrame, column.Column, group.GroupedData, window.Window, window.WindowSpec, catalog.Catalog,
        readwriter.DataFrameReader, readwriter.DataFrameWriter, readwriter.DataFrameWriterV2, dataframe.DataFrameNaFunctions,
        dataframe.DataFrameStatFunctions, conf.RuntimeConf, session.SparkSession, tvf.TableValuedFunction)}
    import pyspark.sql.functions as F

    found["functions"] = sorted(n for n in F.__all__ if not inspect.isclass(getattr(F, n)))
    return found


def recipes():
    """{section: {entry: [code]}}"""
    found, section = collections.defaultdict(lambda: collections.defaultdict(list)), None
    with open(RECIPES) as f:
        for line in f:
            line = line.strip()
            if line.startswith("["):
                section = line[1:-1]
            elif line and not line.startswith("#"):
                name, _, code = line.partition(" ")
                found[section][name].append(code.strip())
    return found


def calls(section, name, given):
    """The calls of an entry, as (code, whether only the schema counts)."""
    if section != "functions":
        return [(code.lstrip("~").strip(), code.startswith("~")) for code in given]
    if given:
        return [(f"df.select(F.{name}({code.lstrip('~').strip()}))", code.startswith("~")) for code in given]
    import pyspark.sql.functions as F

    parameters = inspect.signature(getattr(F, name)).parameters.values()
    needed = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if len(needed) != 1:
        return []
    return [(f'df.select(F.{name}("{c}"))', False) for c in COLUMNS]


class Side:
    """A server, in a process of its own: PySpark mixes up the sessions of two servers."""

    def __init__(self, url, folder):
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, url, folder), daemon=True)
        self.process.start()

    def begin(self, code, schema_only):
        """Begins a call; end gives its answer. No code begins a new session."""
        self.pipe.send((code, schema_only))

    def end(self):
        return self.pipe.recv()


def serve(pipe, url, folder):
    logging.disable(logging.ERROR)
    warnings.simplefilter("ignore")
    runner = None
    while True:
        try:
            code, schema_only = pipe.recv()
        except EOFError:
            os._exit(0)  # clients' threads may still wait
        if code is None:
            runner = corpus.Runner(url, corpus.File("parity", {"spark": "4.1.4", "lang": "python"}))
            runner._python(TABLE % folder)
            pipe.send(None)
            continue
        record = corpus.Record("query", {"rowsort": ""}, [], code.split("; "), None, 0)
        with contextlib.redirect_stdout(io.StringIO()):
            runner.spark._set_default_and_active_session(runner.spark)
            kind, lines = runner.run(record)
        lines = [re.sub(r"\d{10,}|0x[0-9a-f]+", "#", line) for line in lines[:1]] + lines[1:]
        pipe.send((kind, lines[:1] if schema_only or kind == "error" else lines))


def ask(sides, code, schema_only=False):
    for side in sides:
        side.begin(code, schema_only)
    return [side.end() for side in sides]


def verdict(spark, shoal):
    if shoal[0] == "error" and shoal[1][0].startswith("UNSUPPORTED_FEATURE ") and shoal != spark:
        return "refused"
    if shoal == spark or shoal[0] == spark[0] == "query" and within(spark[1], shoal[1], 1e-12):
        return "works"
    return "differs"


def try_section(section, names, given, shoal, spark):
    """{entry: (verdict, the call that decided, Spark's answer, Shoal's)}"""
    found = {}
    ask((spark, shoal), None)
    for name in names:
        worst = ("not tried", "", None, None)
        for code, schema_only in calls(section, name, given[name]):
            answers = ask((spark, shoal), code, schema_only)
            one = (verdict(*answers), code, *answers)
            if worst[0] == "not tried" or ("works", "refused", "differs").index(one[0]) > ("works", "refused", "differs").index(worst[0]):
                worst = one
        found[name] = worst
    counts = collections.Counter(v[0] for v in found.values())
    print(f"{section}: " + ", ".join(f"{counts[w]} {w}" for w in WORDS if counts[w]), flush=True)
    for name, (word, code, want, got) in found.items():
        if word == "differs":
            print(f"  {name}: {code}\n    Spark {want}\n    Shoal {got}"[:900], flush=True)
    return found


def page(results):
    """The text of docs/parity.md."""
    lines = ["# PySpark's API on Shoal", "",
             "Generated by `make parity`: each call of `tools/parity.txt` was made with PySpark 4.1.4 on Shoal and on real Spark 4.1.4.",
             "An entry *works* if Shoal answered all of its calls as Spark did, errors included; it is *refused* if Shoal said that it does",
             "not do this (an attached Spark then does); otherwise it *differs*. Values that are random or of the moment are not compared.", "",
             "| | entries | works | refused | differs | not tried |", "|---|---|---|---|---|---|"]
    every = [v[0] for found in results.values() for v in found.values()]
    for title, words in [*((s, [v[0] for v in f.values()]) for s, f in results.items()), ("all", every)]:
        lines.append(f"| {title} | {len(words)} | " + " | ".join(str(words.count(w)) for w in WORDS) + " |")
    for section, found in results.items():
        lines += ["", f"## {section}"]
        for word in WORDS:
            names = [f"`{n}`" for n, v in found.items() if v[0] == word]
            if names:
                lines += ["", f"{word}: " + ", ".join(names)]
    return "\n".join(lines) + "\n"


def run(options, shoal_url, spark_url):
    given, results = recipes(), {}
    with tempfile.TemporaryDirectory() as home:
        sides = []
        for name, url in (("shoal", shoal_url), ("spark", spark_url)):
            os.makedirs(os.path.join(home, name))
            sides.append(Side(url, os.path.join(home, name)))
        for section, names in classes().items():
            if not options.only or options.only == section:
                results[section] = try_section(section, names, given[section], *sides)
    with open(options.out, "w") as f:
        f.write(page(results))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--shoal")
    parser.add_argument("--spark")
    parser.add_argument("--only")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    with contextlib.ExitStack() as stack:
        shoal = options.shoal or stack.enter_context(servers.Shoal("--allow", "/")).url
        spark = options.spark or stack.enter_context(oracle_server.running()).url
        run(options, shoal, spark)
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # clients' threads may still wait
