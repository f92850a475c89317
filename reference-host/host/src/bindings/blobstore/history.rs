//! `cloud:blobstore/history`.

use wasmtime::component::{Accessor, Resource};

use super::container::call;
use super::delivery;
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::blobstore::container::{Content, Range};
use crate::bindings::wit::blobstore::history as wit;
use crate::state::{Cloud, ContainerHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn versions(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        cursor: Option<String>,
        page_size: Option<u32>,
    ) -> Outcome<wit::PastStates> {
        let (container, mut held) = call(accessor, &container)?;
        let versions = async {
            held.take(name.len() + cursor.as_ref().map_or(0, String::len))?;
            container
                .versions(&name, cursor.as_deref(), page_size)
                .await
        };
        Ok(versions
            .await
            .map(|listing| {
                let states = listing.items.into_iter().map(|state| wit::PastState {
                    version: state.version.into(),
                    size: state.size,
                    modified: state.modified,
                });
                wit::PastStates {
                    states: states.collect(),
                    cursor: listing.cursor,
                }
            })
            .map_err(Into::into))
    }

    async fn get_version(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        version: String,
        range: Option<Range>,
    ) -> Outcome<Option<Content>> {
        let (container, mut held) = call(accessor, &container)?;
        let range = range.map(Into::into).unwrap_or_default();
        let reading = async {
            held.take(name.len() + version.len())?;
            container.get_version(&name, &version.into(), range).await
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

    async fn delete_version(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        version: String,
    ) -> Outcome<()> {
        let (container, mut held) = call(accessor, &container)?;
        let deleted = async {
            held.take(name.len() + version.len())?;
            container.delete_version(&name, &version.into()).await
        };
        Ok(deleted.await.map_err(Into::into))
    }
}
