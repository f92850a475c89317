//! How long the signature of a link lasts.

use std::time::Duration;

/// What a link may lose of the longest lifetime that a service takes.
pub const SIGNATURE_LOSS: Duration = Duration::from_secs(1);

/// The lifetime of a signature that is good for `lifetime` at least: it lasts for whole
/// seconds, and from the beginning of the one in which it is made.
pub fn signature_lifetime(lifetime: Duration) -> Duration {
    let seconds = lifetime.as_secs() + u64::from(lifetime.subsec_nanos() > 0);
    Duration::from_secs(seconds) + SIGNATURE_LOSS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_never_ends_before_its_link() {
        for (link, signature) in [(1, 2), (900, 2), (1_000, 2), (1_001, 3)] {
            let lifetime = signature_lifetime(Duration::from_millis(link));
            assert_eq!(lifetime, Duration::from_secs(signature));
        }
    }
}
