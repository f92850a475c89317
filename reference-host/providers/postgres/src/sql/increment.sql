-- $1 store, $2 key, $3 delta
-- Returns the sum; no row: not a counter, or the sum is out of range. Arithmetic is
-- in `numeric`, which does not overflow.
INSERT INTO {schema}.kv_entry AS entry (store, key, value, version)
VALUES ($1, $2, decode($3::text, 'escape'), gen_random_uuid())
ON CONFLICT (store, key) DO UPDATE
SET value = CASE
        WHEN entry.ends <= statement_timestamp() THEN excluded.value
        ELSE decode((encode(entry.value, 'escape')::numeric + $3)::text, 'escape')
    END,
    version = excluded.version,
    ends = CASE WHEN entry.ends <= statement_timestamp() THEN NULL ELSE entry.ends END
WHERE CASE
    WHEN entry.ends <= statement_timestamp() THEN true
    WHEN octet_length(entry.value) > 20 THEN false
    WHEN encode(entry.value, 'escape') !~ '^(0|-?[1-9][0-9]{0,18})$' THEN false
    ELSE encode(entry.value, 'escape')::numeric
            BETWEEN -9223372036854775808 AND 9223372036854775807
        AND encode(entry.value, 'escape')::numeric + $3
            BETWEEN -9223372036854775808 AND 9223372036854775807
END
RETURNING encode(value, 'escape')::int8
