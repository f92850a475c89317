//! Cursors as guests see them: a driver's cursor, sealed to the list it belongs to.
//!
//! A sealed cursor is `base64url(check ++ driver cursor)`, where `check` is the
//! first 16 bytes of a hash over the identity of the list and the driver's
//! cursor. It refuses what is garbage, changed or from another list, in one
//! place for all providers, and stays valid across handles, instances and host
//! restarts because it holds no secret and no state. It is no authentication:
//! a guest that forges one only moves about in a list that it may read anyway.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{Error, Result};

const CHECK_BYTES: usize = 16;

/// The identity of a list: its parts, in order.
pub(crate) type ListId<'a> = [&'a str];

fn check(list: &ListId<'_>, inner: &[u8]) -> [u8; CHECK_BYTES] {
    let mut hasher = blake3::Hasher::new_derive_key("cloud-wit 2026 list cursor v1");
    for part in list {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(inner);
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&hasher.finalize().as_bytes()[..CHECK_BYTES]);
    check
}

/// Seals a driver's cursor to `list`.
pub(crate) fn seal(list: &ListId<'_>, inner: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(CHECK_BYTES + inner.len());
    bytes.extend_from_slice(&check(list, inner));
    bytes.extend_from_slice(inner);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens a cursor that was sealed to `list`.
pub(crate) fn unseal(list: &ListId<'_>, cursor: &str) -> Result<Vec<u8>> {
    let refused = || Error::invalid("cursor: not issued for this list");
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    if bytes.len() < CHECK_BYTES {
        return Err(refused());
    }
    let inner = bytes.split_off(CHECK_BYTES);
    if bytes == check(list, &inner) {
        Ok(inner)
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: [&str; 3] = ["scope", "store", "prefix"];

    #[test]
    fn a_sealed_cursor_opens_to_what_was_sealed() {
        assert_eq!(unseal(&LIST, &seal(&LIST, b"\0key")).unwrap(), b"\0key");
    }

    #[test]
    fn another_list_refuses_it() {
        let sealed = seal(&LIST, b"key");
        for other in [
            ["other", "store", "prefix"],
            ["scope", "other", "prefix"],
            ["scope", "store", ""],
        ] {
            assert!(unseal(&other, &sealed).is_err(), "{other:?}");
        }
        // Moving a byte from one part to the next makes another list.
        assert!(unseal(&["scope", "stor", "eprefix"], &sealed).is_err());
    }

    #[test]
    fn garbage_and_changes_are_refused() {
        let sealed = seal(&LIST, b"key");
        for garbage in [
            "",
            "0",
            "garbage",
            "\u{0}",
            &sealed[1..],
            &format!("{sealed}A"),
        ] {
            assert!(unseal(&LIST, garbage).is_err(), "{garbage:?}");
        }
        for place in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(unseal(&LIST, &changed).is_err(), "{place}");
        }
    }
}
