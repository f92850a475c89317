-- $1 scope
SELECT name, id FROM {schema}.kv_store WHERE scope = $1
