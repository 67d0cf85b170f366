"""Rows as Hive prints them, the form in which Spark's golden files hold results."""
import datetime
import decimal
import zoneinfo

import pyarrow as pa

import oracle_cells as cells

EPOCH = datetime.datetime(1970, 1, 1)
CYCLE = 146097 * 86_400_000_000  # 400 years: the calendar, and with it a zone's rules, repeat


def rows(schema, table, zone):
    """One string a row of the table, the cells separated by tabs."""
    columns = [HiveCell(f["type"], zone) for f in schema.jsonValue()["fields"]]
    lines = []
    for batch in table.to_batches():
        arrays = cells.months_as_ints(batch).columns
        lines += ["\t".join(c.text(a, i) for c, a in zip(columns, arrays)) for i in range(batch.num_rows)]
    return lines


def java_float(f, single):
    """Float.toString or Double.toString."""
    if f != f:
        return "NaN"
    if f in (float("inf"), float("-inf")):
        return "Infinity" if f > 0 else "-Infinity"
    text = cells.shortest32(f) if single else repr(f)
    if f == 0:
        return "-0.0" if text.startswith("-") else "0.0"
    sign, digits, exponent = decimal.Decimal(text).normalize().as_tuple()
    point = len(digits) + exponent
    digits = "".join(map(str, digits))
    sign = "-" if sign else ""
    if -3 < point <= 7:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{digits}"
        digits = digits.ljust(point, "0")
        return f"{sign}{digits[:point]}.{digits[point:] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{point - 1}"


def local_micros(micros, zone):
    """The wall clock of an instant; outside of Python's years by the rules of the nearest ones."""
    inside = micros
    if not -62_135_500_000_000_000 < inside < 253_402_000_000_000_000:
        inside = -62_135_500_000_000_000 if micros < 0 else micros % CYCLE + CYCLE
    moment = (EPOCH + datetime.timedelta(microseconds=inside)).replace(tzinfo=datetime.timezone.utc)
    return micros + int(moment.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset().total_seconds()) * 1_000_000


class HiveCell(cells.Cell):
    """Renders one Arrow column; within arrays, maps and structs as Hive does there (nested)."""

    def __init__(self, t, zone):
        super().__init__(t)
        self.zone = zone
        if isinstance(t, str):
            self.kind = t.replace("string collate", "string ").split("(")[0]

    def text(self, array, i, nested=False):
        if not array[i].is_valid or self.kind in ("void", "null"):
            return "null" if nested else "NULL"
        return super().text(array, i, nested)

    def child(self, t):
        return HiveCell(t, self.zone)

    def _float(self, array, i, nested):
        return java_float(array[i].as_py(), True)

    def _double(self, array, i, nested):
        return java_float(array[i].as_py(), False)

    def _string(self, array, i, nested):
        return f'"{array[i].as_py()}"' if nested else array[i].as_py()

    _char = _varchar = _string

    def _binary(self, array, i, nested):
        return array[i].as_py().decode("utf-8", "replace")

    def _timestamp(self, array, i, nested):
        return cells.timestamp_text(local_micros(array[i].value, self.zone))

    def _time(self, array, i, nested):
        return cells.clock_text(array[i].cast(pa.int64()).as_py() // 1000)

    def _interval(self, array, i, nested):
        if "year" in self.kind or "month" in self.kind:
            return cells.months_text(array[i].as_py())
        value = array[i].value
        days, rest = divmod(abs(value), 86_400_000_000)
        seconds, micros = divmod(rest, 1_000_000)
        return (f"{'-' if value < 0 else ''}{days} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:"
                f"{seconds % 60:02d}.{micros * 1000:09d}")

    def _array(self, array, i, nested):
        cell, values = self.child(self.type["elementType"]), array[i].values
        return "[" + ",".join(cell.text(values, j, True) for j in range(len(values))) + "]"

    def _map(self, array, i, nested):
        entries = array[i].values
        key, value = self.child(self.type["keyType"]), self.child(self.type["valueType"])
        return "{" + ",".join(sorted(key.text(entries.field(0), j, True) + ":" + value.text(entries.field(1), j, True)
                                     for j in range(len(entries)))) + "}"

    def _struct(self, array, i, nested):
        return "{" + ",".join(f'"{f["name"]}":' + self.child(f["type"]).text(array.field(n), i, True)
                              for n, f in enumerate(self.type["fields"])) + "}"
