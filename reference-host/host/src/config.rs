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
    /// Let guest code check its memory accesses instead of leaving that to guard
    /// pages. Starting, growing and dropping an instance then changes no mappings,
    /// but code that does little else than access memory takes half as long again.
    pub checked_memory: bool,
    /// How much of a memory or table stays resident between two instances, in
    /// bytes: as much as a guest usually touches. More is slower, because it is
    /// cleared on every drop.
    pub keep_resident_bytes: usize,
    /// Initialise memories by copy-on-write images: an idle instance shares its
    /// data with all others. Without it an instance takes two mappings less, so
    /// half as many instances again can be alive, and 8 KiB and more of its own.
    pub copy_on_write: bool,
    /// How often a running guest is interrupted to yield or to meet its deadline.
    pub tick: Duration,
    /// Compile guests in a fraction of the time, to code that is slower and takes
    /// more memory: for guests that run once or twice.
    pub compile_quickly: bool,
    /// Where compiled components are kept; none compiles them anew.
    pub cache_directory: Option<PathBuf>,
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            max_instances: 256,
            max_memory_bytes: 128 << 20,
            checked_memory: true,
            keep_resident_bytes: 128 << 10,
            copy_on_write: true,
            tick: Duration::from_millis(5),
            compile_quickly: false,
            cache_directory: None,
        }
    }
}

impl HostConfig {
    /// For ten thousand small instances and more that mostly wait: as many as the
    /// machine carries, each with at most 1 MiB of memory.
    #[must_use]
    pub fn many() -> Self {
        Self {
            max_instances: 50_000,
            max_memory_bytes: 1 << 20,
            ..Self::default()
        }
    }
}

/// Limits of one instance. A guest cannot raise them.
#[derive(Debug, Clone)]
pub struct InstanceLimits {
    /// Linear memory in bytes; growing past it fails inside the guest.
    pub memory_bytes: usize,
    /// How long the guest may run, in wall time from the making of its store. It
    /// ends a guest that computes; whoever awaits a guest that waits bounds that.
    pub deadline: Duration,
    /// Open handles to host resources; past it, `open` returns `throttled`. Four
    /// times as many handles of all kinds, calls in flight included, are a trap.
    pub handles: usize,
    /// Bytes that one call may pass from the guest to the host.
    pub call_bytes: usize,
    /// Bytes that the host may hold for calls in flight: keys and values that the
    /// guest passed, answers on their way to it, and pages of streams that it has
    /// begun to read. A call beyond that returns `throttled`, a batch that is beyond
    /// it alone `too-large`. What a provider's own client has received and not handed
    /// over is not among them.
    pub in_flight_bytes: usize,
}

impl Default for InstanceLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 128 << 20,
            deadline: Duration::from_secs(60),
            handles: 1_024,
            call_bytes: 64 << 20,
            // As many of the largest values as calls that have to be possible.
            in_flight_bytes: 65 * (16 << 20),
        }
    }
}
