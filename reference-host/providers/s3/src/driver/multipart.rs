//! Uploads that a guest divides: each call knows the upload by its id alone.
//!
//! The id that a guest gets is the version that the object is going to have, a check over
//! all of it and the key, and the id of the service, with dots in between. The metadata, the
//! version in it, is the service's to keep from the beginning.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_s3::config::Config;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::primitives::{ByteStream, DateTime, SdkBody};
use aws_sdk_s3::types::CompletedPart;
use bucket_scopes::Pieces;
use cloud_contract::blobstore::{Body, Expected, Metadata, Part, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use tokio::sync::mpsc;

use super::body::{Sized, pass};
use super::object::{self, size};
use super::upload::{self, Begun};
use super::{Container, OBJECT_BYTES, PART_BYTES};
use crate::descriptor::PART_MIN_BYTES;
use crate::error::{translate, unexpected_reply};
use crate::link::read;
use crate::{metadata, sweep, version};

/// The longest id that the service is asked about.
const ID_BYTES: usize = 2_048;

/// The version and the service's id in an upload's id; none for a text that is none, and
/// for an upload of another key: not every server tells those apart.
fn opened<'a>(key: &str, upload: &'a str) -> Option<(&'a str, &'a str)> {
    let (version, rest) = upload.split_once('.')?;
    let (check, id) = rest.split_once('.')?;
    let fits = (1..=ID_BYTES).contains(&id.len()) && check == checked(key, version, id);
    fits.then_some((version, id))
}

fn sealed(key: &str, version: &str, id: &str) -> String {
    format!("{version}.{}.{id}", checked(key, version, id))
}

/// A digest against mistakes, not against forgers: who names an upload may use it. It is
/// the same in every host, for years (FNV-1a).
fn checked(key: &str, version: &str, id: &str) -> String {
    let parts = [key, version, id].map(|part| part.bytes().chain([0xff]));
    let digest = parts
        .into_iter()
        .flatten()
        .fold(0xcbf2_9ce4_8422_2325_u64, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
    format!("{digest:016x}")
}

fn id<'a>(key: &str, upload: &'a str) -> Result<&'a str> {
    let (_, id) = opened(key, upload).ok_or(ErrorKind::NotFound)?;
    Ok(id)
}

/// The number of a part, within the rules.
fn number(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(|_| ErrorKind::OutOfRange.into())
}

impl Container {
    pub(super) async fn begin_upload(
        &self,
        name: &str,
        content_type: String,
        metadata: &Metadata,
    ) -> Result<String> {
        let version = version::fresh();
        let new = Begun {
            key: self.keys.key(name),
            fields: metadata::written(metadata, &version, &content_type),
            content_type,
        };
        let service = Arc::clone(&self.service);
        let begun = async move {
            let id = upload::begin(&service, &new).await?;
            Ok(sealed(&new.key, &version, &id))
        };
        self.registration.run(begun).await
    }

    /// A part that fits into memory is collected first; another one is sent as it comes.
    pub(super) async fn send_part(
        &self,
        name: &str,
        upload: &str,
        part: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let key = self.keys.key(name);
        let id = id(&key, upload)?.to_owned();
        let tag = if size <= PART_BYTES as u64 {
            let (bytes, _) = Pieces::new(body, PART_BYTES).next().await?;
            let (service, number) = (Arc::clone(&self.service), number(part)?);
            let sent = async move { upload::send(&service, &key, &id, number, bytes).await };
            self.registration.run(sent).await?
        } else {
            self.send_as_it_comes(&key, &id, number(part)?, size, body)
                .await?
        };
        Ok(Part { number: part, tag })
    }

    async fn send_as_it_comes(
        &self,
        key: &str,
        id: &str,
        number: i32,
        size: u64,
        body: Body,
    ) -> Result<String> {
        let _on_its_way = self.registration.begin()?;
        let (to, pieces) = mpsc::channel(1);
        let sent = SdkBody::from_body_1_x(Sized { pieces, left: size });
        // The time of the guest is not the service's; the portable layer tells them apart.
        let patient = TimeoutConfig::builder().disable_operation_timeout().build();
        let part = self.service.client.upload_part();
        let part = part
            .bucket(&self.service.bucket)
            .key(key)
            .upload_id(id)
            .part_number(number)
            .content_length(i64::try_from(size).unwrap_or(i64::MAX))
            .body(ByteStream::new(sent))
            .customize()
            .config_override(Config::builder().timeout_config(patient))
            .disable_payload_signing();
        let answer = tokio::select! {
            answer = part.send() => answer.map_err(translate)?,
            Err(error) = pass(body, to) => return Err(error),
        };
        answer.e_tag.ok_or_else(unexpected_reply)
    }

