//! `cloud:keyvalue/cas`.

use core::future::Future;

use crate::bindings::cloud::keyvalue::cas as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::context::Context;
use crate::ending::{Failing, Stop};
use crate::keyvalue::Store;
use crate::show::Show;

pub use wit::{Entry, Expectation, SwapError};

/// `current`.
pub async fn current(store: &Store, key: &str) -> Result<Option<Entry>, Error> {
    wit::current(&store.0, key.to_owned()).await
}

/// `swap`, expecting the key to be absent.
pub async fn create(store: &Store, key: &str, value: &[u8]) -> Result<String, SwapError> {
    let expected = Expectation::Absent;
    wit::swap(&store.0, key.to_owned(), value.to_owned(), expected).await
}

/// `swap`, expecting a version.
pub async fn swap(
    store: &Store,
    key: &str,
    value: &[u8],
    version: &str,
) -> Result<String, SwapError> {
    let expected = Expectation::Version(version.to_owned());
    wit::swap(&store.0, key.to_owned(), value.to_owned(), expected).await
}

/// `delete-if`.
pub async fn delete_if(store: &Store, key: &str, version: &str) -> Result<(), SwapError> {
    wit::delete_if(&store.0, key.to_owned(), version.to_owned()).await
}

impl Check<'_> {
    /// The call fails with `stale` and an entry with this value, or with none;
    /// returns the entry.
    pub fn stale<T: Show>(
        self,
        result: Result<T, SwapError>,
        value: Option<&[u8]>,
    ) -> Result<Option<Entry>, Stop> {
        let expected = || ["stale with ", &value.shown()].concat();
        match result {
            Err(SwapError::Stale(entry))
                if entry.as_ref().map(|entry| entry.value.as_slice()) == value =>
            {
                Ok(entry)
            }
            Err(error) => Err(self.unexpected(expected(), &error)),
            Ok(returned) => Err(self.failed(&expected(), &returned)),
        }
    }

    /// The key is present with this value; returns its version.
    pub fn entry(self, result: Result<Option<Entry>, Error>, value: &[u8]) -> Result<String, Stop> {
        let entry = self.some(result)?;
        self.bytes(&entry.value, value)?;
        Ok(entry.version)
    }
}

impl Context {
    /// The version of a key that has to be present.
    #[track_caller]
    pub fn version(&self, store: &Store, key: &str) -> impl Future<Output = Result<String, Stop>> {
        let check = self.needed("TYP-FEAT-3", "read the version of a present key");
        async move { Ok(check.some(current(store, key).await)?.version) }
    }
}

impl Failing for SwapError {
    fn error(&self) -> Option<&Error> {
        match self {
            Self::Stale(_) => None,
            Self::Failed(error) => Some(error),
        }
    }
}

impl Show for SwapError {
    fn show(&self, out: &mut String) {
        match self {
            Self::Stale(entry) => {
                out.push_str("stale with ");
                entry.show(out);
            }
            Self::Failed(error) => error.show(out),
        }
    }
}

impl Show for Entry {
    fn show(&self, out: &mut String) {
        self.value.show(out);
        out.push_str(" of version ");
        self.version.show(out);
    }
}
