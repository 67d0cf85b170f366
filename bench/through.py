#!/usr/bin/env python3
"""What Shoal adds to a real Spark behind it: make bench-spark. Straight and through, one after the other in the same run.

  through.py SPARK_PYTHON [--runs N] [--rows N]

Runs in the environment tools/python/bench.txt. Prints a table and the aims; writes bench/results/<time>-through.json.
"""
import argparse
import json
import multiprocessing
import os
import socket
import statistics
import threading
import time

import measure
import contenders  # noqa: F401  (finds tools/)
import servers
from pyspark.sql import SparkSession

RESULT = "SELECT id, id * 2 AS twice, CAST(id AS STRING) AS name FROM range({rows})"
OPERATIONS = {
    "SELECT 1": lambda s: s.sql("SELECT 1").collect(),
    "range.sum": lambda s: s.range(1000).selectExpr("sum(id)").collect(),
    "describe": lambda s: s.range(1000).describe().collect(),
    "limit(20).toPandas": lambda s: s.range(1000).limit(20).toPandas(),
}


def interleaved(runs, **calls):
    """{name: [seconds]} of calls that take turns, after one warm round."""
    found = {name: [] for name in calls}
    for i in range(runs + 1):
        for name in list(calls) if i % 2 else reversed(list(calls)):
            took = measure.seconds(calls[name])
            if i:
                found[name].append(took)
    return found


class Forwarder:
    """Copies bytes between sockets and knows nothing of them: what any process in between costs."""

    def __init__(self, url):
        self.to = int(url.rsplit(":", 1)[1])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"sc://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        self.process = multiprocessing.get_context("fork").Process(target=self.run, daemon=True)
        self.process.start()
        return self

    def __exit__(self, *_):
        self.process.kill()

    def run(self):
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(("127.0.0.1", self.to))
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    @staticmethod
    def pump(one, other):
        buffer = bytearray(256 << 10)
        while n := one.recv_into(buffer):
            other.sendall(memoryview(buffer)[:n])
        other.shutdown(socket.SHUT_WR)


def schema_call(session):
    """One unary call, AnalyzePlan, with nothing of the client around it."""
    client = session.client
    request = client._analyze_plan_request_with_metadata()
    request.schema.plan.root.range.end = 10
    request.schema.plan.root.range.step = 1
    return lambda: client._stub.AnalyzePlan(request, metadata=client._builder.metadata())


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("python")
    p.add_argument("--runs", type=int, default=300)
    p.add_argument("--rows", type=int, default=6_000_000)
    o = p.parse_args()
    results = {"when": time.strftime("%F %T"), "load_before": os.getloadavg()[0]}
    with servers.Spark(o.python, memory="2g") as spark, Forwarder(spark.url) as forwarder, \
            servers.Shoal("--spark", spark.url, "--conf", "shoal.engine=spark") as shoal:
        straight, bare, through = (SparkSession.builder.remote(s.url).create() for s in (spark, forwarder, shoal))
        unary = interleaved(o.runs, straight=schema_call(straight), through=schema_call(through))
        results["unary"] = {name: measure.percentiles(times) for name, times in unary.items()}
        results["unary"]["added_p50_ms"] = round(1e3 * statistics.median(b - a for a, b in zip(unary["straight"], unary["through"])), 3)
        text = RESULT.format(rows=o.rows)
        for how, fetch in {"arrow": lambda s: s.sql(text).toArrow(), "wire": lambda s: measure.off_the_wire(s, text)}.items():
            rows = interleaved(max(5, o.runs // 15), straight=lambda f=fetch: f(straight), bare=lambda f=fetch: f(bare),
                               through=lambda f=fetch: f(through))
            results[how] = {name: measure.percentiles(times) for name, times in rows.items()}
            for name in ("bare", "through"):
                results[how][f"{name}_ratio"] = {"best": round(min(rows[name]) / min(rows["straight"]), 3),
                                                 "p50": round(statistics.median(rows[name]) / statistics.median(rows["straight"]), 3)}
        results["latency"] = {}
        for name, call in OPERATIONS.items():
            times = interleaved(max(5, o.runs // 15), straight=lambda c=call: c(straight), through=lambda c=call: c(through))
            results["latency"][name] = {who: measure.percentiles(t) for who, t in times.items()}
    replay = measure.go_benchmarks("-bench=Replay", "-benchtime=20x", "./engine/spark")["Replay"]
    results["replay_ms"] = round(replay["mean_us"] / 1e3, 1)
    out = servers.ROOT / "bench" / "results" / time.strftime("%Y%m%d-%H%M%S-through.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(results, indent=1))
    show(results, o)
    print(f"All numbers: {out.relative_to(servers.ROOT)}", flush=True)
    os._exit(0)  # without collecting the sessions, whose servers are gone


def show(r, o):
    def line(what, value, aim, ok):
        print(f"{what:44} {value:>10}   {aim:12} {'ok' if ok else 'MISSED'}")

    added, ratio = r["unary"]["added_p50_ms"], r["arrow"]["through_ratio"]["p50"]
    line("added to a unary call, p50", f"{added} ms", "<= 1 ms", added <= 1)
    line(f"toArrow() of {o.rows} rows, through / straight, p50", ratio, "<= 1.05", ratio <= 1.05)
    line("own share of replaying 50 views and 50 confs", f"{r['replay_ms']} ms", "<= 100 ms", r["replay_ms"] <= 100)
    print("\nratio to straight, p50 / best       a bare forwarder      through Shoal")
    for how, what in (("arrow", "toArrow()"), ("wire", "batches dropped as they come")):
        cells = ["{p50:.3f} / {best:.3f}".format(**r[how][f"{name}_ratio"]) for name in ("bare", "through")]
        print(f"{what:30} {cells[0]:>21} {cells[1]:>18}")
    print(f"\n{'p50 / p95 ms':28} {'straight':>18} {'through':>18}")
    for name, t in r["latency"].items():
        cells = [f"{t[who]['p50']:.1f} / {t[who]['p95']:.1f}" for who in ("straight", "through")]
        print(f"{name:28} {cells[0]:>18} {cells[1]:>18}")


if __name__ == "__main__":
    main()
