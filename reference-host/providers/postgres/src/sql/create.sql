-- Makes the layout, unless it is there. Sent as one request, which is one
-- transaction; the lock makes others that do the same wait. `IF NOT EXISTS` alone
-- fails when two do it at a time.
SELECT pg_advisory_xact_lock(7164120843017);
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.kv_scope (
    id text COLLATE "C" PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS {schema}.kv_store (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope text COLLATE "C" NOT NULL REFERENCES {schema}.kv_scope ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    UNIQUE (scope, name)
);
CREATE TABLE IF NOT EXISTS {schema}.kv_entry (
    store bigint NOT NULL REFERENCES {schema}.kv_store ON DELETE CASCADE,
    key bytea NOT NULL,
    value bytea NOT NULL,
    version uuid NOT NULL,
    ends timestamptz,
    PRIMARY KEY (store, key)
);
-- Values are anybody's bytes, often compressed by their owner.
ALTER TABLE {schema}.kv_entry ALTER COLUMN value SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS kv_entry_ends ON {schema}.kv_entry (ends) WHERE ends IS NOT NULL;
