"""Canonical text of a result: the header line and one line a row. sparktest/cell.go is its twin.

The text is lossless: two values of the type that the header names have the same text only if they
are equal (NaN equals NaN, -0.0 differs from 0.0). sparktest/README.md describes it.
"""
import ctypes
import re
from decimal import Decimal

import pyarrow as pa

PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A string is written bare if these match and it is not the word NULL; the second is for
# strings inside arrays, maps and structs.
PLAIN_TEXT = re.compile(r"(?! )[A-Za-z0-9 _\-+.,:;/@%&*()=<>!?$^~\[\]{}']+(?<! )")
PLAIN_INNER = re.compile(r"(?! )[A-Za-z0-9 _\-+./@%]+(?<! )")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def type_text(t):
    """Spark's type of a schema's JSON form, with NOT NULL where a nested value cannot be NULL."""
    if isinstance(t, str):
        return "VOID" if t in ("void", "null") else {"integer": "INT", "long": "BIGINT", "short": "SMALLINT", "byte": "TINYINT"}.get(
            t, t.upper())
    kind = t["type"]
    if kind == "array":
        return f"ARRAY<{type_text(t['elementType'])}{not_null(t['containsNull'])}>"
    if kind == "map":
        return (f"MAP<{type_text(t['keyType'])}, "
                f"{type_text(t['valueType'])}{not_null(t['valueContainsNull'])}>")
    if kind == "struct":
        return "STRUCT<" + ", ".join(
            f"{name_text(f['name'])}: {type_text(f['type'])}{not_null(f['nullable'])}"
            for f in t["fields"]) + ">"
    return kind.upper()


def not_null(nullable):
    return "" if nullable else " NOT NULL"


def name_text(name):
    return name if PLAIN_NAME.fullmatch(name) else "`" + escape(name).replace("`", "``") + "`"


def header(schema):
    """The header line of a StructType."""
    return ", ".join(f"{name_text(f['name'])} {type_text(f['type'])}{not_null(f['nullable'])}"
                     for f in schema.jsonValue()["fields"]) or "()"


def escape(s):
    return "".join(ESCAPES.get(c, c) if printable(c) else f"\\u{{{ord(c):X}}}" for c in s)


def printable(c):
    n = ord(c)
    if c in ESCAPES:
        return True
    return 0x20 <= n < 0x7F or 0xA1 <= n < 0xD800 and not (
        n == 0xAD or 0x300 <= n <= 0x36F or 0x2000 <= n <= 0x206F) or 0x1F300 <= n <= 0x1FAFF


def string_text(s, nested):
    plain = (PLAIN_INNER if nested else PLAIN_TEXT).fullmatch(s)
    return s if plain and s != "NULL" else '"' + escape(s) + '"'


def float_text(f, single):
    """Shortest digits that read back as f; an exponent below 1e-4 and from 1e16 on."""
    if f != f:
        return "NaN"
    if f in (float("inf"), float("-inf")):
        return "Infinity" if f > 0 else "-Infinity"
    if not single:
        return repr(f)
    sign, digits, exponent = Decimal(shortest32(f)).as_tuple()
    digits = "".join(map(str, digits)).rstrip("0") or "0"
    point = 0 if f == 0 else Decimal(shortest32(f)).adjusted()
    sign = "-" if sign else ""
    if -4 <= point < 16:
        if point < 0:
            return f"{sign}0.{'0' * (-point - 1)}{digits}"
        digits = digits.ljust(point + 1, "0")
        return f"{sign}{digits[:point + 1]}.{digits[point + 1:] or '0'}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if digits[1:] else ''}e{point:+03d}"


def shortest32(f):
    for precision in range(1, 10):
        s = f"{f:.{precision - 1}e}"
        if ctypes.c_float(float(s)).value == f:
            return s
    return repr(f)


