"""Files: the cases of catalog/testdata, whose answers real Spark gave (record.py there), through the client."""
import json
import pathlib
import re
import shutil

import pytest
from conftest import CLIENT

DATA = pathlib.Path(__file__).resolve().parent.parent / "catalog" / "testdata"
CASES = json.loads((DATA / "expected.json").read_text())

# What Shoal's own engine does not read as Spark would: it says so.
REFUSED = {"layout_overlap", "layout_overlap_case", "layout_merge_wider", "layout_merge_bad", "text_two"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A copy where every server may read."""
    to = tmp_path_factory.mktemp("files") / "files"
    shutil.copytree(DATA / "files", to)
    return to


@pytest.mark.parametrize("name", [n for n, case in CASES.items() if "answer" in case or "read_error" in case])
def test_answer(spark, files, request, name):
    case = CASES[name]
    if case.get("read_error") == "UNSUPPORTED_DATA_TYPE_FOR_ARROW_CONVERSION" and not (4, 0) <= CLIENT < (4, 3):
        pytest.skip("an error of the client's own, which this one words differently")
    options = {k: v.replace("FILES", str(files)) for k, v in case["options"].items()}
    reader = spark.read.format(case["format"]).options(**options)
    if case["given"]:
        reader = reader.schema(case["given"])
    frame = reader.load([str(files / p) for p in case["paths"]])
    refused = name in REFUSED and not request.config.getoption("--spark")
    if refused or "read_error" in case:
        with pytest.raises(Exception) as error:
            frame.collect()
        want = "UNSUPPORTED_FEATURE" if refused else case["read_error"]
        assert want in str(error.value)
    else:
        assert sorted(map(plain, frame.collect())) == case["answer"]


def plain(row):
    """A row as text; clients before 4.1 give bytearray for what is bytes later."""
    return re.sub(r"bytearray\((b'.*?')\)", r"\1", repr(tuple(row)))
