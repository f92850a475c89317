//! Names that differ from run to run, so that nothing can be tuned to them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use cloud_contract::{Result, ScopeId};

/// The names of one run: unique on a service that several runs share.
#[derive(Debug)]
pub(crate) struct RunNames {
    run: String,
    next: AtomicU64,
}

impl RunNames {
    pub(crate) fn new() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&since_epoch.as_nanos().to_le_bytes());
        hasher.update(&std::process::id().to_le_bytes());
        // Two runs of one process, started in one tick of the clock.
        static RUNS: AtomicU64 = AtomicU64::new(0);
        hasher.update(&RUNS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        let run = hasher.finalize().to_hex()[..10].to_owned();
        Self {
            run,
            next: AtomicU64::new(0),
        }
    }

    /// A scope that no other case of any run has.
    pub(crate) fn scope(&self) -> Result<ScopeId> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        ScopeId::new(format!("cf-{}-{number}", self.run))
    }
}

/// The names that one case sees.
#[derive(Debug, Clone)]
pub(crate) struct CaseNames {
    pub(crate) primary: String,
    /// Starts with the primary name and is as long as a name may be.
    pub(crate) secondary: String,
    /// As short as a name may be.
    pub(crate) restricted: String,
    pub(crate) absent: String,
    pub(crate) denied: String,
    pub(crate) unknown: String,
}

impl CaseNames {
    pub(crate) fn new(seed: u64) -> Self {
        let digest = blake3::hash(&seed.to_le_bytes()).to_hex();
        let word = |from: usize, length: usize| &digest[from..from + length];
        let primary = format!("p{}", word(0, 7));
        Self {
            secondary: format!("{primary}-{}", word(10, 54)),
            restricted: format!("r{}", word(8, 2)),
            absent: format!("a{}", word(16, 7)),
            denied: format!("d{}", word(24, 7)),
            unknown: format!("u{}", word(32, 7)),
            primary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_use_both_ends_of_the_portable_range() {
        let names = CaseNames::new(7);
        assert_eq!(names.secondary.len(), 63);
        assert_eq!(names.restricted.len(), 3);
        assert!(names.secondary.starts_with(&names.primary));
        assert_ne!(CaseNames::new(8).primary, names.primary);
    }

    #[test]
    fn runs_do_not_share_scopes() {
        assert_ne!(
            RunNames::new().scope().unwrap(),
            RunNames::new().scope().unwrap()
        );
    }
}
