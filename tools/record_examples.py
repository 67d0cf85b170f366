#!/usr/bin/env python3
"""Writes down what real Spark answers to the examples: *.expected.json, and the notebooks' outputs.

    "$(tools/venv notebook)" tools/record_examples.py "$(tools/venv oracle)"

The client is the notebook's; the server is the Spark of the given Python (Java 17). Nothing else writes these files.
"""
import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "examples"), str(ROOT / "tools")]

import notebook  # noqa: E402
import recorded  # noqa: E402
import servers  # noqa: E402


def write(path, version, answers):
    path.write_text(json.dumps({"spark": version, "answers": answers}, indent=1, ensure_ascii=False) + "\n")
    print("wrote", path.relative_to(ROOT), len(answers), "answers")


def main(python):
    from pyspark.sql import SparkSession

    with servers.Spark(python, memory="3g") as server, tempfile.TemporaryDirectory() as out:
        spark = SparkSession.builder.remote(server.url).getOrCreate()
        version = spark.version
        write(recorded.TPCH_EXPECTED, version,
              {name: recorded.summary(make()) for name, make in recorded.tpch_frames(spark)})
        spark.stop()
        for path, expected in [(recorded.NOTEBOOK, recorded.NOTEBOOK_EXPECTED), (recorded.DELAYS, recorded.DELAYS_EXPECTED)]:
            book = recorded.run_notebook(server.url, out, path)
            printed = notebook.texts(book)
            failed = [cell for cell, text in printed.items() if "<error>" in text]
            if failed:
                sys.exit(f"these cells of {path.name} fail on real Spark: {failed}")
            write(expected, version, printed)
            notebook.save(book, path)  # for readers who do not run it


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
