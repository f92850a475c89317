//! Why a step failed: the call alone, or the database under it; and what a
//! guest sees of the latter.

use cloud_contract::{Error, ErrorKind};

/// A step inside a transaction failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// This call is refused; it changed nothing, and the transaction goes on.
    Refused(Error),
    /// The database failed; nothing of the transaction may be kept.
    Broken(redb::Error),
}

impl Fault {
    /// A record that does not read back. The detail goes to the host's log.
    pub(crate) fn damaged(detail: &'static str) -> Self {
        Self::Refused(Error::with_source(DAMAGED, detail))
    }
}

/// Lets a batch go on behind an item that is refused.
pub(crate) fn settle<T>(outcome: Result<T, Fault>) -> Result<Result<T, Error>, Fault> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Fault::Refused(error)) => Ok(Err(error)),
        Err(broken) => Err(broken),
    }
}

/// The results of a batch; its items share an error that is not their own.
pub(crate) fn each<T>(
    items: usize,
    batch: Result<Vec<Result<T, Error>>, Error>,
) -> Vec<Result<T, Error>> {
    match batch {
        Ok(results) => results,
        Err(error) => (0..items).map(|_| Err(error.clone())).collect(),
    }
}

pub(crate) const DAMAGED: ErrorKind =
    ErrorKind::Other(std::borrow::Cow::Borrowed("the data file is damaged"));

impl From<ErrorKind> for Fault {
    fn from(kind: ErrorKind) -> Self {
        Self::Refused(kind.into())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

macro_rules! broken {
    ($($error:ty),*) => {$(
        impl From<$error> for Fault {
            fn from(error: $error) -> Self {
                Self::Broken(error.into())
            }
        }
    )*};
}

broken!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError
);

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(error) => error,
            Fault::Broken(error) => storage(error),
        }
    }
}

/// What a guest sees of a failed database. A disk that is full or fails may
/// recover, so that is `unavailable`; damage will not.
pub(crate) fn storage(error: redb::Error) -> Error {
    let kind = match &error {
        redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::DatabaseClosed => {
            ErrorKind::Unavailable
        }
        redb::Error::Corrupted(_) => DAMAGED,
        _ => ErrorKind::Other("the data file cannot be used".into()),
    };
    Error::with_source(kind, error)
}
