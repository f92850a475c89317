//! Which containers a host has looked after lately.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For how many containers that is known at most.
const KNOWN: usize = 10_000;

/// When each container was looked at last. Some are opened for every request, and what was
/// abandoned in them can wait.
#[derive(Debug, Default)]
pub struct Looks(Mutex<HashMap<String, Instant>>);

impl Looks {
    /// Whether it is time to look again at what has this prefix; if it is, this was the
    /// look. Where too many were looked at lately it is not.
    pub fn is_due(&self, prefix: &str, every: Duration) -> bool {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.get(prefix).is_some_and(|last| last.elapsed() < every) {
            return false;
        }
        if looks.len() >= KNOWN {
            looks.retain(|_, last| last.elapsed() < every);
        }
        if looks.len() >= KNOWN {
            return false;
        }
        looks.insert(prefix.to_owned(), Instant::now());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[test]
    fn a_container_is_looked_at_now_and_then() {
        let looks = Looks::default();
        for prefix in ["s/a/", "s/b/"] {
            assert!(looks.is_due(prefix, HOUR));
            assert!(!looks.is_due(prefix, HOUR));
            assert!(looks.is_due(prefix, Duration::ZERO));
        }
    }

    #[test]
    fn no_more_are_known_than_said() {
        let looks = Looks::default();
        for number in 0..KNOWN {
            assert!(looks.is_due(&number.to_string(), HOUR));
        }
        assert!(!looks.is_due("one more", HOUR));
        // All others were forgotten.
        assert!(looks.is_due("one more", Duration::ZERO));
    }
}
