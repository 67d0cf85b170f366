package duckdb

// This file lists the functions in Go that translated SQL may call. strict is TRUE for an error
// as in ANSI mode, FALSE for NULL; zone is an id or offset as spark.sql.session.timeZone has it;
// patterns are Java's. Any NULL argument gives NULL unless a line says otherwise.
//
// Numbers (udf_math.go)
//
//	shoal_round(DOUBLE, digits INTEGER) -> DOUBLE, shoal_bround(DOUBLE, digits INTEGER) -> DOUBLE
//	functions of DOUBLE, as near to Java as can be: shoal_exp shoal_expm1 shoal_log shoal_log10 shoal_log1p shoal_cosh shoal_cbrt
//	   shoal_asinh shoal_acosh shoal_atanh; of two DOUBLEs: shoal_pow shoal_hypot
//
// Decimals (udf_decimal.go)
//
//	shoal_decimal_product(a DECIMAL(38,s), b DECIMAL(38,t), drop INTEGER, precision INTEGER, scale INTEGER, strict BOOLEAN) -> HUGEINT
//	   units of a × b / 10^drop, else like shoal_decimal_quotient
//	shoal_decimal_quotient(a DECIMAL(38,s), b DECIMAL(38,t), shift INTEGER, precision INTEGER, scale INTEGER, strict BOOLEAN) -> HUGEINT
//	   units of a × 10^shift / b, rounded half up; a zero divisor gives NULL, a result of more
//	   than precision digits an error or NULL; scale is for the error's text
//
// Hashes (udf_hash.go)
//
//	shoal_hash(ANY...) -> INTEGER                 Spark's hash; NULLs are skipped
//	shoal_xxhash64(ANY...) -> BIGINT              Spark's xxhash64; NULLs are skipped
//	shoal_crc32(BLOB) -> BIGINT
//	shoal_sha2(BLOB, bits INTEGER) -> VARCHAR
//
// Time (udf_time.go)
//
//	shoal_localtime(instant TIMESTAMP[TZ], zone VARCHAR) -> TIMESTAMP     what a clock in zone shows
//	shoal_instant(local TIMESTAMP, zone VARCHAR) -> TIMESTAMP         java.time's rules in gaps and overlaps
//	shoal_date_format(instant TIMESTAMP, pattern VARCHAR, zone VARCHAR) -> VARCHAR
//	shoal_parse_timestamp(VARCHAR, pattern VARCHAR, zone VARCHAR, strict BOOLEAN) -> TIMESTAMP     without a zone: local time
//	shoal_timestamp_to_string(instant TIMESTAMP, zone VARCHAR) -> VARCHAR
//	shoal_date_to_string(DATE) -> VARCHAR
//
// Variants (udf_variant.go)
//
//	shoal_parse_json(VARCHAR, strict BOOLEAN, duplicates BOOLEAN) -> VARIANT
//	shoal_variant_path(VARIANT, path VARCHAR, function VARCHAR) -> VARIANT     NULL where there is nothing
//	shoal_variant_parts(VARIANT) -> STRUCT(pos INTEGER, key VARCHAR, value VARIANT)[]
//	shoal_variant_is_null(VARIANT) -> BOOLEAN, shoal_variant_schema(VARIANT) -> VARCHAR
//	shoal_variant_json(VARIANT, zone VARCHAR) -> VARCHAR
//	shoal_merge_variant_schemas(VARCHAR[]) -> VARCHAR
//
// XML (udf_xml.go)
//
//	shoal_xpath(VARCHAR, path VARCHAR) -> VARCHAR[], shoal_xpath_string(VARCHAR, path VARCHAR) -> VARCHAR
//	shoal_xpath_boolean(VARCHAR, path VARCHAR) -> BOOLEAN, shoal_xpath_double(VARCHAR, path VARCHAR) -> DOUBLE
//
// Dates (udf_date.go)
//
//	shoal_months_between(local TIMESTAMP, local TIMESTAMP, roundOff BOOLEAN) -> DOUBLE
//	shoal_next_day(DATE, weekday VARCHAR, strict BOOLEAN) -> DATE
//	shoal_timestampdiff(unit VARCHAR, local TIMESTAMP, local TIMESTAMP) -> BIGINT
//
// Calendar intervals (udf_interval.go): how says that overflow is cut off (0), an error (1), NULL (2)
//
//	shoal_make_interval(years INTEGER, months, weeks, days, hours, minutes, micros BIGINT, how INTEGER) -> INTERVAL
//	shoal_interval_times(INTERVAL, DOUBLE, how INTEGER), shoal_interval_by(INTERVAL, DOUBLE, how INTEGER) -> INTERVAL
//
// Casts (udf_cast.go)
//
//	shoal_cast_string_to_boolean(VARCHAR, strict BOOLEAN) -> BOOLEAN
//	   likewise _tinyint _smallint _int _bigint _float _double _date
//	shoal_cast_string_to_timestamp(VARCHAR, zone VARCHAR, strict BOOLEAN) -> TIMESTAMP
//	shoal_cast_string_to_timestamp_ntz(VARCHAR, strict BOOLEAN) -> TIMESTAMP
//	shoal_cast_string_to_decimal(VARCHAR, precision INTEGER, scale INTEGER, strict BOOLEAN) -> VARCHAR
//	   digits rounded to scale: CAST the result AS DECIMAL(precision, scale)
//	shoal_double_to_string(DOUBLE) -> VARCHAR, shoal_float_to_string(FLOAT) -> VARCHAR
//
// Strings (udf_string.go)
//
//	shoal_reverse(VARCHAR), shoal_url_encode(VARCHAR), shoal_url_decode(VARCHAR), shoal_try_url_decode(VARCHAR) -> VARCHAR
//	shoal_substring_index(VARCHAR, delimiter VARCHAR, count INTEGER) -> VARCHAR
//	shoal_find_in_set(VARCHAR, list VARCHAR) -> INTEGER, shoal_luhn_check(VARCHAR) -> BOOLEAN
//	shoal_mask(VARCHAR, upper VARCHAR, lower VARCHAR, digit VARCHAR, other VARCHAR) -> VARCHAR    NULL leaves such characters
//	shoal_base64(BLOB) -> VARCHAR, shoal_unbase64(VARCHAR) -> BLOB, shoal_unhex(VARCHAR) -> BLOB
//
// Binaries (udf_binary.go)
//
//	shoal_to_binary(VARCHAR, format VARCHAR, strict BOOLEAN) -> BLOB    hex or base64
//	shoal_is_utf8(BLOB) -> BOOLEAN, shoal_utf8(BLOB, how INTEGER) -> VARCHAR    bytes that are no UTF-8 are an error (0), NULL (1), U+FFFD (2)
//	shoal_blob_pad(BLOB, size INTEGER, pad BLOB, left BOOLEAN) -> BLOB, shoal_blob_substring(BLOB, from INTEGER, count INTEGER) -> BLOB
//	shoal_blob_contains(BLOB, BLOB), shoal_blob_starts_with(BLOB, BLOB), shoal_blob_ends_with(BLOB, BLOB) -> BOOLEAN
//
// Bitmaps of 32768 bits (udf_bitmap.go)
//
//	shoal_bitmap_count(BLOB) -> BIGINT, shoal_bitmap_construct(BIGINT[]) -> BLOB
//	shoal_bitmap_or(BLOB[]), shoal_bitmap_and(BLOB[]) -> BLOB
//
// Text (udf_text.go, udf_format.go, udf_regexp.go, udf_json.go, udf_url.go)
//
//	shoal_conv(VARCHAR, from INTEGER, to INTEGER, strict BOOLEAN) -> VARCHAR
//	shoal_soundex(VARCHAR) -> VARCHAR
//	shoal_levenshtein(VARCHAR, VARCHAR [, threshold INTEGER]) -> INTEGER
//	shoal_initcap(VARCHAR) -> VARCHAR
//	shoal_upper(VARCHAR), shoal_lower(VARCHAR) -> VARCHAR
//	shoal_translate(VARCHAR, from VARCHAR, to VARCHAR) -> VARCHAR
//	shoal_format_number(DOUBLE, digits INTEGER) -> VARCHAR
//	shoal_format_number(decimal VARCHAR, digits INTEGER) -> VARCHAR    for integers and decimals: CAST AS VARCHAR first
//	shoal_format_string(format VARCHAR, ANY...) -> VARCHAR             Spark's printf; NULL arguments print null
//	shoal_get_json_object(VARCHAR, path VARCHAR) -> VARCHAR
//	shoal_json_array_length(VARCHAR) -> INTEGER, shoal_json_object_keys(VARCHAR) -> VARCHAR[]
//	shoal_parse_url(VARCHAR, part VARCHAR [, key VARCHAR], strict BOOLEAN) -> VARCHAR
//	shoal_rlike(VARCHAR, pattern VARCHAR) -> BOOLEAN
//	shoal_regexp_extract(VARCHAR, pattern VARCHAR, group INTEGER) -> VARCHAR
//	shoal_regexp_extract_all(VARCHAR, pattern VARCHAR, group INTEGER) -> VARCHAR[]
//	shoal_regexp_count(VARCHAR, pattern VARCHAR), shoal_regexp_instr(VARCHAR, pattern VARCHAR) -> INTEGER
//	shoal_regexp_replace(VARCHAR, pattern VARCHAR, replacement VARCHAR, position INTEGER) -> VARCHAR
//	shoal_split(VARCHAR, pattern VARCHAR, limit INTEGER) -> VARCHAR[]
//	   a pattern that is not RE2-compatible is an error UNSUPPORTED_FEATURE: see java.Regexp
//	shoal_encode(VARCHAR, charset VARCHAR) -> BLOB, shoal_decode(BLOB, charset VARCHAR) -> VARCHAR
//	shoal_to_number(VARCHAR, pattern VARCHAR, strict BOOLEAN) -> VARCHAR   digits: CAST the result AS DECIMAL(...)
//	shoal_to_char(decimal VARCHAR, pattern VARCHAR) -> VARCHAR
//	shoal_like(VARCHAR, pattern VARCHAR, escape VARCHAR) -> BOOLEAN
//
// Lists (udf_frequent.go, udf_moment.go)
//
//	shoal_skewness(DOUBLE[]), shoal_kurtosis(DOUBLE[]) -> DOUBLE    without NULLs; NULL if the values do not differ
//	shoal_frequent(counts VARCHAR, size INTEGER) -> VARCHAR[]    the places of the counts that df.stat.freqItems keeps
//
// AES (udf_aes.go)
//
//	shoal_aes_encrypt(BLOB, key BLOB, mode VARCHAR, padding VARCHAR, iv BLOB, aad BLOB) -> BLOB      an empty iv is drawn
//	shoal_aes_decrypt(BLOB, key BLOB, mode VARCHAR, padding VARCHAR, aad BLOB, strict BOOLEAN) -> BLOB
//
// Random numbers with a seed (udf_random.go): those of a partition's row, both counted from 0
//
//	shoal_rand(seed BIGINT, partition BIGINT, row BIGINT) -> DOUBLE, likewise shoal_randn
//	shoal_randstr(seed BIGINT, partition BIGINT, row BIGINT, length INTEGER) -> VARCHAR
//	shoal_shuffled(seed BIGINT, size INTEGER) -> VARCHAR[]    the places from 1 to size
//
// Sketches (udf_kll.go): NUMBER is BIGINT, FLOAT or DOUBLE, kind bigint, float or double
//
//	shoal_kll_sketch_agg_kind(NUMBER[], k INTEGER, merged BOOLEAN) -> BLOB        merged: as one that was merged into an empty one
//	shoal_kll_merge_agg_kind(BLOB[], k INTEGER, merged BOOLEAN) -> BLOB           k 0: that of the first
//	shoal_kll_sketch_merge_kind(BLOB, BLOB) -> BLOB
//	shoal_kll_sketch_get_n_kind(BLOB) -> BIGINT, shoal_kll_sketch_to_string_kind(BLOB) -> VARCHAR
//	shoal_kll_sketch_get_quantile_kind(BLOB, rank DOUBLE) -> NUMBER, shoal_kll_sketch_get_rank_kind(BLOB, NUMBER) -> DOUBLE
//
// Sketches of distinct values and of counts (udf_sketch.go); VALUE is BIGINT, VARCHAR or BLOB
//
//	shoal_hll_sketch_agg(VALUE[], lgK INTEGER) -> BLOB, shoal_hll_sketch_estimate(BLOB) -> BIGINT
//	shoal_hll_union(BLOB, BLOB, otherSizes BOOLEAN) -> BLOB, shoal_hll_union_agg(BLOB[], otherSizes BOOLEAN) -> BLOB
//	shoal_theta_hash(VALUE, DOUBLE, INTEGER[] or BIGINT[]) -> BIGINT    what shoal_theta_sketch_agg takes; NULL of an empty one
//	shoal_theta_sketch_agg(hashes BIGINT[], lgK INTEGER) -> BLOB, shoal_theta_sketch_estimate(BLOB) -> BIGINT
//	shoal_theta_union(BLOB, BLOB, lgK INTEGER), shoal_theta_union_agg(BLOB[], lgK INTEGER) -> BLOB
//	shoal_theta_intersection(BLOB, BLOB), shoal_theta_intersection_agg(BLOB[]), shoal_theta_difference(BLOB, BLOB) -> BLOB
//	shoal_count_min(VALUE[], eps DOUBLE, confidence DOUBLE, seed INTEGER) -> BLOB
//	shoal_approx_register(hash BIGINT, bits INTEGER) -> INTEGER, shoal_approx_distinct(registers INTEGER[], bits INTEGER) -> BIGINT    HyperLogLog++

import "slices"

// udfs are all functions in Go. A function's number is its place here.
var udfs = slices.Concat(mathFuncs, decimalFuncs, stringFuncs, dateFuncs, hashFuncs, timeFuncs, castFuncs, textFuncs, formatFuncs,
	regexpFuncs, jsonFuncs, urlFuncs, charsetFuncs, binaryFuncs, bitmapFuncs, numberFuncs, frequentFuncs, kllFuncs, sketchFuncs,
	randomFuncs, aesFuncs, variantFuncs, xmlFuncs,
	momentFuncs, intervalFuncs)
