"""What goes wrong, goes wrong as in Spark: the same exception type, error class and SQLSTATE; the session lives on."""
import pytest
from conftest import condition, needs
from pyspark import errors
from pyspark.sql import functions as F

CASES = [
    ("SELEC 1", errors.ParseException, "PARSE_SYNTAX_ERROR"),
    ("SELECT * FROM nowhere", errors.AnalysisException, "TABLE_OR_VIEW_NOT_FOUND"),
    ("SELECT idd FROM range(1)", errors.AnalysisException, "UNRESOLVED_COLUMN.WITH_SUGGESTION"),
    ("SELECT no_such_function(1)", errors.AnalysisException, "UNRESOLVED_ROUTINE"),
    ("SELECT id FROM range(1) a JOIN range(1) b", errors.AnalysisException, "AMBIGUOUS_REFERENCE"),
    ("SELECT 1 + array(1)", errors.AnalysisException, "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"),
    ("SELECT substring('a')", errors.AnalysisException, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION"),
    ("SELECT id, count(*) FROM range(1)", errors.AnalysisException, "MISSING_GROUP_BY"),
    ("SELECT 1 / (id - 1) FROM range(3)", errors.ArithmeticException, "DIVIDE_BY_ZERO"),
    ("SELECT 9223372036854775807 + id FROM range(3)", errors.ArithmeticException, "ARITHMETIC_OVERFLOW"),
    ("SELECT CAST(concat('x', id) AS INT) FROM range(3)", errors.NumberFormatException, "CAST_INVALID_INPUT"),
    ("SELECT CAST(id + 999999999999 AS INT) FROM range(3)", errors.ArithmeticException, "CAST_OVERFLOW"),
    ("SELECT array(1, 2)[id + 5] FROM range(3)", errors.ArrayIndexOutOfBoundsException, "INVALID_ARRAY_INDEX"),
    ("SELECT CAST(concat('no', id) AS DATE) FROM range(1)", errors.DateTimeException, "CAST_INVALID_INPUT"),
]


@pytest.mark.parametrize("text,kind,expected", CASES, ids=[c[2] + " " + c[0][:30] for c in CASES])
def test_sql(spark, text, kind, expected):
    with pytest.raises(errors.PySparkException) as caught:
        spark.sql(text).collect()
    assert (type(caught.value).__name__, condition(caught.value)) == (kind.__name__, expected)
    assert spark.sql("SELECT 1").count() == 1


def test_message_shows_the_place(spark):
    with pytest.raises(errors.ParseException) as caught:
        spark.sql("SELECT 1 +\nFROM t WHERE")
    assert "line 2" in str(caught.value) and "^^^" in str(caught.value)


@needs((4, 0), "SQLSTATE of Connect errors")
def test_sqlstate(spark):
    with pytest.raises(errors.AnalysisException) as caught:
        spark.range(1).select("nope").collect()
    assert caught.value.getSqlState() == "42703"
    assert "`id`" in str(caught.value)


def test_dataframe_type_mismatch(spark):
    with pytest.raises(errors.AnalysisException) as caught:
        spark.range(1).select(F.upper(F.array(F.lit(1)))).collect()
    assert condition(caught.value) == "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"


def test_missing_file(spark, tmp_path):
    with pytest.raises(errors.AnalysisException) as caught:
        spark.sql(f"SELECT * FROM parquet.`{tmp_path}/none`").collect()
    assert condition(caught.value) == "PATH_NOT_FOUND"


def test_corrupt_parquet(spark, tmp_path):
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 this is not Parquet at all PAR1")
    with pytest.raises(errors.PySparkException):
        spark.read.parquet(str(tmp_path / "bad.parquet")).collect()
    assert spark.range(2).count() == 2


def test_deep_expression_does_not_kill_the_server(spark):
    with pytest.raises(Exception):
        spark.sql("SELECT " + "(" * 10_000 + "1" + ")" * 10_000).collect()
    assert spark.range(2).count() == 2
