"""Makes the small logs of planner/eventlog/testdata out of recorded ones (tools/record_logs.py).

    PYTHON tools/trim_logs.py LOGS TESTDATA

LOGS holds one folder for each Spark version (4.1, 3.5), as recorded. Every event stays, and every number of it that
the reader uses; out go stack traces, texts of plans, lists of metrics beyond the first two, and settings and
paths of the machine that recorded. Compressed logs are compressed by Spark's own codec classes (PYTHON is the
oracle's). Sums of all logs go to sums.json, added up by tools/sum_log.py from the uncompressed text.
"""
import json
import pathlib
import sys
import tempfile

import sum_log

ROOT = str(pathlib.Path(__file__).resolve().parent.parent)
TEXTS = {"Details", "details", "physicalPlanDescription", "Stack Trace", "Full Stack Trace", "Description", "simpleString",
         "Callsite", "callSite.long"}
MACHINE = {"System Properties", "Hadoop Properties", "Classpath Entries", "Metrics Properties"}
LISTS = {"Accumulables": 2, "metrics": 1, "Accumulator Updates": 1, "accumUpdates": 1}
CONFS = {"spark.app.name", "spark.driver.memory", "spark.master", "spark.scheduler.mode", "spark.memory.fraction",
         "spark.sql.shuffle.partitions", "spark.task.maxFailures", "spark.jobGroup.id", "spark.job.description", "spark.job.tags",
         "spark.scheduler.pool", "spark.sql.execution.id", "spark.sql.execution.root.id", "callSite.short"}

# name in testdata: (recorded run, codec)
LOGS = {
    "tiny-4.1": ("4.1/tiny", None),
    "sql-4.1": ("4.1/sql", None),
    "failures-4.1.lz4": ("4.1/failures", "lz4"),
    "tpch-4.1.zstd": ("4.1/tpch", "zstd"),
    "ml-4.1.zstd": ("4.1/ml", "zstd"),
    "spill-4.1.snappy": ("4.1/spill", "snappy"),
    "skew-4.1.lzf": ("4.1/skew", "lzf"),
    "users-4.1.zstd": ("4.1/users", "zstd"),
    "manytasks-4.1.zstd": ("4.1/manytasks", "zstd"),
    "tiny-3.5": ("3.5/tiny", None),
    "sql-3.5.lz4": ("3.5/sql", "lz4"),
    "ml-3.5.zstd": ("3.5/ml", "zstd"),
    "eventlog_v2_tiny": ("4.1/tiny-rolling", None),
}


def trim(value):
    if isinstance(value, list):
        return [trim(v) for v in value]
    if not isinstance(value, dict):
        return value.replace(ROOT + "/", "") if isinstance(value, str) else value
    out = {}
    for key, v in value.items():
        if key in TEXTS and isinstance(v, (str, list)):
            out[key] = type(v)()
        elif key in MACHINE:
            out[key] = {}
        elif key in ("Spark Properties", "Properties"):
            out[key] = {k: trim(w) for k, w in v.items() if k in CONFS}
        elif key in LISTS and isinstance(v, list):
            out[key] = trim(v[:LISTS[key]])
        elif key == "Location":
            out[key] = v.split("[")[0] + "[" + v.rsplit("/", 1)[-1]
        elif key in ("Name", "Failure Reason", "Message", "errorMessage") and isinstance(v, str):
            out[key] = trim(v[:200])
        else:
            out[key] = trim(v)
    return out


def trimmed(path):
    lines = (json.dumps(trim(json.loads(line)), separators=(",", ":"), ensure_ascii=False) for line in open(path))
    return ("\n".join(lines) + "\n").encode()


def compressor():
    """A function that writes bytes with a codec of Spark's, as its event log does."""
    from pyspark.java_gateway import launch_gateway
    jvm = launch_gateway().jvm
    conf = jvm.org.apache.spark.SparkConf(False)

    def write(text, codec, path):
        file = jvm.java.io.FileOutputStream(str(path))
        out = jvm.org.apache.spark.io.CompressionCodec.createCodec(conf, codec).compressedContinuousOutputStream(file)
        out.write(bytearray(text))
        out.close()
    return write


def main():
    logs, testdata = map(pathlib.Path, sys.argv[1:])
    testdata.mkdir(parents=True, exist_ok=True)
    write, sums = compressor(), {}
    for name, (run, codec) in LOGS.items():
        source = next(p for p in sorted((logs / run).iterdir()) if not p.name.startswith("."))
        target = testdata / name
        if source.is_dir():
            target.mkdir(exist_ok=True)
            text = trimmed(next(source.glob("events_1_*")))
            (target / "events_1_tiny").write_bytes(text)
            (target / "appstatus_tiny").touch()
        elif codec is None:
            text = trimmed(source)
            target.write_bytes(text)
        else:
            text = trimmed(source)
            write(text, codec, target)
        with tempfile.NamedTemporaryFile() as plain:
            plain.write(text)
            plain.flush()
            sums[name] = sum_log.add(plain.name)
        print(name, len(text), "bytes of text")
    (testdata / "sums.json").write_text(json.dumps(sums, indent=None, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
