"""Runs the scenarios of planner/validate on real Spark standalone, for `make validate-planner`.

    PYTHON tools/validate_planner.py OUT --tpch DIR [--only APP...]

PYTHON is that of an environment with the whole pyspark. Each application of scenarios.json is a process of its
own, with a master, workers and executors of Spark standalone on this machine (local-cluster). OUT/logs/APP gets
its event log and OUT/APP.json what people waited for. Users draw pauses and questions as planner/sim does, so
that the simulator plays the same questions with tasks of the same length. Given the right, Spark runs before all others on this machine.
"""
import argparse
import json
import math
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPEC = json.loads((ROOT / "planner/validate/scenarios.json").read_text())
WORD = (1 << 64) - 1


def mix(x):
    """As mix of planner/sim/random.go."""
    x = (x + 0x9E3779B97F4A7C15) & WORD
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & WORD
    x = (x ^ x >> 27) * 0x94D049BB133111EB & WORD
    return x ^ x >> 31


def unit(x):
    return ((x >> 11) + 0.5) / (1 << 53)


def choose(shares, at):
    at *= sum(weight for _, weight in shares)
    for name, weight in shares:
        at -= weight
        if at < 0:
            return name
    return shares[-1][0]


# --- what people ask ---

def sleep(seconds, how=""):
    return f"reflect('java.lang.Thread', 'sleep', bigint({round(seconds * 1000, 1)}{how}))"


def factors(count, cv, seed):
    """How much longer than the mean each task of a question's first stage is: log-normal."""
    sigma = math.sqrt(math.log1p(cv * cv))
    for number in range(count):
        z = statistics.NormalDist().inv_cdf(unit(mix(seed ^ 1 << 40 ^ number + 1)))
        yield math.exp(sigma * z - sigma * sigma / 2)


def sleeping(stages, seed):
    """SQL whose tasks sleep: one row a task; the second stage gets one row of each of the first's tasks and sleeps at one."""
    first = stages[0]
    tasks, how = first["tasks"], ""
    if cv := first.get("cv"):
        how = f" * element_at(array({', '.join(f'{f:.4f}D' for f in factors(tasks, cv, seed))}), int(id) + 1)"
    if skew := first.get("skew"):
        how = f" * IF(id = 0, {skew}, {(tasks - skew) / (tasks - 1)})"
    text = f"SELECT id, {sleep(first['sleep'], how)} s FROM range(0, {tasks}, 1, {tasks})"
    if len(stages) > 1:
        last = stages[1]
        text = f"""SELECT IF(id = 0, {sleep(last['sleep'])}, s) s FROM (SELECT /*+ REPARTITION({last['tasks']}) */ id, s
                   FROM ({text}) LATERAL VIEW explode(sequence(1, {last['tasks']})) e AS x)"""
    return f"SELECT s FROM ({text}) WHERE s IS NULL"


def sort(spark, rows):
    source = spark.range(0, rows, 1, 2).selectExpr("hash(id) k", "id", "repeat('x', 40) t").repartition(2)
    source.sortWithinPartitions("k").write.format("noop").mode("overwrite").save()


def asker(spark, tables):
    """A function that asks the question of a name and waits for the answer."""
    views, data = [], {}

    def ask(name, seed):
        query = SPEC["queries"][name]
        if "stages" in query:
            spark.sql(sleeping(query["stages"], seed)).collect()
        elif "sort" in query:
            sort(spark, query["sort"])
        elif "iterations" in query:
            from pyspark.ml.classification import LogisticRegression
            LogisticRegression(maxIter=query["iterations"], tol=0.0, standardization=False).fit(data["features"])
        else:
            spark.sql((ROOT / f"bench/queries/q{query['tpch']}.sql").read_text()).collect()

    def prepare(names):
        if any("tpch" in SPEC["queries"][n] for n in names) and not views:
            for table in sorted(pathlib.Path(tables).iterdir()):
                if table.is_dir():
                    spark.read.parquet(str(table)).createOrReplaceTempView(table.name)
                    views.append(table.name)
        if any("iterations" in SPEC["queries"][n] for n in names):
            data["features"] = features(spark)

    return ask, prepare


