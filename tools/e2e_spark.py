#!/usr/bin/env python3
"""make e2e-spark: real Spark behind the door. Runs with the Python of tools/venv oracle.

  e2e_spark.py [clients] [cluster] [engines]     by default all

clients: e2e_spark/ with PySpark clients of every version on servers of two. cluster, on a local cluster of four workers: the
notebook that trains models; flights.ipynb, TPC-H and the whole corpus with spark forced. engines: the corpus with a Spark beside
the inner engine, by the router's choice, with duckdb forced, and with another engine at random for each case. What comes
through must be what was recorded. At the end stands how long each stage took.
"""
import os
import subprocess
import sys
import time

import oracle_corpus
import oracle_server
import servers

# client, server
MATRIX = [("3.5", "3.5"), ("3.5", "4.1"), ("4.0", "4.1"), ("4.1", "4.1"), ("newest", "4.1"), ("newest", "3.5")]


def run(stage, *command, **env):
    """Runs a stage's command, notes how long it took, and tells whether all was well."""
    print("+", *command, flush=True)
    begin = time.monotonic()
    ok = subprocess.run(command, cwd=servers.ROOT, env={**os.environ, **env}).returncode == 0
    took.append((stage, time.monotonic() - begin, ok))
    return ok


took = []  # stage, seconds, whether all was well


def python(environment):
    return subprocess.check_output([servers.ROOT / "tools" / "venv", environment], text=True).strip()


def pytest(stage, environment, limit, folder, **env):
    return run(stage, python(environment), "-m", "pytest", "-q", "-rs", "--timeout", limit, "--disable-warnings", folder, **env)


def clients():
    return all([pytest(f"client {client}, server {server}", f"client-{client}", "300", "e2e_spark", SPARK=server)
                for client, server in MATRIX])


def cluster():
    """The examples and the corpus on the local cluster."""
    begin = time.monotonic()
    with servers.Cluster(sys.executable) as spark:
        took.append(("cluster up", time.monotonic() - begin, True))
        ok = pytest("examples on the cluster", "notebook", "900", "examples", SPARK_URL=spark.url)
        confs = [x for name, value in SMALL.items() for x in ("--conf", f"{name}={value}")]
        with servers.Shoal("--spark", spark.url, "--conf", "shoal.engine=spark", "--allow", "/", *confs) as shoal:
            ok = run("corpus on the cluster", "go", "test", "./sparktest", "-count=1", "-timeout", "60m", "-run", "TestConnect",
                     "-address", shoal.url.removeprefix("sc://"), "-real-spark") and ok
            return run("DataFrame corpus on the cluster", sys.executable, "tools/oracle_replay.py", "--real-spark", "--url", shoal.url) and ok


def engines():
    """The corpus with each choice of engine but spark, which the cluster has, on a server of its own each."""
    ok = True
    for engine in ("auto", "duckdb", "flip"):
        with servers.Spark(sys.executable, memory="1500m", **oracle_server.CONF) as spark, \
                servers.Shoal("--spark", spark.url, "--allow", "/") as shoal:
            # Cases of SQL leave tables behind, which those that list all tables must not see.
            for names in (["dataframe"], sorted(set(os.listdir(oracle_corpus.CORPUS)) - {"dataframe"})):
                names = [os.path.join(oracle_corpus.CORPUS, name) for name in names]  # the repository has folders of such names, too
                ok = run(f"corpus with {engine}, {os.path.basename(names[-1])}", sys.executable, "tools/oracle_replay.py", "--real-spark", "--engine", engine,
                         "--url", shoal.url, *names) and ok
    return ok


# The corpus is many tiny queries: they need no more tasks than the recording had.
SMALL = {name: oracle_server.CONF[name] for name in ("spark.sql.shuffle.partitions", "spark.sql.adaptive.enabled")}

parts = sys.argv[1:] or ["clients", "cluster", "engines"]
ok = all([{"clients": clients, "cluster": cluster, "engines": engines}[part]() for part in parts])
for stage, seconds, well in took:
    print(f"{stage:36} {seconds:6.0f} s{'' if well else '   FAILED'}")
print(f"{'all':36} {sum(seconds for _, seconds, _ in took):6.0f} s")
if not ok:
    sys.exit("e2e-spark: differences or failures, see above")
