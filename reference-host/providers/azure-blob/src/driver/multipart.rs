//! Uploads that a guest divides: each call knows the upload by its id alone.
//!
//! An upload is a blob of its own, which holds the content type and the metadata, and
//! blocks that lie with the name of the object: a sign that it is there, and those of its
//! parts. Whatever writes the name takes the blocks away, and the upload is over: the sign
//! is gone. The id is the mark of the write, and a check over it and the key.
//!
//! Of a part that was sent more than once, the last one counts: each sending looks at the
//! turns of those before it. A part is there when its last block is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bucket_scopes::Pieces;
use bytes::Bytes;
use cloud_contract::blobstore::{Body, Expected, Info, Metadata, Part, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use reqwest::Method;

use super::put::{NEW, commit, stage};
use super::{BLOCK_BYTES, Container, OBJECT_BYTES, object, remove};
use crate::block::{self, Id, Kind, Mark};
use crate::descriptor::PART_MIN_BYTES;
use crate::error::NO_SUCH_BLOCK;
use crate::link::{Ask, Service};
use crate::{metadata, xml};

/// The list of blocks that are no object yet.
const LIST: &str = "UncommittedBlocks";

/// The mark in an upload's id; none for a text that is none, and for an upload of
/// another key.
fn opened(key: &str, upload: &str) -> Option<Mark> {
    let (mark, check) = upload.split_once('.')?;
    let found = block::mark(mark)?;
    (check == checked(key, mark)).then_some(found)
}

fn sealed(key: &str, write: &Mark) -> String {
    let mark = block::text(write);
    format!("{mark}.{}", checked(key, &mark))
}

/// A digest against mistakes, not against forgers: who names an upload may use it. It is
/// the same in every host, for years (FNV-1a).
fn checked(key: &str, mark: &str) -> String {
    let bytes = key.bytes().chain([0xff]).chain(mark.bytes());
    let digest = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("{digest:016x}")
}

/// A part that an upload has.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sent {
    number: u32,
    turn: u32,
    sending: Mark,
    size: u64,
    /// None for one without bytes.
    blocks: Vec<Id>,
}

impl Sent {
    fn part(&self) -> Part {
        Part {
            number: self.number,
            tag: tag(self.turn, &self.sending),
        }
    }
}

fn tag(turn: u32, sending: &Mark) -> String {
    format!("{turn}.{}", block::text(sending))
}

/// An upload that is there.
struct Upload {
    write: Mark,
    /// Of the blob that holds what the object is to be.
    about: Info,
    blocks: Vec<(Id, u64)>,
}

impl Upload {
    /// The latest sending of each part, by ascending numbers.
    fn parts(&self) -> Vec<Sent> {
        let mut sendings: BTreeMap<(u32, u32, Mark), Vec<(Id, u64)>> = BTreeMap::new();
        for &(id, size) in &self.blocks {
            let of = sendings.entry((id.part, id.turn, id.sending)).or_default();
            of.push((id, size));
        }
        let mut parts: BTreeMap<u32, Sent> = BTreeMap::new();
        for ((number, turn, sending), mut blocks) in sendings {
            blocks.sort_unstable();
            let is_last = |id: &Id| matches!(id.kind, Kind::Last | Kind::Empty);
            let is_whole = blocks.last().is_some_and(|(id, _)| is_last(id))
                && (0..).zip(&blocks).all(|(place, (id, _))| id.place == place);
            if !is_whole {
                continue;
            }
            blocks.retain(|(id, _)| id.kind != Kind::Empty);
            let size = blocks.iter().map(|(_, size)| size).sum();
            let blocks = blocks.into_iter().map(|(id, _)| id).collect();
            let sent = Sent {
                number,
                turn,
                sending,
                size,
                blocks,
            };
            // Later turns come later, and so take the place of earlier ones.
            parts.insert(number, sent);
        }
        parts.into_values().collect()
    }

    /// How often a part was sent, however that ended.
    fn turns(&self, part: u32) -> u32 {
        let of = self.blocks.iter().filter(|(id, _)| id.part == part);
        of.map(|(id, _)| id.turn).max().unwrap_or(0)
    }
}

impl Container {
    pub(super) async fn begin_upload(
        &self,
        name: &str,
        content_type: &str,
        metadata: &Metadata,
    ) -> Result<String> {
        let key = self.keys.key(name);
        let write = block::fresh();
        let id = sealed(&key, &write);
        let record = self.keys.upload(&block::text(&write));
        let about = Ask::blob(Method::PUT, &record)
            .field("x-ms-blob-type", "BlockBlob")
            .fields(metadata::written(content_type, metadata));
        let service = Arc::clone(&self.service);
        let begun = async move {
            service.write(&about).await?;
            let sign = Id::of(write, 0, Kind::Sign);
            if let Err(failure) = stage(&service, &key, &sign, Bytes::from_static(b"-")).await {
                // Nobody is told its id: what is left goes with the scope.
                let _ = remove::delete(&service, &record, &Expected::Any).await;
                return Err(failure.into());
            }
            Ok(id)
        };
        self.registration.run(begun).await
    }

