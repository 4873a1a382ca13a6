"""SQLite's functions that the program uses, as functions of PostgreSQL in the schema `sqlite`."""

from __future__ import annotations

FUNCTIONS = (
    "CREATE SCHEMA IF NOT EXISTS sqlite",
    "GRANT USAGE ON SCHEMA sqlite TO PUBLIC",  # nothing in it reads a table
    # sums stay what they sum: PostgreSQL's own sum of bigint is a numeric
    "CREATE OR REPLACE AGGREGATE sqlite.sum(bigint) "
    "(SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE)",
    "CREATE OR REPLACE AGGREGATE sqlite.sum(integer) "
    "(SFUNC = int4_sum, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE)",
    "CREATE OR REPLACE AGGREGATE sqlite.sum(smallint) "
    "(SFUNC = int2_sum, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE)",
    "CREATE OR REPLACE AGGREGATE sqlite.sum(double precision) "
    "(SFUNC = float8pl, STYPE = double precision, COMBINEFUNC = float8pl, PARALLEL = SAFE)",
    "CREATE OR REPLACE FUNCTION sqlite.kept(anyelement, anyelement) RETURNS anyelement IMMUTABLE STRICT PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT $1'",
    "CREATE OR REPLACE AGGREGATE sqlite.any_value(anyelement) "
    "(SFUNC = sqlite.kept, STYPE = anyelement, COMBINEFUNC = sqlite.kept, PARALLEL = SAFE)",
    "CREATE OR REPLACE FUNCTION sqlite.first_item(anyarray) RETURNS anyelement IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT $1[1]'",
    # CAST(... AS INTEGER) cuts off, and reads the number that a text begins with
    "CREATE OR REPLACE FUNCTION sqlite.to_int(bigint) RETURNS bigint IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT $1'",
    "CREATE OR REPLACE FUNCTION sqlite.to_int(double precision) RETURNS bigint IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT trunc($1)::bigint'",
    "CREATE OR REPLACE FUNCTION sqlite.to_int(text) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS "
    r"$$SELECT CASE WHEN $1 IS NULL THEN NULL ELSE COALESCE(substring($1 FROM '^\s*([+-]?\d+)')::bigint, 0) END$$",
    # CAST(ROUND(amount * part / whole) AS INTEGER): whole numbers, in fractions where the product overflows
    "CREATE OR REPLACE FUNCTION sqlite.part(amount bigint, part bigint, whole bigint) RETURNS bigint IMMUTABLE "
    "PARALLEL SAFE LANGUAGE sql AS $$SELECT CASE WHEN abs(amount::double precision * part) < 9e18 "
    "THEN amount * part / NULLIF(whole, 0) ELSE round(amount::numeric * part / NULLIF(whole, 0))::bigint END$$",
    "CREATE OR REPLACE FUNCTION sqlite.round(double precision) RETURNS double precision IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT sign($1) * floor(abs($1) + 0.5)'",
    "CREATE OR REPLACE FUNCTION sqlite.round(double precision, bigint) RETURNS double precision IMMUTABLE "
    "PARALLEL SAFE LANGUAGE sql AS 'SELECT round($1::numeric, $2::int)::double precision'",
    "CREATE OR REPLACE FUNCTION sqlite.instr(text, text) RETURNS bigint IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT position($2 in $1)::bigint'",
    "CREATE OR REPLACE FUNCTION sqlite.substr(text, bigint) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS "
    "'SELECT CASE WHEN $2 < 0 THEN right($1, (-$2)::int) ELSE substr($1, $2::int) END'",
    "CREATE OR REPLACE FUNCTION sqlite.substr(text, bigint, bigint) RETURNS text IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT CASE WHEN $2 < 0 THEN left(right($1, (-$2)::int), $3::int) "
    "ELSE substr($1, $2::int, $3::int) END'",
    "CREATE OR REPLACE FUNCTION sqlite.char(bigint) RETURNS text IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS $$SELECT CASE WHEN $1 = 0 THEN '' ELSE chr($1::int) END$$",  # no text has a NUL: see `driver`
    # GLOB, argument order of the operator: value, pattern
    "CREATE OR REPLACE FUNCTION sqlite.glob(text, text) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS "
    r"""$$SELECT ($1 ~ ('^' || replace(replace(regexp_replace($2, '([.^$+(){}|\\])', '\\\1', 'g'),
        '*', '.*'), '?', '.') || '$'))::int::bigint$$""",
    # days and moments: ISO text and seconds since 1970
    r"""CREATE OR REPLACE FUNCTION sqlite.moment(value text, steps text[]) RETURNS timestamp IMMUTABLE PARALLEL SAFE
        LANGUAGE plpgsql AS $$
        DECLARE result timestamp; step text; weekday int;
        BEGIN
          IF value IS NULL THEN RETURN NULL; END IF;
          IF value ~ '^-?\d+(\.\d+)?$' AND 'unixepoch' = ANY (steps) THEN
            result := to_timestamp(value::double precision) AT TIME ZONE 'UTC';
          ELSIF value ~ '^\d{4}-\d\d-\d\d' THEN
            result := value::timestamp;
          ELSE
            RETURN NULL;
          END IF;
          FOREACH step IN ARRAY steps LOOP
            IF step IS NULL THEN RETURN NULL; END IF;
            IF step = 'unixepoch' THEN CONTINUE;
            ELSIF step = 'start of month' THEN result := date_trunc('month', result);
            ELSIF step = 'start of year' THEN result := date_trunc('year', result);
            ELSIF step = 'start of day' THEN result := date_trunc('day', result);
            ELSIF step LIKE 'weekday %' THEN
              weekday := substr(step, 9)::int;
              result := result + ((weekday - extract(dow FROM result)::int + 7) % 7) * interval '1 day';
            ELSIF step ~ 'month|year' THEN  -- a day that the month has not runs into the next one
              result := date_trunc('month', result) + step::interval + (result - date_trunc('month', result));
            ELSE
              result := result + step::interval;
            END IF;
          END LOOP;
          RETURN result;
        EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN RETURN NULL;
        END $$""",
    "CREATE OR REPLACE FUNCTION sqlite.date(value text, VARIADIC steps text[] DEFAULT '{}') RETURNS text IMMUTABLE "
    "PARALLEL SAFE LANGUAGE sql AS $$SELECT to_char(sqlite.moment(value, steps), 'YYYY-MM-DD')$$",
    "CREATE OR REPLACE FUNCTION sqlite.date(value bigint, VARIADIC steps text[] DEFAULT '{}') RETURNS text IMMUTABLE "
    "PARALLEL SAFE LANGUAGE sql AS $$SELECT to_char(sqlite.moment(value::text, steps), 'YYYY-MM-DD')$$",
    "CREATE OR REPLACE FUNCTION sqlite.unixepoch() RETURNS bigint STABLE PARALLEL SAFE "
    "LANGUAGE sql AS 'SELECT extract(epoch FROM clock_timestamp())::bigint'",
    "CREATE OR REPLACE FUNCTION sqlite.unixepoch(value text, VARIADIC steps text[] DEFAULT '{}') RETURNS bigint "
    "IMMUTABLE PARALLEL SAFE LANGUAGE sql AS "
    "$$SELECT extract(epoch FROM sqlite.moment(value, steps))::bigint$$",
    "CREATE OR REPLACE FUNCTION sqlite.julianday(value text) RETURNS double precision IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS "
    "$$SELECT extract(epoch FROM sqlite.moment(value, '{}'))::double precision / 86400 + 2440587.5$$",
    "CREATE OR REPLACE FUNCTION sqlite.strftime(format text, value text, VARIADIC steps text[] DEFAULT '{}') "
    "RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS "
    """$$SELECT to_char(sqlite.moment(value, steps), replace(replace(replace(replace(replace(replace(replace(replace(
        replace(format, 'T', '"T"'), '%Y', 'YYYY'), '%m', 'MM'), '%d', 'DD'), '%H', 'HH24'), '%M', 'MI'), '%S', 'SS'),
        '%u', 'ID'), '%w', extract(dow FROM sqlite.moment(value, steps))::text))$$""",
    "CREATE OR REPLACE FUNCTION sqlite.strftime(format text, value bigint, VARIADIC steps text[] DEFAULT '{}') "
    "RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS "
    "$$SELECT sqlite.strftime(format, value::text, VARIADIC steps)$$",
    # JSON
    "CREATE OR REPLACE FUNCTION sqlite.json_each(list text, OUT key bigint, OUT value text) RETURNS SETOF record "
    "IMMUTABLE PARALLEL SAFE ROWS 100 LANGUAGE sql AS "
    "$$SELECT place - 1, item FROM jsonb_array_elements_text(list::jsonb) WITH ORDINALITY AS j (item, place)$$",
    "CREATE OR REPLACE FUNCTION sqlite.json_extract(body text, path text) RETURNS text IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS $$SELECT jsonb_path_query_first(body::jsonb, path::jsonpath) #>> '{}'$$",
    "CREATE OR REPLACE FUNCTION sqlite.json_item(body text, place bigint) RETURNS text IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS $$SELECT body::jsonb ->> place::int$$",
    "CREATE OR REPLACE FUNCTION sqlite.json_item(body text, name text) RETURNS text IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS $$SELECT body::jsonb ->> name$$",
    "CREATE OR REPLACE FUNCTION sqlite.json_set(body text, VARIADIC pairs text[]) RETURNS text IMMUTABLE PARALLEL SAFE "
    "LANGUAGE plpgsql AS $$"
    "BEGIN FOR place IN 1 .. array_length(pairs, 1) / 2 LOOP "
    "body := jsonb_set(body::jsonb, ARRAY[substr(pairs[place * 2 - 1], 3)], "
    "COALESCE(pairs[place * 2], 'null')::jsonb)::text; "
    "END LOOP; RETURN body; END $$",
    # where a row lies stands for the number of the row: as good as it to order and to sample by
    "CREATE OR REPLACE FUNCTION sqlite.rowid(place tid) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS "
    "$$SELECT (place::text::point)[0]::bigint * 65536 + (place::text::point)[1]::bigint$$",
    "CREATE OR REPLACE FUNCTION sqlite.json_array_length(body text) RETURNS bigint IMMUTABLE PARALLEL SAFE "
    "LANGUAGE sql AS $$SELECT jsonb_array_length(body::jsonb)::bigint$$",
)
