//! `cloud:keyvalue/counters`.

use crate::bindings::cloud::keyvalue::counters as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::keyvalue::Store;

/// `increment`.
pub async fn increment(store: &Store, key: &str, delta: i64) -> Result<i64, Error> {
    wit::increment(&store.0, key.to_owned(), delta).await
}
