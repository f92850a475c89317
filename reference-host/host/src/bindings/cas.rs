//! `cloud:keyvalue/cas`.

use cloud_contract::keyvalue::{Entry, Expected, SwapError};
use wasmtime::component::{Accessor, Resource};

use super::store::{Outcome, store_of};
use super::wit::keyvalue::cas as wit;
use crate::State;
use crate::state::{Cloud, StoreHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn current(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<Option<wit::Entry>> {
        let store = store_of(accessor, &store)?;
        Ok(store
            .current(&key)
            .await
            .map(|entry| entry.map(Into::into))
            .map_err(Into::into))
    }

    async fn swap(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        value: Vec<u8>,
        expected: wit::Expectation,
    ) -> Outcome<String, wit::SwapError> {
        let store = store_of(accessor, &store)?;
        let swapped = store.swap(&key, value.into(), expected.into()).await;
        Ok(swapped.map(Into::into).map_err(Into::into))
    }

    async fn delete_if(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        expected: String,
    ) -> Outcome<(), wit::SwapError> {
        let store = store_of(accessor, &store)?;
        Ok(store
            .delete_if(&key, expected.into())
            .await
            .map_err(Into::into))
    }
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