def date_text(days):
    """Proleptic Gregorian, any year (datetime.date ends at 9999)."""
    z = days + 719468
    era, day = divmod(z, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    of_year = day - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year += era * 400 + (month <= 2)
    head = f"-{-year:04d}" if year < 0 else f"+{year}" if year > 9999 else f"{year:04d}"
    return f"{head}-{month:02d}-{of_year - (153 * shifted + 2) // 5 + 1:02d}"


def clock_text(micros):
    seconds, micros = divmod(micros, 1_000_000)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return text + (f".{micros:06d}".rstrip("0") if micros else "")


def timestamp_text(micros):
    days, rest = divmod(micros, 86_400_000_000)
    return f"{date_text(days)} {clock_text(rest)}"


def months_text(months):
    return f"{'-' if months < 0 else ''}{abs(months) // 12}-{abs(months) % 12}"


def day_time_text(micros):
    days, rest = divmod(abs(micros), 86_400_000_000)
    return f"{'-' if micros < 0 else ''}{days} {clock_text(rest)}"


class Cell:
    """Renders the values of one Arrow column of the Spark type t (JSON form)."""

    def __init__(self, t):
        self.type = t
        self.kind = t if isinstance(t, str) else t["type"]

    def text(self, array, i, nested=False):
        if not array[i].is_valid or self.kind in ("void", "null"):
            return "NULL"
        method = getattr(self, "_" + self.kind.split("(")[0].split(" ")[0], None)
        if method:
            return method(array, i, nested)
        return str(array[i].as_py())  # integers and decimals

    def _boolean(self, array, i, nested):
        return "true" if array[i].as_py() else "false"

    def _decimal(self, array, i, nested):
        return f"{array[i].as_py():f}"

    def _float(self, array, i, nested):
        return float_text(array[i].as_py(), True)

    def _double(self, array, i, nested):
        return float_text(array[i].as_py(), False)

    def _string(self, array, i, nested):
        return string_text(array[i].as_py(), nested)

    _char = _varchar = _string

    def _binary(self, array, i, nested):
        return "X'" + array[i].as_py().hex().upper() + "'"

    def _date(self, array, i, nested):
        return date_text(array[i].cast(pa.int32()).as_py())

    def _timestamp(self, array, i, nested):
        return timestamp_text(array[i].value) + "Z"

    def _timestamp_ntz(self, array, i, nested):
        return timestamp_text(array[i].value)

    def _interval(self, array, i, nested):
        if self.kind == "interval":  # the legacy one
            v = array[i].as_py()
            return f"{v.months} months {v.days} days {v.nanoseconds // 1000} us"
        if "year" in self.kind or "month" in self.kind:
            return months_text(array[i].as_py())
        return day_time_text(array[i].value)

    def _array(self, array, i, nested):
        cell, values = Cell(self.type["elementType"]), array[i].values
        return "[" + ", ".join(cell.text(values, j, True) for j in range(len(values))) + "]"

    def _map(self, array, i, nested):
        entries = array[i].values
        keys, values = entries.field(0), entries.field(1)
        key, value = Cell(self.type["keyType"]), Cell(self.type["valueType"])
        return "{" + ", ".join(f"{key.text(keys, j, True)}: {value.text(values, j, True)}"
                               for j in range(len(entries))) + "}"

    def _struct(self, array, i, nested):
        fields = self.type["fields"]
        return "{" + ", ".join(
            f"{name_text(f['name'])}: {Cell(f['type']).text(array.field(n), i, True)}"
            for n, f in enumerate(fields)) + "}"


def rows(schema, table):
    """One line a row, in the table's order."""
    cells = [Cell(f["type"]) for f in schema.jsonValue()["fields"]]
    lines = []
    for batch in table.to_batches():
        columns = months_as_ints(batch).columns
        for i in range(batch.num_rows):
            lines.append(" | ".join(c.text(a, i) for c, a in zip(cells, columns)) or "()")
    return lines


class _Schema(ctypes.Structure):
    """struct ArrowSchema of Arrow's C data interface, as far as we need it."""


_Schema._fields_ = [("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_void_p),
                    ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64),
                    ("children", ctypes.POINTER(ctypes.POINTER(_Schema)))]


def months_as_ints(batch):
    """pyarrow has no class for Spark's year-month intervals: relabel them as int32."""
    schema, array = batch.__arrow_c_array__()
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]

    def visit(node):
        if node.format == b"tiM":
            node.format = b"i"
        for n in range(node.n_children):
            visit(node.children[n].contents)

    visit(ctypes.cast(get(schema, b"arrow_schema"), ctypes.POINTER(_Schema)).contents)
    return pa.RecordBatch._import_from_c_capsule(schema, array)
