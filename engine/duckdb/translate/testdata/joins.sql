SELECT l.a, r.s FROM t l JOIN t r ON l.a = r.b WHERE l.a > 1 AND r.b < 9

SELECT l.a, r.s FROM t l LEFT JOIN (SELECT * FROM t WHERE a > 3) r ON l.a = r.b

SELECT a FROM t WHERE a IN (SELECT b FROM t) AND NOT EXISTS (SELECT 1 FROM t u WHERE u.a = t.b)

SELECT a, a NOT IN (SELECT b FROM t) AS n FROM t

SELECT l.a FROM t l LEFT SEMI JOIN t r ON l.a <=> r.b

SELECT l.a, x.m FROM t l, LATERAL (SELECT max(b) AS m FROM t r WHERE r.a = l.a) x
