#!/usr/bin/env python3
"""How well queries are sent to engines and lanes: make bench-route.

  route.py SPARK_PYTHON [--rounds N] [--every N] [--families NAME,...] [--only PART,...]

One Spark, and two Shoals before it: one with all the memory, one whose own engine may use 1 GiB. Parts: own (the router's own time,
and a repeated answer's), tpch (auto beside duckdb, one query after the other), regret (auto beside the better of both engines),
classes (short or heavy, by the estimates of a server that has seen nothing). Runs in the environment tools/python/bench.txt with the
data of `make bench-data tpcds-test`. Prints a table and the aims; writes bench/results/<time>-route.json.
"""
import argparse
import json
import os
import re
import statistics
import threading
import time

import contenders
import measure
import servers
from contenders import AB, EVENTS, TABLES, TPCH, tpch_query
from pyspark.sql.connect.session import SparkSession

TPCDS = servers.CACHE / "tpcds" / "sf0.1"
CORPUS = servers.ROOT / "sparktest" / "corpus" / "tpcds"
SHORT = 0.25  # CPU seconds, as session/turn.go has it

# What people ask in notebooks: of a million events, and of TPC-H at scale 1.
NOTEBOOK = {
    "ab": AB,
    "one": "SELECT 1",
    "point": "SELECT * FROM orders WHERE o_orderkey = 4711",
    "head": "SELECT * FROM lineitem LIMIT 20",
    "count": "SELECT count(*) FROM lineitem",
    "daily": "SELECT date_trunc('month', o_orderdate) AS m, count(*), sum(o_totalprice) FROM orders GROUP BY 1 ORDER BY 1",
    "spread": "SELECT variant, min(revenue), max(revenue), stddev_samp(revenue) FROM events GROUP BY variant",
    "top": "SELECT o_custkey, sum(o_totalprice) AS s FROM orders GROUP BY o_custkey ORDER BY s DESC LIMIT 10",
    "ranks": "SELECT * FROM (SELECT c_name, c_acctbal, row_number() OVER (PARTITION BY c_nationkey ORDER BY c_acctbal DESC) AS r FROM customer) WHERE r < 3",
    "text": "SELECT count(*) FROM orders WHERE o_comment LIKE '%special%requests%'",
    "distinct": "SELECT count(DISTINCT l_partkey) FROM lineitem",
    "dates": "SELECT year(l_shipdate) AS y, month(l_shipdate) AS m, sum(l_quantity) FROM lineitem GROUP BY 1, 2",
    "join": "SELECT n_name, count(*) FROM customer JOIN nation ON c_nationkey = n_nationkey GROUP BY n_name",
    "large join": "SELECT o_orderpriority, avg(l_extendedprice) FROM lineitem JOIN orders ON l_orderkey = o_orderkey GROUP BY 1",
    "half": "SELECT l_returnflag, sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) FROM lineitem WHERE l_orderkey % 2 = 0 GROUP BY 1",
    "pivot": "SELECT * FROM (SELECT l_returnflag, l_linestatus, l_quantity FROM lineitem) PIVOT (sum(l_quantity) FOR l_linestatus IN ('O', 'F'))",
    "window": "SELECT max(d) FROM (SELECT l_shipdate - lag(l_shipdate) OVER (PARTITION BY l_suppkey ORDER BY l_shipdate) AS d FROM lineitem)",
    "series": "SELECT sum(id * 2) FROM range(50000000)",
}
# What does not fit into a GiB. Some of it goes to disk; some cannot.
OVERSIZED = {
    "sort": "SELECT max(c) FROM (SELECT l_comment AS c, row_number() OVER (ORDER BY l_comment, l_orderkey) AS n FROM lineitem) WHERE n % 2 = 0",
    "groups": "SELECT count(*) FROM (SELECT l_orderkey, l_comment, count(*), sum(l_tax) FROM lineitem GROUP BY l_orderkey, l_comment)",
    "lists": "SELECT sum(size(a)) FROM (SELECT l_suppkey % 7, collect_list(concat(l_comment, l_shipinstruct, l_comment)) AS a FROM lineitem GROUP BY 1)",
    "all lists": "SELECT size(collect_list(struct(l_orderkey, l_comment, l_shipinstruct, l_shipmode))) FROM lineitem",
    "self join": "SELECT count(*), max(a.l_comment), max(b.l_comment) FROM lineitem a JOIN lineitem b ON a.l_orderkey = b.l_orderkey AND a.l_linenumber <> b.l_linenumber",
}


def tpcds_queries(every):
    """Each n-th query of the corpus."""
    found = []
    for file in sorted(CORPUS.glob("*.txt")):
        found += re.findall(r"^query[^\n]*\n(.*?)\n----", file.read_text(), re.S | re.M)
    return {f"ds{i + 1}": text for i, text in enumerate(found) if i % every == 0}


