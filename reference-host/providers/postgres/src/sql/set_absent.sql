-- $1 store, $2 key, $3 value, $4 microseconds to live or null
-- Returns done, version, and of the entry that is there instead value and
-- microseconds left. No row: an entry came that this statement does not see.
WITH done AS (
    INSERT INTO {schema}.kv_entry AS entry (store, key, value, version, ends)
    VALUES ($1, $2, $3, gen_random_uuid(), statement_timestamp() + $4 * interval '1 microsecond')
    ON CONFLICT (store, key) DO UPDATE
    SET value = excluded.value, version = excluded.version, ends = excluded.ends
    WHERE entry.ends <= statement_timestamp()
    RETURNING version
)
SELECT true, version, NULL::bytea, NULL::int8 FROM done
UNION ALL
SELECT false, version, value, (extract(epoch FROM ends - statement_timestamp()) * 1000000)::int8
FROM {schema}.kv_entry
WHERE store = $1 AND key = $2 AND (ends IS NULL OR ends > statement_timestamp())
    AND NOT EXISTS (SELECT FROM done)
