"""flights.ipynb in real Jupyter against Shoal: every cell must print what it printed on real Spark."""
import json
import re

import nbformat
import pytest

import notebook
import recorded

EXPECTED = json.loads(recorded.NOTEBOOK_EXPECTED.read_text())["answers"]
TAGS = notebook.tags(nbformat.read(recorded.NOTEBOOK, as_version=4))


@pytest.fixture(scope="module")
def printed(shoal, tmp_path_factory):
    return notebook.texts(recorded.run_notebook(shoal.url, tmp_path_factory.mktemp("flights")))


def test_every_cell_was_recorded():
    assert list(EXPECTED) == list(TAGS), "run make oracle: the notebook has other cells than the recording"


@pytest.mark.parametrize("cell", EXPECTED)
def test_cell(cell, printed):
    if "approximate" in TAGS[cell]:
        assert_close(printed[cell], EXPECTED[cell])
    else:
        assert printed[cell] == EXPECTED[cell]


def assert_close(got, want):
    """Equal but for the last digits of numbers: the order of a floating-point sum is nobody's promise."""
    got_words, want_words = words(got), words(want)
    assert len(got_words) == len(want_words), got
    for g, w in zip(got_words, want_words):
        if g != w:
            assert float(g) == pytest.approx(float(w), rel=1e-12), got


def words(text):
    return [word for word in re.split(r"[\s|]+", text) if word.strip("+-")]
