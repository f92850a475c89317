//! The numbers of leases, which carry the time at which a key ends.
//!
//! A client may choose the number of a lease, and every read shows the lease of a key,
//! also one without values. So a list of keys sees which of them have ended.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bits that keep leases of one moment apart.
const RANDOM_BITS: u32 = 21;

/// A lease for a key that ends at a time, in milliseconds since 1970. Up to the year
/// 2109 it is a positive number, as etcd wants it.
pub(crate) fn number(ends: i64) -> i64 {
    (ends << RANDOM_BITS | random()) & i64::MAX
}

/// When a key with this lease ends; none if it stays.
pub(crate) fn ends(lease: i64) -> Option<i64> {
    (lease != 0).then_some(lease >> RANDOM_BITS)
}

/// Numbers that differ between hosts, and between calls of one host.
fn random() -> i64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    (hasher.finish() & ((1 << RANDOM_BITS) - 1)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_the_time() {
        for time in [1, 1_795_325_400_123, (1 << 42) - 1] {
            let lease = number(time);
            assert!(lease > 0);
            assert_eq!(ends(lease), Some(time));
        }
        assert_eq!(ends(0), None);
    }
}
