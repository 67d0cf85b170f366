"""Random typed queries for fuzz_diff.py: every one is made of a list of choices, and a shorter list makes a shorter query.

A query fails seldom: which of two failing rows comes first, and whether a row that a join drops is computed at all, depends
on the plan. Where a value can fail a try_ function or a small number stands in its place.

What Spark leaves open is not written: LIMIT without a total order, row_number over ties, the order in collect_list.
"""
import random
import re

INT, LONG, DOUBLE, DECIMAL, STRING, DATE, BOOL, TIME = "int bigint double DECIMAL(7,2) string date boolean timestamp".split()
ARRAY, MAP, STRUCT = "ARRAY<INT>", "MAP<STRING, INT>", "STRUCT<a: INT, b: STRING>"
NUMBERS = (INT, LONG, DOUBLE, DECIMAL)
PLAIN = (INT, LONG, STRING, DOUBLE, DATE, BOOL, DECIMAL, TIME)
TABLES = {
    "t1": {"id": INT, "a": INT, "b": LONG, "s": STRING, "d": DOUBLE, "p": DECIMAL, "v": ARRAY},
    "t2": {"id": INT, "a": INT, "c": STRING, "dt": DATE, "e": DOUBLE, "ts": TIME},
    "t3": {"id": INT, "k": INT, "x": INT, "m": DECIMAL, "q": BOOL, "st": STRUCT},
    "t4": {"id": INT, "s": STRING, "n": LONG, "dt": DATE, "d": DOUBLE, "mp": MAP},
}
ROWS = {
    "t1": """(1, 1, 10L, 'x', 0.0D, 1.50, array(1, 2)), (2, 1, NULL, 'y', -0.0D, 2.25, NULL), (3, 2, 30L, NULL, double('NaN'), NULL, array()),
             (4, NULL, 5L, 'x', NULL, -1.50, array(3, NULL, 1)), (5, 3, 30L, '', 2.5D, 0.00, array(2, 2)),
             (6, 2, -7L, 'Zed', double('Infinity'), 99999.99, array(5)), (7, NULL, NULL, 'y', 1e10D, 1.50, array(NULL))""",
    "t2": """(1, 1, 'x', DATE'2024-01-31', 1.0D, TIMESTAMP'2024-01-31 10:30:59.5'), (2, 2, 'y', DATE'2024-02-29', NULL, NULL),
             (3, 2, NULL, NULL, double('NaN'), TIMESTAMP'1969-12-31 23:59:59.999999'), (4, NULL, 'x', DATE'1969-12-31', -0.0D, TIMESTAMP'2024-02-29 00:00:00'),
             (5, 7, 'long text', DATE'2024-01-31', 0.5D, TIMESTAMP'2000-06-15 12:00:00')""",
    "t3": """(1, 1, 0, 1.5, true, named_struct('a', 1, 'b', 'x')), (2, 2, 5, NULL, false, NULL), (3, 3, NULL, 0.0, NULL, named_struct('a', NULL, 'b', 'y')),
             (4, 1, -5, -2.5, true, named_struct('a', 4, 'b', NULL)), (5, NULL, 5, 9.9, false, named_struct('a', 1, 'b', 'x'))""",
    "t4": """(1, 'x', 1L, DATE'2024-01-31', 0.0D, map('x', 1)), (2, 'y', 2L, NULL, -0.0D, NULL), (3, NULL, NULL, DATE'2024-02-29', double('NaN'), map()),
             (4, 'Y', 2L, DATE'2000-01-01', 2.5D, map('y', NULL, 'x', 3))""",
}
LITERALS = {
    INT: ["0", "1", "2", "-3"], LONG: ["0L", "2L", "30L"], DOUBLE: ["0.0D", "2.5D", "-0.0D", "double('NaN')"],
    DECIMAL: ["CAST(1.50 AS DECIMAL(7,2))", "CAST(0 AS DECIMAL(7,2))", "CAST(-2.5 AS DECIMAL(7,2))"],
    STRING: ["'x'", "'y'", "''", "'Zed'", "'12'", "' 2024-02-29 '"], BOOL: ["true", "false"],
    DATE: ["DATE'2024-01-31'", "DATE'2000-01-01'"], TIME: ["TIMESTAMP'2024-01-31 10:30:59'", "TIMESTAMP'1969-12-31 23:59:59.5'"],
    ARRAY: ["array(1, 2)", "array(3, NULL)"], MAP: ["map('x', 1)", "map('y', 2, 'z', NULL)"], STRUCT: ["named_struct('a', 1, 'b', 'x')"],
}

