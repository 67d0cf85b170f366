#!/usr/bin/env python3
"""Runs the corpus with this environment's PySpark client on any Spark Connect server, and compares.

  oracle_replay.py --url sc://HOST:PORT [FILE|FOLDER ...]     by default the DataFrame cases, corpus/dataframe
    --all        the SQL cases too
    --details    compare the parameters and places of errors too, not only their first line
    --real-spark        the server is Spark, or forwards to one: what is missing in Shoal must be right, too
    --engine E   have the server, a Shoal with a Spark behind it, use that engine: auto, duckdb or spark; or flip: another one
                 at random for each case, which must not matter. What duckdb refuses then is asked again with auto
    --seed N     which engines flip chooses
    --update-refusals   set and clear only=spark by what the server refuses (Shoal, not Spark)

Ends with 1 if an answer differs. Cases marked only=spark must fail with UNSUPPORTED_FEATURE.
"""
import argparse
import collections
import os
import random
import re
import sys

import oracle_corpus as corpus

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?")


def within(want, got, limit):
    """Rows are equal, but for numbers that differ by no more than limit, relatively."""
    if len(want) != len(got):
        return False
    for a, b in zip(want, got):
        x, y = NUMBER.finditer(a), NUMBER.finditer(b)
        if NUMBER.sub("#", a) != NUMBER.sub("#", b):
            return False
        for m, n in zip(x, y):
            p, q = float(m[0]), float(n[0])
            if abs(p - q) > limit * max(abs(p), abs(q)):
                return False
    return True


def judge(record, kind, lines, details):
    """One word: passed, or what is wrong."""
    if kind == "error" and lines[0].startswith("UNSUPPORTED_FEATURE "):
        if not (record.expected and record.expected[0].startswith("UNSUPPORTED_FEATURE ")):
            return "known gap" if record.options.get("only") == "spark" else "refused"
    elif record.options.get("only") == "spark":
        return "gap closed" if lines == (record.expected or []) else "wrong answer"
    if kind != record.kind:
        return "wrong error" if kind == "error" else "missed error"
    if kind == "statement":
        return "passed"
    want = record.expected or []
    if kind == "error":
        if lines[:1] != want[:1]:
            return "wrong error"
        if not any(line.startswith("at ") for line in want):  # a place where Spark names none is welcome
            lines = [line for line in lines if not line.startswith("at ")]
        return "wrong detail" if details and lines != want else "passed"
    tolerance = record.options.get("tolerance")

    def same(a, b):
        return a == b or bool(tolerance) and within(a, b, float(tolerance))

    schema = 0 if want and want[0].startswith("= ") else 1  # lines that are no values
    if not same(want[schema:], lines[schema:]):
        return "wrong answer"
    return "passed" if lines[:schema] == want[:schema] else "wrong schema"


def unnamed(record, lines):
    """Spark leaves the class out of an error whose message is long, and the longer its ids are, which grow with all that a server
    has answered: a connection without Shoal loses it, too (joins/on_subquery.txt, after 500 other cases). State and exception stay."""
    return lines[0].startswith("- ") and lines[0].split()[1:] == (record.expected or [""])[0].split()[1:]


ENGINES = ("auto", "duckdb", "spark")


# What a catalog keeps is kept by the engine that made it, and is looked for in the same place: flip leaves such cases to auto.
KEPT = re.compile(r"^\s*(?!CREATE\s+(OR\s+REPLACE\s+)?TEMP)(ALTER|ANALYZE|COMMENT|CREATE|DECLARE|DELETE|DESC|DROP|EXECUTE|INSERT|MERGE|MSCK|REFRESH"
                  r"|REPAIR|REPLACE|SHOW|TRUNCATE|UPDATE|USE)\b|\.(write|writeTo|catalog|sql)\b|saveAsTable|insertInto", re.I)


def lots(engine, seed, path):
    """Yields the engine for one case after the other of a file; None leaves it to the server."""
    chance = random.Random(f"{seed} {os.path.relpath(path, corpus.CORPUS)}")
    for record in corpus.read(path).records:
        drawn = chance.choice(ENGINES)
        yield engine if engine != "flip" else "auto" if KEPT.search(record.text()) else drawn


def replay(url, path, details=False, real_spark=False, engine=None, seed=1):
    """Runs one file; yields (record, verdict, the answer's lines, the engine that was asked for)."""
    file = corpus.read(path)
    runner = corpus.Runner(url, file)
    blocked = False  # a statement was refused: what follows has no ground to stand on
    try:
        for record, wanted in zip(file.records, lots(engine, seed, path)):
            if real_spark and "local" in record.options:
                continue
            if wanted:
                runner.spark.conf.set("shoal.engine", wanted)
            kind, lines = runner.run(record)
            verdict = judge(record, kind, lines, details)
            if engine == "flip" and wanted == "duckdb" and verdict in ("refused", "known gap"):
                # A refusal has no effect: who was refused asks otherwise, and what follows has ground to stand on.
                runner.spark.conf.set("shoal.engine", "auto")
                kind, lines = runner.run(record)
                verdict = judge(record, kind, lines, details)
            if real_spark and wanted in (None, "spark") and verdict == "wrong error" and unnamed(record, lines):
                verdict = "passed"
            if blocked and verdict != "passed":
                verdict = "known gap" if record.options.get("only") == "spark" else "refused"
            blocked = blocked or record.kind == "statement" and verdict in ("refused", "known gap")
            yield record, verdict, lines, wanted
    finally:
        runner.close()


def tell(path, record, verdict, lines, engine):
    parts = [f"{path}:{record.line}: {verdict}" + f" (engine {engine})" * bool(engine), *record.body, "want", *(record.expected or []), "got", *lines]
    return "\n    ".join(parts)


def update(path, verdicts):
    """Sets and clears only=spark by what was refused, and changes nothing else."""
    file = corpus.read(path)
    for record in file.records:
        words = record.head[-1].split(" #", 1)
        first = [w for w in words[0].split() if w != "only=spark"]
        if verdicts.get(record.line) in ("refused", "known gap"):
            first.append("only=spark")
        record.head[-1] = " #".join([" ".join(first), *words[1:]])
    corpus.write(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--url", required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--details", action="store_true")
    parser.add_argument("--engine", choices=[*ENGINES, "flip"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--update-refusals", action="store_true")
    parser.add_argument("--real-spark", action="store_true")
    options = parser.parse_args()
    counts = collections.Counter()
    for path in corpus.find(options.names or ([] if options.all else ["dataframe"])):
        verdicts = {}
        for record, verdict, lines, engine in replay(options.url, path, options.details, options.real_spark, options.engine, options.seed):
            if options.real_spark and verdict == "gap closed":
                verdict = "passed"
            verdicts[record.line] = verdict
            counts[verdict] += 1
            if verdict not in ("passed", "known gap"):
                print(tell(path, record, verdict, lines, engine), flush=True)
        if options.update_refusals:
            update(path, verdicts)
    print(", ".join(f"{n} {verdict}" for verdict, n in counts.most_common()))
    return 0 if set(counts) <= {"passed", "known gap"} else 1


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # see Runner.kept
