//! One container: what each call asks of the service is in the file of its name.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, Content, Driver, Info, ItemPage, ListRequest, PutOptions, Range, RenameRequest,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::bucket::Bucket;

/// An open container.
#[derive(Debug)]
pub(crate) struct Container {
    pub(super) bucket: Arc<Bucket>,
}

#[async_trait]
impl Driver for Container {
    async fn put(&self, name: &str, body: Body, options: PutOptions) -> Result<Version> {
        // What a guest goes on to write to a scope that is closed has nowhere to go.
        tokio::select! {
            biased;
            () = self.bucket.stream.closing.closed() => Err(ErrorKind::NotFound.into()),
            written = self.put_object(name, body, options) => written,
        }
    }

    async fn get(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        self.get_object(name, range, expected).await
    }

    async fn head(&self, name: &str) -> Result<Option<Info>> {
        let live = self.bucket.live().await?;
        let found = self.bucket.find(&live, name).await?;
        Ok(found.state.map(|state| state.info))
    }

    async fn delete(&self, name: &str, expected: Option<&Version>) -> Result<()> {
        self.delete_object(name, expected).await
    }

    async fn delete_many(&self, names: &[String]) -> Vec<Result<()>> {
        self.delete_objects(names).await
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<ItemPage> {
        self.list_objects(request).await
    }

    async fn rename(&self, request: RenameRequest<'_>) -> Result<Version> {
        self.rename_object(request).await
    }
}
