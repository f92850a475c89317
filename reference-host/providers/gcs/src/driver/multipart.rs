//! Uploads that a guest divides: each part is an object under the id of the upload, and an
//! object beside them says that the upload is there, and what is to come of it.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use cloud_contract::blobstore::{Body, Expected, Metadata, Part, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::compose::{self, Source};
use super::temporary::Temporary;
use super::upload::After;
use super::{Container, New, OBJECT_BYTES, upload};
use crate::descriptor::PART_MIN_BYTES;
use crate::link::{Request, Service};
use crate::metadata;
use crate::names::{BEGUN, COMPOSED};
use crate::object::{FIELDS, Kind, Object, condition, fresh};
use crate::sweep::Listed;

/// Digits of the number of a part.
const DIGITS: usize = 5;

/// An upload of which a guest told the id.
struct Upload {
    /// What all its objects start with.
    prefix: String,
    /// The object that says that it is there.
    begun: String,
}

impl Upload {
    fn new(parts: &str, mark: &str) -> Self {
        let prefix = format!("{parts}{mark}/");
        let begun = format!("{prefix}{BEGUN}");
        Self { prefix, begun }
    }

    fn part(&self, number: u32) -> String {
        format!("{}{number:0width$}", self.prefix, width = DIGITS)
    }

    /// The number of a part; none for another object of the upload.
    fn number(&self, key: &str) -> Option<u32> {
        let digits = key.strip_prefix(self.prefix.as_str())?;
        let is_number = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok())?
    }

    /// What was said when it was begun.
    ///
    /// # Errors
    /// `not-found` if it is not there.
    async fn find(&self, service: &Service) -> Result<Object> {
        let found = service.find(&self.begun, None).await?;
        found.ok_or_else(|| ErrorKind::NotFound.into())
    }
}

/// The id of an upload is a mark and a check over it and the key.
fn sealed(key: &str, mark: &str) -> String {
    format!("{mark}.{}", checked(key, mark))
}

/// The mark in an upload's id; none for a text that is none, and for an upload of another
/// key.
fn opened<'a>(key: &str, upload: &'a str) -> Option<&'a str> {
    let (mark, check) = upload.split_once('.')?;
    let is_mark = mark.len() == 36 && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_mark && check == checked(key, mark)).then_some(mark)
}

/// A digest against mistakes, not against forgers: who names an upload may use it. It is
/// the same in every host, for years (FNV-1a).
fn checked(key: &str, mark: &str) -> String {
    let parts = [key, mark].map(|part| part.bytes().chain([0xff]));
    let digest = parts
        .into_iter()
        .flatten()
        .fold(0xcbf2_9ce4_8422_2325_u64, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
    format!("{digest:016x}")
}

impl Container {
    fn opened(&self, name: &str, upload: &str) -> Option<Upload> {
        let mark = opened(&self.keys.key(name), upload)?;
        Some(Upload::new(&self.keys.parts, mark))
    }

    pub(super) async fn begin_upload(
        &self,
        name: &str,
        content_type: String,
        metadata: &Metadata,
    ) -> Result<String> {
        let mark = fresh();
        let new = New {
            key: Upload::new(&self.keys.parts, &mark).begun,
            kind: Kind {
                content_type,
                fields: metadata::written(metadata),
            },
            condition: Some(0),
        };
        let service = Arc::clone(&self.service);
        let begun = async move { upload::whole(&service, &new, Bytes::new()).await };
        self.registration.run(begun).await?;
        Ok(sealed(&self.keys.key(name), &mark))
    }

    pub(super) async fn send_part(
        &self,
        name: &str,
        upload: &str,
        number: u32,
        body: Body,
    ) -> Result<Part> {
        let upload = self.opened(name, upload).ok_or(ErrorKind::NotFound)?;
        upload.find(&self.service).await?;
        let new = New {
            key: upload.part(number),
            kind: Kind::general(),
            condition: None,
        };
        let (service, key) = (Arc::clone(&self.service), new.key.clone());
        // One that ended meanwhile does not look for parts any more.
        let after: After = Box::new(|sent| {
            Box::pin(async move {
                match upload.find(&service).await {
                    Err(error) if *error.kind() == ErrorKind::NotFound => {
                        service.remove(&key, Some(sent.generation)).await?;
                        Err(error)
                    }
                    // The upload may well be there, and the part belongs to it then.
                    Err(error) => Err(error),
                    Ok(_) => Ok(sent),
                }
            })
        });
        let sent = self.upload(new, body, after).await?;
        Ok(Part {
            number,
            tag: sent.generation.to_string(),
        })
    }

    pub(super) async fn list_parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let upload = self.opened(name, upload).ok_or(ErrorKind::NotFound)?;
        upload.find(&self.service).await?;
        self.received(&upload).await
    }

    /// By ascending numbers, as the service lists them.
    async fn received(&self, upload: &Upload) -> Result<Vec<ReceivedPart>> {
        let request = Request::get(self.service.objects())
            .with("fields", format!("items({FIELDS}),nextPageToken"))
            .with("prefix", &upload.prefix);
        let mut parts = Vec::new();
        let mut page = Listed::default();
        loop {
            let asked = request.clone().with_some("pageToken", page.next.take());
            page = self.service.read(&asked).await?.json()?;
            parts.extend(page.items.drain(..).filter_map(|part| {
                Some(ReceivedPart {
                    part: Part {
                        number: upload.number(&part.name)?,
                        tag: part.generation.to_string(),
                    },
                    size: part.size,
                })
            }));
            if page.next.is_none() {
                return Ok(parts);
            }
        }
    }

    pub(super) async fn complete_upload(
        &self,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let upload = self.opened(name, upload).ok_or(ErrorKind::NotFound)?;
        let begun = upload.find(&self.service).await?;
        let received = self.received(&upload).await?;
        let sources = chosen(&upload, &received, parts)?;
        let new = New {
            key: self.keys.key(name),
            kind: begun.kind(),
            condition: condition(expected)?,
        };
        let ended = self.registration.begin()?;
        let service = Arc::clone(&self.service);
        let completion = async move {
            // What is composed on the way has names of its own for each attempt.
            let prefix = format!("{}{COMPOSED}{}-", upload.prefix, fresh());
            let made = match compose::all(&service, &prefix, &new, sources).await {
                Ok(made) => made,
                Err(failure) => return Err(compose::settle(&service, &new, failure).await),
            };
            // It is written: that the upload goes on to be there would be no failure.
            let _ = service.remove(&upload.begun, Some(begun.generation)).await;
            drop(Temporary {
                service,
                prefix: upload.prefix,
                on_its_way: Some(ended),
            });
            Ok(made.version())
        };
        self.registration.run(completion).await
    }

    pub(super) async fn abort_upload(&self, name: &str, upload: &str) -> Result<()> {
        let Some(upload) = self.opened(name, upload) else {
            return Ok(());
        };
        let ended = self.registration.begin()?;
        let service = Arc::clone(&self.service);
        let abort = async move {
            let Some(begun) = service.find(&upload.begun, None).await? else {
                return Ok(());
            };
            service
                .remove(&upload.begun, Some(begun.generation))
                .await?;
            drop(Temporary {
                service,
                prefix: upload.prefix,
                on_its_way: Some(ended),
            });
            Ok(())
        };
        self.registration.run(abort).await
    }
}

