-- Makes a scope known with its stores, unless it is known.
-- $1 scope, $2 names
WITH new AS (
    INSERT INTO {schema}.kv_scope (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO {schema}.kv_store (scope, name)
SELECT new.id, names.name FROM new, (SELECT DISTINCT unnest($2) AS name) AS names
