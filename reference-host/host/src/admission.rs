//! How many instances may be alive. Past `vm.max_map_count` the kernel refuses
//! mappings and then the whole process is at risk, so all hosts of a process
//! together stay below it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{HostConfig, HostError};

/// Mappings that everything but the instances needs, with room to spare.
const RESERVED_MAPS: usize = 5_000;
/// The kernel's own default, assumed where it cannot be read.
const DEFAULT_MAX_MAPS: usize = 65_530;

/// The most mappings that this process may have.
#[must_use]
pub fn max_map_count() -> usize {
    std::fs::read_to_string("/proc/sys/vm/max_map_count")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(DEFAULT_MAX_MAPS)
}

/// Mappings that one instance takes: two for a stack and its guard, made with the
/// engine, and those of a memory. By copy-on-write these are the part before the
/// image, the image, the part behind it and the part not yet grown into; otherwise
/// what is in use and what is not.
fn maps_per_instance(config: &HostConfig) -> usize {
    2 + if config.copy_on_write { 4 } else { 2 }
}

/// The address space that memories may take together: half of what a process has
/// on the common 64-bit machines.
const ADDRESS_SPACE_BYTES: u64 = 1 << 46;
/// What the engine sets aside for a memory that guest code does not check.
const GUARDED_SLOT_BYTES: u64 = (4 << 30) + (32 << 20);

fn memories_in_address_space(config: &HostConfig) -> usize {
    let slot = if config.checked_memory {
        config.max_memory_bytes.max(1) as u64
    } else {
        GUARDED_SLOT_BYTES
    };
    usize::try_from(ADDRESS_SPACE_BYTES / slot).unwrap_or(usize::MAX)
}

/// What the hosts of this process have set aside, in mappings.
static SET_ASIDE: AtomicUsize = AtomicUsize::new(0);

/// Counts living instances.
#[derive(Debug)]
pub(crate) struct Admission {
    limit: usize,
    maps: usize,
    living: AtomicUsize,
}

impl Admission {
    pub(crate) fn new(config: &HostConfig) -> Arc<Self> {
        let max_maps = max_map_count();
        let mut limit = 0;
        let maps = |limit: usize| limit * maps_per_instance(config);
        // Always ends with an update: the closure never gives none.
        let _ = SET_ASIDE.fetch_update(Ordering::AcqRel, Ordering::Acquire, |set_aside| {
            limit = limit_for(config, max_maps.saturating_sub(set_aside));
            Some(set_aside + maps(limit))
        });
        Arc::new(Self {
            limit,
            maps: maps(limit),
            living: AtomicUsize::new(0),
        })
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn admit(self: &Arc<Self>) -> Result<Permit, HostError> {
        self.living
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |living| {
                (living < self.limit).then_some(living + 1)
            })
            .map(|_| Permit(Arc::clone(self)))
            .map_err(|_| HostError::TooManyInstances { limit: self.limit })
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        SET_ASIDE.fetch_sub(self.maps, Ordering::AcqRel);
    }
}

/// At least one, so that a host is of some use.
fn limit_for(config: &HostConfig, max_maps: usize) -> usize {
    let carried = max_maps.saturating_sub(RESERVED_MAPS) / maps_per_instance(config);
    config
        .max_instances
        .min(carried)
        .min(memories_in_address_space(config))
        .max(1)
}

/// The right of one instance to live; given back on drop.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Admission>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.living.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    /// What is set aside is one number for the whole process: tests that set
    /// aside take turns.
    static TURN: Mutex<()> = Mutex::new(());

    #[test]
    fn refuses_above_the_limit_and_admits_again_after_a_drop() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let admission = Admission::new(&HostConfig {
            max_instances: 2,
            ..HostConfig::default()
        });
        let first = admission.admit().unwrap();
        let _second = admission.admit().unwrap();
        assert!(matches!(
            admission.admit(),
            Err(HostError::TooManyInstances { limit: 2 })
        ));
        drop(first);
        assert!(admission.admit().is_ok());
    }

    #[test]
    fn hosts_share_what_the_kernel_maps() {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let many = HostConfig {
            max_instances: usize::MAX,
            ..HostConfig::many()
        };
        let first = Admission::new(&many);
        let second = Admission::new(&many);
        assert!(second.limit() < first.limit() / 2);
        drop(first);
        assert!(Admission::new(&many).limit() > second.limit());
    }

    #[test]
    fn stays_below_what_the_kernel_maps() {
        let config = HostConfig {
            max_instances: usize::MAX,
            checked_memory: false,
            ..HostConfig::default()
        };
        let limit = limit_for(&config, DEFAULT_MAX_MAPS);
        assert!(limit * maps_per_instance(&config) + RESERVED_MAPS <= DEFAULT_MAX_MAPS);
        assert_eq!(limit_for(&config, 0), 1);
        // Memories of 4 GiB fill the address space before that.
        assert!(limit_for(&config, usize::MAX) <= 1 << 14);
    }
}