# What makes a value of a type: {i} {l} {d} {p} {s} {t} {b} {ts} {v} {mp} {st} stand for any value of INT, LONG, DOUBLE ...
PARTS = {"i": INT, "l": LONG, "d": DOUBLE, "p": DECIMAL, "s": STRING, "t": DATE, "b": BOOL, "ts": TIME, "v": ARRAY, "mp": MAP, "st": STRUCT}
FORMS = {
    INT: """({i} + {i})|({i} - {i})|({i} % 100 * {i})|length({s})|year({t})|datediff({t}, {t})|({i} % 3)|CAST(sign({i}) AS INT)|CAST({b} AS INT)|-{i}|~{i}
        month({t})|day({t})|dayofweek({t})|weekday({t})|dayofyear({t})|weekofyear({t})|quarter({t})|hour({ts})|minute({ts})|second({ts})|extract(YEAR FROM {ts})
        ascii({s})|instr({s}, 'x')|locate('e', {s})|levenshtein({s}, {s})|find_in_set({s}, 'x,y,Zed')|bit_length({s})|octet_length({s})|size({v})|cardinality({mp})
        get({v}, {i})|try_element_at({v}, 1)|array_max({v})|array_min({v})|aggregate({v}, 0, (x, y) -> x + coalesce(y, 0))|reduce({v}, {i}, (x, y) -> greatest(x, y))
        {st}.a|try_element_at({mp}, {s})|{mp}['x']|try_cast({s} AS INT)|try_cast({d} AS INT)|try_cast({l} AS INT)|CAST({p} AS INT)|({i} & {i})|({i} | 4)|({i} ^ {i})
        shiftleft({i}, 2)|shiftright({i}, 1)|shiftrightunsigned({i}, 1) % 100|bit_count({l})|hash({s}, {i}) % 100|hash({v}) % 100|pmod({i}, 3)|nvl2({s}, {i}, {i})|nullifzero({i})|zeroifnull({i})|decode({i}, 1, 10, 2, 20)
        try_add({i}, {i})|try_subtract({i}, {i})|try_multiply({i}, {i})|unix_date({t})|try_mod({i}, {i})|mod({i}, 2)|abs({i})|positive({i})|width_bucket({d}, 0.0D, 10.0D, 5)::int""",
    LONG: """({l} + {i})|({l} - {l})|try_multiply({l}, {i})|CAST({i} AS BIGINT)|({l} div 2)|abs({l})|xxhash64({s}, {l}) % 1000|array_position({v}, {i})|floor({d})|ceil({p})::bigint|unix_seconds({ts})|unix_micros({ts})
        crc32(CAST({s} AS BINARY))|try_cast({s} AS BIGINT)|try_cast({d} AS BIGINT)|CAST({b} AS BIGINT)|({l} % 7)|pmod({l}, 7)|nvl({l}, {l})|least({l}, {l})|factorial({i} % 5)|bigint({t} - {t})|unix_timestamp({ts})
        timestampdiff(DAY, {ts}, {ts})|try_add({l}, {l})|-{l}|(CAST({i} AS BIGINT) << 3)|shiftright({l}, 2)|{i} div nullif({i}, 0)|bit_get({l}, 1)::bigint""",
    DOUBLE: """({d} + {i})|({d} - {d})|({d} * {d})|CAST({i} AS DOUBLE)|CAST({p} AS DOUBLE)|abs({d})|try_divide({d}, {d})|sqrt({i})|cbrt({d})|exp({i})|ln({i})|log10({d})|log2({i})|log(2, {i})|pow({i}, 2)|sin({i})|cos({d})|tanh({d})
        atan2({d}, {i})|hypot({i}, {d})|degrees({i})|radians({d})|signum({d})|rint({d})|round({d}, 1)|bround({d}, 0)|try_cast({s} AS DOUBLE)|nanvl({d}, {d})|CAST({l} AS DOUBLE)|-{d}|({d} % 2)|CAST({b} AS DOUBLE)|log1p({i})|expm1({i})
        months_between({t}, {t})|try_divide({i}, {i})|({i} / nullif({i}, 0))|sec({i})|asinh({d})|CAST({ts} AS DOUBLE)""",
    DECIMAL: """try_cast({i} AS DECIMAL(7,2))|try_cast(({p} + 1.5) AS DECIMAL(7,2))|try_cast(CAST(({p} * 1.5) AS DECIMAL(12,2)) AS DECIMAL(7,2))|try_cast(({p} - {p}) AS DECIMAL(7,2))|try_cast(round({p}, 1) AS DECIMAL(7,2))|abs({p})|-{p}|try_cast(bround({p}, 1) AS DECIMAL(7,2))
        try_cast({s} AS DECIMAL(7,2))|try_cast({d} AS DECIMAL(7,2))|try_cast(({p} / 3) AS DECIMAL(7,2))|CAST({p} % 1.3 AS DECIMAL(7,2))|CAST(floor({p}) AS DECIMAL(7,2))|try_cast(ceil({p}) AS DECIMAL(7,2))|try_cast({l} AS DECIMAL(7,2))""",
    STRING: """upper({s})|concat({s}, {s})|substr({s}, -2, 2)|substr({s}, 2)|CAST({i} AS STRING)|CAST({l} AS STRING)|CAST({t} AS STRING)|CAST({d} AS STRING)|CAST({p} AS STRING)|CAST({b} AS STRING)|CAST({ts} AS STRING)|CAST({v} AS STRING)|CAST({st} AS STRING)|CAST({mp} AS STRING)
        ({s} || '-')|lower({s})|trim({s})|ltrim({s})|rtrim({s})|trim('x' FROM {s})|btrim({s}, 'xd')|rpad({s}, 4, 'ab')|lpad({s}, {i} % 5, '-')|repeat({s}, {i} % 3)|reverse({s})|replace({s}, 'x', 'uv')|translate({s}, 'xyZ', 'YX')|initcap({s})
        concat_ws('-', {s}, {s})|left({s}, 2)|right({s}, 2)|substring_index({s}, 'e', 1)|split_part({s}, 'e', 1)|regexp_replace({s}, '[xy]', 'z')|regexp_extract({s}, '(.)(e?)', 1)|regexp_substr({s}, '[a-z]+')|date_format({t}, 'yyyy-MM-dd')
        date_format({ts}, 'EEE HH:mm')|hex({s})|hex({i})|bin({i})|md5({s})|sha1({s})|sha2({s}, 256)|base64(CAST({s} AS BINARY))|soundex({s})|overlay({s} PLACING 'ab' FROM 2)|{st}.b|array_join(transform({v}, x -> CAST(x AS STRING)), ',', '?')|to_json({st})|to_json({v})|to_json({mp})
        get_json_object('{{"a": 1, "b": [2, 3]}}', '$.b[1]')|chr(65 + abs({i} % 20))|format_string('%s-%d', {s}, {i})|nvl({s}, {s})|typeof({i})|conv({s}, 16, 10)|monthname({t})|dayname({t})|mask({s})|elt(1, {s}, {s})|url_encode({s})|element_at(split({s}, 'e'), 1)
        format_number({d}, 1)|quote({s})|space({i} % 3)""",
    DATE: """date_add({t}, {i})|({t} + INTERVAL 1 MONTH)::date|last_day({t})|date_trunc('month', {t})::date|add_months({t}, {i})|date_sub({t}, 3)|next_day({t}, 'MON')|trunc({t}, 'YEAR')|to_date({ts})|try_cast({s} AS DATE)|CAST({ts} AS DATE)|date_from_unix_date({i})
        make_date(2000 + abs({i} % 20), 2, 3)|greatest({t}, {t})|({t} - INTERVAL 2 DAY)::date|trunc({t}, 'week')|dateadd(DAY, {i}, {t})::date""",
    TIME: """CAST({t} AS TIMESTAMP)|date_trunc('hour', {ts})|({ts} + INTERVAL 90 MINUTE)|({ts} - INTERVAL 1 MONTH)|timestampadd(HOUR, {i}, {ts})|timestamp_seconds({i} % 1000)|timestamp_millis({l} % 100000)|try_cast({s} AS TIMESTAMP)|date_trunc('WEEK', {ts})|timestampadd(MONTH, 1, {ts})|to_timestamp({t})
        make_timestamp(2020, 1, 2, 3, abs({i} % 60), 5.5)|least({ts}, {ts})|({t} + INTERVAL 3 HOUR)""",
    BOOL: """({i} = {i})|({s} = {s})|({l} < {i})|({d} <= {d})|({p} > {i})|({t} >= {t})|({d} <=> {d})|({s} < {s})|({i} <> {l})|({ts} < {ts})|({t} < {ts})|({p} = {d})|({i} BETWEEN {i} AND {l})|({d} BETWEEN {i} AND {d})|({i} IN ({i}, 2))|({s} NOT IN ({s}, 'x'))|({d} IN ({d}, 0.0D))|({t} IN ({t}, DATE'2024-01-31'))
        ({b} AND {b})|({b} OR {b})|(NOT {b})|({i} IS NULL)|({s} IS NOT NULL)|({b} IS TRUE)|({b} IS NOT FALSE)|({b} IS UNKNOWN)|({s} LIKE '%x%')|({s} LIKE 'Z_d')|({s} ILIKE 'z%')|({s} RLIKE '^[xy]')|startswith({s}, 'x')|endswith({s}, 'd')|contains({s}, 'e')|array_contains({v}, {i})
        exists({v}, x -> x > 1)|forall({v}, x -> x > {i})|isnan({d})|arrays_overlap({v}, {v})|map_contains_key({mp}, 'x')|({v} = {v})|({st} = {st})|({v} < {v})|({st} IS NULL)|CAST({i} AS BOOLEAN)|try_cast({s} AS BOOLEAN)|({s} LIKE ANY ('x%', '%d'))|({i}, {s}) = (1, 'x')|(({i}, {s}) IN ((1, 'x'), (2, 'y')))
        equal_null({s}, {s})|({b} <=> {b})|({i} IS NOT DISTINCT FROM {i})|({b} = {b})|regexp_like({s}, 'e')|isnotnull({mp})|({s} > {s})""",
    ARRAY: """array({i}, {i})|sort_array({v})|sort_array({v}, false)|array_distinct({v})|transform({v}, x -> x + 1)|filter({v}, x -> x > 1)|filter({v}, (x, i) -> i < 2)|slice({v}, 1, 2)|concat({v}, {v})|reverse({v})|array_union({v}, {v})|array_except({v}, {v})|array_intersect({v}, {v})
        flatten(array({v}, {v}))|sequence(0, abs({i} % 4))|array_remove({v}, {i})|array_repeat({i}, 2)|map_values({mp})|array_append({v}, {i})|array_prepend({v}, {i})|array_compact({v})|array_sort({v})|coalesce({v}, {v})|array_insert({v}, 1, {i})|transform(sequence(1, 2), x -> x * {i})
        zip_with({v}, {v}, (x, y) -> x + y)|CAST(transform({v}, x -> CAST(x AS STRING)) AS ARRAY<INT>)""",
    MAP: """map('x', {i})|map('x', {i}, 'y', {i})|map_filter({mp}, (k, x) -> x > 1)|transform_values({mp}, (k, x) -> x + {i})|map_from_arrays(array('p', 'q'), array({i}, {i}))|map_concat({mp}, map('w', {i}))|coalesce({mp}, {mp})|map_from_entries(array(struct('e', {i})))
        str_to_map('a:1')::MAP<STRING, INT>|transform_keys({mp}, (k, x) -> k || '1')""",
    STRUCT: """named_struct('a', {i}, 'b', {s})|coalesce({st}, {st})|struct({i} AS a, {s} AS b)|if({b}, {st}, {st})|from_json('{{"a": 1, "b": "x"}}', 'a INT, b STRING')""",
}
FORMS = {t: [f.strip() for f in re.split(r"(?<![| ])\|(?![| ])|\n", text)] for t, text in FORMS.items()}


