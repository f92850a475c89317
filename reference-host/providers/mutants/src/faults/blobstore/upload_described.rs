//! Faults of what uploads are begun with: content types and metadata.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Driver, Expected, Metadata, Part};
use cloud_contract::keyvalue::Version;

use super::metadata::{METADATA_BYTES, bytes};
use super::states::{state_of, write};
use super::upload_parts::lock;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// What `begin` should refuse is made acceptable.
#[derive(Debug)]
struct Mended(fn(&mut Option<String>, &mut Metadata));

#[async_trait]
impl ContainerFault for Mended {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        mut content_type: Option<String>,
        mut metadata: Metadata,
    ) -> Result<String> {
        (self.0)(&mut content_type, &mut metadata);
        to.container.begin(name, content_type, metadata).await
    }
}

/// What an upload is begun with is changed.
#[derive(Debug)]
struct Written(fn(&mut String, &mut Metadata));

#[async_trait]
impl DriverFault for Written {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        mut content_type: String,
        mut metadata: Metadata,
    ) -> Result<String> {
        (self.0)(&mut content_type, &mut metadata);
        to.begin(name, content_type, metadata).await
    }
}

/// What an upload was begun with is known to the instance that began it, by its session.
#[derive(Debug, Default)]
struct OwnDescription(Mutex<HashMap<String, u64>>);

#[async_trait]
impl ContainerFault for OwnDescription {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.container.begin(name, content_type, metadata).await?;
        lock(&self.0).insert(upload.clone(), to.session);
        Ok(upload)
    }

    async fn complete(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version> {
        let begun_by = lock(&self.0).get(upload).copied();
        let version = to.container.complete(name, upload, parts, expected).await?;
        if begun_by == Some(to.session) {
            return Ok(version);
        }
        match state_of(&*to.driver, name).await? {
            Some(state) => {
                let none = "application/octet-stream".to_owned();
                write(&*to.driver, name, state.bytes, none, Vec::new()).await
            }
            None => Ok(version),
        }
    }
}

/// What an upload was begun with is known by the name: that of the latest one counts.
#[derive(Debug, Default)]
struct DescribedByName(Mutex<HashMap<String, (String, Metadata)>>);

#[async_trait]
impl DriverFault for DescribedByName {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        let described = (content_type.clone(), metadata.clone());
        lock(&self.0).insert(name.to_owned(), described);
        to.begin(name, content_type, metadata).await
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let version = to.complete(name, upload, parts, expected).await?;
        let described = lock(&self.0).get(name).cloned();
        match (described, state_of(to, name).await?) {
            (Some((content_type, metadata)), Some(state))
                if state.info.version == version && state.info.content_type != content_type =>
            {
                write(to, name, state.bytes, content_type, metadata).await
            }
            _ => Ok(version),
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-begin-key-upper",
        "`begin` folds a key with capitals",
        &["BLOB-META-3"],
        container!(Mended(|_, metadata| for (key, _) in metadata {
            key.make_ascii_lowercase();
        })),
    ),
    Mutant::new(
        "blob-begin-key-twice",
        "of a key that `begin` is given twice in a row one counts",
        &["BLOB-META-3"],
        container!(Mended(
            |_, metadata| metadata.dedup_by(|(later, _), (key, _)| later == key)
        )),
    ),
    Mutant::new(
        "blob-begin-no-limit",
        "`begin` takes metadata of any size",
        &["BLOB-META-4"],
        container!(Mended(|_, metadata| {
            if bytes(metadata) > METADATA_BYTES {
                metadata.clear();
            }
        })),
    ),
    Mutant::new(
        "blob-begin-type-empty-ok",
        "the empty content type of `begin` is none",
        &["BLOB-META-6"],
        container!(Mended(|content_type, _| {
            if content_type.as_deref() == Some("") {
                *content_type = None;
            }
        })),
    ),
    Mutant::new(
        "blob-begin-type-cut",
        "`begin` cuts a content type of more than 255 characters",
        &["BLOB-META-6"],
        container!(Mended(|content_type, _| {
            if let Some(given) = content_type {
                given.truncate(given.floor_char_boundary(255));
            }
        })),
    ),
    Mutant::new(
        "blob-begin-ascii",
        "what is not ASCII in metadata of `begin` becomes `?`",
        &["BLOB-COMPLETE-1", "BLOB-META-1", "BLOB-META-2"],
        driver!(Written(|_, metadata| for (_, value) in metadata {
            *value = value.replace(|sign: char| !sign.is_ascii(), "?");
        })),
    ),
    Mutant::new(
        "blob-begin-type-lowered",
        "the content type of `begin` is folded to lower case",
        &["BLOB-COMPLETE-1", "BLOB-META-1"],
        driver!(Written(
            |content_type, _| content_type.make_ascii_lowercase()
        )),
    ),
    Mutant::new(
        "blob-complete-own-description",
        "what another instance completes has no content type and no metadata",
        &["BLOB-UPLOAD-3", "BLOB-COMPLETE-1"],
        container!(OwnDescription::default()),
    ),
    Mutant::new(
        "blob-begin-described-by-name",
        "of two uploads of one name both have the content type and the metadata of the latter",
        &["BLOB-COMPLETE-1", "BLOB-UPLOAD-2"],
        driver!(DescribedByName::default()),
    ),
];
