-- $1 store, $2 key
DELETE FROM {schema}.kv_entry WHERE store = $1 AND key = $2