def queries(o):
    """{name: (family, text)}"""
    all_ = {f"q{n}": ("TPC-H", tpch_query(n)) for n in range(1, 23)}
    all_.update({name: ("TPC-DS", text) for name, text in tpcds_queries(o.every).items()})
    all_.update({name: ("notebook", text) for name, text in NOTEBOOK.items()})
    all_.update({name: ("oversized", text) for name, text in OVERSIZED.items()})
    return {name: q for name, q in all_.items() if q[0] in o.families.split(",")}


class User:
    """A session of a server, with all tables as views. TPC-H and TPC-DS share one name: customer."""

    def __init__(self, url, engine):
        self.sessions = {}
        for family, root, names in (("TPC-H", TPCH, TABLES), ("TPC-DS", TPCDS, os.listdir(TPCDS))):
            spark = SparkSession.builder.remote(url).create()
            contenders.KEPT.append(spark)
            spark.conf.set("shoal.engine", engine)
            spark.conf.set("shoal.cache", "false")
            for name in names:
                spark.read.parquet(str(root / name)).createOrReplaceTempView(name)
            spark.read.parquet(str(EVENTS)).createOrReplaceTempView("events")
            self.sessions[family] = spark

    def seconds(self, family, text, limit=None):
        """How long an answer takes; None if it fails, or takes longer than the limit."""
        spark = self.sessions.get(family, self.sessions["TPC-H"])
        tag = f"t{time.monotonic_ns()}"
        spark.addTag(tag)
        timer = threading.Timer(limit or 600, lambda: spark.interruptTag(tag))
        timer.start()
        begin = time.perf_counter()
        try:
            spark.sql(text).toArrow()
            return time.perf_counter() - begin
        except Exception:
            return None
        finally:
            timer.cancel()
            spark.removeTag(tag)


def own_time():
    found = measure.go_benchmarks("-bench=Pick$", "-benchtime=3000x", "./engine")
    repeats = measure.go_benchmarks("-bench=Repeat", "-benchtime=100x", "./bench")
    slowest = max(r["p50_us"] for name, r in repeats.items() if name.endswith("/socket"))
    return {"pick_us": found["Pick"]["mean_us"], "repeat_us": slowest}


def tpch(shoal, rounds):
    """TPC-H by auto and by duckdb, one after the other."""
    users = {engine: User(shoal.url, engine) for engine in ("auto", "duckdb")}
    found = {}
    for n in range(1, 23):
        times = {engine: [] for engine in users}
        for i in range(rounds + 1):
            for engine in users if i % 2 else reversed(users):
                took = users[engine].seconds("TPC-H", tpch_query(n))
                if i:
                    times[engine].append(took)
        found[f"q{n}"] = {engine: round(min(t), 4) for engine, t in times.items()}
    ratio = measure.geometric_mean([t["auto"] / t["duckdb"] for t in found.values()])
    return {"queries": found, "ratio": ratio, "total_ratio": round(sum(t["auto"] for t in found.values()) / sum(t["duckdb"] for t in found.values()), 3)}


def regret(shoal, o):
    """Auto, from its first question on, beside each engine by itself. An engine that fails, or takes much longer, is not the better."""
    users = {engine: User(shoal.url, engine) for engine in ("duckdb", "auto", "spark")}
    found = {}
    for name, (family, text) in queries(o).items():
        r = {"family": family, "duckdb": [], "auto": [], "spark": []}
        users["duckdb"].seconds(family, text)  # so that neither is the first to read the files
        for i in range(o.rounds):
            order = ("duckdb", "auto") if i % 2 else ("auto", "duckdb")
            for engine in order:
                r[engine].append(users[engine].seconds(family, text))
        near = [t for t in r["duckdb"] if t]
        for _ in range(1 if near and min(near) < 1 else o.rounds):
            r["spark"].append(users["spark"].seconds(family, text, max(3, 2 * min(near)) if near else None))
        found[name] = r
    return {"queries": found, **regrets(found)}


def regrets(found):
    """What auto took more than the better engine: in all, and in families; first is the first answer, later the median of the others."""
    out = {}
    for which, pick in (("first", lambda t: t[0]), ("later", lambda t: statistics.median(x for x in t[1:] if x) if any(t[1:]) else None)):
        sums = {}
        for r in found.values():
            best = min((pick(r[e]) if len(r[e]) > 1 else r[e][0]) or 1e9 for e in ("duckdb", "spark"))
            auto = pick(r["auto"])
            if best < 1e9 and auto:
                for family in (r["family"], "all"):
                    a, b = sums.get(family, (0, 0))
                    sums[family] = (a + auto, b + best)
        out[which] = {family: round(a / b - 1, 3) for family, (a, b) in sums.items()}
    out["failed"] = [name for name, r in found.items() if not all(r["auto"]) and (any(r["duckdb"]) or any(r["spark"]))]
    return out