class Choices:
    """Where a query's chances come from: a seed, or a list that was recorded. 0 is the simplest choice of all."""

    def __init__(self, seed=None, recorded=None):
        self.r, self.replayed, self.taken = random.Random(seed), recorded, []

    def below(self, n):
        if self.replayed is None:
            value = self.r.randrange(n)
        else:
            value = min(self.replayed[len(self.taken)], n - 1) if len(self.taken) < len(self.replayed) else 0
        self.taken.append(value)
        return value

    def chance(self, p):
        return self.below(1000) >= 1000 * (1 - p)

    def choice(self, items):
        return items[self.below(len(items))]

    def randint(self, low, high):
        return low + self.below(high - low + 1)

    def shuffle(self, items):
        for i in range(len(items) - 1):
            j = self.randint(i, len(items) - 1)
            items[i], items[j] = items[j], items[i]


class Generator:
    """Writes one random query. A scope is a list of (SQL, type) pairs: the columns in reach."""

    def __init__(self, choices):
        self.r = choices
        self.chance = choices.chance
        self.names = 0
        self.ctes = {}

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def query(self):
        """(SQL, whether its order is total)"""
        text = ""
        if self.chance(0.15):
            name = self.name("w")
            body, columns = self.select(1)
            text = f"WITH {name} AS ({body}) "
            self.ctes[name] = dict(columns)
        body, columns = self.set_operation(2) if self.chance(0.15) else self.select(2)
        ordered = all(t != MAP for _, t in columns) and self.chance(0.3)
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
        types = [self.r.choice([INT, LONG, STRING, DOUBLE, DATE, DECIMAL, TIME, ARRAY, STRUCT]) for _ in range(self.r.randint(1, 3))]
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
        if self.chance(0.35):
            return self.grouped(source, scope, where)
        items, columns = [], []
        for _ in range(self.r.randint(1, 4)):
            e, t = self.item(scope, depth)
            columns.append((self.name("c"), t))
            items.append(f"{e} AS {columns[-1][0]}")
        distinct = "DISTINCT " if all(t != MAP for _, t in columns) and self.chance(0.12) else ""
        return f"SELECT {distinct}{', '.join(items)} FROM {source}{where}", columns

    def item(self, scope, depth):
        form = self.r.below(20)
        if form >= 17:
            return self.window(scope)
        if form == 16 and depth > 0:
            return self.scalar_subquery(scope)
        t = self.r.choice([*PLAIN, INT, STRING, ARRAY, STRUCT, MAP])
        return self.expr(t, scope, 2), t

    def scalar_subquery(self, outer):
        text, scope = self.relation(0)
        f, t = self.aggregate(scope)
        x, y = self.pair(scope, outer)
        where = f" WHERE {x} = {y}" if x else ""
        return f"(SELECT {f} FROM {text}{where})", t

    def grouped(self, source, scope, where):
        keys = [self.r.choice(scope) if self.chance(0.7) else self.typed(scope, 1) for _ in range(self.r.randint(0, 2))]
        keys = [k for k in dict.fromkeys(keys) if k[1] != MAP]
        items = [(f"{k} AS {self.name('g')}", t) for k, t in keys]
        for _ in range(self.r.randint(1, 3)):
            e, t = self.aggregate(scope)
            if self.chance(0.1) and t not in (STRING, MAP) and keys:
                e, t = f"rank() OVER (ORDER BY {e}, {', '.join(k for k, _ in keys)})", INT
            items.append((f"{e} AS {self.name('a')}", t))
        columns = [(e.rsplit(" ", 1)[1], t) for e, t in items]
        group = having = ""
        if keys:
            names = ", ".join(k for k, _ in keys)
            form = self.r.choice(["{}", "{}", "{}", "ROLLUP({})", "CUBE({})", "GROUPING SETS (({}), ())", "ALL"])
            group = " GROUP BY " + form.format(names)
            if form[0] not in "{A" and self.chance(0.3):
                columns.append((self.name("i"), LONG))
                items.append((f"grouping_id() AS {columns[-1][0]}", LONG))
        if keys and self.chance(0.3):
            e, t = self.aggregate(scope)
            having = f" HAVING {self.compare(e, self.literal(t))}"
        return f"SELECT {', '.join(e for e, _ in items)} FROM {source}{where}{group}{having}", columns

    def aggregate(self, scope):
        t = self.r.choice([INT, LONG, DOUBLE, DECIMAL, STRING, DATE, TIME])
        e = self.expr(t, scope, 1)
        choices = [(f"count({e})", LONG), ("count(*)", LONG), (f"count(DISTINCT {e})", LONG), (f"min({e})", t), (f"max({e})", t)]
        if t in NUMBERS:
            distinct = self.r.choice(["", "", "DISTINCT "])
            total = {INT: LONG, DECIMAL: DOUBLE}.get(t, t)
            cast = "::double" if t == DECIMAL else ""
            choices += [(f"sum({distinct}{e}){cast}", total), (f"avg({e}){cast}", DOUBLE), (f"try_sum({e}){cast}", total), (f"median({e})", DOUBLE)]
        if t in (INT, LONG):
            choices += [(f"bit_or({e})", t), (f"bit_xor({e})", t), (f"stddev({e})", DOUBLE), (f"var_pop({e})", DOUBLE), (f"percentile({e}, 0.25D)", DOUBLE)]
        if t == INT:
            choices += [(f"sort_array(collect_list({e}))", ARRAY), (f"sort_array(collect_set({e}))", ARRAY), (f"count_if({self.expr(BOOL, scope, 1)})", LONG),
                        (f"bool_and({self.expr(BOOL, scope, 1)})", BOOL), (f"some({self.expr(BOOL, scope, 1)})", BOOL), (f"regr_count({e}, {e})", LONG)]
        text, t = self.r.choice(choices)
        if self.chance(0.15):
            text += f" FILTER (WHERE {self.expr(BOOL, scope, 1)})"
        return text, t

    def window(self, scope):
        t = self.r.choice([INT, LONG, DECIMAL, STRING, DOUBLE, DATE])
        e = self.expr(t, scope, 0)
        sortable = [x for x, u in scope if u != MAP] or ["1"]
        partition = f"PARTITION BY {self.r.choice(sortable)} " if self.chance(0.6) else ""
        key, key_type = self.r.choice(scope)
        if key_type == MAP:
            key = sortable[0]
        order = f"ORDER BY {key}{self.r.choice(['', ' DESC', ' NULLS LAST'])}"
        total = "ORDER BY " + ", ".join(sortable + [f"CAST({x} AS STRING)" for x, u in scope if u == MAP])
        kind = self.r.randint(0, 5)
        if kind == 0:
            f = self.r.choice(["rank()", "dense_rank()", "percent_rank()", "cume_dist()"])
            return f"{f} OVER ({partition}{order})", DOUBLE if "_dist" in f or "percent" in f else INT
        if kind == 4:
            f, out = self.r.choice([("row_number()", INT), ("ntile(3)", INT), (f"lag({e})", t), (f"lead({e}, 2)", t), (f"lag({e}, 1, {self.literal(t)})", t),
                                    (f"first_value({e})", t), (f"last_value({e})", t), (f"nth_value({e}, 2)", t), (f"first_value({e}) IGNORE NULLS", t)])
            return f"{f} OVER ({partition}{total})", out
        f, out = self.r.choice([(f"count({e})", LONG), (f"min({e})", t), (f"max({e})", t)] + (
            [(f"sum({e})", LONG), (f"avg({e})", DOUBLE)] if t in (INT, LONG) else []))
        bounds = ["UNBOUNDED PRECEDING", "3 PRECEDING", "CURRENT ROW", "2 FOLLOWING", "UNBOUNDED FOLLOWING"]
        low = self.r.randint(0, 3)
        high = max(low, self.r.randint(1, 4))
        frame = f"BETWEEN {bounds[low]} AND {bounds[high]}"
        if kind == 1:
            return f"{f} OVER ({partition.strip()})", out
        if kind == 2 and key_type in (INT, LONG):
            return f"{f} OVER ({partition}{order} RANGE {frame})", out
        if kind == 5:
            return f"{f} OVER ({partition}{total} ROWS {frame})", out
        return f"{f} OVER ({partition}{order})", out

    def source(self, depth):
        """(SQL of a FROM clause, scope)"""
        text, scope = self.relation(depth)
        for _ in range(self.r.choice([0, 0, 0, 1, 1, 2] if depth > 1 else [0, 0, 1])):
            right, columns = self.relation(depth)
            kind = self.r.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN", "CROSS JOIN"])
            on = "" if kind == "CROSS JOIN" else f" ON {self.join_condition(scope, columns)}"
            text += f" {kind} {right}{on}"
            if kind not in ("SEMI JOIN", "ANTI JOIN"):
                scope = scope + columns
        arrays = [e for e, t in scope if t == ARRAY]
        if arrays and self.chance(0.15):
            alias, outer = self.name("x"), self.r.choice(["", "OUTER "])
            text += f" LATERAL VIEW {outer}explode({self.r.choice(arrays)}) {alias} AS {alias}c"
            scope = scope + [(f"{alias}.{alias}c", INT)]
        return text, scope

    def join_condition(self, left, right):
        x, y = self.pair(left, right)
        if not x:
            return "true"
        cond = f"{x} {self.r.choice(['=', '=', '=', '<=>', '<', '<>'])} {y}"
        if self.chance(0.3):
            cond += f" {self.r.choice(['AND', 'AND', 'OR'])} {self.expr(BOOL, left + right, 1)}"
        return cond

    def pair(self, left, right):
        """A column of each side, of one type, or two times None."""
        pairs = [(x, y) for x, t in left for y, u in right if t == u and t not in (BOOL, MAP)]
        return self.r.choice(pairs) if pairs else (None, None)

    def relation(self, depth):
        if depth > 0 and self.chance(0.25):
            body, columns = self.select(depth - 1)
            alias = self.name("r")
            return f"({body}) AS {alias}", [(f"{alias}.{n}", t) for n, t in columns]
        alias = self.name("r")
        tables = dict(TABLES, **self.ctes)
        table = self.r.choice(sorted(tables))
        return f"{table} AS {alias}", [(f"{alias}.{n}", t) for n, t in tables[table].items()]

    def where(self, scope, depth):
        if not self.chance(0.5):
            return ""
        if depth > 0 and self.chance(0.35):
            return f" WHERE {self.subquery_test(scope)}" + (f" AND {self.expr(BOOL, scope, 1)}" if self.chance(0.3) else "")
        return f" WHERE {self.expr(BOOL, scope, 2)}"

    def subquery_test(self, outer):
        text, scope = self.relation(0)
        t = self.r.choice([t for _, t in scope if t not in (BOOL, MAP)] or [INT])
        inner = self.column(t, scope) or self.literal(t)
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
        return self.compare(f"(SELECT {f} FROM {text}{where})", self.expr(t, outer, 0))

    def compare(self, x, y):
        return f"{x} {self.r.choice(['=', '<>', '<', '>', '<=', '>=', '<=>'])} {y}"

    def column(self, t, scope):
        found = [e for e, u in scope if u == t]
        return self.r.choice(found) if found else None

    def typed(self, scope, depth):
        t = self.r.choice([INT, LONG, STRING, DATE, BOOL, DOUBLE, TIME])
        return self.expr(t, scope, depth), t

    def literal(self, t):
        return f"CAST(NULL AS {t})" if self.chance(0.05) else self.r.choice(LITERALS[t])

    def expr(self, t, scope, depth):
        if depth <= 0 or not self.chance(0.6):
            column = None if self.chance(0.15) else self.column(t, scope)
            return column or self.literal(t)
        sub = lambda u: self.expr(u, scope, depth - 1)
        if t not in (BOOL, MAP) and self.chance(0.15):
            form = self.r.below(5)
            if form == 0:
                return f"coalesce({sub(t)}, {sub(t)})"
            if form == 1:
                return f"nullif({sub(t)}, {sub(t)})"
            if form == 2:
                return f"if({sub(BOOL)}, {sub(t)}, NULL)"
            if form == 3:
                return f"greatest({sub(t)}, {sub(t)})"
            return f"CASE WHEN {sub(BOOL)} THEN {sub(t)} ELSE {sub(t)} END"
        return re.sub(r"{(\w+)}", lambda m: sub(PARTS[m[1]]), self.r.choice(FORMS[t])).replace("{{", "{").replace("}}", "}")


def setup():
    """The statements that make the tables: as views, some columns nullable and some not.

    COALESCE stands for a table that is no local data: what a query computes of VALUES alone Spark computes while it plans,
    columns that nobody reads included."""
    for name, columns in TABLES.items():
        names = ", ".join(f"CAST({c} AS {t}) AS {c}" if t == DECIMAL else c for c, t in columns.items())
        yield f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT /*+ COALESCE(1) */ {names} FROM VALUES {ROWS[name]} AS v({', '.join(columns)})"
