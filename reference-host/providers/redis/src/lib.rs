//! provider-redis
