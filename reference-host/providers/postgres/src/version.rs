//! Versions: 16 random bytes of the server, as 22 characters.

use std::error::Error as StdError;

use bytes::BytesMut;
use cloud_contract::keyvalue::Version;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Six bits each; short enough for a version to be stored without an allocation.
const LENGTH: usize = 22;

/// A UUID, as PostgreSQL has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(u128);

impl Mark {
    /// The mark that a version shows; none if no mark does.
    pub(crate) fn read(version: &str) -> Option<Self> {
        if version.len() != LENGTH {
            return None;
        }
        let mut number = 0_u128;
        for letter in version.bytes() {
            let place = LETTERS.iter().position(|known| *known == letter)?;
            // The first letter has two bits only: more would be lost.
            if number >> 122 != 0 {
                return None;
            }
            number = number << 6 | place as u128;
        }
        Some(Self(number))
    }

    pub(crate) fn version(self) -> Version {
        let mut text = [0; LENGTH];
        for (place, letter) in text.iter_mut().rev().enumerate() {
            *letter = LETTERS[(self.0 >> (6 * place)) as usize & 63];
        }
        // Letters are ASCII.
        Version::from_utf8_lossy(&text)
    }
}

impl<'a> FromSql<'a> for Mark {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(u128::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::UUID
    }
}

impl ToSql for Mark {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        out.extend_from_slice(&self.0.to_be_bytes());
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::UUID
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        for number in [0, 1, 63, 64, u128::MAX, u128::MAX / 3, 1 << 127] {
            let version = Mark(number).version();
            assert_eq!(version.len(), LENGTH);
            assert!(!version.is_heap_allocated());
            assert_eq!(Mark::read(&version), Some(Mark(number)));
        }
    }

    #[test]
    fn other_texts_are_no_marks() {
        let good = Mark(u128::MAX).version();
        for text in [
            "",
            "A",
            "AAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAA ",
            "AAAAAAAAAAAAAAAAAAAAAAA",
            "EAAAAAAAAAAAAAAAAAAAAA",
            "_AAAAAAAAAAAAAAAAAAAAA",
            &good.to_lowercase().replace('_', "+"),
        ] {
            assert_eq!(Mark::read(text), None, "{text}");
        }
    }
}
