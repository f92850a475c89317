//! A container whose calls are counted.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::Body;
use super::driver::{
    Access, Appended, Content, CopyRequest, Driver, Expected, Info, ItemPage, Link, ListRequest,
    Metadata, Part, PastStatePage, PutOptions, Range, ReceivedPart, RenameRequest, VersionsRequest,
};
use crate::Result;
use crate::keyvalue::Version;
use crate::meter::Metered;

/// Each method spends one call and passes it on.
macro_rules! passed_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $ended:ty;)*) => {
        #[async_trait]
        impl Driver for Metered<Arc<dyn Driver>> {
            $(async fn $name(&self, $($argument: $kind),*) -> $ended {
                self.meter.spend().await;
                self.inner.$name($($argument),*).await
            })*
        }
    };
}

passed_on! {
    put(name: &str, body: Body, options: PutOptions) -> Result<Version>;
    get(name: &str, range: Range, expected: Option<&Version>) -> Result<Option<Content>>;
    head(name: &str) -> Result<Option<Info>>;
    delete(name: &str, expected: Option<&Version>) -> Result<()>;
    delete_many(names: &[String]) -> Vec<Result<()>>;
    list(request: ListRequest<'_>) -> Result<ItemPage>;
    copy(request: CopyRequest<'_>) -> Result<Option<Version>>;
    rename(request: RenameRequest<'_>) -> Result<Version>;
    append(name: &str, body: Body, at: Option<u64>) -> Result<Appended>;
    begin(name: &str, content_type: String, metadata: Metadata) -> Result<String>;
    put_part(name: &str, upload: &str, number: u32, size: u64, body: Body) -> Result<Part>;
    parts(name: &str, upload: &str) -> Result<Vec<ReceivedPart>>;
    complete(name: &str, upload: &str, parts: &[Part], expected: &Expected) -> Result<Version>;
    abort(name: &str, upload: &str) -> Result<()>;
    sign(name: &str, access: Access, lifetime: Duration) -> Result<Link>;
    versions(request: VersionsRequest<'_>) -> Result<PastStatePage>;
    get_version(name: &str, version: &Version, range: Range) -> Result<Option<Content>>;
    delete_version(name: &str, version: &Version) -> Result<()>;
}
