-- Removes some entries that have ended, and tells how many. It waits for nobody.
-- $1 how many at most
WITH gone AS (
    DELETE FROM {schema}.kv_entry WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {schema}.kv_entry
        WHERE ends <= statement_timestamp()
        ORDER BY ends LIMIT $1 FOR UPDATE SKIP LOCKED
    )) RETURNING 1
)
SELECT count(*) FROM gone
