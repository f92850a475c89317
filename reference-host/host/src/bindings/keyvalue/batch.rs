//! `cloud:keyvalue/batch`.

use cloud_contract::Bytes;
use cloud_contract::keyvalue::BatchError;
use wasmtime::component::{Accessor, Resource};

use super::store::call;
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::keyvalue::batch as wit;
use crate::state::{Cloud, StoreHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn get_many(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        keys: Vec<String>,
    ) -> Outcome<Vec<Option<Vec<u8>>>, wit::BatchError> {
        let (store, mut held) = call(accessor, &store)?;
        let got = async {
            held.take_sum(keys.iter().map(key_size).sum())?;
            let values = store.get_many(keys).await?;
            // Before they are copied: a key may stand in the batch a thousand times.
            held.take_sum(values.iter().flatten().map(Bytes::len).sum())?;
            let values = values.into_iter().map(|value| value.map(Vec::from));
            Ok(values.collect())
        };
        Ok(got.await.map_err(|error: BatchError| error.into()))
    }

    async fn set_many(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        entries: Vec<(String, Vec<u8>)>,
    ) -> Outcome<(), wit::BatchError> {
        let (store, mut held) = call(accessor, &store)?;
        let set = async {
            let size = |(key, value): &(String, Vec<u8>)| {
                key_size(key) + size_of::<Vec<u8>>() + value.len()
            };
            held.take_sum(entries.iter().map(size).sum())?;
            let entries = entries
                .into_iter()
                .map(|(key, value)| (key, value.into()))
                .collect();
            store.set_many(entries).await
        };
        Ok(set.await.map_err(Into::into))
    }

    async fn delete_many(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        keys: Vec<String>,
    ) -> Outcome<(), wit::BatchError> {
        let (store, mut held) = call(accessor, &store)?;
        let deleted = async {
            held.take_sum(keys.iter().map(key_size).sum())?;
            store.delete_many(keys).await
        };
        Ok(deleted.await.map_err(Into::into))
    }
}

/// An item of a batch counts although it is empty.
#[expect(clippy::ptr_arg, reason = "its own size is counted")]
fn key_size(key: &String) -> usize {
    size_of::<String>() + key.len()
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
