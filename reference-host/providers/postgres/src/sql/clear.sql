-- Removes some entries of a scope, and tells how many.
-- $1 scope, $2 how many at most
WITH gone AS (
    DELETE FROM {schema}.kv_entry WHERE ctid = ANY (ARRAY(
        SELECT entry.ctid FROM {schema}.kv_entry AS entry
        JOIN {schema}.kv_store AS store ON store.id = entry.store
        WHERE store.scope = $1
        LIMIT $2 FOR UPDATE OF entry SKIP LOCKED
    )) RETURNING 1
)
SELECT count(*) FROM gone
