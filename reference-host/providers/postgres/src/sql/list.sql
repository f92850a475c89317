-- $1 store, $2 first key, $3 end, $4 how many
SELECT key FROM {schema}.kv_entry
WHERE store = $1 AND key >= $2 AND key < $3 AND (ends IS NULL OR ends > statement_timestamp())
ORDER BY key LIMIT $4
