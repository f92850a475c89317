//! `cloud:blobstore/multipart`.

use cloud_contract::blobstore::Part;
use wasmtime::component::{Access, Accessor, FutureReader, Resource, StreamReader};

use super::container::call;
use super::{convert, intake, weight};
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::blobstore::container::Precondition;
use crate::bindings::wit::blobstore::multipart as wit;
use crate::bindings::wit::types::errors::Error;
use crate::state::{Cloud, ContainerHandle};

impl From<Part> for wit::Part {
    fn from(part: Part) -> Self {
        Self {
            number: part.number,
            tag: part.tag,
        }
    }
}

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn begin(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        content_type: Option<String>,
        metadata: Vec<(String, String)>,
    ) -> Outcome<String> {
        let (container, mut held) = call(accessor, &container)?;
        let begun = async {
            let content_type_bytes = weight::texts([content_type.as_ref()]);
            held.take(name.len() + content_type_bytes + weight::metadata(&metadata))?;
            container.begin(&name, content_type, metadata).await
        };
        Ok(begun.await.map_err(Into::into))
    }

    fn put_part(
        mut access: Access<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        upload: String,
        number: u32,
        size: u64,
        data: StreamReader<u8>,
        end: FutureReader<Result<(), Error>>,
    ) -> wasmtime::Result<FutureReader<Result<wit::Part, Error>>> {
        let state = access.get();
        let (container, mut held) = (state.container(&container)?, state.call());
        let room = held.take(name.len() + upload.len());
        intake::carry(&mut access, held, data, end, |body| async move {
            room?;
            let part = container
                .put_part(&name, &upload, number, size, body)
                .await?;
            Ok(part.into())
        })
    }

    async fn parts(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        upload: String,
    ) -> Outcome<Vec<wit::ReceivedPart>> {
        let (container, mut held) = call(accessor, &container)?;
        let parts = async {
            held.take(name.len() + upload.len())?;
            container.parts(&name, &upload).await
        };
        Ok(parts
            .await
            .map(|parts| {
                let parts = parts.into_iter().map(|received| wit::ReceivedPart {
                    part: received.part.into(),
                    size: received.size,
                });
                parts.collect()
            })
            .map_err(Into::into))
    }

    async fn complete(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        upload: String,
        parts: Vec<wit::Part>,
        expected: Option<Precondition>,
    ) -> Outcome<String> {
        let (container, mut held) = call(accessor, &container)?;
        let completed = async {
            let tags = weight::parts(parts.iter().map(|part| &part.tag));
            let condition = weight::condition(expected.as_ref());
            held.take(name.len() + upload.len() + tags + condition)?;
            let expected = convert::expected(expected);
            let parts = parts.into_iter().map(|part| Part {
                number: part.number,
                tag: part.tag,
            });
            container
                .complete(&name, &upload, parts.collect(), &expected)
                .await
        };
        Ok(completed.await.map(Into::into).map_err(Into::into))
    }

    async fn abort(
        accessor: &Accessor<State, Self>,
        container: Resource<ContainerHandle>,
        name: String,
        upload: String,
    ) -> Outcome<()> {
        let (container, mut held) = call(accessor, &container)?;
        let aborted = async {
            held.take(name.len() + upload.len())?;
            container.abort(&name, &upload).await
        };
        Ok(aborted.await.map_err(Into::into))
    }
}
