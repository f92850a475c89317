//! Content types, metadata and times of modification.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, Content, CopyRequest, Driver, Info, Metadata, NewObject, PutOptions, Range, Timestamp,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// The limit of the memory provider, which these faults are made for.
pub(super) const METADATA_BYTES: usize = 8 * 1024;

/// What a put writes beside its bytes is changed.
#[derive(Debug)]
struct Written(fn(&str, &mut PutOptions));

#[async_trait]
impl DriverFault for Written {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        mut options: PutOptions,
    ) -> Result<Version> {
        (self.0)(name, &mut options);
        to.put(name, body, options).await
    }
}

/// Each value is changed.
#[derive(Debug)]
pub(super) struct Values(pub(super) fn(&str) -> String);

#[async_trait]
impl DriverFault for Values {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        mut options: PutOptions,
    ) -> Result<Version> {
        for (_, value) in &mut options.metadata {
            *value = (self.0)(value);
        }
        to.put(name, body, options).await
    }
}

/// A put keeps of the object that it replaces what it does not set itself.
#[derive(Debug)]
enum Merges {
    Metadata,
    ContentType,
}

#[async_trait]
impl DriverFault for Merges {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        mut options: PutOptions,
    ) -> Result<Version> {
        let before = to.head(name).await?;
        match (self, before) {
            (_, None) => {}
            (Self::Metadata, Some(before)) => {
                for (key, value) in before.metadata {
                    if options.metadata.iter().all(|(set, _)| *set != key) {
                        options.metadata.push((key, value));
                    }
                }
            }
            (Self::ContentType, Some(before)) => {
                if options.content_type == "application/octet-stream" {
                    options.content_type = before.content_type;
                }
            }
        }
        to.put(name, body, options).await
    }
}

/// An object that should be refused is made acceptable.
#[derive(Debug)]
struct Mended(fn(&mut NewObject));

#[async_trait]
impl ContainerFault for Mended {
    async fn put(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        mut object: NewObject,
    ) -> Result<Version> {
        (self.0)(&mut object);
        to.container.put(name, body, object).await
    }
}

/// An object that is acceptable is refused.
#[derive(Debug)]
struct Picky(fn(&NewObject) -> Option<Error>);

#[async_trait]
impl ContainerFault for Picky {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        if let Some(error) = (self.0)(&object) {
            return Err(error);
        }
        to.container.put(name, body, object).await
    }
}

/// `head` and `get` tell another time of modification.
#[derive(Debug)]
struct Told(fn(Timestamp) -> Timestamp);

#[async_trait]
impl DriverFault for Told {
    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let mut found = to.get(name, range, expected).await?;
        if let Some(content) = &mut found {
            content.info.modified = (self.0)(content.info.modified);
        }
        Ok(found)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let mut found = to.head(name).await?;
        if let Some(info) = &mut found {
            info.modified = (self.0)(info.modified);
        }
        Ok(found)
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}

/// An object tells the time at which it was first seen under its name.
#[derive(Debug, Default)]
struct TimeOfCreation(Mutex<HashMap<String, Timestamp>>);

#[async_trait]
impl DriverFault for TimeOfCreation {
    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let mut found = to.head(name).await?;
        if let Some(info) = &mut found {
            let mut times = lock(&self.0);
            info.modified = *times.entry(name.to_owned()).or_insert(info.modified);
        }
        Ok(found)
    }
}

/// A copy tells the time of its source.
#[derive(Debug, Default)]
struct TimeOfSource(Mutex<HashMap<Version, Timestamp>>);

#[async_trait]
impl DriverFault for TimeOfSource {
    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let source = to.head(request.name).await?;
        let version = to.copy(request).await?;
        if let (Some(source), Some(version)) = (source, &version) {
            lock(&self.0).insert(version.clone(), source.modified);
        }
        Ok(version)
    }

    async fn head(&self, to: &dyn Driver, name: &str) -> Result<Option<Info>> {
        let mut found = to.head(name).await?;
        if let Some(info) = &mut found
            && let Some(time) = lock(&self.0).get(&info.version)
        {
            info.modified = *time;
        }
        Ok(found)
    }
}

pub(super) fn bytes(metadata: &Metadata) -> usize {
    let entries = metadata.iter();
    entries.map(|(key, value)| key.len() + value.len()).sum()
}

fn guessed(name: &str, options: &mut PutOptions) {
    let guess = match name.rsplit('.').next() {
        Some("html") => "text/html",
        Some("txt") => "text/plain",
        Some("png") => "image/png",
        _ => return,
    };
    if options.content_type == "application/octet-stream" {
        options.content_type = guess.to_owned();
    }
}

