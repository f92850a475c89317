//! `cloud:blobstore/conditional-copy`.

use wasmtime::component::{Accessor, Resource};

use super::container::call_between;
use super::{convert, weight};
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::blobstore::{conditional_copy as wit, container::Precondition};
use crate::state::{Cloud, ContainerHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn copy_if(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        source: Option<String>,
        to: Resource<ContainerHandle>,
        new_name: String,
        expected: Option<Precondition>,
    ) -> Outcome<String> {
        let (container, to, mut held) = call_between(accessor, &container, &to)?;
        let copied = async {
            let source_bytes = weight::texts([source.as_ref()]);
            let condition = weight::condition(expected.as_ref());
            held.take(name.len() + new_name.len() + source_bytes + condition)?;
            let source = source.map(Into::into);
            let expected = convert::expected(expected);
            container
                .copy_if(&name, source.as_ref(), to.site(), &new_name, &expected)
                .await
        };
        Ok(copied.await.map(Into::into).map_err(Into::into))
    }
}
