//! `cloud:keyvalue/batch`.

use cloud_contract::keyvalue::BatchError;
use wasmtime::component::{Accessor, Resource};

use super::store::{Outcome, store_of};
use super::wit::keyvalue::batch as wit;
use crate::State;
use crate::state::{Cloud, StoreHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn get_many(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        keys: Vec<String>,
    ) -> Outcome<Vec<Option<Vec<u8>>>, wit::BatchError> {
        let store = store_of(accessor, &store)?;
        let values = store.get_many(keys).await;
        Ok(values
            .map(|values| {
                values
                    .into_iter()
                    .map(|value| value.map(Vec::from))
                    .collect()
            })
            .map_err(Into::into))
    }

    async fn set_many(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        entries: Vec<(String, Vec<u8>)>,
    ) -> Outcome<(), wit::BatchError> {
        let store = store_of(accessor, &store)?;
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key, value.into()))
            .collect();
        Ok(store.set_many(entries).await.map_err(Into::into))
    }

    async fn delete_many(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        keys: Vec<String>,
    ) -> Outcome<(), wit::BatchError> {
        let store = store_of(accessor, &store)?;
        Ok(store.delete_many(keys).await.map_err(Into::into))
    }
}

impl From<BatchError> for wit::BatchError {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Refused { error, indices } => Self::Refused(wit::Refusal {
                error: error.into(),
                indices,
            }),
            BatchError::Partial(failures) => Self::Partial(
                failures
                    .into_iter()
                    .map(|(index, error)| wit::Failure {
                        index,
                        error: error.into(),
                    })
                    .collect(),
            ),
        }
    }
}
