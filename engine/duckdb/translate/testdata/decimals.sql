# Under an aggregate 18 digits are tried first.
SELECT sum(m * (1 - m)) AS q FROM t

SELECT m * (1 - m) AS q FROM t

SELECT avg(m) AS q, sum(m) AS r FROM t

SELECT m / 3 AS q FROM t
