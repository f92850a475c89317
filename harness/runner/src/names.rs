//! Names that differ from run to run, so that nothing can be tuned to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use cloud_contract::{Result, ScopeId};

/// The names of one run: unique on a service that several runs share. A clone
/// goes on where the other is.
#[derive(Debug, Clone)]
pub struct RunNames {
    run: String,
    next: Arc<AtomicU64>,
}

impl RunNames {
    /// The names of a new run.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
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
            next: Arc::default(),
        }
    }

    /// The names of whatever run: for what is said before there is one.
    pub(crate) fn of_any() -> Self {
        Self {
            run: Self::ANY.to_owned(),
            next: Arc::default(),
        }
    }

    /// What stands for the number of a run in [`RunNames::of_any`]. Services that write
    /// other signs with digits leave these alone, and do not continue them.
    pub(crate) const ANY: &str = "9876598765";

    /// What everything begins with that the run makes in a service.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("cf-{}", self.run)
    }

    /// The same, as a name of its own.
    pub(crate) fn id(&self) -> Result<ScopeId> {
        ScopeId::new(self.prefix())
    }

    /// A scope that no other case of any run has.
    ///
    /// # Errors
    /// Of names that are no scope's; does not happen.
    pub fn scope(&self) -> Result<ScopeId> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        ScopeId::new(format!("{}-{number}", self.prefix()))
    }
}

/// The names that one case sees.
#[derive(Debug, Clone)]
pub(crate) struct CaseNames {
    pub(crate) primary: String,
    /// Starts with the primary name and is as long as a name may be.
    pub(crate) secondary: String,
    /// Another name of what the primary is the name of.
    pub(crate) alias: String,
    /// As short as a name may be.
    pub(crate) restricted: String,
    /// What some services do not take as a name, or take for another name.
    pub(crate) also_granted: Vec<String>,
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
            alias: format!("l{}", word(0, 7)),
            restricted: format!("r{}", word(8, 2)),
            also_granted: awkward(&digest),
            absent: format!("a{}", word(16, 7)),
            denied: format!("d{}", word(24, 7)),
            unknown: format!("u{}", word(32, 7)),
            primary,
        }
    }
}

/// Names of all forms that a name may have, made from at least 62 signs.
fn awkward(digest: &str) -> Vec<String> {
    let word = &digest[40..46];
    let digit = |byte: u8| char::from(b'0' + byte % 10);
    let digits: String = digest.bytes().take(62).map(digit).collect();
    let number = &digits[..6];
    vec![
        format!("-{word}-"),
        format!("xn--{word}"),
        "---".to_owned(),
        format!("4{word}g"),
        // Equal as numbers.
        format!("1{number}"),
        format!("01{number}"),
        // Equal but for the last of 63 digits.
        format!("{digits}1"),
        format!("{digits}2"),
        // Equal but for a hyphen.
        format!("k{word}"),
        format!("k-{word}"),
        format!("k{}-{}", &word[..3], &word[3..]),
    ]
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
    fn names_have_every_form_and_are_never_two_of_a_case() {
        for seed in 0..1_000 {
            let names = CaseNames::new(seed);
            let mut all = names.also_granted;
            for name in &all {
                assert!((3..=63).contains(&name.len()), "{name}");
                let portable = |sign| matches!(sign, 'a'..='z' | '0'..='9' | '-');
                assert!(name.chars().all(portable), "{name}");
            }
            all.extend([
                names.primary,
                names.secondary,
                names.alias,
                names.restricted,
            ]);
            all.extend([names.absent, names.denied, names.unknown]);
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }

    #[test]
    fn runs_do_not_share_scopes() {
        assert_ne!(
            RunNames::new().scope().unwrap(),
            RunNames::new().scope().unwrap()
        );
    }
}
