"""Real PySpark clients against Shoal. Every test also runs against real Spark, and that is how it got its expectations:

    pytest e2e --spark "$(tools/venv oracle)"     starts the Spark of that Python instead of bin/shoal
"""
import os
import pathlib
import re
import sys

import pyspark
import pytest
from pyspark.sql import SparkSession

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "e2e")]

import servers  # noqa: E402

CLIENT = tuple(int(x) for x in pyspark.__version__.split(".")[:2])


KEPT = []  # every session of the run
EXIT = []


def pytest_sessionfinish(exitstatus):
    EXIT[:] = [int(exitstatus)]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure():
    if KEPT:  # leave without collecting the sessions
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(EXIT[0])


def pytest_addoption(parser):
    parser.addoption("--spark", metavar="PYTHON", help="run against the real Spark in this Python's environment")


def pytest_report_header():
    return f"client: PySpark {pyspark.__version__}"


@pytest.fixture(scope="session")
def server(request):
    python = request.config.getoption("--spark")
    with servers.Spark(python) if python else servers.Shoal() as server:
        yield server


@pytest.fixture(scope="session")
def connect():
    """Makes sessions of their own, and keeps them. They end with the server: PySpark closes a session that is garbage, which
    takes minutes of retries where its server is gone, and in 3.5 can wait for ever (the collector may run in the very
    thread that the holder of the client's lock is starting)."""

    def make(url):
        KEPT.append(SparkSession.builder.remote(url).create())
        return KEPT[-1]

    return make


@pytest.fixture(scope="module")
def spark(server, connect):
    return connect(server.url)


@pytest.fixture
def own_server(request):
    """A Shoal that the test may stop, kill and start again."""
    if request.config.getoption("--spark"):
        pytest.skip("needs a server of its own to stop and start; real Spark takes too long")
    with servers.Shoal() as server:
        yield server


def needs(version, what):
    """Marks a test of something older clients do not have."""
    return pytest.mark.skipif(CLIENT < version, reason=f"PySpark {pyspark.__version__} has no {what}")


def condition(error):
    """The error class; 3.5 has it in the text only."""
    if CLIENT < (4, 0):
        return re.search(r"\[([A-Z0-9_.]+)\]", str(error)).group(1)
    return error.getCondition()
