package translate

// Macros are the DuckDB macros generated SQL relies on. The driver creates them once an
// instance. An argument may be written several times: keep callers' arguments cheap.
var Macros = []string{
	// Java's wrap-around.
	`CREATE OR REPLACE MACRO shoal_wrap8(x) AS CAST(((x + 128) & 255) - 128 AS TINYINT)`,
	`CREATE OR REPLACE MACRO shoal_wrap16(x) AS CAST(((x + 32768) & 65535) - 32768 AS SMALLINT)`,
	`CREATE OR REPLACE MACRO shoal_wrap32(x) AS CAST(((x + 2147483648) & 4294967295) - 2147483648 AS INTEGER)`,
	`CREATE OR REPLACE MACRO shoal_wrap64(x) AS CAST(((x + 9223372036854775808) & 18446744073709551615) - 9223372036854775808 AS BIGINT)`,

	// How many bytes one value may take. It is copied a few times on its way to the client, so an eighth
	// of the memory limit, which DuckDB tells as '4.5 GiB'.
	`CREATE OR REPLACE MACRO shoal_room() AS CAST(0.125 * CAST(split_part(current_setting('memory_limit'), ' ', 1) AS DOUBLE) *
		CASE split_part(current_setting('memory_limit'), ' ', 2) WHEN 'KiB' THEN 1024 WHEN 'MiB' THEN 1048576 WHEN 'GiB' THEN 1073741824
			WHEN 'TiB' THEN 1099511627776 WHEN 'PiB' THEN 1125899906842624 ELSE 1 END AS HUGEINT)`,

	// Java's casts of floats: NaN is 0, what is out of range becomes the nearest.
	`CREATE OR REPLACE MACRO shoal_float_to_int(x) AS CASE WHEN isnan(x) THEN 0
		WHEN x >= 2147483647 THEN 2147483647 WHEN x <= -2147483648 THEN CAST(-2147483648 AS INTEGER)
		ELSE CAST(trunc(x) AS INTEGER) END`,
	`CREATE OR REPLACE MACRO shoal_float_to_bigint(x) AS CASE WHEN isnan(x) THEN CAST(0 AS BIGINT)
		WHEN x >= 9223372036854775807e0 THEN CAST(9223372036854775807 AS BIGINT)
		WHEN x <= -9223372036854775808e0 THEN CAST('-9223372036854775808' AS BIGINT)
		ELSE CAST(trunc(x) AS BIGINT) END`,

	// Java's (float): what is too large becomes infinite.
	`CREATE OR REPLACE MACRO shoal_to_float(x) AS CASE WHEN abs(x) >= 3.4028235677973366e38 AND isfinite(x)
		THEN CAST(CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END AS FLOAT) ELSE CAST(x AS FLOAT) END`,

	// Seconds since 1970, rounded down.
	`CREATE OR REPLACE MACRO shoal_seconds(ts) AS
		(epoch_us(ts) - CASE WHEN epoch_us(ts) < 0 THEN 999999 ELSE 0 END) // 1000000`,

	// Seconds as microseconds, wrapped around as Java's longs are.
	`CREATE OR REPLACE MACRO shoal_micros(seconds) AS CASE WHEN seconds BETWEEN -9223372036854 AND 9223372036854 THEN seconds * 1000000
		ELSE shoal_wrap64(CAST(seconds AS HUGEINT) * 1000000) END`,

	// A sum of 38 digits from the sums of their upper 18 and their lower 20; NULL beyond.
	`CREATE OR REPLACE MACRO shoal_total(high, low) AS
		CASE WHEN abs(high + low // 100000000000000000000) <= 1000000000000000000 AND
			abs((high + low // 100000000000000000000) * 100000000000000000000 + low % 100000000000000000000) <=
				CAST('99999999999999999999999999999999999999' AS HUGEINT)
		THEN (high + low // 100000000000000000000) * 100000000000000000000 + low % 100000000000000000000 END`,

	// A decimal's unscaled integer: whole part and fraction apart, so that 38 digits suffice.
	`CREATE OR REPLACE MACRO shoal_unscaled(x, scale) AS
		CAST(trunc(x) AS HUGEINT) * CAST(pow(10, scale) AS HUGEINT) + CAST((x - trunc(x)) * CAST(pow(10, scale) AS HUGEINT) AS HUGEINT)`,

	// a * 10^shift / b, rounded half away from zero; NULL where b is 0.
	`CREATE OR REPLACE MACRO shoal_quotient(a, b, shift) AS
		(a * CAST(pow(10, shift) AS HUGEINT) + sign(a) * (abs(b) // 2)) // b`,

	// Java's shifts: the distance counts modulo the width.
	`CREATE OR REPLACE MACRO shoal_shiftleft32(x, n) AS shoal_wrap32(CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << (n & 31)))`,
	`CREATE OR REPLACE MACRO shoal_shiftleft64(x, n) AS shoal_wrap64(CAST(x AS HUGEINT) * (CAST(1 AS HUGEINT) << (n & 63)))`,
	`CREATE OR REPLACE MACRO shoal_shiftright32(x, n) AS CAST(x >> (n & 31) AS INTEGER)`,
	`CREATE OR REPLACE MACRO shoal_shiftright64(x, n) AS CAST(x >> (n & 63) AS BIGINT)`,
	`CREATE OR REPLACE MACRO shoal_shiftrightunsigned32(x, n) AS shoal_wrap32((CAST(x AS HUGEINT) & 4294967295) >> (n & 31))`,
	`CREATE OR REPLACE MACRO shoal_shiftrightunsigned64(x, n) AS shoal_wrap64((CAST(x AS HUGEINT) & 18446744073709551615) >> (n & 63))`,

	`CREATE OR REPLACE MACRO shoal_slice(s, skip, n) AS CASE WHEN n <= 0 OR skip + n <= 0 THEN CASE WHEN s IS NOT NULL AND skip IS NOT NULL THEN '' END
		WHEN skip >= 0 THEN substring(s, skip + 1, n) ELSE substring(s, 1, skip + n) END`,
	// Spark's substring: from counts from 1, from the end if negative; 0 is like 1. What lies before
	// the text counts for the length.
	`CREATE OR REPLACE MACRO shoal_substring(s, start, n) AS shoal_slice(s,
		CASE WHEN start > 0 THEN CAST(start AS BIGINT) - 1 WHEN start = 0 THEN CAST(0 AS BIGINT)
			ELSE length(s) + start END, CAST(n AS BIGINT))`,

	// Lists as Spark's arrays: NULL elements are equal, the first of equal ones stays.
	`CREATE OR REPLACE MACRO shoal_has(list, x) AS CASE WHEN x IS NULL THEN list_count(list) < len(list) ELSE list_contains(list, x) END`,
	`CREATE OR REPLACE MACRO shoal_distinct(list) AS list_filter(list, lambda x, i: list_position(list, x) = i)`,
	`CREATE OR REPLACE MACRO shoal_intersect(a, b) AS CASE WHEN b IS NOT NULL THEN
		list_filter(a, lambda x, i: list_position(a, x) = i AND shoal_has(b, x)) END`,
	`CREATE OR REPLACE MACRO shoal_except(a, b) AS CASE WHEN b IS NOT NULL THEN
		list_filter(a, lambda x, i: list_position(a, x) = i AND NOT shoal_has(b, x)) END`,
	`CREATE OR REPLACE MACRO shoal_overlap(a, b) AS CASE WHEN list_has_any(a, b) THEN TRUE
		WHEN len(a) > 0 AND len(b) > 0 AND (list_count(a) < len(a) OR list_count(b) < len(b)) THEN NULL
		WHEN a IS NOT NULL AND b IS NOT NULL THEN FALSE END`,

	// Three-valued OR and AND over a list of booleans.
	`CREATE OR REPLACE MACRO shoal_any(list) AS CASE WHEN list_contains(list, TRUE) THEN TRUE WHEN list_count(list) = len(list) THEN FALSE END`,
	`CREATE OR REPLACE MACRO shoal_every(list) AS CASE WHEN list_contains(list, FALSE) THEN FALSE WHEN list_count(list) = len(list) THEN TRUE END`,

	// Dates and local times of their parts; NULL where the parts make none. 60 seconds are the next minute.
	`CREATE OR REPLACE MACRO shoal_make_date(y, m, d) AS CASE WHEN m BETWEEN 1 AND 12 AND d BETWEEN 1 AND 31 AND y BETWEEN -290000 AND 290000
		THEN CASE WHEN d <= day(last_day(make_date(y, m, 1))) THEN make_date(y, m, d) END END`,
	`CREATE OR REPLACE MACRO shoal_make_local(date, h, m, micros) AS
		CASE WHEN h BETWEEN 0 AND 23 AND m BETWEEN 0 AND 59 AND micros BETWEEN 0 AND 60000000
		THEN CAST(date AS TIMESTAMP) + to_microseconds((CAST(h AS BIGINT) * 60 + m) * 60000000 + micros) END`,
}
