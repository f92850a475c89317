//! The bytes of keys and records of containers. Must not know the database.
//!
//! An object's key is its container's number (8 bytes, most significant first, so that
//! containers lie one after the other) and the guest's name. Numbers in records are
//! little-endian, and a text or a list has its length before it.

use cloud_contract::blobstore::{Info, Metadata};
use cloud_contract::keyvalue::Version;

use crate::keyvalue::record::version;
pub(super) use crate::keyvalue::record::{expiry, split_expiry};

/// Bytes of an object: a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) file: u128,
    pub(crate) size: u64,
}

/// What a list says of an object; the beginning of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// A number that no other write of this data folder got.
    pub(super) version: u64,
    pub(super) modified: u64,
    pub(super) size: u64,
}

/// One state of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(super) head: Head,
    pub(super) content_type: String,
    pub(super) metadata: Metadata,
    /// One behind the other.
    pub(super) pieces: Vec<Piece>,
}

impl Object {
    pub(super) fn version(&self) -> Version {
        version(self.head.version)
    }

    pub(super) fn info(self) -> Info {
        Info {
            size: self.head.size,
            version: self.version(),
            modified: self.head.modified,
            content_type: self.content_type,
            metadata: self.metadata,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut record = Vec::new();
        for number in [self.head.version, self.head.modified, self.head.size] {
            put_number(&mut record, number);
        }
        put_text(&mut record, &self.content_type);
        put_metadata(&mut record, &self.metadata);
        put_pieces(&mut record, &self.pieces);
        record
    }

    /// None if the record is damaged.
    pub(super) fn decode(record: &[u8]) -> Option<Self> {
        let mut record = Record(record);
        let object = Self {
            head: record.head()?,
            content_type: record.text()?,
            metadata: record.metadata()?,
            pieces: record.pieces()?,
        };
        record.is_at_end().then_some(object)
    }
}

impl Head {
    /// Reads no further than it has to. None if the record is damaged.
    pub(super) fn decode(record: &[u8]) -> Option<Self> {
        Record(record).head()
    }
}

/// An upload that is not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// When it ends by itself, in nanoseconds since 1970.
    pub(super) deadline: u64,
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) metadata: Metadata,
}

impl Upload {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut record = Vec::new();
        put_number(&mut record, self.deadline);
        put_text(&mut record, &self.name);
        put_text(&mut record, &self.content_type);
        put_metadata(&mut record, &self.metadata);
        record
    }

    /// None if the record is damaged.
    pub(super) fn decode(record: &[u8]) -> Option<Self> {
        let mut record = Record(record);
        let upload = Self {
            deadline: record.number()?,
            name: record.text()?,
            content_type: record.text()?,
            metadata: record.metadata()?,
        };
        record.is_at_end().then_some(upload)
    }
}

/// A part of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// A number that nothing else of this data folder got.
    pub(super) mark: u64,
    /// None for no bytes.
    pub(super) piece: Option<Piece>,
}

impl Part {
    pub(super) fn size(&self) -> u64 {
        self.piece.map_or(0, |piece| piece.size)
    }

    pub(super) fn tag(&self) -> String {
        self.mark.to_string()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut record = Vec::new();
        put_number(&mut record, self.mark);
        put_pieces(&mut record, self.piece.as_slice());
        record
    }

    /// None if the record is damaged.
    pub(super) fn decode(record: &[u8]) -> Option<Self> {
        let mut record = Record(record);
        let mark = record.number()?;
        let pieces = record.pieces()?;
        let part = Self {
            mark,
            piece: pieces.first().copied(),
        };
        (pieces.len() < 2 && record.is_at_end()).then_some(part)
    }
}

/// The key of an object, or of the first one with a prefix; of a container in its scope.
pub(super) fn key(parent: u64, name: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(8 + name.len());
    key.extend_from_slice(&parent.to_be_bytes());
    key.extend_from_slice(name);
    key
}

/// The length of an upload's id.
pub(super) const UPLOAD_CHARS: usize = 48;

/// The id of an upload: nobody else has the number, and nobody guesses the rest.
pub(super) fn upload_id(number: u64, random: u128) -> String {
    format!("{number:016x}{random:032x}")
}

/// The key of an upload; none for a text that is no id.
pub(super) fn upload(container: u64, id: &str) -> Option<Vec<u8>> {
    let is_id = id.len() == UPLOAD_CHARS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| key(container, id.as_bytes()))
}

