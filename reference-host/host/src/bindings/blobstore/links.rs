//! `cloud:blobstore/links`.

use std::time::Duration;

use cloud_contract::blobstore::Access as LinkAccess;
use wasmtime::component::{Accessor, Resource};

use super::container::call;
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::blobstore::links as wit;
use crate::state::{Cloud, ContainerHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn sign(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        access: wit::Access,
        lifetime: u64,
    ) -> Outcome<wit::Link> {
        let (container, mut held) = call(accessor, &container)?;
        let access = match access {
            wit::Access::Get => LinkAccess::Get,
            wit::Access::Put => LinkAccess::Put,
            wit::Access::Delete => LinkAccess::Delete,
        };
        let signed = async {
            held.take(name.len())?;
            let lifetime = Duration::from_nanos(lifetime);
            container.sign(&name, access, lifetime).await
        };
        Ok(signed
            .await
            .map(|link| wit::Link {
                url: link.url,
                headers: link.headers,
            })
            .map_err(Into::into))
    }
}
