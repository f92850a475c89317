-- $1 store, $2 key, $3 version
-- Returns what `set_version` returns.
WITH done AS (
    DELETE FROM {schema}.kv_entry
    WHERE store = $1 AND key = $2 AND version = $3
        AND (ends IS NULL OR ends > statement_timestamp())
    RETURNING version
)
SELECT true, version, NULL::bytea, NULL::int8 FROM done
UNION ALL
SELECT false, version, value, (extract(epoch FROM ends - statement_timestamp()) * 1000000)::int8
FROM {schema}.kv_entry
WHERE store = $1 AND key = $2 AND (ends IS NULL OR ends > statement_timestamp())
    AND NOT EXISTS (SELECT FROM done)
