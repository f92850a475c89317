//! Versions: marks of our own, since an ETag is a digest of the bytes.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cloud_contract::keyvalue::Version;

/// The most that is kept of an ETag.
const ETAG_BYTES: usize = 200;

/// A mark that no other write has: who writes, and how manieth write of his it is.
pub(crate) fn fresh() -> Version {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    static WRITER: LazyLock<(u64, u32)> = LazyLock::new(|| {
        // Keys of hash tables are drawn at random by the system.
        let (one, other) = (RandomState::new(), RandomState::new());
        (one.hash_one(0), other.hash_one(1) as u32)
    });
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    let mut bytes = [0; 18];
    bytes[..8].copy_from_slice(&WRITER.0.to_be_bytes());
    bytes[8..12].copy_from_slice(&WRITER.1.to_be_bytes());
    bytes[12..].copy_from_slice(&write.to_be_bytes()[2..]);
    Version::from(BASE64.encode(bytes))
}

/// That of an object which another program wrote, or somebody with a link: its bytes and
/// the second in which they were written. No mark of ours has a dot.
pub(crate) fn foreign(etag: &str, seconds: i64) -> Version {
    let etag = etag.trim_matches('"');
    let etag: String = etag
        .chars()
        .take(ETAG_BYTES)
        .filter(char::is_ascii)
        .collect();
    Version::from(format!("{seconds}.{etag}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_writes_have_one_version() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            let version = fresh();
            assert_eq!(version.len(), 24);
            assert!(seen.insert(version));
        }
        assert_ne!(foreign("\"a\"", 1), foreign("\"a\"", 2));
        assert!(foreign(&"\u{e9}x".repeat(900), i64::MIN).len() <= 256);
    }
}
