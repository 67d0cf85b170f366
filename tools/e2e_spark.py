#!/usr/bin/env python3
"""make e2e-spark: real Spark behind the door. Runs with the Python of tools/venv oracle.

  e2e_spark.py [clients] [examples] [corpus]     by default all

clients: e2e_spark/ with PySpark clients of every version on servers of two. examples: the notebook that trains models;
flights.ipynb and TPC-H with spark forced. corpus: all of it, with spark forced. What comes through must be what was recorded.
"""
import os
import subprocess
import sys

import oracle_server
import servers

# client, server
MATRIX = [("3.5", "3.5"), ("3.5", "4.1"), ("4.0", "4.1"), ("4.1", "4.1"), ("newest", "4.1"), ("newest", "3.5")]


def run(*command, **env):
    print("+", *command, flush=True)
    return subprocess.run(command, cwd=servers.ROOT, env={**os.environ, **env}).returncode == 0


def clients():
    ok = True
    for client, server in MATRIX:
        python = subprocess.check_output([servers.ROOT / "tools" / "venv", f"client-{client}"], text=True).strip()
        print(f"client {client}, server {server}", flush=True)
        ok = run(python, "-m", "pytest", "-q", "-rs", "--timeout", "300", "--disable-warnings", "e2e_spark", SPARK=server) and ok
    return ok


def examples():
    python = subprocess.check_output([servers.ROOT / "tools" / "venv", "notebook"], text=True).strip()
    with servers.Spark(sys.executable, memory="2g", **{"spark.sql.shuffle.partitions": "4"}) as spark:
        return run(python, "-m", "pytest", "-q", "-rs", "--timeout", "900", "--disable-warnings", "examples", SPARK_URL=spark.url)


def corpus():
    with servers.Spark(sys.executable, memory="1500m", **oracle_server.CONF) as spark:
        with servers.Shoal("--spark", spark.url, "--conf", "shoal.engine=spark") as shoal:
            ok = run("go", "test", "./sparktest", "-count=1", "-timeout", "60m", "-run", "TestConnect",
                     "-address", shoal.url.removeprefix("sc://"), "-real-spark")
            return run(sys.executable, "tools/oracle_replay.py", "--url", shoal.url) and ok


parts = sys.argv[1:] or ["clients", "examples", "corpus"]
if not all([{"clients": clients, "examples": examples, "corpus": corpus}[part]() for part in parts]):
    sys.exit("e2e-spark: differences or failures, see above")
