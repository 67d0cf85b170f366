"""Overwriting a plain path: kill -9 leaves the old or the new, also to programs that know nothing of Shoal; a full disk nothing."""
import glob
import os
import random
import subprocess
import threading
import time

import pyarrow.parquet as parquet
import pytest
from pyspark.errors import PySparkException

ROWS = 50_000


def seen_from_outside(path):
    """(rows, versions) in the files that are no hidden ones."""
    versions, rows = set(), 0
    for file in glob.glob(f"{path}/**/*.parquet", recursive=True):
        if not any(part[0] in "._" for part in os.path.relpath(file, path).split(os.sep)):
            column = parquet.ParquetFile(file).read(["version"])["version"]
            rows += len(column)
            versions.update(column.unique().to_pylist())
    return rows, len(versions)


@pytest.mark.parametrize("how", ["static", "partitioned", "dynamic"])
def test_kill_in_an_overwrite_of_a_path(own_server, connect, tmp_path, how):
    path = str(tmp_path / "x")

    def write(version):
        rows = connect(own_server.url).sql(f"SELECT {version} AS version, id, id % 5 AS p FROM range({ROWS})")
        writer = rows.write.mode("overwrite").option("partitionOverwriteMode", "dynamic" if how == "dynamic" else "static")
        if how != "static":
            writer = writer.partitionBy("p")
        writer.parquet(path)

    def overwrite(version):
        try:
            write(version)
        except Exception:
            pass  # its server died

    write(0)
    for version in range(1, 7):
        thread = threading.Thread(target=overwrite, args=(version,), daemon=True)
        thread.start()
        time.sleep(random.uniform(0.05, 0.6))
        own_server.kill()
        assert seen_from_outside(path) == (ROWS, 1)
        own_server.start()
        thread.join(60)
        spark = connect(own_server.url)
        seen = spark.read.parquet(path).selectExpr("count(*)", "count(DISTINCT version)", "count(DISTINCT id)").first()
        assert tuple(seen) == (ROWS, 1, ROWS)
    write(9)
    assert os.listdir(tmp_path) == ["x"]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_full_disk(own_server, connect, tmp_path, form):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        spark = connect(own_server.url)
        path = str(disk / "x")
        spark.sql("SELECT 1 AS id, 'old' AS u").write.format(form).save(path)
        with pytest.raises(PySparkException, match="TASK_WRITE_FAILED.*" + path):
            spark.sql("SELECT id, uuid() AS u FROM range(30000)").write.mode("overwrite").format(form).save(path)
        assert os.listdir(disk) == ["x"]
        assert spark.read.format(form).load(path).count() == 1
    finally:
        subprocess.run(["umount", str(disk)])
