//! `cloud:blobstore/container`.

use std::sync::Arc;

use cloud_contract::ErrorKind;
use cloud_contract::blobstore::Container;
use wasmtime::component::{
    Access, Accessor, FutureReader, Resource, ResourceTableError, StreamReader,
};

use super::{delivery, intake, weight};
use crate::State;
use crate::bindings::wit::blobstore::container as wit;
use crate::bindings::wit::types::errors::Error;
use crate::bindings::{Outcome, names};
use crate::budget::Held;
use crate::state::{Cloud, ContainerHandle};

/// The container behind a handle, and the account of a call of it; a trap only if the
/// engine passed a wrong handle.
pub(super) fn call(
    accessor: &Accessor<State, Cloud>,
    handle: &Resource<ContainerHandle>,
) -> wasmtime::Result<(Arc<dyn Container>, Held)> {
    accessor.with(|mut access| {
        let state = access.get();
        Ok((state.container(handle)?, state.call()))
    })
}

/// Two containers, and the account of a call between them.
type Between = (Arc<dyn Container>, Arc<dyn Container>, Held);

/// The same for a call between two containers.
pub(super) fn call_between(
    accessor: &Accessor<State, Cloud>,
    from: &Resource<ContainerHandle>,
    to: &Resource<ContainerHandle>,
) -> wasmtime::Result<Between> {
    accessor.with(|mut access| {
        let state = access.get();
        Ok((state.container(from)?, state.container(to)?, state.call()))
    })
}

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn open(
        accessor: &Accessor<State, Self>,
        name: String,
    ) -> Outcome<Resource<ContainerHandle>> {
        let (platform, mut held) = accessor.with(|mut access| {
            let state = access.get();
            (Arc::clone(state.platform()), state.call())
        });
        let opened = async {
            held.take(name.len())?;
            platform.open_container(&name).await
        };
        let container = match opened.await {
            Ok(container) => container,
            Err(error) => return Ok(Err(error.into())),
        };
        accessor.with(
            |mut access| match access.get().table.push(ContainerHandle(container)) {
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

impl wit::HostContainer for State {
    fn drop(&mut self, handle: Resource<ContainerHandle>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

impl wit::HostContainerWithStore<State> for Cloud {
    fn put(
        mut access: Access<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        data: StreamReader<u8>,
        end: FutureReader<Result<(), Error>>,
        options: wit::PutOptions,
    ) -> wasmtime::Result<FutureReader<Result<String, Error>>> {
        let state = access.get();
        let (container, mut held) = (state.container(&container)?, state.call());
        let room = held.take(name.len() + weight::options(&options));
        intake::carry(&mut access, held, data, end, |body| async move {
            room?;
            let version = container.put(&name, body, options.into()).await?;
            Ok(version.into())
        })
    }

    async fn get(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        range: Option<wit::Range>,
        expected: Option<String>,
    ) -> Outcome<Option<wit::Content>> {
        let (container, mut held) = call(accessor, &container)?;
        let range = range.map(Into::into).unwrap_or_default();
        let reading = async {
            held.take(name.len() + weight::texts([expected.as_ref()]))?;
            let expected = expected.map(Into::into);
            container.get(&name, range, expected.as_ref()).await
        };
        match reading.await {
            Ok(Some(reading)) => accessor.with(|mut access| {
                let held = access.get().call();
                delivery::content(access, held, reading).map(|content| Ok(Some(content)))
            }),
            Ok(None) => Ok(Ok(None)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn head(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
    ) -> Outcome<Option<wit::Info>> {
        let (container, mut held) = call(accessor, &container)?;
        let head = async {
            held.take(name.len())?;
            container.head(&name).await
        };
        Ok(head
            .await
            .map(|info| info.map(Into::into))
            .map_err(Into::into))
    }

    async fn delete(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
    ) -> Outcome<()> {
        let (container, mut held) = call(accessor, &container)?;
        let deleted = async {
            held.take(name.len())?;
            container.delete(&name).await
        };
        Ok(deleted.await.map_err(Into::into))
    }

    async fn delete_many(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        names: Vec<String>,
    ) -> Outcome<(), wit::DeleteManyError> {
        let (container, mut held) = call(accessor, &container)?;
        let bytes = names.iter().map(|name| size_of::<String>() + name.len());
        if let Err(error) = held.take_sum(bytes.sum()) {
            let indices = Vec::new();
            let error = error.into();
            return Ok(Err(wit::DeleteManyError::Refused(wit::RefusedNames {
                error,
                indices,
            })));
        }
        Ok(container.delete_many(names).await.map_err(Into::into))
    }

    async fn copy(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        to: Resource<ContainerHandle>,
        new_name: String,
    ) -> Outcome<String> {
        let (container, to, mut held) = call_between(accessor, &container, &to)?;
        let copied = async {
            held.take(name.len() + new_name.len())?;
            container.copy(&name, to.site(), &new_name).await
        };
        Ok(copied.await.map(Into::into).map_err(Into::into))
    }

    async fn move_(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        to: Resource<ContainerHandle>,
        new_name: String,
    ) -> Outcome<String> {
        let (container, to, mut held) = call_between(accessor, &container, &to)?;
        let moved = async {
            held.take(name.len() + new_name.len())?;
            container.r#move(&name, to.site(), &new_name).await
        };
        Ok(moved.await.map(Into::into).map_err(Into::into))
    }

    async fn list(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        prefix: String,
        delimiter: Option<String>,
        cursor: Option<String>,
        page_size: Option<u32>,
    ) -> Outcome<wit::Listing> {
        let (container, mut held) = call(accessor, &container)?;
        let listing = async {
            held.take(weight::texts([
                Some(&prefix),
                delimiter.as_ref(),
                cursor.as_ref(),
            ]))?;
            container
                .list(&prefix, delimiter.as_deref(), cursor.as_deref(), page_size)
                .await
        };
        Ok(listing.await.map(Into::into).map_err(Into::into))
    }

    fn names(
        mut access: Access<State, Self>,
        container: Resource<ContainerHandle>,
        prefix: String,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let state = access.get();
        let container = state.container(&container)?;
        let accounts = [state.call(), state.call()];
        let (producer, end) = names::produce(prefix, |prefix| container.names(prefix), accounts);
        let names = StreamReader::new(&mut access, producer)?;
        let end = FutureReader::new(&mut access, end)?;
        Ok((names, end))
    }
}
