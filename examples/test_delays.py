"""delays.ipynb in real Jupyter, through Shoal to a real Spark: every cell must print what it printed without Shoal."""
import json
import re

import nbformat
import pytest

import notebook
import recorded

EXPECTED = json.loads(recorded.DELAYS_EXPECTED.read_text())["answers"]
TAGS = notebook.tags(nbformat.read(recorded.DELAYS, as_version=4))
NUMBER = re.compile(r"[-+]?\d+\.\d+")


@pytest.fixture(scope="module")
def printed(door, tmp_path_factory):
    return notebook.texts(recorded.run_notebook(door.url, tmp_path_factory.mktemp("delays"), recorded.DELAYS))


def test_every_cell_was_recorded():
    assert list(EXPECTED) == list(TAGS), "run make oracle: the notebook has other cells than the recording"


@pytest.mark.parametrize("cell", EXPECTED)
def test_cell(cell, printed):
    if "learned" in TAGS[cell]:  # what is learned depends a little on how Spark splits the rows
        assert NUMBER.sub("#", printed[cell]) == NUMBER.sub("#", EXPECTED[cell])
        for got, want in zip(NUMBER.findall(printed[cell]), NUMBER.findall(EXPECTED[cell])):
            assert float(got) == pytest.approx(float(want), abs=0.05, rel=0.1)
    else:
        assert printed[cell] == EXPECTED[cell]
