"""Ends the process without collecting the clients' sessions: their servers are gone, and they would look for them."""
import os
import sys

import pytest

EXIT = []


def pytest_sessionfinish(exitstatus):
    EXIT[:] = [int(exitstatus)]


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure():
    if EXIT:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(EXIT[0])
