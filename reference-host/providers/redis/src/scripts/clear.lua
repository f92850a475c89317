-- Removes a store, a bounded number of entries at a time. The sequence goes
-- first, so that no write that is under way brings anything back.
-- KEYS: index, ends, sequence
-- ARGV: 1 prefix of entries, 2 how many at most
-- Returns 1 if there may be more, 0 if nothing is left
redis.call('DEL', KEYS[3])
local most = tonumber(ARGV[2])
local keys = redis.call('ZRANGE', KEYS[1], 0, most - 1)
local entries = {}
for place, key in ipairs(keys) do
  entries[place] = ARGV[1] .. key
end
if #keys > 0 then
  redis.call('UNLINK', unpack(entries))
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, #keys - 1)
end
if #keys == most then
  return 1
end
redis.call('UNLINK', KEYS[1], KEYS[2])
return 0
