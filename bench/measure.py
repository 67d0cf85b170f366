"""The measurements. Each returns numbers that go into the JSON as they are; times are milliseconds unless named otherwise."""
import math
import os
import re
import resource
import subprocess
import threading
import time
import uuid

import contenders
import servers
from contenders import AB, OPERATIONS, PySpark, tpch_query


def percentiles(seconds):
    ordered = sorted(seconds)

    def at(fraction):
        place = (len(ordered) - 1) * fraction
        low, part = ordered[int(place)], place - int(place)
        high = ordered[min(int(place) + 1, len(ordered) - 1)]
        return round((low + (high - low) * part) * 1e3, 2)

    return {"n": len(ordered), "min": at(0), "p50": at(0.5), "p95": at(0.95), "max": at(1)}


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def geometric_mean(numbers):
    return round(math.exp(sum(map(math.log, numbers)) / len(numbers)), 3)


def start(make, runs):
    """Process start to the ready line (or open port), and to the first answer through PySpark."""
    ready, first = [], []
    for _ in range(runs):
        begin = time.perf_counter()
        with make() as server:
            ready.append(time.perf_counter() - begin)
            user = PySpark(server.url, tables=())
            user.sql("SELECT 1")
            first.append(time.perf_counter() - begin)
            user.close()
    return {"ready": percentiles(ready), "first_answer": percentiles(first)}


def sessions(url, runs):
    """A new session until its first answer."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        user = PySpark(url, tables=())
        user.sql("SELECT 1")
        times.append(time.perf_counter() - begin)
        user.close()
    return percentiles(times)


def interactive(users, runs, budget=20):
    """What a person does at a prompt, the contenders taking turns: {operation: {name: percentiles}}."""
    found = {}
    for operation, ask in OPERATIONS.items():
        times = {name: [] for name in users}
        for user in users.values():
            ask(user)
            ask(user)
        end = time.monotonic() + budget
        for _ in range(runs):
            for name, user in users.items():
                times[name].append(seconds(lambda: ask(user)))
            if time.monotonic() > end:
                break
        found[operation] = {name: percentiles(t) for name, t in times.items()}
    return found


def tpch(users, runs, reference="duckdb"):
    """The 22 queries to Arrow, the contenders taking turns: best time of each, and whether answers agree with the reference's."""
    best = {name: {} for name in users}
    wrong = {}
    for number in range(1, 23):
        text, answers = tpch_query(number), {}
        for run in range(runs):
            for name, user in users.items():
                if name == "spark" and run > 2:
                    continue  # minutes for nothing: it is an order of magnitude away
                begin = time.perf_counter()
                answers[name] = user.table(text)
                took = (time.perf_counter() - begin) * 1e3
                best[name][f"q{number}"] = round(min(took, best[name].get(f"q{number}", took)), 1)
        for name in users:
            if not contenders.same(answers[name], answers[reference]):
                wrong.setdefault(name, []).append(f"q{number}")
    return {"best": best, "disagree_with_" + reference: wrong}


def against(best, name, other):
    """How many times longer name takes than other."""
    ratios = {q: round(best[name][q] / best[other][q], 2) for q in best[name]}
    worst = max(ratios, key=ratios.get)
    return {"geometric_mean": geometric_mean(ratios.values()), "worst": ratios[worst], "worst_query": worst,
            "ahead": sum(r < 1 for r in ratios.values()), "ratios": ratios}


def users_at_once(url, counts, secs):
    """Closed loop: n users, each with a session, ask the A/B group-by as fast as answers come."""
    found = {}
    for n in counts:
        users = [PySpark(url, tables=("events",)) for _ in range(n)]
        times, stop = [], time.monotonic() + secs

        def work(user):
            while time.monotonic() < stop:
                times.append(seconds(lambda: user.sql(AB)))

        threads = [threading.Thread(target=work, args=(user,)) for user in users]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        found[str(n)] = percentiles(times)
        for user in users:
            user.close()
    return found


EXPORT = "SELECT l_orderkey, l_partkey, l_quantity, l_extendedprice, l_shipdate, l_shipmode FROM lineitem"


