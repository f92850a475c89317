-- Forgets a scope. What is left in it goes in the same step, so that a write that
-- comes too late either goes too or finds no store.
-- $1 scope
DELETE FROM {schema}.kv_scope WHERE id = $1
