//! provider-memory
