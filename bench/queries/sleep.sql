-- 64 tasks of a second each, which need a slot and no core
SELECT count(slept) FROM (SELECT java_method('java.lang.Thread', 'sleep', 1000 + id - id) AS slept FROM range(0, 64, 1, 64))
