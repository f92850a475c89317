-- $1 store, $2 key, $3 value, $4 microseconds to live or null
INSERT INTO {schema}.kv_entry (store, key, value, version, ends)
VALUES ($1, $2, $3, gen_random_uuid(), statement_timestamp() + $4 * interval '1 microsecond')
ON CONFLICT (store, key) DO UPDATE
SET value = excluded.value, version = excluded.version, ends = excluded.ends
