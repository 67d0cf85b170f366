# A conjunct that may fail carries what stands before it; what stands behind an error waits.
SELECT a FROM t WHERE b <> 0 AND a / b > 1

SELECT a FROM t WHERE a / b > 1 AND b <> 0

SELECT b <> 0 AND a div b > 1 AS x FROM t

SELECT b = 0 OR a div b > 1 AS x FROM t

# A column that may fail carries the filter of its block into the join.
SELECT l.a, r.q FROM t l JOIN (SELECT a, b div a AS q FROM t WHERE a <> 0) r ON l.a = r.a

SELECT CAST(s AS INT) AS i FROM t

SELECT sum(a div b) FILTER (WHERE b <> 0) AS q FROM t
