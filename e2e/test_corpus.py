"""The DataFrame cases of sparktest/corpus: what real Spark answered, case by case."""
import pathlib

import pytest
from conftest import CLIENT

import oracle_corpus as corpus
import oracle_replay

PATHS = corpus.find(["dataframe"])


@pytest.mark.skipif(CLIENT != (4, 1), reason="recorded with PySpark 4.1, whose texts other versions change")
@pytest.mark.parametrize("path", PATHS, ids=[pathlib.Path(p).stem for p in PATHS])
def test_dataframe_cases(path, server):
    bad = [oracle_replay.tell(path, record, verdict, lines, engine)
           for record, verdict, lines, engine in oracle_replay.replay(server.url, path)
           if verdict not in ("passed", "known gap")]
    assert not bad, "\n\n".join(bad)