def export(server, duck, runs):
    """Six million rows of six columns to Arrow: off the wire, through PySpark, and DuckDB's own export."""
    user = PySpark(server.url, tables=("lineitem",))
    base = server.memory()
    found = {"wire": [], "first_batch": [], "pyspark": [], "duckdb": []}
    peak = [base]
    done = threading.Event()

    def watch():
        while not done.wait(0.01):
            peak[0] = max(peak[0], server.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(runs):
        first, total, rows, size = off_the_wire(user.spark, EXPORT)
        assert rows == 6_001_215, rows
        found["first_batch"].append(first)
        found["wire"].append(total)
        found["duckdb"].append(seconds(lambda: duck.connection.execute(EXPORT).to_arrow_table()))
    done.set()
    watcher.join()
    for _ in range(min(runs, 3)):
        found["pyspark"].append(seconds(lambda: user.spark.sql(EXPORT).toArrow()))
    user.close()
    best = {k: round(min(v) * 1e3, 1) for k, v in found.items()}
    return {**best, "bytes": size, "server_growth_mb": round(peak[0] - base, 1), "ratio": round(best["wire"] / best["duckdb"], 2)}


def off_the_wire(spark, text):
    """Runs a query and drops the batches as they come, as fast as gRPC gives them."""
    client = spark.client
    request = client._execute_plan_request_with_metadata()
    request.plan.CopyFrom(spark.sql(text)._plan.to_proto(client))
    request.operation_id = str(uuid.uuid4())
    request.request_options.add().reattach_options.reattachable = True  # as PySpark asks
    begin, first, rows, size = time.perf_counter(), None, 0, 0
    for response in client._stub.ExecutePlan(request, metadata=client._builder.metadata()):
        if response.HasField("arrow_batch"):
            first = first or time.perf_counter() - begin
            rows += response.arrow_batch.row_count
            size += len(response.arrow_batch.data)
    return first, time.perf_counter() - begin, rows, size


def idle_sessions(make, count):
    """Memory of a server before and after so many sessions, each with a connection of its own and one answer had."""
    import grpc
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * count)), hard))
    with make() as server:
        address = server.url.removeprefix("sc://")

        def session():
            channel = grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
            request = base_pb2.ExecutePlanRequest(session_id=str(uuid.uuid4()))
            request.plan.root.sql.query = "SELECT 1"
            for _ in base_pb2_grpc.SparkConnectServiceStub(channel).ExecutePlan(request):
                pass
            return channel

        channels = [session() for _ in range(20)]
        before = server.memory()
        channels += [session() for _ in range(count)]
        time.sleep(2)
        after = server.memory()
        for channel in channels:
            channel.close()
    return {"sessions": count, "base_mb": round(before, 1), "growth_mb": round(after - before, 1)}


def go_benchmarks(*arguments):
    """Go benchmarks of the repository: {name: {"p50_us", "allocs", ...}}."""
    run = subprocess.run(["go", "test", "-run=^$", "-benchmem", *arguments], cwd=servers.ROOT, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stdout + run.stderr)
    found = {}
    for line in run.stdout.splitlines():
        if m := re.match(r"Benchmark(\S+?)(-\d+)?\s+\d+\s+([\d.]+) ns/op(.*)", line):
            extra = {unit: float(n) for n, unit in re.findall(r"([\d.]+) (\S+)", m[4])}
            found[m[1]] = {"mean_us": round(float(m[3]) / 1e3, 1), "p50_us": extra.get("p50-us"), "allocs": int(extra["allocs/op"]), **extra}
    return found


def prepare():
    """What a query costs before an engine sees it, and a whole SELECT 1."""
    return go_benchmarks("-bench=.", "-skip=WideJoin|Schemas|Unary", "-benchtime=300x", "./bench", "./cmd/shoal")


def wide():
    """Wide plans, and folders of many files."""
    return go_benchmarks("-bench=WideJoin|Schemas", "-benchtime=30x", "./bench")


def zones():
    """5M instants in a session time zone whose clocks change, against the same without a zone: {operation: times longer}."""
    found = go_benchmarks("-bench=Zone", "-benchtime=7x", "./engine/duckdb/translate")
    return {name.removeprefix("Zone/"): {k: numbers[k] for k in ("zone-ms", "plain-ms", "x-plain", "x-plain-cpu")}
            for name, numbers in found.items()}


def export_in_engine():
    """The engine's six million rows to Arrow batches, and DuckDB's own conversion in the same process."""
    found = go_benchmarks("-tags=duckdb_arrow", "-bench=Export6M", "-benchtime=7x", "./engine/duckdb")
    ours, theirs = (found[name]["mean_us"] / 1e3 for name in ("Export6M", "Export6MByDuckDB"))
    return {"engine_ms": round(ours, 1), "engine_duckdb_ms": round(theirs, 1), "engine_ratio": round(ours / theirs, 2)}


def binary():
    return {"mb": round(os.path.getsize(servers.ROOT / "bin" / "shoal") / 1e6, 1)}
