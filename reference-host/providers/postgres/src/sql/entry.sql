-- $1 store, $2 key
-- Returns value, version, microseconds left
SELECT value, version, (extract(epoch FROM ends - statement_timestamp()) * 1000000)::int8
FROM {schema}.kv_entry
WHERE store = $1 AND key = $2 AND (ends IS NULL OR ends > statement_timestamp())
