-- Lists keys in the order of their bytes, within a bounded amount of work.
-- KEYS: index, ends
-- ARGV: 1 prefix of entries, 2 first and 3 last place, as ZRANGEBYLEX takes
--       them, 4 how many keys are wanted, 5 how many ended keys to clear at most
-- Returns {place, key...}: fewer keys than wanted only at the end of the list,
--       or if place is not empty; then the list goes on behind that key.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local budget = tonumber(ARGV[5])
local past = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, budget)
for _, key in ipairs(past) do
  if redis.call('EXISTS', ARGV[1] .. key) == 0 then
    redis.call('ZREM', KEYS[1], key)
    redis.call('ZREM', KEYS[2], key)
  end
end
local keys = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])
local page = {''}
if #past < budget then
  -- Nothing that has ended is left in the index.
  for _, key in ipairs(keys) do
    page[#page + 1] = key
  end
  return page
end
for _, key in ipairs(keys) do
  if redis.call('EXISTS', ARGV[1] .. key) == 1 then
    page[#page + 1] = key
  else
    redis.call('ZREM', KEYS[1], key)
    redis.call('ZREM', KEYS[2], key)
  end
end
if #keys == tonumber(ARGV[4]) then
  page[1] = keys[#keys]
end
return page
