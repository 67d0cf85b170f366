import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))

import servers  # noqa: E402


@pytest.fixture(scope="session")
def shoal():
    with servers.Shoal() as server:
        yield server