    /// Looks at an upload. By that alone the service keeps its blocks no longer: whoever
    /// sends none has to `keep` it.
    async fn upload(&self, key: &str, upload: &str) -> Result<Upload> {
        let write = opened(key, upload).ok_or(ErrorKind::NotFound)?;
        let record = self.keys.upload(&block::text(&write));
        let (about, blocks) = futures::try_join!(
            object::find(&self.service, &record),
            blocks(&self.service, key, write),
        )?;
        let about = about.ok_or(ErrorKind::NotFound)?;
        if !blocks.iter().any(|(id, _)| id.kind == Kind::Sign) {
            // Another write of the name has ended it.
            self.forget(record).await?;
            return Err(ErrorKind::NotFound.into());
        }
        let of_parts = |(id, _): &(Id, u64)| !matches!(id.kind, Kind::Sign | Kind::Stay);
        Ok(Upload {
            write,
            about,
            blocks: blocks.into_iter().filter(of_parts).collect(),
        })
    }

    /// Removes the blob of an upload.
    async fn forget(&self, record: String) -> Result<()> {
        let service = Arc::clone(&self.service);
        let removal = async move { remove::delete(&service, &record, &Expected::Any).await };
        self.registration.run(removal).await
    }

    /// Has the service keep the blocks for another week.
    async fn keep(&self, key: &str, write: Mark) -> Result<()> {
        let (service, key) = (Arc::clone(&self.service), key.to_owned());
        let kept = async move {
            let stay = Id::of(write, 0, Kind::Stay);
            Ok(stage(&service, &key, &stay, Bytes::from_static(b"-")).await?)
        };
        self.registration.run(kept).await
    }

    pub(super) async fn send_part(
        &self,
        name: &str,
        id: &str,
        number: u32,
        body: Body,
    ) -> Result<Part> {
        let key = self.keys.key(name);
        let upload = self.upload(&key, id).await?;
        let turn = upload.turns(number).saturating_add(1);
        let sending = block::fresh();
        let mut bytes = Pieces::new(body, BLOCK_BYTES);
        for place in 0.. {
            let (block, is_last) = match bytes.next().await {
                Ok(next) => next,
                Err(refused) => {
                    self.keep(&key, upload.write).await?;
                    return Err(refused);
                }
            };
            let (block, kind) = match (is_last, block.is_empty()) {
                (true, true) if place == 0 => (Bytes::from_static(b"-"), Kind::Empty),
                (true, _) => (block, Kind::Last),
                (false, _) => (block, Kind::Goes),
            };
            let id = Id {
                write: upload.write,
                part: number,
                turn,
                sending,
                place,
                kind,
            };
            let (service, key) = (Arc::clone(&self.service), key.clone());
            let sending = block.clone();
            let sending = async move { Ok(stage(&service, &key, &id, sending).await?) };
            self.registration.run(sending).await?;
            if is_last {
                break;
            }
            bytes.reuse(block);
        }
        // The service takes blocks of an upload that ended meanwhile.
        self.upload(&key, id).await?;
        Ok(Part {
            number,
            tag: tag(turn, &sending),
        })
    }

    pub(super) async fn list_parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let key = self.keys.key(name);
        let upload = self.upload(&key, upload).await?;
        self.keep(&key, upload.write).await?;
        let parts = upload.parts().into_iter().map(|sent| ReceivedPart {
            part: sent.part(),
            size: sent.size,
        });
        Ok(parts.collect())
    }

    pub(super) async fn complete_upload(
        &self,
        name: &str,
        id: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let key = self.keys.key(name);
        let upload = self.upload(&key, id).await?;
        let blocks = match chosen(upload.parts(), parts) {
            Ok(blocks) => blocks,
            Err(refused) => {
                self.keep(&key, upload.write).await?;
                return Err(refused);
            }
        };
        let fields = metadata::written(&upload.about.content_type, &upload.about.metadata);
        let record = self.keys.upload(&block::text(&upload.write));
        let (service, expected) = (Arc::clone(&self.service), expected.clone());
        let object = key.clone();
        let completion = async move {
            match commit(&service, &object, &blocks, fields, &expected).await {
                Ok(version) => {
                    // Without its sign the upload is over, whether or not this succeeds.
                    let _ = remove::delete(&service, &record, &Expected::Any).await;
                    Ok(version)
                }
                // Another write of the name came between.
                Err(failure) if failure.code == NO_SUCH_BLOCK => Err(ErrorKind::NotFound.into()),
                Err(failure) => Err(object::settled(&expected, failure)),
            }
        };
        let completed = self.registration.run(completion).await;
        if matches!(&completed, Err(error) if *error.kind() != ErrorKind::NotFound) {
            // What the guest is told is the first error; the days in hand bear this one.
            let _ = self.keep(&key, upload.write).await;
        }
        completed
    }

    /// The service lets go of the blocks by itself, within a week.
    pub(super) async fn abort_upload(&self, name: &str, upload: &str) -> Result<()> {
        let key = self.keys.key(name);
        match opened(&key, upload) {
            Some(write) => self.forget(self.keys.upload(&block::text(&write))).await,
            None => Ok(()),
        }
    }
}

