//! Amazon DynamoDB, and what speaks its protocol, as a provider of `cloud:keyvalue`.
#![deny(missing_docs)]
