-- Adds to a counter. The arithmetic is left to HINCRBY, which is exact in 64
-- bits and takes canonical decimal only; numbers are doubles here.
-- KEYS: entry, index, ends, sequence
-- ARGV: 1 key, 2 delta, 3 mark of this run of the service
-- Returns 0 no such store | 1 not a counter | 2 out of range | the sum, as text
if redis.call('EXISTS', KEYS[4]) == 0 then
  return 0
end
local sum = redis.pcall('HINCRBY', KEYS[1], 'v', ARGV[2])
if type(sum) == 'table' then
  if string.find(sum.err, 'not an integer', 1, true) then
    return 1
  end
  if string.find(sum.err, 'overflow', 1, true) then
    return 2
  end
  return sum
end
local version = string.format('%.0f-%s', redis.call('INCR', KEYS[4]), ARGV[3])
if redis.call('HSET', KEYS[1], 'r', version) == 1 then
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
end
return redis.call('HGET', KEYS[1], 'v')
