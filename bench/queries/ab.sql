SELECT variant, count(*) AS n, sum(converted) AS conv, avg(converted) AS rate, sum(revenue) AS rev, stddev_samp(revenue) AS sd FROM events GROUP BY variant
