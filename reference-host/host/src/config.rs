//! What can be set about a host and about each instance in it.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a [`crate::Host`]. The defaults fit a run of the suite: some dozens
/// of instances at a time, each with room for the largest values.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// The most instances that may be alive at a time; lowered to what the
    /// machine's `vm.max_map_count` carries.
    pub max_instances: usize,
    /// The most linear memory of one instance, in bytes.
    pub max_memory_bytes: usize,
    /// How much of a memory or table stays resident between two instances, in
    /// bytes: as much as a guest usually touches. More is slower, because it is
    /// cleared on every drop.
    pub keep_resident_bytes: usize,
    /// Initialise memories by copy-on-write images. Costs mappings; off for tens
    /// of thousands of instances.
    pub copy_on_write: bool,
    /// How often a running guest is interrupted to yield or to meet its deadline.
    pub tick: Duration,
    /// Where compiled components are kept; none compiles them anew.
    pub cache_directory: Option<PathBuf>,
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            max_instances: 256,
            max_memory_bytes: 128 << 20,
            keep_resident_bytes: 64 << 10,
            copy_on_write: true,
            tick: Duration::from_millis(5),
            cache_directory: None,
        }
    }
}

/// Limits of one instance. A guest cannot raise them.
#[derive(Debug, Clone)]
pub struct InstanceLimits {
    /// Linear memory in bytes; growing past it fails inside the guest.
    pub memory_bytes: usize,
    /// How long the guest may live, in wall time.
    pub deadline: Duration,
    /// Open handles to host resources; past it, `open` returns an error.
    pub handles: usize,
    /// Bytes that one call may pass from the guest to the host.
    pub call_bytes: usize,
}

impl Default for InstanceLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 128 << 20,
            deadline: Duration::from_secs(60),
            handles: 1_024,
            call_bytes: 64 << 20,
        }
    }
}
