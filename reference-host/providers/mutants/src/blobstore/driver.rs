//! Faults below the portable layer: a driver that is wrong in one thing.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Access, Appended, Body, Content, CopyRequest, Driver, Expected, Info, ItemPage, Link,
    ListRequest, Metadata, Part, PastStatePage, PutOptions, Range, ReceivedPart, RenameRequest,
    VersionsRequest,
};
use cloud_contract::keyvalue::Version;

/// A method in the fault, which takes the correct driver first and passes on to it.
macro_rules! methods {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $ended:ty;)*) => {
        /// One fault of a driver: each method stands in front of the correct one, and
        /// its default goes through.
        #[async_trait]
        pub(crate) trait DriverFault: Send + Sync + fmt::Debug {
            $(async fn $name(&self, to: &dyn Driver $(, $argument: $kind)*) -> $ended {
                to.$name($($argument),*).await
            })*
        }

        #[async_trait]
        impl Driver for FaultyDriver {
            $(async fn $name(&self $(, $argument: $kind)*) -> $ended {
                self.fault.$name(&*self.to $(, $argument)*).await
            })*
        }
    };
}

methods! {
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

/// A driver with a fault in front.
#[derive(Debug)]
pub(crate) struct FaultyDriver {
    to: Arc<dyn Driver>,
    fault: Arc<dyn DriverFault>,
}

impl FaultyDriver {
    pub(crate) fn new(to: Arc<dyn Driver>, fault: Arc<dyn DriverFault>) -> Self {
        Self { to, fault }
    }
}
