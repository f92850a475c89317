-- Removes an entry, always or only with the expected version.
-- KEYS: entry, index, ends
-- ARGV: 1 key, 2 '' always | '=' .. version
-- Returns 1 removed, or absent anyway | {} absent
--       | {value, version, ms left} in another state
if ARGV[2] ~= '' then
  local version = redis.call('HGET', KEYS[1], 'r')
  if not version then
    return {}
  end
  if '=' .. version ~= ARGV[2] then
    return {redis.call('HGET', KEYS[1], 'v'), version, redis.call('PTTL', KEYS[1])}
  end
end
redis.call('DEL', KEYS[1])
-- Also when there was no entry: the names of one that ended may be left.
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
