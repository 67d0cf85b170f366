#!/usr/bin/env python3
"""Asks random queries of two Spark Connect servers, real Spark and Shoal, and shows where they differ.

  fuzz_diff.py --spark sc://HOST:PORT --shoal sc://HOST:PORT [--seed N] [--count N]

Rows are compared as multisets, or in order where the query orders them totally; schemas with
nullability; of errors the class. Query number N of a seed is always the same, so a difference is
reproduced by --seed N --count 1. What Shoal refuses is counted, not shown. Ends with 1 if anything differs.
"""
import argparse
import collections
import os
import random
import sys

import oracle_corpus as corpus
from oracle_replay import within

INT, LONG, DOUBLE, DECIMAL, STRING, DATE, BOOL = "int", "bigint", "double", "decimal", "string", "date", "boolean"
NUMBERS = (INT, LONG, DOUBLE, DECIMAL)
TABLES = {
    "t1": {"id": INT, "a": INT, "b": LONG, "s": STRING, "d": DOUBLE, "p": DECIMAL},
    "t2": {"id": INT, "a": INT, "c": STRING, "dt": DATE, "e": DOUBLE},
    "t3": {"id": INT, "k": INT, "x": INT, "m": DECIMAL, "q": BOOL},
    "t4": {"id": INT, "s": STRING, "n": LONG, "dt": DATE, "d": DOUBLE},
}
ROWS = {
    "t1": """(1, 1, 10L, 'x', 0.0D, 1.50), (2, 1, NULL, 'y', -0.0D, 2.25), (3, 2, 30L, NULL, double('NaN'), NULL), (4, NULL, 5L, 'x', NULL, -1.50),
             (5, 3, 30L, '', 2.5D, 0.00), (6, 2, -7L, 'Zed', double('Infinity'), 99999.99), (7, NULL, NULL, 'y', 1e10D, 1.50)""",
    "t2": """(1, 1, 'x', DATE'2024-01-31', 1.0D), (2, 2, 'y', DATE'2024-02-29', NULL), (3, 2, NULL, NULL, double('NaN')), (4, NULL, 'x', DATE'1969-12-31', -0.0D),
             (5, 7, 'long text', DATE'2024-01-31', 0.5D)""",
    "t3": """(1, 1, 0, 1.5, true), (2, 2, 5, NULL, false), (3, 3, NULL, 0.0, NULL), (4, 1, -5, -2.5, true), (5, NULL, 5, 9.9, false)""",
    "t4": """(1, 'x', 1L, DATE'2024-01-31', 0.0D), (2, 'y', 2L, NULL, -0.0D), (3, NULL, NULL, DATE'2024-02-29', double('NaN')), (4, 'Y', 2L, DATE'2000-01-01', 2.5D)""",
}


def setup():
    """The statements that make the tables: as views, some columns nullable and some not."""
    for name, columns in TABLES.items():
        names = ", ".join(f"CAST({c} AS DECIMAL(7,2)) AS {c}" if t == DECIMAL else c for c, t in columns.items())
        yield f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT {names} FROM VALUES {ROWS[name]} AS v({', '.join(columns)})"


