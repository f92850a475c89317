//! `cloud:keyvalue/store`.

use std::sync::Arc;

use cloud_contract::keyvalue::Store;
use cloud_contract::{Bytes, ErrorKind};
use wasmtime::component::{
    Access, Accessor, FutureReader, Resource, ResourceTableError, StreamReader,
};

use crate::State;
use crate::bindings::wit::keyvalue::store as wit;
use crate::bindings::wit::types::errors::Error;
use crate::bindings::{Outcome, names};
use crate::budget::Held;
use crate::state::{Cloud, StoreHandle};

/// The store behind a handle, and the account of a call of it; a trap only if the
/// engine passed a wrong handle.
pub(super) fn call(
    accessor: &Accessor<State, Cloud>,
    handle: &Resource<StoreHandle>,
) -> wasmtime::Result<(Arc<dyn Store>, Held)> {
    accessor.with(|mut access| {
        let state = access.get();
        Ok((state.store(handle)?, state.call()))
    })
}

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn open(
        accessor: &Accessor<State, Self>,
        name: String,
    ) -> Outcome<Resource<StoreHandle>> {
        let (platform, mut held) = accessor.with(|mut access| {
            let state = access.get();
            (Arc::clone(state.platform()), state.call())
        });
        let opened = async {
            held.take(name.len())?;
            platform.open_store(&name).await
        };
        let store = match opened.await {
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
        let (store, mut held) = call(accessor, &store)?;
        let got = async {
            held.take(key.len())?;
            let value = store.get(&key).await?;
            held.take(value.as_ref().map_or(0, Bytes::len))?;
            Ok(value.map(Vec::from))
        };
        Ok(got
            .await
            .map_err(|error: cloud_contract::Error| error.into()))
    }

    async fn set(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        value: Vec<u8>,
    ) -> Outcome<()> {
        let (store, mut held) = call(accessor, &store)?;
        let set = async {
            held.take(key.len() + value.len())?;
            store.set(&key, value.into()).await
        };
        Ok(set.await.map_err(Into::into))
    }

    async fn delete(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<()> {
        let (store, mut held) = call(accessor, &store)?;
        let deleted = async {
            held.take(key.len())?;
            store.delete(&key).await
        };
        Ok(deleted.await.map_err(Into::into))
    }

    async fn exists(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<bool> {
        let (store, mut held) = call(accessor, &store)?;
        let exists = async {
            held.take(key.len())?;
            store.exists(&key).await
        };
        Ok(exists.await.map_err(Into::into))
    }

    async fn list(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        prefix: String,
        cursor: Option<String>,
        page_size: Option<u32>,
    ) -> Outcome<wit::Page> {
        let (store, mut held) = call(accessor, &store)?;
        let page = async {
            held.take(prefix.len() + cursor.as_ref().map_or(0, String::len))?;
            store.list(&prefix, cursor.as_deref(), page_size).await
        };
        Ok(page
            .await
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
        let state = access.get();
        let store = state.store(&store)?;
        let accounts = [state.call(), state.call()];
        let (producer, end) = names::produce(prefix, |prefix| store.keys(prefix), accounts);
        let keys = StreamReader::new(&mut access, producer)?;
        let end = FutureReader::new(&mut access, end)?;
        Ok((keys, end))
    }
}
