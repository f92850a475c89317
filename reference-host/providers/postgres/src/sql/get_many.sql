-- $1 store, $2 keys
SELECT key, value FROM {schema}.kv_entry
WHERE store = $1 AND key = ANY ($2) AND (ends IS NULL OR ends > statement_timestamp())
