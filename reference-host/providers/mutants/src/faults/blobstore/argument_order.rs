//! Faults of the order in which arguments are looked at, beyond those of `container`.

use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Access, Appended, Body, Expected, Link, Listing, Metadata, Part, PastState, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result, limit};

use super::container;
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};

/// What is looked at before its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// The new name, before the old one.
    NewName,
    /// Whether the source is there, before the new name.
    Source,
    /// The metadata of an upload, before its name and content type.
    Metadata,
    /// The number of a part, before the name.
    PartNumber,
    /// The size of a part, before its number.
    PartSize,
    /// Whether an upload is there, before the parts that are named.
    Upload,
    /// The page size, before the name.
    PageSize,
    /// The lifetime of a link, before the name.
    Lifetime,
    /// The place of an addition, before the name.
    Place,
}

impl First {
    /// Looks at what a copy or a move has to look at later.
    async fn before(self, to: &Target, name: &str, new_name: &str) -> Result<()> {
        match self {
            Self::NewName if new_name.is_empty() => {
                Err(Error::invalid("new-name: must not be empty"))
            }
            Self::Source if !name.is_empty() && to.driver.head(name).await?.is_none() => {
                Err(ErrorKind::NotFound.into())
            }
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl ContainerFault for First {
    async fn copy_if(
        &self,
        to: &Target,
        name: &str,
        source: Option<&Version>,
        site: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        self.before(to, name, new_name).await?;
        let copied = to.container.copy_if(name, source, site, new_name, expected);
        copied.await
    }

    async fn rename(
        &self,
        to: &Target,
        name: &str,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version> {
        self.before(to, name, new_name).await?;
        to.container.rename(name, new_name, expected).await
    }

    async fn append(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        if *self == Self::Place && name.is_empty() && at.is_some_and(|at| at > 0) {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        to.container.append(name, body, at).await
    }

    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let size: usize = metadata
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        let most = provider_memory::descriptor().limit(limit::BLOB_METADATA_MAX_BYTES);
        if let Some(most) = most
            && *self == Self::Metadata
            && size as u64 > most
        {
            return Err(Error::too_large(most));
        }
        to.container.begin(name, content_type, metadata).await
    }

    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let most = provider_memory::descriptor().limit(limit::BLOB_PART_MAX_BYTES);
        match (self, most) {
            (Self::PartNumber, _) if number == 0 => return Err(ErrorKind::OutOfRange.into()),
            (Self::PartSize, Some(most)) if size > most && !name.is_empty() => {
                return Err(Error::too_large(most));
            }
            _ => {}
        }
        let sent = to.container.put_part(name, upload, number, size, body);
        sent.await
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        if *self == Self::Upload && !name.is_empty() {
            to.driver.parts(name, upload).await?;
        }
        to.container.complete(name, upload, parts, expected).await
    }

    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        if *self == Self::PageSize && size == Some(0) {
            return Err(Error::invalid("page-size: must be greater than zero"));
        }
        to.container.versions(name, cursor, size).await
    }

    async fn sign(
        &self,
        to: &Target,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        if *self == Self::Lifetime && lifetime.is_zero() {
            return Err(Error::invalid("lifetime: must be greater than zero"));
        }
        to.container.sign(name, access, lifetime).await
    }
}

const ORDER: &[&str] = &["TYP-ERR-8"];

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-order-new-name-first",
        "rename and copy-if look at the new name before the old one",
        ORDER,
        container!(First::NewName),
    ),
    Mutant::new(
        "blob-order-source-first",
        "rename and copy-if look for the object before they look at the new name",
        ORDER,
        container!(First::Source),
    ),
    Mutant::new(
        "blob-order-metadata-first",
        "begin looks at the metadata before the name and the content type",
        ORDER,
        container!(First::Metadata),
    ),
    Mutant::new(
        "blob-order-part-number-first",
        "put-part looks at the number before the name",
        ORDER,
        container!(First::PartNumber),
    ),
    Mutant::new(
        "blob-order-part-size-first",
        "put-part looks at the size before the number",
        ORDER,
        container!(First::PartSize),
    ),
    Mutant::new(
        "blob-order-upload-first",
        "complete looks for the upload before it looks at the parts",
        ORDER,
        container!(First::Upload),
    ),
    Mutant::new(
        "blob-order-page-size-first",
        "versions looks at the page size before the name",
        ORDER,
        container!(First::PageSize),
    ),
    Mutant::new(
        "blob-order-lifetime-first",
        "sign looks at the lifetime before the name",
        ORDER,
        container!(First::Lifetime),
    ),
    Mutant::new(
        "blob-order-place-first",
        "append looks at the place before the name",
        ORDER,
        container!(First::Place),
    ),
];
