# What fits into one SELECT stays in one.
SELECT a + 1 AS x FROM t WHERE a > 2 ORDER BY b DESC LIMIT 3

SELECT x * 2 AS y FROM (SELECT a + 1 AS x, b FROM t) WHERE x > 5

SELECT s, count(*) AS n FROM t WHERE a > 1 GROUP BY s HAVING count(*) > 1 ORDER BY n DESC

# A filter above a window or a limit needs a block of its own.
SELECT * FROM (SELECT a, row_number() OVER (PARTITION BY s ORDER BY a) AS r FROM t) WHERE r = 1

SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 5) WHERE a > 2

SELECT DISTINCT d FROM t

SELECT a FROM t UNION ALL SELECT b FROM t

WITH w AS (SELECT s, sum(a) AS q FROM t GROUP BY s) SELECT x.s, y.q FROM w x JOIN w y ON x.q = y.q
