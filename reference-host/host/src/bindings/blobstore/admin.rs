//! `cloud:blobstore/admin`.

use std::sync::Arc;

use wasmtime::component::Accessor;

use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::blobstore::admin as wit;
use crate::state::Cloud;

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn create_container(accessor: &Accessor<State, Self>, name: String) -> Outcome<()> {
        let (platform, mut held) = accessor.with(|mut access| {
            let state = access.get();
            (Arc::clone(state.platform()), state.call())
        });
        let created = async {
            held.take(name.len())?;
            platform.create_container(&name).await
        };
        Ok(created.await.map_err(Into::into))
    }

    async fn delete_container(accessor: &Accessor<State, Self>, name: String) -> Outcome<()> {
        let (platform, mut held) = accessor.with(|mut access| {
            let state = access.get();
            (Arc::clone(state.platform()), state.call())
        });
        let deleted = async {
            held.take(name.len())?;
            platform.delete_container(&name).await
        };
        Ok(deleted.await.map_err(Into::into))
    }
}
