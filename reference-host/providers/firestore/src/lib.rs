//! Google Firestore as a provider of `cloud:keyvalue`.
#![deny(missing_docs)]
