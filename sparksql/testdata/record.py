"""Records what real Spark says to the cases of the parser, and compares it with ours. See README.md."""

import re
import sys
from pathlib import Path

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "1g")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")
parser = spark._jsparkSession.sessionState().sqlParser()


def plan_of(text, method):
    """The plan as text, without what differs from call to call."""
    plan = getattr(parser, method)(text).toString()
    plan = re.sub(r"#\d+L?", "#", plan)
    plan = re.sub(r"\$\$Lambda[^ ,)\]]*", "L", plan)
    plan = re.sub(r"posparameter\(\d+\)", "?", plan)
    return re.sub(r"(Sample [^,]*, [^,]*, \w+, )-?\d+", r"\1seed", plan)


def java_error(error):
    return getattr(error, "java_exception", None) or error._origin


def describe(error):
    """Condition, SQLSTATE, line:column and the token at fault."""
    java = java_error(error)
    parts = [java.getCondition()]
    if java.getSqlState():
        parts.append(java.getSqlState())
    if java.getClass().getSimpleName() == "ParseException" and java.line().isDefined():
        if java.startPosition().isDefined():
            parts.append(f"{java.line().get()}:{java.startPosition().get()}")
    if java.getCondition() == "PARSE_SYNTAX_ERROR":
        parts.append(dict(java.getMessageParameters())["error"])
    return " ".join(parts)


def record(directive, text, expected):
    """What to write below ---- for a case."""
    if directive in ("parse", "expr"):
        method = "parsePlan" if directive == "parse" else "parseExpression"
        try:
            ours, theirs = plan_of(expected, method), plan_of(text, method)
        except Exception as error:
            return expected, f"Spark refuses: {describe(error)}"
        return expected, None if ours == theirs else f"differs:\n{theirs}\n{ours}"
    if directive in ("parse alone", "expr alone"):
        return expected, None
    if directive == "literal":
        literal = parser.parseExpression(text)
        return f"{literal.dataType().simpleString()} | {literal.sql()}", None
    if directive == "type":
        return parser.parseDataType(text).simpleString(), None
    if directive == "schema":
        return parser.parseTableSchema(text).simpleString(), None
    try:
        (parser.parseDataType if directive == "error type" else parser.parsePlan)(text)
    except Exception as error:
        return describe(error), None
    return "none", "Spark accepts it"


def main(paths):
    for path in map(Path, paths):
        lines, out, i = path.read_text().split("\n"), [], 0
        while i < len(lines):
            if lines[i] == "" or lines[i].startswith("#"):
                out.append(lines[i])
                i += 1
                continue
            directive, number = lines[i], i + 1
            end = lines.index("----", i)
            text = "\n".join(lines[i + 1 : end])
            stop = end + 1
            while stop < len(lines) and lines[stop] != "":
                stop += 1
            expected, complaint = record(directive, text, "\n".join(lines[end + 1 : stop]))
            if complaint:
                print(f"{path.name}:{number}: {text}\n  {complaint}")
            out += [directive, *lines[i + 1 : end], "----", *expected.split("\n")]
            i = stop
        path.write_text("\n".join(out))


if __name__ == "__main__":
    main(sys.argv[1:])
