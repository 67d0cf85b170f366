import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))

import servers  # noqa: E402


# A real Spark Connect server: then every query of the examples goes through Shoal to it.
SPARK = os.environ.get("SPARK_URL")


@pytest.fixture(scope="session")
def shoal():
    with servers.Shoal(*(["--spark", SPARK, "--conf", "shoal.engine=spark"] if SPARK else [])) as server:
        yield server


@pytest.fixture(scope="session")
def door():
    """Shoal with a real Spark behind it, and left to choose."""
    if not SPARK:
        pytest.skip("a real Spark is needed: make e2e-spark")
    with servers.Shoal("--spark", SPARK) as server:
        yield server
