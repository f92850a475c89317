-- $1 store, $2 keys
-- Locked in the order of keys, as `set_many` does.
WITH locked AS (
    SELECT key FROM {schema}.kv_entry WHERE store = $1 AND key = ANY ($2) ORDER BY key FOR UPDATE
)
DELETE FROM {schema}.kv_entry AS entry USING locked
WHERE entry.store = $1 AND entry.key = locked.key