class Generator:
    """Writes one random query. A scope is a list of (SQL, type) pairs: the columns in reach."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.names = 0

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def chance(self, p):
        return self.r.random() < p

    def query(self):
        """(SQL, whether its order is total)"""
        text = ""
        self.ctes = {}
        if self.chance(0.2):
            name = self.name("w")
            body, columns = self.select(1)
            text = f"WITH {name} AS ({body}) "
            self.ctes[name] = dict(columns)
        body, columns = self.set_operation(2) if self.chance(0.2) else self.select(2)
        ordered = self.chance(0.3)
        if ordered:
            keys = [str(i + 1) for i in range(len(columns))]
            self.r.shuffle(keys)
            body += " ORDER BY " + ", ".join(k + self.r.choice(["", "", " DESC", " NULLS LAST", " DESC NULLS FIRST"]) for k in keys)
            if self.chance(0.5):
                body += f" LIMIT {self.r.randint(0, 6)}"
            if self.chance(0.15):
                body += f" OFFSET {self.r.randint(0, 3)}"
        return text + body, ordered

    def set_operation(self, depth):
        types = [self.r.choice([INT, LONG, STRING, DOUBLE, DATE, DECIMAL]) for _ in range(self.r.randint(1, 3))]
        names = [self.name("u") for _ in types]
        parts = []
        for i in range(self.r.randint(2, 3)):
            source, scope = self.source(depth - 1)
            other = [self.r.choice([t, t, t, LONG if t == INT else DOUBLE if t == DECIMAL else t]) for t in types]
            items = [f"{self.expr(t, scope, 1)} AS {n}" for t, n in zip(other, names)]
            parts.append("SELECT " + ", ".join(items) + f" FROM {source}" + self.where(scope, 1))
            if i:
                parts[-1] = self.r.choice(["UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL", "MINUS"]) + " " + parts[-1]
        return " ".join(parts), list(zip(names, types))

    def select(self, depth):
        """(SQL, its columns)"""
        source, scope = self.source(depth)
        where = self.where(scope, depth)
        if self.chance(0.4):
            return self.grouped(source, scope, where)
        items, columns = [], []
        for _ in range(self.r.randint(1, 4)):
            t = self.r.choice([INT, LONG, STRING, DOUBLE, DATE, BOOL, DECIMAL])
            e = self.window(scope) if self.chance(0.15) else (self.expr(t, scope, 2), t)
            n = self.name("c")
            items.append(f"{e[0]} AS {n}")
            columns.append((n, e[1]))
        distinct = "DISTINCT " if self.chance(0.15) else ""
        return f"SELECT {distinct}{', '.join(items)} FROM {source}{where}", columns

    def grouped(self, source, scope, where):
        keys = [self.r.choice(scope) if self.chance(0.7) else self.typed(scope, 1) for _ in range(self.r.randint(0, 2))]
        keys = list(dict.fromkeys(keys))
        items = [(f"{k} AS {self.name('g')}", t) for k, t in keys]
        for _ in range(self.r.randint(1, 3)):
            e, t = self.aggregate(scope)
            if self.chance(0.1) and t != STRING and keys:
                e, t = f"rank() OVER (ORDER BY {e}, {', '.join(k for k, _ in keys)})", INT
            items.append((f"{e} AS {self.name('a')}", t))
        text = f"SELECT {', '.join(e for e, _ in items)} FROM {source}{where}"
        columns = [(e.rsplit(" ", 1)[1], t) for e, t in items]
        if keys:
            names = ", ".join(k for k, _ in keys)
            form = self.r.choice(["{}", "{}", "{}", "ROLLUP({})", "CUBE({})", "GROUPING SETS (({}), ())", "ALL"])
            text += " GROUP BY " + form.format(names)
        if keys and self.chance(0.3):
            e, t = self.aggregate(scope)
            text += f" HAVING {self.compare(e, t, self.literal(t))}"
        return text, columns

    def aggregate(self, scope):
        t = self.r.choice([INT, LONG, DOUBLE, DECIMAL, STRING, DATE])
        e = self.expr(t, scope, 1)
        choices = [(f"count({e})", LONG), ("count(*)", LONG), (f"count(DISTINCT {e})", LONG), (f"min({e})", t), (f"max({e})", t)]
        if t in NUMBERS:
            distinct = self.r.choice(["", "", "DISTINCT "])
            choices += [(f"sum({distinct}{e})", LONG if t == INT else t), (f"avg({e})", t if t == DECIMAL else DOUBLE)]
        text, t = self.r.choice(choices)
        if self.chance(0.15):
            text += f" FILTER (WHERE {self.expr(BOOL, scope, 1)})"
        return text, t

    def window(self, scope):
        t = self.r.choice([INT, LONG, DECIMAL, STRING, DOUBLE])
        e = self.expr(t, scope, 0)
        partition = f"PARTITION BY {self.r.choice(scope)[0]} " if self.chance(0.6) else ""
        key, key_type = self.r.choice(scope)
        order = f"ORDER BY {key}{self.r.choice(['', ' DESC', ' NULLS LAST'])}"
        kind = self.r.randint(0, 3)
        if kind == 0:
            f = self.r.choice(["rank()", "dense_rank()", "percent_rank()", "cume_dist()"])
            return f"{f} OVER ({partition}{order})", DOUBLE if "_dist" in f or "percent" in f else INT
        f, out = self.r.choice([(f"count({e})", LONG), (f"min({e})", t), (f"max({e})", t)] + (
            [(f"sum({e})", LONG if t == INT else t), (f"avg({e})", DOUBLE)] if t in (INT, LONG, DECIMAL) else []))
        if kind == 1:
            return f"{f} OVER ({partition.strip()})", out
        if kind == 2 and key_type in (INT, LONG):
            bounds = ["UNBOUNDED PRECEDING", "3 PRECEDING", "CURRENT ROW", "2 FOLLOWING", "UNBOUNDED FOLLOWING"]
            low = self.r.randint(0, 3)
            high = self.r.randint(max(low, 1), 4)
            if low == high and low in (0, 4):
                high = 2
            return f"{f} OVER ({partition}{order} RANGE BETWEEN {bounds[low]} AND {bounds[high]})", out
        return f"{f} OVER ({partition}{order})", out

    def source(self, depth):
        """(SQL of a FROM clause, scope)"""
        text, scope = self.relation(depth)
        for _ in range(self.r.choice([0, 0, 1, 1, 2])):
            right, columns = self.relation(depth)
            kind = self.r.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN", "CROSS JOIN"])
            if kind == "CROSS JOIN":
                text += f" {kind} {right}"
            else:
                text += f" {kind} {right} ON {self.join_condition(scope, columns)}"
            if kind not in ("SEMI JOIN", "ANTI JOIN"):
                scope = scope + columns
        return text, scope

    def join_condition(self, left, right):
        pairs = [(x, y) for x, t in left for y, u in right if t == u and t != BOOL]
        if not pairs:
            return "true"
        x, y = self.r.choice(pairs)
        cond = f"{x} {self.r.choice(['=', '=', '=', '<=>', '<', '<>'])} {y}"
        if self.chance(0.3):
            cond += f" {self.r.choice(['AND', 'AND', 'OR'])} {self.expr(BOOL, left + right, 1)}"
        return cond

    def relation(self, depth):
        alias = self.name("r")
        if depth > 0 and self.chance(0.25):
            body, columns = self.select(depth - 1)
            return f"({body}) AS {alias}", [(f"{alias}.{n}", t) for n, t in columns]
        tables = dict(TABLES, **getattr(self, "ctes", {}))
        table = self.r.choice(sorted(tables))
        return f"{table} AS {alias}", [(f"{alias}.{n}", t) for n, t in tables[table].items()]

    def where(self, scope, depth):
        if self.chance(0.5):
            return ""
        if depth > 0 and self.chance(0.35):
            return f" WHERE {self.subquery_test(scope)}" + (f" AND {self.expr(BOOL, scope, 1)}" if self.chance(0.3) else "")
        return f" WHERE {self.expr(BOOL, scope, 2)}"

    def subquery_test(self, outer):
        text, scope = self.relation(0)
        t = self.r.choice([t for _, t in scope if t != BOOL])
        inner = self.column(t, scope)
        mine = self.column(t, outer)
        filters = [f"{inner} {self.r.choice(['=', '=', '<', '<=>'])} {mine}"] if mine and self.chance(0.6) else []
        if self.chance(0.4):
            filters.append(self.expr(BOOL, scope, 1))
        where = " WHERE " + " AND ".join(filters) if filters else ""
        form = self.r.randint(0, 2)
        negated = self.r.choice(["", "", "NOT "])
        if form == 0:
            return f"{negated}EXISTS (SELECT 1 FROM {text}{where})"
        if form == 1:
            return f"{self.expr(t, outer, 0)} {negated}IN (SELECT {inner} FROM {text}{where})"
        f, t = self.aggregate(scope)
        return self.compare(f"(SELECT {f} FROM {text}{where})", t, self.expr(t, outer, 0))

    def compare(self, x, t, y):
        return f"{x} {self.r.choice(['=', '<>', '<', '>', '<=', '>=', '<=>'])} {y}"

    def column(self, t, scope):
        found = [e for e, u in scope if u == t]
        return self.r.choice(found) if found else None

    def typed(self, scope, depth):
        t = self.r.choice([INT, LONG, STRING, DATE, BOOL, DOUBLE])
        return self.expr(t, scope, depth), t

    def literal(self, t):
        if self.chance(0.05):
            return f"CAST(NULL AS {t if t != DECIMAL else 'DECIMAL(7,2)'})"
        return self.r.choice({
            INT: ["0", "1", "2", "-3"], LONG: ["0L", "2L", "30L"], DOUBLE: ["0.0D", "-0.0D", "2.5D", "double('NaN')"],
            DECIMAL: ["1.50", "0.0", "-2.5"], STRING: ["'x'", "'y'", "''", "'Zed'"], BOOL: ["true", "false"],
            DATE: ["DATE'2024-01-31'", "DATE'2000-01-01'"]}[t])

    def expr(self, t, scope, depth):
        if depth <= 0 or self.chance(0.4):
            c = self.column(t, scope)
            return c if c and self.chance(0.85) else self.literal(t)
        sub = lambda u: self.expr(u, scope, depth - 1)
        general = [lambda: f"CASE WHEN {sub(BOOL)} THEN {sub(t)} ELSE {sub(t)} END", lambda: f"coalesce({sub(t)}, {sub(t)})",
                   lambda: f"nullif({sub(t)}, {sub(t)})", lambda: f"if({sub(BOOL)}, {sub(t)}, NULL)", lambda: f"greatest({sub(t)}, {sub(t)})"]
        if self.chance(0.2) and t != BOOL:
            return self.r.choice(general)()
        return self.r.choice(self.forms(t, sub))()

    def forms(self, t, sub):
        r = self.r
        number = lambda: r.choice(NUMBERS)

        def between():
            u = number()
            return f"({sub(u)} BETWEEN {sub(u)} AND {sub(u)})"

        def comparison():
            u = r.choice([INT, LONG, DOUBLE, DECIMAL, STRING, DATE])
            return "(" + self.compare(sub(u), u, sub(u)) + ")"

        def mixed():
            return "(" + self.compare(sub(number()), INT, sub(number())) + ")"

        def listed():
            u = r.choice([INT, STRING, DOUBLE, DATE])
            return f"({sub(u)} {r.choice(['', 'NOT '])}IN ({sub(u)}, {self.literal(u)}))"

        return {
            INT: [lambda: f"({sub(INT)} {r.choice('+-*')} {sub(INT)})", lambda: f"length({sub(STRING)})", lambda: f"year({sub(DATE)})",
                  lambda: f"datediff({sub(DATE)}, {sub(DATE)})", lambda: f"({sub(INT)} % 3)", lambda: f"sign({sub(INT)})::int", lambda: f"CAST({sub(BOOL)} AS INT)"],
            LONG: [lambda: f"({sub(LONG)} {r.choice('+-*')} {sub(r.choice([INT, LONG]))})", lambda: f"CAST({sub(INT)} AS BIGINT)",
                   lambda: f"({sub(LONG)} div 2)", lambda: f"abs({sub(LONG)})"],
            DOUBLE: [lambda: f"({sub(DOUBLE)} {r.choice('+-*')} {sub(r.choice([INT, DOUBLE]))})", lambda: f"CAST({sub(number())} AS DOUBLE)",
                     lambda: f"abs({sub(DOUBLE)})", lambda: f"try_divide({sub(DOUBLE)}, {sub(DOUBLE)})"],
            DECIMAL: [lambda: f"CAST({sub(INT)} AS DECIMAL(7,2))", lambda: f"CAST(({sub(DECIMAL)} {r.choice('+-*')} 1.5) AS DECIMAL(12,2))",
                      lambda: f"round({sub(DECIMAL)}, 1)"],
            STRING: [lambda: f"upper({sub(STRING)})", lambda: f"concat({sub(STRING)}, {sub(STRING)})", lambda: f"substr({sub(STRING)}, {r.randint(-2, 3)}, 2)",
                     lambda: f"CAST({sub(r.choice([INT, LONG, DATE, DOUBLE, DECIMAL, BOOL]))} AS STRING)", lambda: f"({sub(STRING)} || '-')"],
            DATE: [lambda: f"date_add({sub(DATE)}, {r.randint(-40, 40)})", lambda: f"({sub(DATE)} + INTERVAL {r.randint(1, 3)} MONTH)::date",
                   lambda: f"last_day({sub(DATE)})", lambda: f"date_trunc('month', {sub(DATE)})::date"],
            BOOL: [comparison, comparison, mixed, between, listed, lambda: f"({sub(BOOL)} AND {sub(BOOL)})", lambda: f"({sub(BOOL)} OR {sub(BOOL)})",
                   lambda: f"(NOT {sub(BOOL)})", lambda: f"({sub(self.r.choice([INT, STRING, DATE]))} IS {r.choice(['', 'NOT '])}NULL)",
                   lambda: f"({sub(STRING)} LIKE '%{r.choice('xyZ')}%')"],
        }[t]


def answer(runner, sql, ordered):
    record = corpus.Record("query", {} if ordered else {"rowsort": ""}, [], [sql], None, 0)
    try:
        kind, lines = runner.run(record)
    except Exception as e:  # PySpark's own troubles must not end the run
        return "error", [f"{type(e).__name__} {e}"[:300]]
    return kind, lines[:1] if kind == "error" else lines


def same(spark, shoal):
    if spark[0] != shoal[0]:
        return False
    return spark[1][:1] == shoal[1][:1] and within(spark[1][1:], shoal[1][1:], 1e-9)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spark", required=True)
    parser.add_argument("--shoal", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    file = corpus.File("", {})
    spark, shoal = corpus.Runner(options.spark, file), corpus.Runner(options.shoal, file)
    for statement in setup():
        for runner in (spark, shoal):
            runner.run(corpus.Record("statement", {}, [], [statement], None, 0))
    counts, refusals = collections.Counter(), collections.Counter()
    for seed in range(options.seed, options.seed + options.count):
        sql, ordered = Generator(seed).query()
        want, got = answer(spark, sql, ordered), answer(shoal, sql, ordered)
        if got[1][0].startswith("UNSUPPORTED_FEATURE ") and want[1][0] != got[1][0]:
            counts["refused"] += 1
            refusals[seed] += 1
        elif same(want, got):
            counts["same " + want[0]] += 1
        else:
            counts["different"] += 1
            print(f"--- seed {seed}\n{sql}\n  Spark: " + "\n    ".join(want[1][:9]) + "\n  Shoal: " + "\n    ".join(got[1][:9]), flush=True)
    print(", ".join(f"{n} {what}" for what, n in counts.most_common()), "refused:", list(refusals)[:20])
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # see Runner.kept
