//! What a provider states about itself: features, limits, durability, bounds.

use std::time::Duration;

use crate::{Capability, FeatureId};

/// What `ok` from a write promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Durability {
    /// Data ends with the process that hosts the guest.
    Volatile,
    /// Data survives a crash of the host.
    Process,
    /// Data survives a `kill -9` of the service that stores it.
    Durable,
}

/// A limit: its id and its value in the unit that the id ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// For example `kv.key.max-bytes`.
    pub id: &'static str,
    /// Greater than zero.
    pub value: u64,
}

/// What a provider states about itself. The suite proves every line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// The provider's id, as the command line takes it: `redis`.
    pub provider: &'static str,
    /// The product behind it, for people: `Redis`.
    pub product: String,
    /// The version that the service reports of itself, where it does.
    pub product_version: Option<String>,
    /// Declared features. A feature that is not here is refused by the portable
    /// layer before the driver is asked.
    pub features: Vec<FeatureId>,
    /// Declared limits, enforced by the portable layer.
    pub limits: Vec<Limit>,
    /// What `ok` from a write promises.
    pub durability: Durability,
    /// How stale another session's read may be; zero is strong consistency.
    pub visibility_bound: Duration,
    /// How long the portable layer waits for one call of the driver.
    pub call_timeout: Duration,
}

impl Descriptor {
    /// The value of a limit, if it is declared.
    #[must_use]
    pub fn limit(&self, id: &str) -> Option<u64> {
        self.limits
            .iter()
            .find(|limit| limit.id == id)
            .map(|limit| limit.value)
    }

    /// Whether a feature is declared.
    #[must_use]
    pub fn declares(&self, feature: &str) -> bool {
        self.features.contains(&feature)
    }

    /// The same descriptor without some features.
    #[must_use]
    pub fn without(&self, withheld: &[FeatureId]) -> Self {
        let mut narrowed = self.clone();
        narrowed
            .features
            .retain(|feature| !withheld.contains(feature));
        narrowed
    }
}

/// What a guest is told about one binding: `cloud:types/features.description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Ids of declared features.
    pub features: Vec<String>,
    /// Limits by id.
    pub limits: Vec<(String, u64)>,
    /// What `ok` from a write promises.
    pub durability: Durability,
    /// How stale another session's read may be.
    pub visibility_bound: Duration,
}

impl Description {
    /// What of a descriptor is about one capability.
    #[must_use]
    pub fn of(descriptor: &Descriptor, capability: Capability) -> Self {
        let concerns = |id: &str| id.starts_with(capability.prefix());
        Self {
            features: descriptor
                .features
                .iter()
                .filter(|feature| concerns(feature))
                .map(|&feature| feature.to_owned())
                .collect(),
            limits: descriptor
                .limits
                .iter()
                .filter(|limit| concerns(limit.id))
                .map(|limit| (limit.id.to_owned(), limit.value))
                .collect(),
            durability: descriptor.durability,
            visibility_bound: descriptor.visibility_bound,
        }
    }
}
