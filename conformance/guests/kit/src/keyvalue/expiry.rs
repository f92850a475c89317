//! `cloud:keyvalue/expiry`.

use core::time::Duration;

use crate::bindings::cloud::keyvalue::expiry as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::keyvalue::Store;
use crate::show::{Show, append};

pub use wit::Lifetime;

/// `set-expiring`. A duration of more than 584 years becomes the longest that
/// the interface can express.
pub async fn set_expiring(
    store: &Store,
    key: &str,
    value: &[u8],
    ttl: Duration,
) -> Result<(), Error> {
    let ttl = u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
    wit::set_expiring(&store.0, key.to_owned(), value.to_owned(), ttl).await
}

/// `remaining`.
pub async fn remaining(store: &Store, key: &str) -> Result<Option<Lifetime>, Error> {
    wit::remaining(&store.0, key.to_owned()).await
}

impl Show for Lifetime {
    fn show(&self, out: &mut String) {
        match self {
            Self::Permanent => out.push_str("permanent"),
            Self::Remaining(nanoseconds) => {
                append(out, format_args!("{nanoseconds} ns remaining"));
            }
        }
    }
}
