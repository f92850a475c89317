//! How many instances may be alive. Past `vm.max_map_count` the kernel refuses
//! mappings and the engine aborts the process, so admission stays below it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{HostConfig, HostError};

/// Mappings that everything but the instances needs, with room to spare.
const RESERVED_MAPS: usize = 8_192;
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

/// Mappings that one instance takes: a memory (an image and the rest of it with
/// copy-on-write, the accessible part otherwise) and a stack with its guard.
fn maps_per_instance(config: &HostConfig) -> usize {
    if config.copy_on_write { 4 } else { 2 }
}

/// Counts living instances.
#[derive(Debug)]
pub(crate) struct Admission {
    limit: usize,
    living: AtomicUsize,
}

impl Admission {
    pub(crate) fn new(config: &HostConfig) -> Arc<Self> {
        Arc::new(Self {
            limit: Self::limit_for(config, max_map_count()),
            living: AtomicUsize::new(0),
        })
    }

    fn limit_for(config: &HostConfig, max_maps: usize) -> usize {
        let carried = max_maps.saturating_sub(RESERVED_MAPS) / maps_per_instance(config);
        config.max_instances.min(carried).max(1)
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
    use super::*;

    #[test]
    fn refuses_above_the_limit_and_admits_again_after_a_drop() {
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
    fn stays_below_what_the_kernel_maps() {
        let config = HostConfig {
            max_instances: 1_000_000,
            ..HostConfig::default()
        };
        let limit = Admission::limit_for(&config, DEFAULT_MAX_MAPS);
        assert!(limit * maps_per_instance(&config) < DEFAULT_MAX_MAPS);
        assert_eq!(Admission::limit_for(&config, 0), 1);
    }
}
