-- Makes a scope known, unless it is.
-- KEYS: registry
-- ARGV: names of its stores
-- Returns the names that it has. The empty one keeps a scope without stores.
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('SADD', KEYS[1], '')
  for _, name in ipairs(ARGV) do
    redis.call('SADD', KEYS[1], name)
  end
end
return redis.call('SMEMBERS', KEYS[1])
