"""Real PySpark clients, Shoal, and a real Spark behind it. SPARK names the server's version: 4.1 (default) or 3.5.

    SPARK=3.5 "$(tools/venv client-newest)" -m pytest e2e_spark
"""
import os
import pathlib
import subprocess
import sys

import pyspark
import pytest
from pyspark.sql import SparkSession

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools")]

import servers  # noqa: E402

CLIENT = tuple(int(x) for x in pyspark.__version__.split(".")[:2])
SERVER = tuple(int(x) for x in os.environ.get("SPARK", "4.1").split("."))

# The environment whose PySpark holds the server, and what it lacks. 3.5 has its Connect part in a package of its own.
PYTHON = {(4, 1): "oracle", (3, 5): "client-3.5"}[SERVER]
CONF = {(4, 1): {}, (3, 5): {"spark.jars.packages": "org.apache.spark:spark-connect_2.12:3.5.7"}}[SERVER]

KEPT = []
EXIT = []


def pytest_sessionfinish(exitstatus):
    EXIT[:] = [int(exitstatus)]


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure():
    if KEPT:  # leave without collecting the sessions, whose servers are gone
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(EXIT[0])


def pytest_report_header():
    return f"client: PySpark {pyspark.__version__}, server: Spark {'.'.join(map(str, SERVER))}"


def start_spark(port=0):
    python = subprocess.check_output([ROOT / "tools" / "venv", PYTHON], text=True).strip()
    return servers.Spark(python, memory="1g", port=port, **{
        "spark.sql.shuffle.partitions": "2", "spark.sql.catalogImplementation": "in-memory",
        "spark.connect.grpc.binding.address": "127.0.0.1", **CONF})


@pytest.fixture(scope="session")
def real():
    """The Spark behind the door; tests may kill it and start it again."""
    with start_spark() as server:
        yield server


@pytest.fixture(scope="session")
def door(real):
    """A Shoal with that Spark attached."""
    with servers.Shoal("--spark", real.url) as server:
        yield server
        if os.environ.get("SHOAL_LOG"):
            pathlib.Path(os.environ["SHOAL_LOG"]).write_text(server.output())


@pytest.fixture(scope="session", autouse=True)
def first(door):
    """The process's first session: where PySpark's models and checkpoints go, whichever session they are asked of."""
    return connect(door.url)


@pytest.fixture
def spark(door):
    """A session of its own through the door."""
    return connect(door.url)


def connect(url):
    KEPT.append(SparkSession.builder.remote(url).create())
    return KEPT[-1]


# Functions pickled by PySpark 4 cannot be read by a 3.5 worker: PySpark's own limit.
own_functions = pytest.mark.skipif(CLIENT >= (4, 0) and SERVER < (4, 0), reason="Python functions of PySpark 4 on a 3.5 server")


def needs(client=(3, 5), server=(3, 5), what="the test"):
    return pytest.mark.skipif(CLIENT < client or SERVER < server,
                              reason=f"{what} needs a client from {client} and a server from {server}")
