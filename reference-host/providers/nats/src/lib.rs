//! NATS JetStream key-value buckets as a provider of `cloud:keyvalue`.
#![deny(missing_docs)]
