//! `cloud:keyvalue/cas`.

use cloud_contract::Error;
use cloud_contract::keyvalue::{Entry, Expected, SwapError};
use wasmtime::component::{Accessor, Resource};

use super::store::call;
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::keyvalue::cas as wit;
use crate::budget::Held;
use crate::state::{Cloud, StoreHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn current(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<Option<wit::Entry>> {
        let (store, mut held) = call(accessor, &store)?;
        let current = async {
            held.take(key.len())?;
            let entry = store.current(&key).await?;
            held.take(size(entry.as_ref()))?;
            Ok(entry.map(Into::into))
        };
        Ok(current.await.map_err(|error: Error| error.into()))
    }

    async fn swap(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        value: Vec<u8>,
        expected: wit::Expectation,
    ) -> Outcome<String, wit::SwapError> {
        let (store, mut held) = call(accessor, &store)?;
        let swapped = async {
            let version = match &expected {
                wit::Expectation::Absent => 0,
                wit::Expectation::Version(version) => version.len(),
            };
            held.take(key.len() + value.len() + version)?;
            let swapped = store.swap(&key, value.into(), expected.into()).await;
            answer(&mut held, swapped)
        };
        Ok(swapped.await.map(Into::into).map_err(Into::into))
    }

    async fn delete_if(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        expected: String,
    ) -> Outcome<(), wit::SwapError> {
        let (store, mut held) = call(accessor, &store)?;
        let deleted = async {
            held.take(key.len() + expected.len())?;
            let deleted = store.delete_if(&key, expected.into()).await;
            answer(&mut held, deleted)
        };
        Ok(deleted.await.map_err(Into::into))
    }
}

fn size(entry: Option<&Entry>) -> usize {
    entry.map_or(0, |entry| entry.value.len())
}

/// Makes room for the entry that stood in the way. Without it nothing is lost but
/// what the guest would have seen: the write did not happen.
fn answer<T>(held: &mut Held, outcome: Result<T, SwapError>) -> Result<T, SwapError> {
    if let Err(SwapError::Stale(entry)) = &outcome {
        held.take(size(entry.as_ref()))?;
    }
    outcome
}

impl From<Entry> for wit::Entry {
    fn from(entry: Entry) -> Self {
        Self {
            value: entry.value.into(),
            version: entry.version.into(),
        }
    }
}

impl From<wit::Expectation> for Expected {
    fn from(expectation: wit::Expectation) -> Self {
        match expectation {
            wit::Expectation::Absent => Self::Absent,
            wit::Expectation::Version(version) => Self::Version(version.into()),
        }
    }
}

impl From<SwapError> for wit::SwapError {
    fn from(error: SwapError) -> Self {
        match error {
            SwapError::Stale(entry) => Self::Stale(entry.map(Into::into)),
            SwapError::Failed(error) => Self::Failed(error.into()),
        }
    }
}
