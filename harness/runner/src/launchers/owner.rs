//! Whose container it is: labels by which a harness finds what another one, which
//! is dead, left behind. A process is known by its id, the moment of its start,
//! the boot of its machine and its namespace of processes: whoever differs in the
//! last two cannot be judged from here, and is left alone.

use std::collections::HashMap;
use std::sync::OnceLock;

const RUN: &str = "cloud-wit.run";
const PID: &str = "cloud-wit.pid";
const STARTED: &str = "cloud-wit.started";
const BOOT: &str = "cloud-wit.boot";
const SPACE: &str = "cloud-wit.pid-namespace";

/// The label that every container of a harness has.
pub(super) const LABEL: &str = RUN;

/// A process that owns containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pid: u32,
    started: String,
    boot: String,
    space: String,
}

impl Owner {
    /// This process; none where a system does not tell enough.
    fn this() -> Option<Self> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
        let pid = std::process::id();
        Some(Self {
            pid,
            started: started(pid)?,
            boot: boot.trim().to_owned(),
            space: space.display().to_string(),
        })
    }

    fn of(labels: &HashMap<String, String>) -> Option<Self> {
        let text = |name: &str| labels.get(name).cloned();
        Some(Self {
            pid: text(PID)?.parse().ok()?,
            started: text(STARTED)?,
            boot: text(BOOT)?,
            space: text(SPACE)?,
        })
    }

    /// Whether it is known to be dead.
    fn is_dead(&self, here: &Self) -> bool {
        self.boot == here.boot
            && self.space == here.space
            && started(self.pid).is_none_or(|started| started != self.started)
    }
}

/// When a process started, in ticks since the boot.
fn started(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the third field follows.
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_whitespace().nth(19)?.to_owned())
}

/// The name of this run, another one for every process.
pub(super) fn run() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        use std::hash::{BuildHasher as _, RandomState};
        let number = RandomState::new().hash_one(std::process::id());
        format!("{number:016x}")
    })
}

/// What the containers of this run are labelled with.
pub(super) fn labels() -> HashMap<String, String> {
    let mut labels = HashMap::from([(RUN.to_owned(), run().to_owned())]);
    labels.insert(PID.to_owned(), std::process::id().to_string());
    if let Some(owner) = Owner::this() {
        labels.insert(STARTED.to_owned(), owner.started);
        labels.insert(BOOT.to_owned(), owner.boot);
        labels.insert(SPACE.to_owned(), owner.space);
    }
    labels
}

/// Whether a container was left by a harness that is dead.
pub(super) fn is_left_over(labels: &HashMap<String, String>) -> bool {
    match (Owner::of(labels), Owner::this()) {
        (Some(owner), Some(here)) => labels.contains_key(RUN) && owner.is_dead(&here),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn only_what_the_dead_left_is_left_over() {
        let mine = labels();
        assert!(!is_left_over(&mine));
        let but = |name: &str, value: &str| {
            let mut labels = mine.clone();
            labels.insert(name.to_owned(), value.to_owned());
            labels
        };
        // The same process id, used again.
        assert!(is_left_over(&but(STARTED, "1")));
        // Beyond the largest that Linux gives.
        assert!(is_left_over(&but(PID, "4194305")));
        let mut elsewhere = but(PID, "4194305");
        elsewhere.insert(BOOT.to_owned(), "another machine".to_owned());
        assert!(!is_left_over(&elsewhere));
        let mut other_space = but(PID, "4194305");
        other_space.insert(SPACE.to_owned(), "pid:[1]".to_owned());
        assert!(!is_left_over(&other_space));
        let mut strange = but(PID, "4194305");
        strange.remove(RUN);
        assert!(!is_left_over(&strange));
        assert!(!is_left_over(&HashMap::new()));
    }
}
