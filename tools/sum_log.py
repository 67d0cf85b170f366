"""Adds up an uncompressed Spark event log with nothing but the standard library: what planner/eventlog must find.

    python3 tools/sum_log.py LOG... > SUMS.json
"""
import collections
import json
import math
import sys


def good_task(event, sums):
    """Adds a successful task."""
    info, metrics = event["Task Info"], event["Task Metrics"]
    read, write = metrics["Shuffle Read Metrics"], metrics["Shuffle Write Metrics"]
    duration = info["Finish Time"] - info["Launch Time"]
    fetch = info["Finish Time"] - info["Getting Result Time"] if info["Getting Result Time"] else 0
    used = sum(metrics[k] for k in ("Executor Run Time", "Executor Deserialize Time", "Result Serialization Time"))
    for key, value in {
        "duration": duration,
        "run": metrics["Executor Run Time"],
        "cpu_ns": metrics["Executor CPU Time"],
        "gc": metrics["JVM GC Time"],
        "deserialize": metrics["Executor Deserialize Time"],
        "deserialize_cpu_ns": metrics["Executor Deserialize CPU Time"],
        "result_serialize": metrics["Result Serialization Time"],
        "getting_result": fetch,
        "scheduler_delay": max(duration - used - fetch, 0),
        "result_bytes": metrics["Result Size"],
        "input_bytes": metrics["Input Metrics"]["Bytes Read"],
        "input_rows": metrics["Input Metrics"]["Records Read"],
        "output_bytes": metrics["Output Metrics"]["Bytes Written"],
        "output_rows": metrics["Output Metrics"]["Records Written"],
        "shuffle_read_remote_bytes": read["Remote Bytes Read"],
        "shuffle_read_local_bytes": read["Local Bytes Read"],
        "shuffle_read_to_disk_bytes": read["Remote Bytes Read To Disk"],
        "shuffle_read_rows": read["Total Records Read"],
        "shuffle_read_blocks": read["Remote Blocks Fetched"] + read["Local Blocks Fetched"],
        "shuffle_fetch_wait": read["Fetch Wait Time"],
        "shuffle_write_bytes": write["Shuffle Bytes Written"],
        "shuffle_write_rows": write["Shuffle Records Written"],
        "shuffle_write_ns": write["Shuffle Write Time"],
        "spill_memory_bytes": metrics["Memory Bytes Spilled"],
        "spill_disk_bytes": metrics["Disk Bytes Spilled"],
    }.items():
        sums[key] += value
    sums["peak_execution_memory"] = max(sums["peak_execution_memory"], metrics["Peak Execution Memory"])
    return duration


def add(path):
    """The sums of one log, in all and for each attempt of a stage."""
    total, stages = collections.Counter(), collections.defaultdict(collections.Counter)
    durations, counts, times = collections.defaultdict(list), collections.Counter(), {}
    for line in open(path, encoding="utf-8"):
        event = json.loads(line)
        kind = event["Event"].rsplit(".", 1)[-1].removeprefix("SparkListener")
        counts[kind] += 1
        if kind == "ApplicationStart":
            times["start"] = event["Timestamp"]
        if kind == "ApplicationEnd":
            times["end"] = event["Timestamp"]
        if kind != "TaskEnd":
            continue
        stage = f"{event['Stage ID']}.{event['Stage Attempt ID']}"
        reason, info = event["Task End Reason"]["Reason"], event["Task Info"]
        for sums in (total, stages[stage]):
            sums["tasks"] += 1
            sums["retried"] += info["Attempt"] > 0
            sums["speculative"] += info["Speculative"]
            if reason != "Success":
                sums["killed" if reason == "TaskKilled" else "failed"] += 1
                sums["lost_time"] += info["Finish Time"] - info["Launch Time"]
                continue
            duration = good_task(event, sums)
            if sums is total:
                durations[stage].append(duration)
    quantiles = {}
    for stage, values in durations.items():
        values.sort()
        quantiles[stage] = {f"p{p}": values[math.ceil(p / 100 * len(values)) - 1] for p in (50, 95)}
        quantiles[stage]["max"] = values[-1]
    total, stages = +total, {stage: +sums for stage, sums in stages.items()}  # without zeros
    return {**times, "jobs": counts["JobStart"], "executions": counts["SQLExecutionStart"],
            "lines": sum(counts.values()), "total": total, "stages": stages, "durations": quantiles}


if __name__ == "__main__":
    print(json.dumps({path.rsplit("/", 1)[-1]: add(path) for path in sys.argv[1:]}, indent=1, sort_keys=True))
