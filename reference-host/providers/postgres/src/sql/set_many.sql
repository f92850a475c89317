-- $1 store, $2 keys, $3 values
-- In the order of keys: two of them at a time lock rows in the same order.
INSERT INTO {schema}.kv_entry (store, key, value, version)
SELECT $1, key, value, gen_random_uuid() FROM unnest($2, $3) AS item (key, value) ORDER BY key
ON CONFLICT (store, key) DO UPDATE
SET value = excluded.value, version = excluded.version, ends = NULL