/// In nanoseconds.
const HOUR: Timestamp = 60 * 60 * 1_000_000_000;

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-meta-lost",
        "metadata is not kept",
        &["BLOB-META-1", "BLOB-PUT-1"],
        driver!(Written(|_, options| options.metadata.clear())),
    ),
    Mutant::new(
        "blob-meta-ten",
        "of metadata the first ten entries are kept",
        &["BLOB-META-1", "BLOB-META-2"],
        driver!(Written(|_, options| options.metadata.truncate(10))),
    ),
    Mutant::new(
        "blob-meta-ascii",
        "what is not ASCII in a value becomes `?`",
        &["BLOB-META-1", "BLOB-META-2"],
        driver!(Values(
            |value| value.replace(|sign: char| !sign.is_ascii(), "?")
        )),
    ),
    Mutant::new(
        "blob-meta-trims",
        "blanks around a value are trimmed",
        &["BLOB-META-1"],
        driver!(Values(|value| value.trim_matches([' ', '\t']).to_owned())),
    ),
    Mutant::new(
        "blob-meta-folds-lines",
        "line ends in a value become blanks",
        &["BLOB-META-1"],
        driver!(Values(|value| value.replace(['\r', '\n'], " "))),
    ),
    Mutant::new(
        "blob-meta-decodes",
        "`%41` in a value becomes `A`",
        &["BLOB-META-1"],
        driver!(Values(|value| value.replace("%41", "A"))),
    ),
    Mutant::new(
        "blob-meta-empty-dropped",
        "an entry with an empty value is dropped",
        &["BLOB-META-1", "BLOB-META-2"],
        driver!(Written(|_, options| options
            .metadata
            .retain(|(_, value)| !value.is_empty()))),
    ),
    Mutant::new(
        "blob-meta-reserved-dropped",
        "an entry with the key `content-type` or `etag` is dropped",
        &["BLOB-META-1", "BLOB-META-2"],
        driver!(Written(|_, options| options
            .metadata
            .retain(|(key, _)| key != "content-type" && key != "etag"))),
    ),
    Mutant::new(
        "blob-meta-type-of-entry",
        "an entry with the key `content-type` is the content type, too",
        &["BLOB-META-1", "BLOB-META-2"],
        driver!(Written(|_, options| {
            let mut entries = options.metadata.iter();
            if let Some((_, value)) = entries.find(|(key, _)| key == "content-type") {
                options.content_type.clone_from(value);
            }
        })),
    ),
    Mutant::new(
        "blob-meta-keys-cut",
        "keys are cut to 63 characters",
        &["BLOB-META-1", "BLOB-META-2"],
        driver!(Written(
            |_, options| for (key, _) in &mut options.metadata {
                key.truncate(63);
            }
        )),
    ),
    Mutant::new(
        "blob-meta-merged",
        "a put keeps metadata of the object that it replaces",
        &["BLOB-PUT-2"],
        driver!(Merges::Metadata),
    ),
    Mutant::new(
        "blob-type-kept",
        "a put without a content type keeps the one of before",
        &["BLOB-PUT-2", "BLOB-META-7"],
        driver!(Merges::ContentType),
    ),
    Mutant::new(
        "blob-meta-key-upper",
        "a key with capitals is folded, not refused",
        &["BLOB-META-3"],
        container!(Mended(|object| for (key, _) in &mut object.metadata {
            key.make_ascii_lowercase();
        })),
    ),
    Mutant::new(
        "blob-meta-key-any",
        "a key of another form is dropped, not refused",
        &["BLOB-META-3"],
        container!(Mended(|object| object.metadata.retain(|(key, _)| {
            key.starts_with(|first: char| first.is_ascii_lowercase())
        }))),
    ),
    Mutant::new(
        "blob-meta-key-long",
        "a key of 65 characters is cut, not refused",
        &["BLOB-META-3"],
        container!(Mended(|object| for (key, _) in &mut object.metadata {
            if key.len() == 65 {
                key.truncate(64);
            }
        })),
    ),
    Mutant::new(
        "blob-meta-key-twice",
        "of a key that stands there twice the last one counts",
        &["BLOB-META-3"],
        container!(Mended(|object| {
            let all = object.metadata.clone();
            let mut place = 0;
            object.metadata.retain(|(key, _)| {
                place += 1;
                all.iter().skip(place).all(|(later, _)| later != key)
            });
        })),
    ),
    Mutant::new(
        "blob-meta-no-limit",
        "metadata of any size is accepted",
        &["BLOB-META-4"],
        container!(Mended(|object| {
            if bytes(&object.metadata) > METADATA_BYTES {
                object.metadata.clear();
            }
        })),
    ),
    Mutant::new(
        "blob-meta-limit-of-values",
        "keys do not count in the limit of metadata",
        &["BLOB-META-4"],
        container!(Mended(|object| {
            let values: usize = object.metadata.iter().map(|(_, value)| value.len()).sum();
            if values <= METADATA_BYTES && bytes(&object.metadata) > METADATA_BYTES {
                object.metadata.clear();
            }
        })),
    ),
    Mutant::new(
        "blob-meta-limit-exclusive",
        "metadata of exactly the limit is refused",
        &["BLOB-META-2"],
        container!(Picky(|object| (bytes(&object.metadata) == METADATA_BYTES)
            .then(|| Error::too_large(METADATA_BYTES as u64)))),
    ),
    Mutant::new(
        "blob-type-lost",
        "the content type is always application/octet-stream",
        &["BLOB-META-1"],
        driver!(Written(
            |_, options| options.content_type = "application/octet-stream".to_owned()
        )),
    ),
    Mutant::new(
        "blob-type-guessed",
        "the content type is guessed from the name",
        &["BLOB-META-7"],
        driver!(Written(guessed)),
    ),
    Mutant::new(
        "blob-type-lowered",
        "the content type is folded to lower case",
        &["BLOB-META-1"],
        driver!(Written(|_, options| options
            .content_type
            .make_ascii_lowercase())),
    ),
    Mutant::new(
        "blob-type-without-parameters",
        "the content type loses its parameters",
        &["BLOB-META-1"],
        driver!(Written(|_, options| {
            let end = options.content_type.find(';');
            options.content_type.truncate(end.unwrap_or(usize::MAX));
        })),
    ),
    Mutant::new(
        "blob-type-with-slash",
        "a content type without a slash is refused",
        &["BLOB-META-5"],
        container!(Picky(|object| {
            let given = object.content_type.as_deref()?;
            (!given.is_empty() && !given.contains('/'))
                .then(|| Error::invalid("content-type: must have a slash"))
        })),
    ),
    Mutant::new(
        "blob-type-short",
        "a content type of more than 127 characters is refused",
        &["BLOB-META-5"],
        container!(Picky(|object| (object.content_type.as_ref()?.len() > 127)
            .then(|| Error::invalid("content-type: is too long")))),
    ),
    Mutant::new(
        "blob-type-anything",
        "a content type with a line end is accepted",
        &["BLOB-META-6"],
        container!(Mended(|object| {
            if let Some(given) = &mut object.content_type {
                given.retain(|sign| sign != '\n' && sign != '\r');
            }
        })),
    ),
    Mutant::new(
        "blob-type-empty-ok",
        "the empty content type is none",
        &["BLOB-META-6"],
        container!(Mended(|object| {
            if object.content_type.as_deref() == Some("") {
                object.content_type = None;
            }
        })),
    ),
    Mutant::new(
        "blob-type-cut",
        "a content type of more than 255 characters is cut",
        &["BLOB-META-6"],
        container!(Mended(|object| {
            if let Some(given) = &mut object.content_type {
                given.truncate(given.floor_char_boundary(255));
            }
        })),
    ),
    Mutant::new(
        "blob-time-zero",
        "the time of modification is 0",
        &["BLOB-META-8"],
        driver!(Told(|_| 0)),
    ),
    Mutant::new(
        "blob-time-milliseconds",
        "the time of modification is in milliseconds",
        &["BLOB-META-8"],
        driver!(Told(|time| time / 1_000_000)),
    ),
    Mutant::new(
        "blob-time-of-day",
        "the time of modification is the beginning of the day",
        &["BLOB-META-8"],
        driver!(Told(|time| time - time % 86_400_000_000_000)),
    ),
    Mutant::new(
        "blob-time-hour-late",
        "the time of modification is an hour late",
        &["BLOB-META-9"],
        driver!(Told(|time| time + HOUR)),
    ),
    Mutant::new(
        "blob-time-hour-early",
        "the time of modification is an hour early",
        &["BLOB-META-9"],
        driver!(Told(|time| time - HOUR)),
    ),
    Mutant::new(
        "blob-time-of-read",
        "the time of modification is that of the call",
        &["BLOB-META-8"],
        driver!(Told(|_| now())),
    ),
    Mutant::new(
        "blob-time-creation",
        "an overwrite leaves the time of modification",
        &["BLOB-META-8"],
        driver!(TimeOfCreation::default()),
    ),
    Mutant::new(
        "blob-time-of-source",
        "a copy tells the time of its source",
        &["BLOB-META-8"],
        driver!(TimeOfSource::default()),
    ),
];
