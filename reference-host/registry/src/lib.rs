//! provider-registry
