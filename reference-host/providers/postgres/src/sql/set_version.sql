-- $1 store, $2 key, $3 value, $4 microseconds to live or null, $5 version
-- Returns done, version, and of the entry that is there instead value and
-- microseconds left. With the expected version it is an entry that was overwritten
-- while this statement ran.
WITH done AS (
    UPDATE {schema}.kv_entry
    SET value = $3, version = gen_random_uuid(),
        ends = statement_timestamp() + $4 * interval '1 microsecond'
    WHERE store = $1 AND key = $2 AND version = $5
        AND (ends IS NULL OR ends > statement_timestamp())
    RETURNING version
)
SELECT true, version, NULL::bytea, NULL::int8 FROM done
UNION ALL
SELECT false, version, value, (extract(epoch FROM ends - statement_timestamp()) * 1000000)::int8
FROM {schema}.kv_entry
WHERE store = $1 AND key = $2 AND (ends IS NULL OR ends > statement_timestamp())
    AND NOT EXISTS (SELECT FROM done)