/// The parts that are asked for, out of those that the upload has.
fn chosen(upload: &Upload, received: &[ReceivedPart], parts: &[Part]) -> Result<Vec<Source>> {
    let has: HashMap<(u32, &str), u64> = received
        .iter()
        .map(|received| ((received.part.number, &*received.part.tag), received.size))
        .collect();
    let mut bytes = 0_u64;
    let mut chosen = Vec::with_capacity(parts.len());
    let mut is_too_small = false;
    for (place, part) in parts.iter().enumerate() {
        let found = has.get(&(part.number, part.tag.as_str()));
        let size = *found.ok_or(ErrorKind::NotFound)?;
        is_too_small |= size < PART_MIN_BYTES && place + 1 < parts.len();
        bytes = bytes.saturating_add(size);
        chosen.push(Source {
            key: upload.part(part.number),
            generation: part.tag.parse().map_err(|_| ErrorKind::NotFound)?,
        });
    }
    if is_too_small {
        Err(ErrorKind::OutOfRange.into())
    } else if bytes > OBJECT_BYTES {
        Err(Error::too_large(OBJECT_BYTES))
    } else {
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(number: u32, size: u64) -> ReceivedPart {
        ReceivedPart {
            part: Part {
                number,
                tag: number.to_string(),
            },
            size,
        }
    }

    #[test]
    fn parts_are_chosen_by_number_and_tag() {
        let upload = Upload::new("_parts/s/c/", "m");
        let has = [
            received(1, 1),
            received(2, 0),
            received(3, 0),
            received(9, OBJECT_BYTES),
        ];
        let choose = |numbers: &[u32]| {
            let parts: Vec<Part> = numbers.iter().map(|&one| received(one, 0).part).collect();
            chosen(&upload, &has, &parts).map(|chosen| chosen.len())
        };
        assert_eq!(choose(&[1, 2]).unwrap(), 2);
        assert_eq!(choose(&[3]).unwrap(), 1);
        let kind = |numbers| choose(numbers).unwrap_err().kind().clone();
        assert_eq!(kind(&[1, 4]), ErrorKind::NotFound);
        assert_eq!(kind(&[2, 3]), ErrorKind::OutOfRange);
        let limit = OBJECT_BYTES;
        assert_eq!(kind(&[1, 9]), ErrorKind::TooLarge { limit });
        let mut other = received(1, 0).part;
        other.tag = "2".to_owned();
        let error = chosen(&upload, &has, &[other]).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound);
    }

    #[test]
    fn ids_and_parts_are_told_from_other_texts() {
        let mark = fresh();
        let id = sealed("k", &mark);
        assert_eq!(opened("k", &id), Some(&*mark));
        assert_eq!(opened("l", &id), None);
        for text in [
            "",
            ".",
            "../",
            &format!("{id}c"),
            &id[1..],
            &format!("/{id}"),
        ] {
            assert_eq!(opened("k", text), None, "{text:?}");
        }
        let upload = Upload::new("_parts/s/c/", &mark);
        assert_eq!(upload.number(&upload.part(10_000)), Some(10_000));
        for text in ["begun", "1", "+0001", "by-00001"] {
            assert_eq!(upload.number(&format!("{}{text}", upload.prefix)), None);
        }
    }
}
