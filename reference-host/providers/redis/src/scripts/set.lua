-- Writes an entry, always or under a condition.
-- KEYS: entry, index, ends, sequence
-- ARGV: 1 key, 2 value, 3 mark of this run of the service,
--       4 time to live in ms, or 0 for none,
--       5 '' always | '-' if absent | '=' .. version if it has this version
-- Returns 0 no such store | 1 written without a condition | the new version
--       | {} absent | {value, version, ms left} in another state
if redis.call('EXISTS', KEYS[4]) == 0 then
  return 0
end
if ARGV[5] ~= '' then
  local version = redis.call('HGET', KEYS[1], 'r')
  if version then
    if '=' .. version ~= ARGV[5] then
      return {redis.call('HGET', KEYS[1], 'v'), version, redis.call('PTTL', KEYS[1])}
    end
  elseif ARGV[5] ~= '-' then
    return {}
  end
end
-- First of all writes: if the service is out of memory, it fails here and
-- nothing has changed. A number of up to 2^53 is exact here.
local version = string.format('%.0f-%s', redis.call('INCR', KEYS[4]), ARGV[3])
local new = redis.call('HSET', KEYS[1], 'v', ARGV[2], 'r', version) > 0
if new then
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
end
if ARGV[4] == '0' then
  -- The names of an entry that ended by itself may still stand in `ends`.
  if redis.call('PERSIST', KEYS[1]) == 1 or new then
    redis.call('ZREM', KEYS[3], ARGV[1])
  end
else
  -- Rounded up: the entry must not end early.
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.ceil(time[2] / 1000)
  local ends = string.format('%.0f', now + tonumber(ARGV[4]))
  redis.call('PEXPIREAT', KEYS[1], ends)
  redis.call('ZADD', KEYS[3], ends, ARGV[1])
  -- Each such write adds one name and clears up to eight that have ended.
  local prefix = string.sub(KEYS[1], 1, -1 - #ARGV[1])
  local past = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', string.format('(%.0f', now), 'LIMIT', 0, 8)
  for _, key in ipairs(past) do
    if redis.call('EXISTS', prefix .. key) == 0 then
      redis.call('ZREM', KEYS[2], key)
      redis.call('ZREM', KEYS[3], key)
    end
  end
end
if ARGV[5] == '' then
  return 1
end
return version
