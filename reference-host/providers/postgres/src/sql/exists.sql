-- $1 store, $2 key
SELECT FROM {schema}.kv_entry
WHERE store = $1 AND key = $2 AND (ends IS NULL OR ends > statement_timestamp())
