//! `cloud:blobstore/atomic-move`.

use wasmtime::component::{Accessor, Resource};

use super::container::call;
use super::{convert, weight};
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::blobstore::{atomic_move as wit, container::Precondition};
use crate::state::{Cloud, ContainerHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn rename(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        new_name: String,
        expected: Option<Precondition>,
    ) -> Outcome<String> {
        let (container, mut held) = call(accessor, &container)?;
        let renamed = async {
            let condition = weight::condition(expected.as_ref());
            held.take(name.len() + new_name.len() + condition)?;
            let expected = convert::expected(expected);
            container.rename(&name, &new_name, &expected).await
        };
        Ok(renamed.await.map(Into::into).map_err(Into::into))
    }
}
