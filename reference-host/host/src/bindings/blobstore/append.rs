//! `cloud:blobstore/append`.

use wasmtime::component::{Access, FutureReader, Resource, StreamReader};

use super::intake;
use crate::State;
use crate::bindings::wit::blobstore::append as wit;
use crate::bindings::wit::types::errors::Error;
use crate::state::{Cloud, ContainerHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    fn append(
        mut access: Access<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        data: StreamReader<u8>,
        end: FutureReader<Result<(), Error>>,
        at: Option<u64>,
    ) -> wasmtime::Result<FutureReader<Result<wit::Appended, Error>>> {
        let state = access.get();
        let (container, mut held) = (state.container(&container)?, state.call());
        let room = held.take(name.len());
        intake::carry(&mut access, held, data, end, |body| async move {
            room?;
            let appended = container.append(&name, body, at).await?;
            Ok(wit::Appended {
                version: appended.version.into(),
                size: appended.size,
            })
        })
    }
}
