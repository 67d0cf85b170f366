#!/usr/bin/env python3
"""What each thing that Shoal does for short queries on Spark brings: make bench-load-spark.

  lanes.py SPARK_PYTHON [--length 30s] [--rounds 2] [--only NAME,...] [--sleep]

Four users' short questions beside two heavy users, on real Spark: as it comes (FIFO), with fair pools, with one heavy query at
a time, with small tasks, and all of it by Shoal in front of it. With --sleep the tasks of the heavy queries sleep, on 16 slots:
what is measured then is the wait for a slot, not for a core. Runs in the environment tools/python/bench.txt with bin/load
and the data of `make bench-data` in place. Writes bench/results/<time>-lanes.json.
"""
import argparse
import contextlib
import json
import os
import tempfile
import time

import contenders  # noqa: F401  (finds tools/)
import load
import servers

POOLS = """<?xml version="1.0"?>
<allocations>
  <pool name="default"><schedulingMode>FAIR</schedulingMode><weight>100</weight><minShare>0</minShare></pool>
  <pool name="short"><schedulingMode>FAIR</schedulingMode><weight>400</weight><minShare>{shorts}</minShare></pool>
  <pool name="reserve"><schedulingMode>FAIR</schedulingMode><weight>1</weight><minShare>{reserve}</minShare></pool>
</allocations>
"""
SHORT = "short.spark.scheduler.pool=short"
SMALL = ";".join(f"heavy.spark.sql.{key}={size}" for key, size in {
    "files.maxPartitionBytes": "4m", "files.openCostInBytes": "512k", "adaptive.advisoryPartitionSizeInBytes": "1m"}.items())

# name -> which Spark, and what its users do by themselves
VARIANTS = {
    "fifo": ("FIFO", ""),
    "fair": ("FAIR", SHORT),
    "fair-one": ("FAIR", f"{SHORT};most=1"),
    "fair-one-small": ("FAIR", f"{SHORT};most=1;{SMALL}"),
    "shoal": ("FAIR", "shoal"),
}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("python")
    p.add_argument("--length", default="30s")
    p.add_argument("--rounds", default="2")
    p.add_argument("--only", default=",".join(VARIANTS))
    p.add_argument("--sleep", action="store_true")
    o = p.parse_args()
    results = {"when": time.strftime("%F %T"), "cpus": os.cpu_count(), "load_before": os.getloadavg()[0], "sleep": o.sleep}
    variants = {name: VARIANTS[name] for name in o.only.split(",")}
    for mode in ("FIFO", "FAIR"):  # one after the other: each takes gigabytes
        asked = {name: how for name, (wants, how) in variants.items() if wants == mode}
        if asked:
            results.update(measure(o, mode, asked))
    out = servers.ROOT / "bench" / "results" / time.strftime("%Y%m%d-%H%M%S-lanes.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(results, indent=1))
    found = {name: results[name] for name in variants}
    print(load.windows(found))
    for name, r in found.items():
        print(f"{name:16} p50 x {r['figures']['p50_ratio_to_alone']:<6} p95 x {r['figures']['p95_ratio_to_alone']:<6} (aim, with shoal: <= {1.5 if o.sleep else 1.8})")
    print(f"\nAll numbers: {out.relative_to(servers.ROOT)}")


def measure(o, mode, variants):
    """{name: figures} on one Spark, the variants taking turns."""
    cores = 16 if o.sleep else 2
    with contextlib.ExitStack() as stack:
        pools = os.path.join(stack.enter_context(tempfile.TemporaryDirectory()), "pools.xml")
        with open(pools, "w") as f:
            f.write(POOLS.format(shorts=max(1, cores * 3 // 4), reserve=max(1, cores // 4)))
        # As shoal cluster up has it.
        conf = {"spark.shoal.reserve": str(max(1, cores // 4)), "spark.scheduler.mode": "FAIR", "spark.scheduler.allocation.file": "file://" + pools,
                "spark.sql.codegen.cache.maxEntries": "2000"} if mode == "FAIR" else {}
        spark = stack.enter_context(servers.Spark(o.python, cores=cores, memory="3g", **conf))
        urls = {}
        for name, how in variants.items():
            url, pid = spark.url, spark.process.pid
            if how == "shoal":
                shoal = stack.enter_context(servers.Shoal("--spark", url, "--conf", "shoal.engine=spark", "--allow", str(servers.CACHE)))
                url, pid, how = shoal.url, f"{shoal.process.pid}+{pid}", ""
            urls[name] = f"{url}/;name={name};pid={pid};{how}".rstrip(";")
        flags = f"--users 4 --warm 20s --length {o.length} --rounds {o.rounds}"
        return load.measure("mixed", flags + " --heavy sleep" * o.sleep, urls)


if __name__ == "__main__":
    main()
