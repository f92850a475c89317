-- Creates a store, unless it is there. Its versions start at the time in
-- microseconds, ahead of those of any earlier store of the same name.
-- KEYS: sequence
local time = redis.call('TIME')
redis.call('SET', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]), 'NX')
return 1
