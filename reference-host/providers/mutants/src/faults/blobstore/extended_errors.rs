//! Refusals of extended interfaces: arguments that are looked at before the feature, and
//! texts that tell too much.

use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{Access, Body, Link, Listing, Metadata, Part, PastState};
use cloud_contract::{Error, Result};

use super::container;
use super::describe::MULTIPART;
use super::errors::told;
use super::names::NAME_BYTES;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};

/// Some functions look at the length of a name before the feature.
#[derive(Debug)]
struct LengthFirst(&'static [Call]);

impl ContainerFault for LengthFirst {
    fn name<'a>(&self, call: Call, name: &'a str) -> Result<Cow<'a, str>> {
        if self.0.contains(&call) && name.len() > NAME_BYTES {
            return Err(Error::too_large(NAME_BYTES as u64));
        }
        Ok(Cow::Borrowed(name))
    }
}

/// `versions` looks at the page size before the feature.
#[derive(Debug)]
struct PageSizeFirst;

#[async_trait]
impl ContainerFault for PageSizeFirst {
    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        if size == Some(0) && !name.is_empty() && name.len() <= NAME_BYTES {
            return Err(Error::invalid("page-size: must be greater than zero"));
        }
        to.container.versions(name, cursor, size).await
    }
}

/// The text of an error of one function holds something that the guest passed.
#[derive(Debug)]
struct Tells(Call);

impl Tells {
    fn of(&self, call: Call, error: Error, more: &str) -> Error {
        if call == self.0 {
            told(error, more)
        } else {
            error
        }
    }
}

#[async_trait]
impl ContainerFault for Tells {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let keys: Vec<&str> = metadata.iter().map(|(key, _)| key.as_str()).collect();
        let keys = keys.join(", ");
        let begun = to.container.begin(name, content_type, metadata).await;
        begun.map_err(|error| self.of(Call::Begin, error, &keys))
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
        let container = &to.container;
        let sent = container.put_part(name, upload, number, size, body).await;
        sent.map_err(|error| self.of(Call::PutPart, error, upload))
    }

    async fn sign(
        &self,
        to: &Target,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let link = to.container.sign(name, access, lifetime).await;
        link.map_err(|error| self.of(Call::Sign, error, name))
    }

    async fn versions(
        &self,
        to: &Target,
        name: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing<PastState>> {
        let listed = to.container.versions(name, cursor, size).await;
        listed.map_err(|error| self.of(Call::Versions, error, cursor.unwrap_or_default()))
    }
}

/// The functions of `history`.
const HISTORY: &[Call] = &[Call::Versions, Call::GetVersion, Call::DeleteVersion];

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-append-length-first",
        "`append` looks at the length of a name before the feature",
        &["TYP-FEAT-1"],
        container!(LengthFirst(&[Call::Append])),
    ),
    Mutant::new(
        "blob-multipart-length-first",
        "uploads look at the length of a name before the feature",
        &["TYP-FEAT-1"],
        container!(LengthFirst(MULTIPART)),
    ),
    Mutant::new(
        "blob-history-length-first",
        "earlier states look at the length of a name before the feature",
        &["TYP-FEAT-1"],
        container!(LengthFirst(HISTORY)),
    ),
    Mutant::new(
        "blob-link-length-first",
        "links look at the length of a name before the feature",
        &["TYP-FEAT-1"],
        container!(LengthFirst(&[Call::Sign])),
    ),
    Mutant::new(
        "blob-versions-page-size-first",
        "`versions` looks at the page size before the feature",
        &["TYP-FEAT-1"],
        container!(PageSizeFirst),
    ),
    Mutant::new(
        "blob-error-begin-names-keys",
        "the text of an error of `begin` holds the keys of the metadata",
        &["TYP-ERR-2"],
        container!(Tells(Call::Begin)),
    ),
    Mutant::new(
        "blob-error-part-names-upload",
        "the text of an error of `put-part` holds the id of the upload",
        &["TYP-ERR-2"],
        container!(Tells(Call::PutPart)),
    ),
    Mutant::new(
        "blob-error-versions-names-cursor",
        "the text of an error of `versions` holds the cursor that was passed",
        &["TYP-ERR-2"],
        container!(Tells(Call::Versions)),
    ),
    Mutant::new(
        "blob-error-link-names-object",
        "the text of an error of `sign` holds the name of the object",
        &["TYP-ERR-2"],
        container!(Tells(Call::Sign)),
    ),
];