def features(spark):
    """Data to train on, in memory."""
    from pyspark.ml.feature import VectorAssembler
    columns = [f"rand({i}) x{i}" for i in range(10)]
    data = spark.range(0, 200_000, 1, 4).selectExpr(*columns).selectExpr("*", "CAST(x0 + x1 > x2 + 0.5 AS double) label")
    data = VectorAssembler(inputCols=[f"x{i}" for i in range(10)], outputCol="features").transform(data)
    data = data.select("features", "label").cache()
    data.count()
    return data


# --- people ---

def person(spark, ask, scenario, group, number, wait):
    """One user: thinks, asks, waits, thinks. Returns (class, begin, end) of each answer, from the scenario's start."""
    users = scenario["users"][group]
    seed = mix(SPEC["seed"] ^ mix(group << 32 | number))
    answers = []
    start = wait()
    for asked in range(users["asks"]):
        time.sleep(-math.log(unit(mix(seed ^ mix(asked * 4 + 1)))) * users["think"])
        name = choose(users["mix"], unit(mix(seed ^ mix(asked * 4 + 2))))
        pool = SPEC["queries"][name].get("pool", "heavy") if scenario["pools"] else f"{group}-{number}"
        spark.sparkContext.setLocalProperty("spark.scheduler.pool", pool)
        spark.sparkContext.setJobGroup(scenario["name"], name)
        begin = time.monotonic() - start
        ask(name, mix(seed ^ mix(asked * 4 + 3)))
        answers.append((name, begin, time.monotonic() - start))
    return answers


def play(spark, ask, scenario):
    """A scenario once; what each answer took, and the whole."""
    from pyspark import InheritableThread
    people, started, gate = [], [], threading.Event()

    def wait():
        gate.wait()
        return started[0]

    results = []
    for group, users in enumerate(scenario["users"]):
        for number in range(users["count"]):
            people.append(InheritableThread(target=lambda g=group, n=number: results.append(
                person(spark, ask, scenario, g, n, wait))))
    for p in people:
        p.start()
    started.append(time.monotonic())
    gate.set()
    run = {"scenario": scenario["name"], "began": time.time()}
    if "kill" in scenario:
        time.sleep(scenario["kill"])
        run["killed"] = time.time()
        os.kill(executors(spark)[0], signal.SIGKILL)
    for p in people:
        p.join()
    answers = [a for r in results for a in r]
    run["wall"] = max(end for _, _, end in answers)
    run["answers"] = {}
    for name, begin, end in answers:
        run["answers"].setdefault(name, []).append(round(end - begin, 4))
    return run


