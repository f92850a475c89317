//! Ids of blocks: which write a block belongs to, and what of it it is.
//!
//! Blocks lie with the name that they are going to be a part of, those of all writes of
//! that name together, and the service wants ids of one length.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Says who wrote a block and which write it was: no two writes have one.
pub(crate) type Mark = [u8; 12];
/// Two marks, what it is, and four numbers.
const BYTES: usize = 2 * 12 + 1 + 3 * 4;

/// A mark that no other write has.
pub(crate) fn fresh() -> Mark {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    // Keys of hash tables are drawn at random by the system.
    static WRITER: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    let mut mark = [0; 12];
    mark[..8].copy_from_slice(&WRITER.to_be_bytes());
    mark[8..].copy_from_slice(&(write as u32).to_be_bytes());
    mark
}

/// A mark as text.
pub(crate) fn text(mark: &Mark) -> String {
    mark.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What `text` made; none for anything else.
pub(crate) fn mark(text: &str) -> Option<Mark> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 24 || !text.bytes().all(is_hex) {
        return None;
    }
    let mut mark = [0; 12];
    for (place, byte) in mark.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(mark)
}

/// What a block is of its write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Others follow.
    Goes = 0,
    /// The last of a put or of a part.
    Last = 1,
    /// A part without bytes. The service takes no block without, so there is one.
    Empty = 2,
    /// It is no part, but says that an upload is there: whatever writes the name takes
    /// it away together with the parts.
    Sign = 3,
    /// It is nothing, but makes the service keep the others longer.
    Stay = 4,
}

/// The id of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    /// The put or the upload.
    pub(crate) write: Mark,
    /// The number of the part.
    pub(crate) part: u32,
    /// How often the part had been sent before.
    pub(crate) turn: u32,
    /// The sending of the part.
    pub(crate) sending: Mark,
    /// Its place in the part.
    pub(crate) place: u32,
    pub(crate) kind: Kind,
}

impl Id {
    /// Of a write that has no parts.
    pub(crate) fn of(write: Mark, place: u32, kind: Kind) -> Self {
        Self {
            write,
            part: 0,
            turn: 0,
            sending: [0; 12],
            place,
            kind,
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend_from_slice(&self.write);
        for number in [self.part, self.turn] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&self.sending);
        bytes.extend_from_slice(&self.place.to_be_bytes());
        bytes.push(self.kind as u8);
        BASE64.encode(bytes)
    }

    /// None for a text that is no id of ours.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text).ok()?;
        let (&kind, rest) = bytes.split_last()?;
        let kind = [Kind::Goes, Kind::Last, Kind::Empty, Kind::Sign, Kind::Stay]
            .into_iter()
            .find(|known| *known as u8 == kind)?;
        let (write, rest) = rest.split_first_chunk()?;
        let (part, rest) = rest.split_first_chunk()?;
        let (turn, rest) = rest.split_first_chunk()?;
        let (sending, rest) = rest.split_first_chunk()?;
        Some(Self {
            write: *write,
            part: u32::from_be_bytes(*part),
            turn: u32::from_be_bytes(*turn),
            sending: *sending,
            place: u32::from_be_bytes(rest.try_into().ok()?),
            kind,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_were_written_and_have_one_length() {
        let mut lengths = std::collections::HashSet::new();
        for kind in [Kind::Goes, Kind::Last, Kind::Empty, Kind::Sign, Kind::Stay] {
            let id = Id {
                write: fresh(),
                part: u32::MAX,
                turn: 7,
                sending: fresh(),
                place: 50_000,
                kind,
            };
            for id in [id, Id::of(fresh(), 0, kind)] {
                assert_eq!(Id::read(&id.text()), Some(id));
                lengths.insert(id.text().len());
            }
        }
        assert_eq!(lengths.len(), 1);
        for other in ["", "YQ==", "!", &BASE64.encode([9; BYTES])] {
            assert_eq!(Id::read(other), None);
        }
    }

    #[test]
    fn no_two_writes_have_one_mark() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            let fresh = fresh();
            assert_eq!(mark(&text(&fresh)), Some(fresh));
            assert!(seen.insert(fresh));
        }
        for other in ["", "00", &"g".repeat(24), &"\u{e9}".repeat(12)] {
            assert_eq!(mark(other), None);
        }
    }
}
