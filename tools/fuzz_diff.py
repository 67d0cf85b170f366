#!/usr/bin/env python3
"""make fuzz-diff: asks random queries of real Spark and of Shoal, and shrinks what differs.

  fuzz_diff.py [--spark sc://HOST:PORT] [--shoal sc://HOST:PORT] [--seed N] [--count N] [--out DIR]

Servers that are not named are started. Rows are compared as multisets, or in order where the query orders them totally;
schemas with nullability; of errors the class. One query in five runs with ANSI off. Query number N is always the same, so
a difference is reproduced by --seed N --count 1. What differs is made as short as it gets and written to
DIR/fuzz-N.txt, a file of sparktest's corpus without its answer. What Shoal refuses is counted, not shown. Ends with 1 if
anything differs.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import os
import sys
import threading
import time

import fuzz_queries
import oracle_corpus as corpus
import oracle_server
import servers
from oracle_replay import within

# One task a query and no compiled code: a random query is never seen again, and answers do not depend on it.
FAST = {"spark.sql.shuffle.partitions": "1", "spark.sql.leafNodeDefaultParallelism": "1", "spark.sql.autoBroadcastJoinThreshold": "-1",
        "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
SHRINKS = 250  # runs spent on one difference


class Pair:
    """One session on each server, with the tables."""

    def __init__(self, spark, shoal, ansi):
        self.file = corpus.File("", {"spark": "4.1.4", "tz": "UTC", "ansi": ansi})
        self.runners = corpus.Runner(spark, corpus.File("", self.file.header | FAST)), corpus.Runner(shoal, self.file)
        for statement in fuzz_queries.setup():
            for runner in self.runners:
                runner.run(corpus.Record("statement", {}, [], [statement], None, 0))

    def ask(self, sql, ordered):
        """One word about the two answers, and the answers."""
        want, got = (answer(runner, sql, ordered) for runner in self.runners)
        if got[1][0].startswith("UNSUPPORTED_FEATURE ") and want[1][0] != got[1][0]:
            return "refused", want, got
        if same(want, got):
            return "same " + want[0], want, got
        return "beyond Spark itself" if want[0] == "error" and sparks_own(want[1][0], sql) else "different", want, got

    def write(self, path, sql, ordered, kind):
        head = "oracle " + " ".join(f"{k}={v}" for k, v in self.file.header.items())
        tables = [f"statement\n{s}" for s in fuzz_queries.setup() if f" {s.split()[5]} AS r" in sql]
        record = ("query" if ordered else "query rowsort") if kind == "query" else "error class"
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n\n".join([f"# Found by fuzz-diff, shrunk.\n{head}", *tables, f"{record}\n{sql}"]) + "\n")


def sparks_own(error, sql):
    """An error that Spark's own rewriting of the plan makes of a query that has none."""
    return (error.startswith(("- - ", "INTERNAL_ERROR "))
            # Every scalar subquery here is an aggregate, with one row.
            or error.startswith("SCALAR_SUBQUERY_TOO_MANY_ROWS ")
            # A key of GROUPING SETS that is a literal takes the place of equal literals elsewhere, so of sort_array's order.
            or error.startswith("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT ") and "sort_array(" in sql and " GROUP BY " in sql
            # typeof of a column is a constant: a window function does not find the key it is, and complains of the column.
            or error.startswith("MISSING_AGGREGATION ") and "typeof(" in sql and " OVER (" in sql)


def answer(runner, sql, ordered):
    record = corpus.Record("query", {} if ordered else {"rowsort": ""}, [], [sql], None, 0)
    try:
        kind, lines = runner.run(record)
    except Exception as e:  # PySpark's own troubles must not end the run
        return "error", [f"{type(e).__name__} {e}"[:300]]
    return kind, lines[:1] if kind == "error" else lines


def same(spark, shoal):
    if spark[0] != shoal[0]:
        return False
    return spark[1][:1] == shoal[1][:1] and within(spark[1][1:], shoal[1][1:], 1e-9)


def build(choices):
    return fuzz_queries.Generator(choices).query()


def shrink(pair, taken):
    """The shortest list of choices found whose query still differs: parts are left out, then made smaller."""
    best, (sql, ordered), runs = taken, build(fuzz_queries.Choices(recorded=taken)), 0
    seen = {sql}

    def differs(candidate):
        nonlocal best, sql, ordered, runs
        choices = fuzz_queries.Choices(recorded=candidate)
        try:
            text, total = build(choices)
        except (IndexError, RecursionError):
            return False
        if text in seen or len(text) > len(sql) or runs >= SHRINKS:
            return False
        seen.add(text)
        runs += 1
        if pair.ask(text, total)[0] != "different":
            return False
        best, sql, ordered = choices.taken, text, total
        return True

    progress = True
    while progress and runs < SHRINKS:
        progress = False
        for size in (32, 16, 8, 4, 2, 1):
            i = 0
            while i < len(best):
                if differs(best[:i] + best[i + size:]) or any(best[i:i + size]) and differs(best[:i] + [0] * size + best[i + size:]):
                    progress = True
                else:
                    i += size
    return sql, ordered


class Run:
    """The queries from one number to another, on two threads."""

    def __init__(self, spark, shoal, options):
        self.urls, self.options = (spark, shoal), options
        self.local, self.lock = threading.local(), threading.Lock()
        self.counts, self.refused = collections.Counter(), []
        self.begin = time.monotonic()

    def pair(self, ansi):
        pairs = self.local.__dict__.setdefault("pairs", {})
        if ansi not in pairs:
            pairs[ansi] = Pair(*self.urls, ansi)
        return pairs[ansi]

    def one(self, number):
        pair = self.pair("false" if number % 5 == 0 else "true")
        choices = fuzz_queries.Choices(number)
        sql, ordered = build(choices)
        verdict, *_ = pair.ask(sql, ordered)
        with self.lock:
            self.counts[verdict] += 1
            if verdict == "refused":
                self.refused.append(number)
            if sum(self.counts.values()) % 1000 == 0:
                print(self.summary(), flush=True)
        if verdict == "different":
            self.report(pair, number, *shrink(pair, choices.taken))

    def report(self, pair, number, sql, ordered):
        _, want, got = pair.ask(sql, ordered)
        os.makedirs(self.options.out, exist_ok=True)
        path = os.path.join(self.options.out, f"fuzz-{number}.txt")
        pair.write(path, sql, ordered, want[0])
        with self.lock:
            print(f"--- {path} (ansi={pair.file.header['ansi']})\n{sql}\n  Spark: " + "\n    ".join(want[1][:9]) + "\n  Shoal: " + "\n    ".join(got[1][:9]), flush=True)

    def summary(self):
        return f"{time.monotonic() - self.begin:.0f}s: " + ", ".join(f"{n} {what}" for what, n in self.counts.most_common())

    def all(self):
        o = self.options
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for _ in pool.map(self.one, range(o.seed, o.seed + o.count)):
                pass
        print(f"seed {o.seed}, {o.count} queries, {self.summary()}; the first refused: {self.refused[:20]}")
        return 1 if self.counts["different"] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spark")
    parser.add_argument("--shoal")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--out", default=os.path.join(corpus.ROOT, "sparktest", "candidates"))
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        spark = options.spark or stack.enter_context(servers.Spark(sys.executable, memory="1g", **oracle_server.CONF)).url
        shoal = options.shoal or stack.enter_context(servers.Shoal()).url
        return Run(spark, shoal, options).all()


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # see Runner.kept