/// The key of a part of the upload with the key `upload`.
pub(super) fn part(upload: &[u8], number: u32) -> Vec<u8> {
    let mut part = upload.to_vec();
    part.extend_from_slice(&number.to_be_bytes());
    part
}

/// The number of a part.
pub(super) fn part_number(part: &[u8]) -> Option<u32> {
    let (_, number) = part.split_last_chunk()?;
    Some(u32::from_be_bytes(*number))
}

fn put_number(record: &mut Vec<u8>, number: u64) {
    record.extend_from_slice(&number.to_le_bytes());
}

fn put_text(record: &mut Vec<u8>, text: &str) {
    put_number(record, text.len() as u64);
    record.extend_from_slice(text.as_bytes());
}

fn put_metadata(record: &mut Vec<u8>, metadata: &Metadata) {
    put_number(record, metadata.len() as u64);
    for (key, value) in metadata {
        put_text(record, key);
        put_text(record, value);
    }
}

fn put_pieces(record: &mut Vec<u8>, pieces: &[Piece]) {
    put_number(record, pieces.len() as u64);
    for piece in pieces {
        record.extend_from_slice(&piece.file.to_le_bytes());
        put_number(record, piece.size);
    }
}

/// What is left of a record.
struct Record<'a>(&'a [u8]);

impl Record<'_> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*chunk)
    }

    fn number(&mut self) -> Option<u64> {
        self.chunk().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }

    fn head(&mut self) -> Option<Head> {
        Some(Head {
            version: self.number()?,
            modified: self.number()?,
            size: self.number()?,
        })
    }

    // A length that damage made does not take memory: lists grow as they are read.
    fn metadata(&mut self) -> Option<Metadata> {
        let entries = self.number()?;
        let mut metadata = Metadata::new();
        for _ in 0..entries {
            metadata.push((self.text()?, self.text()?));
        }
        Some(metadata)
    }

    fn pieces(&mut self) -> Option<Vec<Piece>> {
        let entries = self.number()?;
        let mut pieces = Vec::new();
        for _ in 0..entries {
            pieces.push(Piece {
                file: u128::from_le_bytes(self.chunk()?),
                size: self.number()?,
            });
        }
        Some(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Object {
        Object {
            head: Head {
                version: u64::MAX - 1,
                modified: 7,
                size: 12,
            },
            content_type: "text/plain".into(),
            metadata: vec![("a".into(), String::new()), ("b".into(), "\0ä".into())],
            pieces: vec![
                Piece {
                    file: u128::MAX,
                    size: 12,
                },
                Piece { file: 0, size: 0 },
            ],
        }
    }

    #[test]
    fn records_read_back_and_no_part_of_them_does() {
        let object = object();
        let record = object.encode();
        assert_eq!(Head::decode(&record), Some(object.head));
        for short in 0..record.len() {
            assert_eq!(Object::decode(&record[..short]), None, "{short}");
        }
        assert_eq!(Object::decode(&[&record[..], &[0]].concat()), None);
        assert_eq!(Object::decode(&record), Some(object));

        let upload = Upload {
            deadline: 3,
            name: "a/../b".into(),
            content_type: "x".into(),
            metadata: Metadata::new(),
        };
        assert_eq!(Upload::decode(&upload.encode()), Some(upload));
        for piece in [None, Some(Piece { file: 5, size: 6 })] {
            let part = Part { mark: 9, piece };
            assert_eq!(Part::decode(&part.encode()), Some(part));
        }
    }

    #[test]
    fn absurd_lengths_are_damage() {
        let mut record = [0; 24].to_vec();
        record.extend_from_slice(&[0xff; 64]);
        assert_eq!(Object::decode(&record), None);
        let mut record = [0; 32].to_vec();
        record.extend_from_slice(&[0xff; 64]);
        assert_eq!(Object::decode(&record), None);
    }

    #[test]
    fn ids_are_told_from_other_texts() {
        let id = upload_id(1, u128::MAX);
        let key = upload(7, &id).unwrap();
        assert_eq!(part_number(&part(&key, 10_000)), Some(10_000));
        for other in ["", "..", &id[1..], &id.replace('f', "/"), &"ä".repeat(24)] {
            assert_eq!(upload(7, other), None, "{other}");
        }
    }
}
