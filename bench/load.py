#!/usr/bin/env python3
"""The standing benchmark of many users at once: make bench-load, and make bench-load-peers, which measures Sail, Spark and
Shoal in front of that Spark in the same run.

  load.py [--peers sail=PYTHON spark=PYTHON] [--only PHASE,...] [--soak SECONDS] [--quick]
  load.py --only mixed,closed --quick
  load.py --only soak --soak 600

Runs in the environment tools/python/bench.txt, with bin/shoal, bin/load and the data of `make bench-data` in place. The
client is the Go program bench/load; here servers are started, and its figures put beside their aims. Writes
bench/results/<time>-load.json after each phase.
"""
import argparse
import contextlib
import json
import os
import platform
import secrets
import subprocess
import time

import contenders
import report
import run
import servers

# The client's flags: usual, beside peers, quick. On Spark a heavy query takes long; what has none beside peers is for Shoal only.
PHASES = {
    "mixed": ("--length 15s --rounds 2", "--length 30s --rounds 2", "--length 4s --rounds 1"),
    "closed": ("--length 8s --counts 1,4,16,64", "--length 8s --counts 1,4,16,64", "--length 2s --counts 1,4"),
    "sessions": ("--length 12s --connected 1000 --active 50", None, "--length 3s --connected 100 --active 10"),
    "flood": ("--length 12s --rounds 2", None, "--length 3s --rounds 1"),
    "soak": ("--duration {soak}s", None, "--duration 5s"),
}