    pub(super) async fn list_parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        self.listed(name, upload).await.map(last_of_each)
    }

    /// What the service lists, each part with the time at which it was sent.
    async fn listed(&self, name: &str, upload: &str) -> Result<Vec<(i128, ReceivedPart)>> {
        let key = self.keys.key(name);
        let id = id(&key, upload)?;
        let mut parts = Vec::new();
        let mut after = None;
        loop {
            let request = || {
                let list = self.service.client.list_parts();
                let list = list.bucket(&self.service.bucket).key(&key).upload_id(id);
                list.set_part_number_marker(after.clone()).send()
            };
            let answer = read(request).await.map_err(translate)?;
            for part in answer.parts() {
                let number = part
                    .part_number()
                    .and_then(|number| u32::try_from(number).ok());
                let sent = part.last_modified().map_or(0, DateTime::as_nanos);
                let received = ReceivedPart {
                    part: Part {
                        number: number.ok_or_else(unexpected_reply)?,
                        tag: part.e_tag().ok_or_else(unexpected_reply)?.to_owned(),
                    },
                    size: size(part.size())?,
                };
                parts.push((sent, received));
            }
            let next = answer.next_part_number_marker().map(str::to_owned);
            if !answer.is_truncated().unwrap_or(false) {
                return Ok(parts);
            }
            if next.is_none() || next == after {
                return Err(unexpected_reply());
            }
            after = next;
        }
    }

    /// The parts are looked at first: not every server compares all of what it is told.
    pub(super) async fn complete_upload(
        &self,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let key = self.keys.key(name);
        let (version, id) = opened(&key, upload).ok_or(ErrorKind::NotFound)?;
        let received = self.listed(name, upload).await?;
        let chosen = chosen(&received, parts)?;
        let service = Arc::clone(&self.service);
        let (id, expected) = (id.to_owned(), expected.clone());
        let completion = async move {
            let condition = object::condition(&service, &key, &expected).await?;
            upload::complete(&service, &key, &id, chosen, condition, &expected).await
        };
        self.registration.run(completion).await?;
        Ok(Version::from(version))
    }

    pub(super) async fn abort_upload(&self, name: &str, upload: &str) -> Result<()> {
        let key = self.keys.key(name);
        let Ok(id) = id(&key, upload) else {
            return Ok(());
        };
        let (service, id) = (Arc::clone(&self.service), id.to_owned());
        let ended = async move { sweep::abort(&service, &key, &id).await };
        self.registration.run(ended).await
    }
}

/// By ascending numbers, and of each the one that was sent last: there are servers that
/// list a part as well that another one took the place of.
fn last_of_each(mut parts: Vec<(i128, ReceivedPart)>) -> Vec<ReceivedPart> {
    parts.sort_by_key(|(sent, received)| Reverse((received.part.number, *sent)));
    parts.dedup_by_key(|(_, received)| received.part.number);
    parts
        .into_iter()
        .rev()
        .map(|(_, received)| received)
        .collect()
}

/// The parts that are asked for, out of those that the upload has.
fn chosen(received: &[(i128, ReceivedPart)], parts: &[Part]) -> Result<Vec<CompletedPart>> {
    let has: HashMap<(u32, &str), u64> = received
        .iter()
        .map(|(_, received)| ((received.part.number, &*received.part.tag), received.size))
        .collect();
    let mut bytes = 0_u64;
    let mut chosen = Vec::with_capacity(parts.len());
    let mut is_too_small = false;
    for (place, part) in parts.iter().enumerate() {
        let found = has.get(&(part.number, part.tag.as_str()));
        let size = *found.ok_or(ErrorKind::NotFound)?;
        is_too_small |= size < PART_MIN_BYTES && place + 1 < parts.len();
        bytes = bytes.saturating_add(size);
        let part = CompletedPart::builder()
            .part_number(number(part.number)?)
            .e_tag(&part.tag);
        chosen.push(part.build());
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
                tag: format!("t{number}"),
            },
            size,
        }
    }

    #[test]
    fn parts_are_chosen_by_number_and_tag() {
        let has = [
            received(1, PART_MIN_BYTES),
            received(2, 1),
            received(3, 0),
            received(9, OBJECT_BYTES),
        ];
        let has = has.map(|received| (0, received));
        let choose = |numbers: &[u32]| {
            let parts: Vec<Part> = numbers.iter().map(|&one| received(one, 0).part).collect();
            chosen(&has, &parts).map(|chosen| chosen.len())
        };
        assert_eq!(choose(&[1, 2]), Ok(2));
        assert_eq!(choose(&[3]), Ok(1));
        let kind = |numbers| choose(numbers).unwrap_err().kind().clone();
        assert_eq!(kind(&[1, 4]), ErrorKind::NotFound);
        assert_eq!(kind(&[2, 3]), ErrorKind::OutOfRange);
        assert_eq!(
            kind(&[1, 9]),
            ErrorKind::TooLarge {
                limit: OBJECT_BYTES
            }
        );
        let mut other = received(1, 0).part;
        other.tag = "t2".to_owned();
        assert_eq!(
            chosen(&has, &[other]).unwrap_err().kind(),
            &ErrorKind::NotFound
        );
    }

    #[test]
    fn a_part_that_was_sent_again_is_listed_once() {
        let parts = vec![
            (5, received(2, 7)),
            (9, received(1, 3)),
            (8, received(1, 2)),
        ];
        let listed = last_of_each(parts);
        let sizes: Vec<u64> = listed.iter().map(|received| received.size).collect();
        assert_eq!(sizes, [3, 7]);
    }

    #[test]
    fn ids_are_told_from_other_texts() {
        let upload = sealed("k", "v", "a.b");
        assert_eq!(opened("k", &upload), Some(("v", "a.b")));
        assert_eq!(opened("l", &upload), None);
        for text in [
            "",
            ".",
            "..",
            "v",
            "v.a",
            "v.a.b",
            &format!("{upload}c"),
            &upload[1..],
        ] {
            assert_eq!(opened("k", text), None, "{text:?}");
        }
        assert_eq!(opened("k", &sealed("k", "v", &"x".repeat(5_000))), None);
    }
}
