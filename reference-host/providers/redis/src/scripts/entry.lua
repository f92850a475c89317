-- Reads an entry whole.
-- KEYS: entry
-- Returns {} absent | {value, version, ms left, or -1 for ever}
local entry = redis.call('HMGET', KEYS[1], 'v', 'r')
if not entry[2] then
  return {}
end
return {entry[1], entry[2], redis.call('PTTL', KEYS[1])}