/// The blocks of one write that lie with a key.
async fn blocks(service: &Service, key: &str, write: Mark) -> Result<Vec<(Id, u64)>> {
    let ask = Ask::blob(Method::GET, key)
        .with("comp", "blocklist")
        .with("blocklisttype", "uncommitted");
    let body = match service.read_whole(&ask).await {
        Ok(body) => body,
        Err(failure) if failure.is_absent() => return Ok(Vec::new()),
        Err(failure) => return Err(failure.into()),
    };
    let found = xml::blocks(&body, LIST)?;
    let ours = found.iter().filter_map(|block| {
        let id = Id::read(&block.id)?;
        (id.write == write).then_some((id, block.size))
    });
    Ok(ours.collect())
}

/// The blocks of the parts that are asked for, out of those that the upload has.
fn chosen(has: Vec<Sent>, parts: &[Part]) -> Result<Vec<(&'static str, String)>> {
    let has: HashMap<(u32, String), Sent> = has
        .into_iter()
        .map(|sent| ((sent.number, sent.part().tag), sent))
        .collect();
    let mut bytes = 0_u64;
    let mut blocks = Vec::new();
    let mut is_too_small = false;
    for (place, part) in parts.iter().enumerate() {
        let sent = has.get(&(part.number, part.tag.clone()));
        let sent = sent.ok_or(ErrorKind::NotFound)?;
        is_too_small |= sent.size < PART_MIN_BYTES && place + 1 < parts.len();
        bytes = bytes.saturating_add(sent.size);
        blocks.extend(sent.blocks.iter().map(|id| (NEW, id.text())));
    }
    if is_too_small {
        Err(ErrorKind::OutOfRange.into())
    } else if bytes > OBJECT_BYTES {
        Err(Error::too_large(OBJECT_BYTES))
    } else {
        Ok(blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(part: u32, turn: u32, place: u32, kind: Kind) -> Id {
        Id {
            write: [1; 12],
            part,
            turn,
            sending: [u8::try_from(turn).unwrap(); 12],
            place,
            kind,
        }
    }

    fn upload(blocks: Vec<(Id, u64)>) -> Upload {
        let about = Info {
            size: 0,
            version: Version::from("e"),
            modified: 0,
            content_type: String::new(),
            metadata: Metadata::new(),
        };
        Upload {
            write: [1; 12],
            about,
            blocks,
        }
    }

    #[test]
    fn the_latest_whole_sending_of_a_part_counts() {
        let upload = upload(vec![
            (id(2, 2, 0, Kind::Goes), 8),
            (id(2, 2, 1, Kind::Last), 3),
            (id(2, 1, 0, Kind::Last), 5),
            // Given up in the middle.
            (id(2, 3, 0, Kind::Goes), 8),
            // Its first block was lost.
            (id(3, 1, 1, Kind::Last), 8),
            (id(1, 1, 0, Kind::Empty), 1),
        ]);
        let parts = upload.parts();
        let told: Vec<_> = parts
            .iter()
            .map(|sent| (sent.number, sent.turn, sent.size, sent.blocks.len()))
            .collect();
        assert_eq!(told, [(1, 1, 0, 0), (2, 2, 11, 2)]);
        assert_eq!((upload.turns(2), upload.turns(9)), (3, 0));
    }

    #[test]
    fn parts_are_chosen_by_number_and_tag() {
        let has = || {
            upload(vec![
                (id(1, 1, 0, Kind::Last), 5),
                (id(2, 1, 0, Kind::Empty), 1),
                (id(9, 1, 0, Kind::Last), OBJECT_BYTES),
            ])
            .parts()
        };
        let part = |number| Part {
            number,
            tag: tag(1, &[1; 12]),
        };
        let choose = |numbers: &[u32]| {
            let parts: Vec<Part> = numbers.iter().map(|&number| part(number)).collect();
            chosen(has(), &parts).map(|blocks| blocks.len())
        };
        assert_eq!(choose(&[1]), Ok(1));
        assert_eq!(choose(&[1, 2]), Ok(1));
        let kind = |numbers| choose(numbers).unwrap_err().kind().clone();
        assert_eq!(kind(&[2, 9]), ErrorKind::OutOfRange);
        assert_eq!(kind(&[3]), ErrorKind::NotFound);
        let limit = OBJECT_BYTES;
        assert_eq!(kind(&[1, 9]), ErrorKind::TooLarge { limit });
        let mut other = part(1);
        other.tag = tag(2, &[1; 12]);
        let error = chosen(has(), &[other]).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound);
    }

    #[test]
    fn ids_are_told_from_other_texts() {
        let write = block::fresh();
        let upload = sealed("k", &write);
        assert_eq!(opened("k", &upload), Some(write));
        assert_eq!(opened("l", &upload), None);
        for text in ["", ".", "v", "v.a", &format!("{upload}c"), &upload[1..]] {
            assert_eq!(opened("k", text), None, "{text:?}");
        }
    }
}
