//! Ranges that deliver other bytes than they ask for.

use async_trait::async_trait;
use cloud_contract::blobstore::{Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::container;
use super::history::every_state;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};

/// Another range is read than was asked for, of an object of so many bytes; none is
/// out of range.
#[derive(Debug)]
struct Asks(fn(Range, u64) -> Option<Range>);

#[async_trait]
impl ContainerFault for Asks {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let range = match to.driver.head(name).await? {
            Some(info) => (self.0)(range, info.size).ok_or(ErrorKind::OutOfRange)?,
            None => range,
        };
        to.container.get(name, range, expected).await
    }
}

/// The same of an earlier state.
#[derive(Debug)]
struct AsksPast(fn(Range, u64) -> Option<Range>);

#[async_trait]
impl ContainerFault for AsksPast {
    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        let states = every_state(&*to.driver, name).await?;
        let range = match states.iter().find(|state| state.version == *version) {
            Some(state) => (self.0)(range, state.size).ok_or(ErrorKind::OutOfRange)?,
            None => range,
        };
        to.container.get_version(name, version, range).await
    }
}

/// With a range, the info tells the size of what is delivered.
#[derive(Debug)]
struct SizeOfPart;

impl ContainerFault for SizeOfPart {
    fn read(&self, call: Call, mut reading: Reading) -> Reading {
        if call == Call::Get {
            reading.info.size = reading.length;
        }
        reading
    }
}

fn inclusive(range: Range, _: u64) -> Option<Range> {
    let one_more = |length: u64| match length {
        0 => 0,
        length => length.saturating_add(1),
    };
    Some(Range {
        length: range.length.map(one_more),
        ..range
    })
}

fn ignored_above(range: Range, _: u64) -> Option<Range> {
    const MOST: u64 = 64 << 10;
    let is_large = range.offset > MOST || range.length.is_some_and(|length| length > MOST);
    Some(if is_large { Range::default() } else { range })
}

fn within_the_object(range: Range, size: u64) -> Option<Range> {
    let end = range.offset.saturating_add(range.length.unwrap_or(0));
    (range.offset >= size || end <= size).then_some(range)
}

fn wraps(range: Range, _: u64) -> Option<Range> {
    let overflows = range
        .length
        .is_some_and(|length| range.offset.checked_add(length).is_none());
    Some(if overflows {
        Range {
            length: Some(0),
            ..range
        }
    } else {
        range
    })
}

/// Offsets, or lengths, in 32 bits.
fn offset_in_32_bits(range: Range, _: u64) -> Option<Range> {
    Some(Range {
        offset: range.offset & u64::from(u32::MAX),
        ..range
    })
}

fn length_in_32_bits(range: Range, _: u64) -> Option<Range> {
    let length = range.length.map(|length| length & u64::from(u32::MAX));
    Some(Range { length, ..range })
}

fn without_last_byte(range: Range, size: u64) -> Option<Range> {
    let rest = size.saturating_sub(range.offset);
    let length = match range.length {
        None if range.offset > 0 && rest > 0 => Some(rest - 1),
        length => length,
    };
    Some(Range { length, ..range })
}

fn empty_is_all(range: Range, _: u64) -> Option<Range> {
    let length = range.length.filter(|length| *length > 0);
    Some(Range { length, ..range })
}

fn not_at_the_end(range: Range, size: u64) -> Option<Range> {
    (size == 0 || range.offset != size).then_some(range)
}

fn past_is_empty(range: Range, size: u64) -> Option<Range> {
    Some(if range.offset > size {
        Range {
            offset: size,
            length: Some(0),
        }
    } else {
        range
    })
}

fn not_of_nothing(range: Range, size: u64) -> Option<Range> {
    (size > 0 || range.is_whole()).then_some(range)
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-range-inclusive",
        "the end of a range is inclusive",
        &["BLOB-GET-5"],
        container!(Asks(inclusive)),
    ),
    Mutant::new(
        "blob-range-ignored",
        "ranges above 64 KiB are ignored",
        &["BLOB-GET-5"],
        container!(Asks(ignored_above)),
    ),
    Mutant::new(
        "blob-range-past-end-fails",
        "a range that goes past the end is out-of-range",
        &["BLOB-GET-5"],
        container!(Asks(within_the_object)),
    ),
    Mutant::new(
        "blob-range-overflow",
        "offset and length are added in 64 bits, with wrap",
        &["BLOB-GET-5"],
        container!(Asks(wraps)),
    ),
    Mutant::new(
        "blob-range-offset-32-bits",
        "offsets are kept in 32 bits",
        &["BLOB-GET-7"],
        container!(Asks(offset_in_32_bits)),
    ),
    Mutant::new(
        "blob-range-length-32-bits",
        "lengths are kept in 32 bits",
        &["BLOB-GET-5"],
        container!(Asks(length_in_32_bits)),
    ),
    Mutant::new(
        "blob-range-last-byte",
        "the last byte of a range to the end is lost",
        &["BLOB-GET-5"],
        container!(Asks(without_last_byte)),
    ),
    Mutant::new(
        "blob-range-empty-is-all",
        "a length of zero is no length",
        &["BLOB-GET-6"],
        container!(Asks(empty_is_all)),
    ),
    Mutant::new(
        "blob-range-at-end-fails",
        "an offset that is the size is out-of-range",
        &["BLOB-GET-6"],
        container!(Asks(not_at_the_end)),
    ),
    Mutant::new(
        "blob-range-past-is-empty",
        "an offset past the end gives no bytes",
        &["BLOB-GET-7"],
        container!(Asks(past_is_empty)),
    ),
    Mutant::new(
        "blob-range-empty-object",
        "ranges of an object of zero bytes are out-of-range",
        &["BLOB-GET-6"],
        container!(Asks(not_of_nothing)),
    ),
    Mutant::new(
        "blob-range-size-of-part",
        "with a range, the info tells the size of the range",
        &["BLOB-HEAD-2", "BLOB-HEAD-1"],
        container!(SizeOfPart),
    ),
    Mutant::new(
        "blob-getversion-at-end-fails",
        "of an earlier state, an offset that is the size is out-of-range",
        &["BLOB-GETVERSION-1"],
        container!(AsksPast(not_at_the_end)),
    ),
    Mutant::new(
        "blob-getversion-past-is-empty",
        "of an earlier state, an offset past the end gives no bytes",
        &["BLOB-GETVERSION-1"],
        container!(AsksPast(past_is_empty)),
    ),
    Mutant::new(
        "blob-getversion-overflow",
        "of an earlier state, offset and length are added with wrap",
        &["BLOB-GETVERSION-1"],
        container!(AsksPast(wraps)),
    ),
];
