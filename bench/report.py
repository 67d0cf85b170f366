#!/usr/bin/env python3
"""Prints the results of run.py as a table, Shoal's aims beside its figures.

  report.py bench/results/TIME.json
"""
import json
import sys

NAMES = ["shoal", "sail", "spark", "duckdb"]


def table(results):
    """The figures that have an aim first, then the contenders side by side."""
    return "\n\n".join(part for part in (aims(results), side_by_side(results), queries(results)) if part)


def aims(r):
    rows = [("", "Shoal", "aim", "")]

    def row(*cells):
        rows.append(verdict(*cells))

    if "start" in r:
        ready, first = (r["start"]["shoal"][k]["p50"] for k in ("ready", "first_answer"))
        row("process start to the ready line, p50", ready, "<= 200 ms", ready <= 200, "ms")
        row("process start to the first answer, p50", first, "<= 600 ms", first <= 600, "ms")
    if "prepare" in r:
        one = r["prepare"]["SelectOne"]["p50_us"] / 1e3
        row("server's share of SELECT 1, both calls, p50", round(one, 2), "<= 1 ms", one <= 1, "ms")
        slowest = max(v["p50_us"] for k, v in r["prepare"].items() if k.startswith("Query/")) / 1e3
        row("parse + analyse + translate, slowest TPC-H query, p50", round(slowest, 2), "<= 1 ms", slowest <= 1, "ms")
        chain = r["prepare"].get("Chain", {}).get("p50_us", 0) / 1e3
        row("200 times withColumn, df.columns after each: a call, p50", round(chain, 1), "<= 20 ms", chain <= 20, "ms")
    if "wide" in r:
        ms = {name: found["p50_us"] / 1e3 for name, found in r["wide"].items()}
        row("500 columns over 20 joins: parse + analyse + translate, p50", round(ms["WideJoin"], 1), "<= 50 ms", ms["WideJoin"] <= 50, "ms")
        first, again = ms["Schemas/first"] / ms["Schemas/duckdb"], ms["Schemas/first"] / ms["Schemas/second"]
        row("schemas of 1,000 Parquet files against DuckDB's own", round(first, 2), "<= 1.2", first <= 1.2, "x")
        row("  the second time is faster", round(again, 1), ">= 3", again >= 3, "x")
    if "sessions" in r:
        new = r["sessions"]["shoal"]["p50"]
        row("new session to its first answer, p50", new, "<= 12 ms", new <= 12, "ms")
    if "tpch" in r:
        duck = r["tpch"]["shoal/duckdb"]
        row("TPC-H SF1 against raw DuckDB, geometric mean", duck["geometric_mean"], "<= 1.15", duck["geometric_mean"] <= 1.15, "x")
        row(f"  worst query ({duck['worst_query']})", duck["worst"], "<= 1.5", duck["worst"] <= 1.5, "x")
        if "sail/shoal" in r["tpch"]:
            sail = r["tpch"]["sail/shoal"]
            row("TPC-H SF1, Sail takes longer, geometric mean", sail["geometric_mean"], ">= 1.5", sail["geometric_mean"] >= 1.5, "x")
            ahead = r["tpch"]["shoal/sail"]["ahead"]
            row("  queries on which Shoal is ahead", ahead, ">= 19 of 22", ahead >= 19)
    if "export" in r:
        e = r["export"]
        row("6M rows x 6 columns to Arrow: first batch", e["first_batch"], "<= 100 ms", e["first_batch"] <= 100, "ms")
        row("  growth of the server's memory", e["server_growth_mb"], "<= 300 MB", e["server_growth_mb"] <= 300, "MB")
        row("  time against DuckDB's own export, inside the engine", e["engine_ratio"], "<= 1.3", e["engine_ratio"] <= 1.3, "x")
        row("  the same over the wire to a Python client", e["ratio"], "<= 1.3", e["ratio"] <= 1.3, "x")
    if "zones" in r:
        worst = max(r["zones"], key=lambda name: r["zones"][name]["x-plain"])
        times = round(r["zones"][worst]["x-plain"], 2)
        row(f"a session zone with clock changes against none, worst ({worst})", times, "<= 2", times <= 2, "x")
    if "idle" in r:
        row(f"memory of {r['idle']['sessions']} idle sessions", r["idle"]["growth_mb"], "<= 30 MB", r["idle"]["growth_mb"] <= 30, "MB")
    if "binary" in r:
        row("binary", r["binary"]["mb"], "<= 100 MB", r["binary"]["mb"] <= 100, "MB")
    return align(rows) if len(rows) > 1 else ""


def verdict(what, value, aim, ok, unit=""):
    """A figure beside its aim."""
    return what, f"{value:g} {unit}".strip(), aim, "ok" if ok else "MISSED"


def side_by_side(r):
    """p50 / p95 in ms of each contender, and how many times longer than Shoal the peers take."""
    lines = {}
    for name in NAMES:
        if name in r.get("start", {}):
            lines.setdefault("process start to first answer", {})[name] = r["start"][name]["first_answer"]
        if name in r.get("sessions", {}):
            lines.setdefault("new session to first answer", {})[name] = r["sessions"][name]
        for operation, found in r.get("interactive", {}).items():
            if name in found:
                lines.setdefault(operation, {})[name] = found[name]
        for n, found in r.get("users", {}).get(name, {}).items():
            lines.setdefault(f"A/B group-by, {n} users at once", {})[name] = found
    names = [n for n in NAMES if any(n in found for found in lines.values())]
    rows = [("ms, p50 / p95", *names, *(f"{n}/shoal" for n in names if n != "shoal"))]
    for what, found in lines.items():
        cells = [f"{found[n]['p50']:g} / {found[n]['p95']:g}" if n in found else "" for n in names]
        ratios = [f"{found[n]['p50'] / found['shoal']['p50']:.2f}x" if n in found and "shoal" in found else ""
                  for n in names if n != "shoal"]
        rows.append((what, *cells, *ratios))
    if "memory" in r:
        rows.append(("memory at the end, MB", *(f"{r['memory'][n]:g}" if n in r["memory"] else "" for n in names)))
    return align(rows) if len(rows) > 1 else ""


def queries(r):
    if "tpch" not in r:
        return ""
    best = r["tpch"]["best"]
    names = [n for n in NAMES if n in best]
    rows = [("TPC-H SF1, best, ms", *names, *(f"{n}/shoal" for n in names if n != "shoal"))]
    for q in best["shoal"]:
        rows.append((q.upper(), *(f"{best[n][q]:g}" for n in names),
                     *(f"{best[n][q] / best['shoal'][q]:.2f}x" for n in names if n != "shoal")))
    rows.append(("geometric mean", *("" for _ in names),
                 *(f"{r['tpch'][f'{n}/shoal']['geometric_mean']:.2f}x" for n in names if n != "shoal")))
    text = align(rows)
    for name, wrong in r["tpch"].get("disagree_with_duckdb", {}).items():
        text += f"\n{name}: answers differ from DuckDB's on {', '.join(wrong)}"
    return text


def align(rows):
    columns = max(map(len, rows))
    rows = [tuple(row) + ("",) * (columns - len(row)) for row in rows]
    width = [max(len(row[i]) for row in rows) for i in range(columns)]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, width))).rstrip()
                     for row in rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(table(json.load(open(sys.argv[1]))))