def executors(spark):
    """The processes of this application's executors, oldest first."""
    app, found = spark.sparkContext.applicationId, []
    for p in pathlib.Path("/proc").iterdir():
        if not p.name.isdigit():
            continue
        try:
            words = (p / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if app.encode() in words and any(b"CoarseGrainedExecutorBackend" in w for w in words):
            found.append((int(words[words.index(b"--executor-id") + 1]), int(p.name)))
    return [pid for _, pid in sorted(found)]


def until_back(spark, count):
    """Waits for a new executor in the place of a killed one."""
    status = spark.sparkContext._jsc.sc().statusTracker()
    for _ in range(300):
        if len(status.getExecutorInfos()) > count:  # the driver counts too
            break
        time.sleep(0.1)
    time.sleep(1)


# --- applications ---

def session(app, out):
    import pyspark
    from pyspark.sql import SparkSession
    os.environ.setdefault("SPARK_HOME", os.path.dirname(pyspark.__file__))
    log = out / "logs" / app["name"]
    log.mkdir(parents=True, exist_ok=True)
    for old in log.iterdir():
        old.unlink()
    memory = 512 if app["executors"] > 1 else 1024 if app["kind"] == "cpu" else 2048
    confs = {
        "spark.driver.memory": "1g", "spark.executor.memory": f"{memory}m",
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.host": "127.0.0.1",
        # The JVM's second compiler would take cores from tasks, and make Spark faster during all of a run.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1", "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.eventLog.enabled": "true", "spark.eventLog.dir": log.as_uri(), "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false", "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4", "spark.sql.adaptive.coalescePartitions.enabled": "false",
        # Sorters and a file for each reducer would cost more than tasks that sleep.
        "spark.sql.execution.sortBeforeRepartition": "false", "spark.shuffle.sort.bypassMergeThreshold": "1",
    }
    if "scheduler" in app:
        confs["spark.scheduler.mode"] = "FAIR"
    if app.get("scheduler") == "POOLS":
        file = out / "pools.xml"
        file.write_text("<allocations>" + "".join(
            f"<pool name='{n}'><schedulingMode>{p['mode']}</schedulingMode><weight>{p['weight']}</weight>"
            f"<minShare>{p['minShare']}</minShare></pool>" for n, p in SPEC["pools"].items()) + "</allocations>")
        confs["spark.scheduler.allocation.file"] = file.as_uri()
    if "fraction" in app:
        confs["spark.memory.fraction"] = str(app["fraction"])
    builder = SparkSession.builder.master(f"local-cluster[{app['executors']},{app['cores']},{memory}]").appName(app["name"])
    for key, value in confs.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def warm(spark, ask, app, times):
    """Has new processes load and compile what they need: a cold executor's first tasks take a second longer."""
    for n in range(times):
        for name in app["warm"]:
            spark.sparkContext.setJobGroup("warm", name)
            ask(name, n)


def record(app, out, tables):
    """Runs one application in this process."""
    spark = session(app, out)
    ask, prepare = asker(spark, tables)
    prepare(app["warm"])
    warm(spark, ask, app, app.get("warmups", 3))
    runs = []
    for _ in range(app.get("repeats", SPEC["repeats"])):
        for scenario in app["scenarios"]:
            pools = app.get("scheduler") == "POOLS"
            runs.append(play(spark, ask, {**scenario, "pools": pools}))
            if "kill" in scenario:
                until_back(spark, app["executors"])
                warm(spark, ask, app, 2)
    from pyspark import __version__
    load = [round(v, 1) for v in os.getloadavg()]
    spark.stop()
    (out / f"{app['name']}.json").write_text(json.dumps({"app": app["name"], "date": time.strftime("%Y-%m-%d"), "spark": __version__, "load": load, "runs": runs}))


def first():
    """Before all others, where the system lets us: Linux groups processes by session, and each group has a niceness."""
    try:
        os.setsid()
        os.nice(-15)
        pathlib.Path("/proc/self/autogroup").write_text("-19")
    except OSError as e:
        print("Spark runs beside all others:", e)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("out", type=pathlib.Path)
    args.add_argument("--tpch", default="", help="folder of the TPC-H tables as Parquet")
    args.add_argument("--only", nargs="*", metavar="APP", help=", ".join(a["name"] for a in SPEC["apps"]))
    args.add_argument("--here", help="in this process, one application")
    args = args.parse_args()
    args.out = args.out.resolve()
    apps = {a["name"]: a for a in SPEC["apps"]}
    if args.here:
        return record(apps[args.here], args.out, args.tpch)
    if unknown := set(args.only or []) - set(apps):
        sys.exit(f"no application {', '.join(sorted(unknown))}; there are {', '.join(apps)}")
    names = args.only or list(apps)
    args.out.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names, 1):
        scenarios = apps[name]["scenarios"]
        print(f"[{number}/{len(names)}] {name}: {len(scenarios)} scenarios, each {apps[name].get('repeats', SPEC['repeats'])} times ...", end=" ", flush=True)
        began = time.time()
        run(name, args)
        print(f"{time.time() - began:.0f} s", flush=True)


def run(name, args):
    """An application in a process of its own; what Spark says is shown where it fails."""
    said = args.out / f"{name}.err"
    command = [sys.executable, __file__, str(args.out), "--tpch", args.tpch, "--here", name]
    with said.open("w") as err:
        done = subprocess.run(command, preexec_fn=first, timeout=400, stderr=err,
                              env={**os.environ, "TZ": "UTC", "PYSPARK_PYTHON": sys.executable})
    if done.returncode:
        sys.exit(f"{name} failed:\n{said.read_text()[-4000:]}")


if __name__ == "__main__":
    main()
