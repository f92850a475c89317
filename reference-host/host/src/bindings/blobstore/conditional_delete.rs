//! `cloud:blobstore/conditional-delete`.

use wasmtime::component::{Accessor, Resource};

use super::container::call;
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::blobstore::conditional_delete as wit;
use crate::state::{Cloud, ContainerHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn delete_if(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        expected: String,
    ) -> Outcome<()> {
        let (container, mut held) = call(accessor, &container)?;
        let deleted = async {
            held.take(name.len() + expected.len())?;
            container.delete_if(&name, &expected.into()).await
        };
        Ok(deleted.await.map_err(Into::into))
    }
}
