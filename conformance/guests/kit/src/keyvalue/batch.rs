//! `cloud:keyvalue/batch`.

use crate::bindings::cloud::keyvalue::batch as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::ending::{Cause, Failing, Outcome, cause_of_all};
use crate::keyvalue::Store;
use crate::kind::Kind;
use crate::show::{Show, append};

pub use wit::{BatchError, Failure, Refusal};

/// `get-many`.
pub async fn get_many<K: AsRef<str>>(
    store: &Store,
    keys: &[K],
) -> Result<Vec<Option<Vec<u8>>>, BatchError> {
    wit::get_many(&store.0, owned(keys)).await
}

/// `set-many`.
pub async fn set_many<K: AsRef<str>, V: AsRef<[u8]>>(
    store: &Store,
    entries: &[(K, V)],
) -> Result<(), BatchError> {
    let entries = entries
        .iter()
        .map(|(key, value)| (key.as_ref().to_owned(), value.as_ref().to_owned()))
        .collect();
    wit::set_many(&store.0, entries).await
}

/// `delete-many`.
pub async fn delete_many<K: AsRef<str>>(store: &Store, keys: &[K]) -> Result<(), BatchError> {
    wit::delete_many(&store.0, owned(keys)).await
}

fn owned<K: AsRef<str>>(keys: &[K]) -> Vec<String> {
    keys.iter().map(|key| key.as_ref().to_owned()).collect()
}

impl Check<'_> {
    /// The call is `refused` with this error at exactly these places; none if it
    /// is the batch as a whole.
    pub fn refused<T: Show>(
        self,
        result: Result<T, BatchError>,
        kind: Kind,
        indices: &[u32],
    ) -> Outcome {
        let expected = || [&kind.text(), ", refused at ", &indices.shown()].concat();
        match result {
            Err(BatchError::Refused(refusal))
                if kind.is(&refusal.error) && refusal.indices == indices =>
            {
                self.tells_no_place(&refusal.error)
            }
            Err(error) => Err(self.unexpected(expected(), &error)),
            Ok(value) => Err(self.failed(&expected(), &value)),
        }
    }
}

impl Failing for BatchError {
    fn error(&self) -> Option<&Error> {
        match self {
            Self::Refused(refusal) => Some(&refusal.error),
            Self::Partial(_) => None,
        }
    }

    fn cause(&self) -> Cause {
        match self {
            Self::Refused(refusal) => refusal.error.cause(),
            Self::Partial(failures) => cause_of_all(failures.iter().map(|failure| &failure.error)),
        }
    }
}

impl Show for BatchError {
    fn show(&self, out: &mut String) {
        match self {
            Self::Refused(refusal) => {
                refusal.error.show(out);
                out.push_str(", refused at ");
                refusal.indices.show(out);
            }
            Self::Partial(failures) => {
                append(out, format_args!("partial, {} failures", failures.len()));
                for failure in failures.iter().take(3) {
                    append(out, format_args!(", at {}: ", failure.index));
                    failure.error.show(out);
                }
            }
        }
    }
}