def main():
    o = arguments()
    results = {"when": time.strftime("%F %T"), "cpus": os.cpu_count(), "machine": platform.platform(),
               "load_before": os.getloadavg()[0]}
    out = servers.ROOT / "bench" / "results" / time.strftime("%Y%m%d-%H%M%S-load.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        running = start(o.peers, stack)
        for phase in o.only:
            usual, with_peers, quick = PHASES[phase]
            asked = running if with_peers else {"shoal": running["shoal"]}
            flags = quick if o.quick else with_peers if len(asked) > 1 else usual
            results[phase] = measure(phase, flags.format(soak=o.soak), asked)
            out.write_text(json.dumps(results, indent=1))
            print(f"{phase}\n{windows(results[phase])}\n", flush=True)
    print(aims(results))
    print(f"\nAll numbers: {out.relative_to(servers.ROOT)}", flush=True)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--peers", nargs="*", default=[], metavar="NAME=PYTHON")
    p.add_argument("--only", default=",".join(PHASES))
    p.add_argument("--soak", type=int, default=60, help="how long the soak takes, in seconds; the aim is about 600")
    p.add_argument("--quick", action="store_true", help="short phases: to see that it works, not how fast")
    o = p.parse_args()
    o.only = o.only.split(",")
    o.peers = dict(peer.split("=", 1) for peer in o.peers)
    return o


def start(peers, stack):
    """Starts who is measured: {name: url as bin/load takes it}. Everybody has a token at Shoal, as it knows users by nothing else."""
    make = run.makers(peers)
    del make["shoal"]
    urls = {}

    def shoal(name, *flags, behind=None):
        server = servers.Shoal("--threads", str(contenders.THREADS), "--allow", str(servers.CACHE), *servers.ANEW, *flags)
        tokens = os.path.join(server.home, "tokens")
        with open(tokens, "w", opener=lambda path, how: os.open(path, how, 0o600)) as f:
            f.writelines(f"{secrets.token_hex(16)} user-{n}\n" for n in range(2000))
        server.flags += "--token-file", tokens
        stack.enter_context(server)
        pid = f"{server.process.pid}+{behind}" if behind else server.process.pid
        urls[name] = f"{server.url}/;name={name};pid={pid};http={server.http};tokens={tokens}"

    shoal("shoal")
    for name, maker in make.items():
        server = stack.enter_context(maker())
        urls[name] = f"{server.url}/;name={name};pid={server.process.pid}"
        if name == "spark":
            shoal("shoal-spark", "--spark", server.url, "--conf", "shoal.engine=spark", behind=server.process.pid)
    return urls


def measure(phase, flags, urls):
    """{server: figures} of one phase."""
    found = subprocess.run(
        [servers.ROOT / "bin" / "load", phase, "--json", "--events", contenders.EVENTS, "--tpch", contenders.TPCH,
         "--queries", contenders.QUERIES, *(word for url in urls.values() for word in ("--server", url)), *flags.split()],
        stdout=subprocess.PIPE, check=True)
    return {r["server"]: r for r in json.loads(found.stdout)}


def windows(phase):
    """What was measured, a line for each kind of load."""
    rows = [("", "answers/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "errors", "heavies/min", "CPUs: server", "client", "others")]
    for name, found in phase.items():
        for w in found["windows"]:
            numbers = (w[k] for k in ("answers_per_second", "p50_ms", "p95_ms", "p99_ms", "max_ms", "errors"))
            rows.append((f"{name}: {w['window']}", *(f"{n:g}" for n in numbers), f"{w.get('heavy_answers_per_minute', 0):g}",
                         *(f"{w[k + '_cpu_cores']:g}" for k in ("server", "client", "others"))))
    text = report.align(rows)
    busy = max(w["others_cpu_cores"] for found in phase.values() for w in found["windows"])
    if busy > 0.2:
        text += f"\nOther processes used up to {busy:g} CPUs meanwhile: do not trust these figures."
    for name, found in phase.items():
        for w in found["windows"]:
            for kind in ("errors_by_class", "heavy_errors_by_class"):
                for error, n in w.get(kind, {}).items():
                    text += f"\n{name}: {w['window']}: {n} x {error}"
    return text


def aims(r):
    """The figures that have an aim."""
    rows = [("", "Shoal", "aim", "")]

    def row(*cells):
        rows.append(report.verdict(*cells))

    if "mixed" in r:
        for name, most in (("shoal", 1.3), ("shoal-spark", 1.8)):
            if name in r["mixed"]:
                f = r["mixed"][name]["figures"]
                row(f"{name}: shorts' p95 beside 2 heavy users against alone", f["p95_ratio_to_alone"], f"<= {most}", f["p95_ratio_to_alone"] <= most, "x")
                bound, kept = f["heavies_bound"], f.get("heavies_ratio_to_alone", 0)
                row("  heavy queries a minute against alone", kept, f">= {bound:.2f}", kept >= bound, "x")
    if "closed" in r:
        closed_aims(r["closed"], row)
    if "sessions" in r:
        f = r["sessions"]["shoal"]["figures"]
        row("1,000 sessions, 50 of them active: memory", f["rss_mb"], "<= 1024 MB", f["rss_mb"] <= 1024, "MB")
        row("  p95 against the 50 alone", f["p95_ratio_to_alone"], "<= 1.2", f["p95_ratio_to_alone"] <= 1.2, "x")
    if "flood" in r:
        f = r["flood"]["shoal"]["figures"]
        for how in ("one flood", "flood after flood"):
            for p in ("p50", "p95"):
                value = f[f"{p}_ratio_to_calm, {how}"]
                row(f"1,000 questions at once, {how}: the others' {p} against calm", value, "<= 1.1", value <= 1.1, "x")
        row("  share of them refused", f["refused_share"], "> 0", f["refused_share"] > 0)
    if "soak" in r:
        f = r["soak"]["shoal"]["figures"]
        seconds = r["soak"]["shoal"]["windows"][0]["seconds"]
        for what in ("rss_mb", "goroutines"):
            early, late = f[f"{what}_early"], f[f"{what}_late"]
            if early:
                row(f"{seconds:g} s under load: {what} late / early ({late:g} / {early:g})", round(late / early, 2), "<= 1.1", late <= 1.1 * early, "x")
    return report.align(rows)


def closed_aims(closed, row):
    """Users in a closed loop: errors, and Shoal against the peers at the most of them."""
    last = {name: found["windows"][-1] for name, found in closed.items()}
    shoal = last["shoal"]
    row(f"{shoal['window']} in a closed loop: errors", shoal["errors"], "0", shoal["errors"] == 0)
    for name, part in (("sail", 2), ("spark", 20)):
        if name in last:
            times = last[name]["p95_ms"] / shoal["p95_ms"]
            row(f"  p95 {shoal['p95_ms']:g} ms; that of {name} is longer", round(times, 1), f">= {part}", times >= part, "x")
    if "shoal-spark" in closed:
        rate = {w["window"]: w["answers_per_second"] for w in closed["shoal-spark"]["windows"]}
        kept = rate[last["shoal-spark"]["window"]] / rate["4 users"]
        row(f"shoal-spark: answers a second, {shoal['window']} against 4", round(kept, 2), ">= 1", kept >= 1, "x")


if __name__ == "__main__":
    main()
