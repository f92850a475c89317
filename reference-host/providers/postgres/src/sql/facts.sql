-- What the service says of itself; the last column is null without a table.
SELECT current_setting('server_version'),
       current_setting('server_version_num')::int4,
       current_setting('synchronous_commit'),
       current_setting('fsync') = 'on',
       to_regnamespace('{schema}') IS NOT NULL,
       (SELECT relpersistence = 'p' FROM pg_class WHERE oid = to_regclass('{schema}.kv_entry'))
