#!/usr/bin/env python3
"""The standing benchmarks: make bench, and make bench-peers, which measures Sail and Spark in the same run.

  run.py [--peers sail=PYTHON spark=PYTHON] [--only PHASE,...] [--quick]

Runs in the environment tools/python/bench.txt, with bin/shoal and the data of `make bench-data` in place. Writes
bench/results/<time>.json after each phase and prints a table at the end (report.py prints it again from the file).
"""
import argparse
import contextlib
import json
import os
import platform
import time

import contenders
import measure
import report
import servers

PHASES = "binary start prepare wide zones sessions interactive users export tpch idle".split()


def main():
    options = arguments()
    results = {"when": time.strftime("%F %T"), "cpus": os.cpu_count(), "machine": platform.platform(),
               "load_before": os.getloadavg()[0]}
    out = servers.ROOT / "bench" / "results" / time.strftime("%Y%m%d-%H%M%S.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    for phase, found in run(options):
        results.setdefault(phase, {}).update(found)
        out.write_text(json.dumps(results, indent=1))
        print(f"{phase}: done", flush=True)
    print()
    print(report.table(results))
    print(f"\nAll numbers: {out.relative_to(servers.ROOT)}", flush=True)
    os._exit(0)  # without collecting the sessions: see contenders.KEPT


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--peers", nargs="*", default=[], metavar="NAME=PYTHON")
    p.add_argument("--only", default=",".join(PHASES))
    p.add_argument("--quick", action="store_true", help="few runs: to see that it works, not how fast")
    options = p.parse_args()
    options.phases = options.only.split(",")
    options.peers = dict(peer.split("=", 1) for peer in options.peers)
    return options


def makers(peers):
    """How to start each contender that is a server."""
    make = {"shoal": lambda: servers.Shoal("--threads", str(contenders.THREADS), *servers.ANEW)}
    for name, python in peers.items():
        make[name] = {"sail": lambda p=python: servers.Sail(p), "spark": lambda p=python: servers.Spark(p, cores=2, memory="4g")}[name]
    return make


def run(o):
    """Yields (phase, {what: numbers}) as they are measured."""
    make, many, few = makers(o.peers), *((5, 2) if o.quick else (60, 7))
    if "binary" in o.phases:
        yield "binary", measure.binary()
    if "prepare" in o.phases:
        yield "prepare", measure.prepare()
    if "wide" in o.phases:
        yield "wide", measure.wide()
    if "zones" in o.phases:
        yield "zones", measure.zones()
    if "start" in o.phases:
        for name, maker in make.items():
            yield "start", {name: measure.start(maker, few if name != "spark" else 1)}
    if "idle" in o.phases:
        yield "idle", measure.idle_sessions(make["shoal"], 100 if o.quick else 1000)
    if not {"sessions", "interactive", "users", "export", "tpch"} & set(o.phases):
        return
    with contextlib.ExitStack() as stack:
        running = {name: stack.enter_context(maker()) for name, maker in make.items()}
        if "sessions" in o.phases:
            yield "sessions", {name: measure.sessions(server.url, many // 2) for name, server in running.items()}
        users = {"duckdb": contenders.DuckDB(), **{name: contenders.PySpark(s.url) for name, s in running.items()}}
        for user in users.values():
            stack.callback(user.close)  # before the servers end
        if "interactive" in o.phases:
            yield "interactive", measure.interactive(users, many)
        if "export" in o.phases:
            yield "export", measure.export_in_engine()
            yield "export", measure.export(running["shoal"], users["duckdb"], few)
        if "tpch" in o.phases:
            found = measure.tpch(users, few)
            for name in users:
                for other in users:
                    if "shoal" in (name, other) and name != other:
                        found[f"{name}/{other}"] = measure.against(found["best"], name, other)
            yield "tpch", found
        if "users" in o.phases:
            for name, server in running.items():
                counts = (1, 4) if name == "spark" or o.quick else (1, 4, 16)
                yield "users", {name: measure.users_at_once(server.url, counts, 3 if o.quick else 10)}
        yield "memory", {name: round(server.memory(), 1) for name, server in running.items()}


if __name__ == "__main__":
    main()
