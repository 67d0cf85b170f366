#!/usr/bin/env python3
"""Records what real Spark answers: the only thing that writes below ---- in sparktest's corpus.

  oracle.py [FILE|FOLDER ...]   all of sparktest/corpus by default; needs pyspark[connect] 4.1.4, pandas, Java 17
    --new          only files that hold a record without an answer
    --check        write nothing, list what differs from the recorded
    --accept       a query that fails becomes an error record, and the other way round
    --url URL      use this running server (see oracle_server.py) instead of starting one
    --jobs N       files at the same time

A file is written when all of it has run: stopped in the middle, start it again with --new.
"""
import argparse
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import oracle_corpus as corpus
import oracle_server

SPARK = "4.1.4"


def record_file(path, url, options):
    """Runs one file; returns the list of complaints."""
    file = corpus.read(path)
    if file.header.get("spark") != SPARK:
        return [f"{path}: wants Spark {file.header.get('spark')}, this is {SPARK}"]
    problems = []
    runner = corpus.Runner(url, file)
    try:
        for record in file.records:
            kind, lines = runner.run(record)
            where = f"{path}:{record.line}"
            if kind != record.kind:
                if not options.accept or "statement" in (kind, record.kind):
                    problems.append(f"{where}: {record.kind}, but Spark says {kind}: {'; '.join(lines)[:300]}")
                    record.expected = record.expected if options.check else None
                    continue
                print(f"{where}: {record.kind} becomes {kind}: {lines[0]}: {record.body[0]}", flush=True)
                record.head[-1] = record.head[-1].replace(record.kind, kind, 1)
                record.kind = kind
            if kind == "statement":
                continue
            if options.check and record.expected != lines:
                problems.append(f"{where}: recorded\n    " + "\n    ".join(record.expected or ["nothing"]) +
                                "\n  Spark says\n    " + "\n    ".join(lines))
            record.expected = lines
    finally:
        runner.close()
    if not options.check:
        corpus.write(file)
    return problems


def record_all(paths, url, options):
    start, done, bad, total = time.monotonic(), 0, 0, 0
    lock = threading.Lock()

    def one(path):
        nonlocal done, bad, total
        begin = time.monotonic()
        try:
            problems = record_file(path, url, options)
        except Exception as e:  # a broken file must not stop the others
            problems = [f"{path}: {type(e).__name__}: {e}"]
        with lock:
            done, bad = done + 1, bad + len(problems)
            print(f"[{done}/{len(paths)}] {os.path.relpath(path, corpus.CORPUS)} "
                  f"{time.monotonic() - begin:.1f}s", flush=True)
            for p in problems:
                print("  " + p, flush=True)

    sql = [p for p in paths if not is_python(p)]
    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(one, sql))
    for path in paths:  # PySpark's functions use the process's active session: one at a time
        if path not in sql:
            one(path)
    print(f"{len(paths)} files, {bad} problems, {time.monotonic() - start:.0f}s")
    return 1 if bad else 0


def is_python(path):
    try:
        return corpus.read(path).python
    except corpus.FormatError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--new", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--url")
    parser.add_argument("--jobs", type=int, default=3)
    options = parser.parse_args()
    paths = corpus.find(options.names)
    if options.new:
        paths = [p for p in paths if any(r.expected is None for r in corpus.read(p).records if r.kind != "statement")]
    if options.url:
        return record_all(paths, options.url, options)
    with oracle_server.running() as server:
        return record_all(paths, server.url, options)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # see Runner.kept
