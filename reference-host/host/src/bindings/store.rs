//! `cloud:keyvalue/store`.

use std::sync::Arc;

use cloud_contract::ErrorKind;
use cloud_contract::keyvalue::Store;
use wasmtime::component::{
    Access, Accessor, FutureReader, Resource, ResourceTableError, StreamReader,
};

use super::keys;
use super::wit::keyvalue::store as wit;
use super::wit::types::errors::Error;
use crate::State;
use crate::state::{Cloud, StoreHandle};

/// The outcome of a host function: a trap outside, the WIT result inside.
pub(super) type Outcome<T, E = Error> = wasmtime::Result<Result<T, E>>;

/// The store behind a handle; a trap only if the engine passed a wrong handle.
pub(super) fn store_of(
    accessor: &Accessor<State, Cloud>,
    handle: &Resource<StoreHandle>,
) -> wasmtime::Result<Arc<dyn Store>> {
    accessor.with(|mut access| access.get().store(handle))
}

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn open(
        accessor: &Accessor<State, Self>,
        name: String,
    ) -> Outcome<Resource<StoreHandle>> {
        let platform = accessor.with(|mut access| Arc::clone(access.get().platform()));
        let store = match platform.open_store(&name).await {
            Ok(store) => store,
            Err(error) => return Ok(Err(error.into())),
        };
        accessor.with(
            |mut access| match access.get().table.push(StoreHandle(store)) {
                Ok(handle) => Ok(Ok(handle)),
                // As many handles as the instance may hold: a quota, not a fault.
                Err(ResourceTableError::Full) => {
                    Ok(Err(cloud_contract::Error::from(ErrorKind::Throttled {
                        retry_after: None,
                    })
                    .into()))
                }
                Err(error) => Err(error.into()),
            },
        )
    }
}

impl wit::HostStore for State {
    fn drop(&mut self, handle: Resource<StoreHandle>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

impl wit::HostStoreWithStore<State> for Cloud {
    async fn get(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<Option<Vec<u8>>> {
        let store = store_of(accessor, &store)?;
        Ok(store
            .get(&key)
            .await
            .map(|value| value.map(Vec::from))
            .map_err(Into::into))
    }

    async fn set(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        value: Vec<u8>,
    ) -> Outcome<()> {
        let store = store_of(accessor, &store)?;
        Ok(store.set(&key, value.into()).await.map_err(Into::into))
    }

    async fn delete(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<()> {
        let store = store_of(accessor, &store)?;
        Ok(store.delete(&key).await.map_err(Into::into))
    }

    async fn exists(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<bool> {
        let store = store_of(accessor, &store)?;
        Ok(store.exists(&key).await.map_err(Into::into))
    }

    async fn list(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        prefix: String,
        cursor: Option<String>,
        page_size: Option<u32>,
    ) -> Outcome<wit::Page> {
        let store = store_of(accessor, &store)?;
        let page = store.list(&prefix, cursor.as_deref(), page_size).await;
        Ok(page
            .map(|page| wit::Page {
                keys: page.keys,
                cursor: page.cursor,
            })
            .map_err(Into::into))
    }

    fn keys(
        mut access: Access<State, Self>,
        store: Resource<StoreHandle>,
        prefix: String,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let store = access.get().store(&store)?;
        let (producer, end) = keys::produce(store.keys(prefix));
        let keys = StreamReader::new(&mut access, producer)?;
        let end = FutureReader::new(&mut access, end)?;
        Ok((keys, end))
    }
}