def classes(o):
    """The first estimate of each query beside what it took, from the log of a server that has seen none of them."""
    found = {}
    with servers.Shoal("--log-json") as shoal:
        user = User(shoal.url, "duckdb")
        for i in range(3):
            for name, (family, text) in queries(o).items():
                seen = len(shoal.output())
                if user.seconds(family, text) is None:
                    continue
                line = last_query(shoal, seen)
                r = found.setdefault(name, {"family": family, "expected": line["expected_cpu_seconds"], "took": line["cpu_seconds"]})
                r["took"] = min(r["took"], line["cpu_seconds"])
    # The constants of engine/work.go were found with TPC-H at scale 1.
    held_out = {name: r for name, r in found.items() if r["family"] != "TPC-H"}
    return {"queries": found, "all": scores(found.values()), "held_out": scores(held_out.values())}


def last_query(shoal, seen):
    for _ in range(200):
        lines = [json.loads(line) for line in shoal.output()[seen:].splitlines() if '"msg":"query"' in line]
        if lines := [line for line in lines if line["cpu_seconds"]]:
            return lines[-1]
        time.sleep(0.01)
    raise RuntimeError("the log has no line for the query")


def scores(found):
    clear = [r for r in found if not 0.75 * SHORT <= r["took"] <= 1.25 * SHORT]
    heavy = [r for r in clear if r["took"] > SHORT]
    called_short = [r for r in clear if r["expected"] <= SHORT]

    def share(part, of):
        return round(len(part) / len(of), 3) if of else None

    return {"queries": len(clear), "heavy": len(heavy), "heavy_recall": share([r for r in heavy if r["expected"] > SHORT], heavy),
            "short_precision": share([r for r in called_short if r["took"] <= SHORT], called_short),
            "all_short": {"heavy_recall": 0.0, "short_precision": share([r for r in clear if r["took"] <= SHORT], clear)}}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("python")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--every", type=int, default=4, help="each n-th query of TPC-DS")
    p.add_argument("--families", default="TPC-H,TPC-DS,notebook,oversized", help="of queries, for regret and classes")
    p.add_argument("--only", default="own,tpch,regret,classes")
    o = p.parse_args()
    parts = o.only.split(",")
    results = {"when": time.strftime("%F %T"), "cpus": os.cpu_count(), "load_before": os.getloadavg()[0]}
    if "own" in parts:
        results["own"] = own_time()
    if "classes" in parts:
        results["classes"] = classes(o)
    if {"tpch", "regret"} & set(parts):
        conf = {"spark.scheduler.mode": "FAIR", "spark.sql.shuffle.partitions": "8", "spark.sql.codegen.cache.maxEntries": "2000"}
        with servers.Spark(o.python, memory="2g", **conf) as spark:
            if "tpch" in parts:
                with servers.Shoal("--spark", spark.url) as shoal:
                    results["tpch"] = tpch(shoal, o.rounds)
            if "regret" in parts:
                with servers.Shoal("--spark", spark.url, "--memory-limit", "1GiB") as shoal:
                    results["regret"] = regret(shoal, o)
    out = servers.ROOT / "bench" / "results" / time.strftime("%Y%m%d-%H%M%S-route.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(results, indent=1))
    show(results)
    print(f"All numbers: {out.relative_to(servers.ROOT)}", flush=True)
    os._exit(0)  # without collecting the sessions, whose servers are gone


def show(r):
    def line(what, value, aim, ok):
        print(f"{what:60} {value!s:>10}   {aim:12} {'ok' if ok else 'MISSED'}")

    if "own" in r:
        line("the router's own time, seven joins", f"{r['own']['pick_us'] / 1e3:.3f} ms", "<= 0.3 ms", r["own"]["pick_us"] <= 300)
        line("an answer that was given before, slowest TPC-H query", f"{r['own']['repeat_us'] / 1e3:.2f} ms", "<= 2 ms", r["own"]["repeat_us"] <= 2000)
    if "tpch" in r:
        line("TPC-H SF1, auto / duckdb, geometric mean", r["tpch"]["ratio"], "<= 1.03", r["tpch"]["ratio"] <= 1.03)
    if "regret" in r:
        for which in ("first", "later"):
            for family, value in r["regret"][which].items():
                line(f"regret of the {which} answers, {family}", f"{100 * value:.1f} %", "<= 10 %", value <= 0.1)
        line("queries that auto failed at, and an engine did not", len(r["regret"]["failed"]), "0", not r["regret"]["failed"])
    for which in ("held_out", "all") if "classes" in r else ():
        c = r["classes"][which]
        print(f"classes, {which.replace('_', ' ')}: {c['queries']} queries, {c['heavy']} of them heavy; all short: precision {c['all_short']['short_precision']}")
        line("  heavy recall", c["heavy_recall"], ">= 0.95", (c["heavy_recall"] or 0) >= 0.95)
        line("  short precision", c["short_precision"], ">= 0.99", (c["short_precision"] or 0) >= 0.99)


if __name__ == "__main__":
    main()
