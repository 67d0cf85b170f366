"""The 22 TPC-H queries at scale 0.1, as SQL and as DataFrame code: names, types and rows as recorded from real Spark."""
import json

import pytest
from pyspark.sql import SparkSession

import recorded

EXPECTED = json.loads(recorded.TPCH_EXPECTED.read_text())["answers"]


@pytest.fixture(scope="module")
def frames(shoal):
    spark = SparkSession.builder.remote(shoal.url).getOrCreate()
    yield dict(recorded.tpch_frames(spark))
    spark.stop()


def test_all_were_recorded(frames):
    assert list(frames) == list(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_query(name, frames):
    assert recorded.summary(frames[name]()) == EXPECTED[name]
