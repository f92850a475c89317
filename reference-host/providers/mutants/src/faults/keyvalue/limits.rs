//! What the provider declares: limits that are missing, too low, or at odds.

use cloud_contract::{Descriptor, Limit, feature, limit};

use crate::Mutant;
use crate::mutant::Layer;

const DAY: u64 = 24 * 60 * 60 * 1_000_000_000;

fn state(descriptor: &mut Descriptor, id: &str, value: u64) {
    for limit in &mut descriptor.limits {
        if limit.id == id {
            limit.value = value;
        }
    }
}

fn omit(descriptor: &mut Descriptor, id: &str) {
    descriptor.limits.retain(|limit| limit.id != id);
}

fn again(descriptor: &mut Descriptor, id: &'static str, value: u64) {
    descriptor.limits.push(Limit { id, value });
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "limit-page-missing",
        "`kv.page.max-keys` is not stated",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| omit(descriptor, limit::KV_PAGE_MAX_KEYS)),
    ),
    Mutant::new(
        "limit-lateness-missing",
        "`kv.ttl.lateness-ns` is not stated",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| omit(descriptor, limit::KV_TTL_LATENESS_NS)),
    ),
    Mutant::new(
        "limit-lateness-zero",
        "`kv.ttl.lateness-ns` is zero",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::KV_TTL_LATENESS_NS, 0)),
    ),
    Mutant::new(
        "limit-twice",
        "`kv.key.max-bytes` is stated twice",
        &["TYP-LIMIT-1"],
        Layer::Descriptor(|descriptor| again(descriptor, limit::KV_KEY_MAX_BYTES, 2048)),
    ),
    Mutant::new(
        "limit-key-below-floor",
        "keys end at 511 bytes",
        &["TYP-LIMIT-2"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::KV_KEY_MAX_BYTES, 511)),
    ),
    Mutant::new(
        "limit-value-below-floor",
        "values end at 24,000 bytes",
        &["TYP-LIMIT-2"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::KV_VALUE_MAX_BYTES, 24_000)),
    ),
    Mutant::new(
        "limit-batch-below-floor",
        "batches end at 24 items",
        &["TYP-LIMIT-2"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::KV_BATCH_MAX_ITEMS, 24)),
    ),
    Mutant::new(
        "limit-ttl-below-floor",
        "the longest time to live is 23 hours",
        &["TYP-LIMIT-2"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::KV_TTL_MAX_NS, DAY / 24 * 23)),
    ),
    Mutant::new(
        "limit-ttl-least-above-bound",
        "the shortest time to live is an hour",
        &["TYP-LIMIT-2"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::KV_TTL_MIN_NS, DAY / 24)),
    ),
    Mutant::new(
        "limit-lateness-above-bound",
        "keys may end an hour late",
        &["TYP-LIMIT-2"],
        Layer::Descriptor(|descriptor| state(descriptor, limit::KV_TTL_LATENESS_NS, DAY / 24)),
    ),
    Mutant::new(
        "limit-ttl-crossed",
        "the shortest time to live is longer than the longest",
        &["TYP-LIMIT-3"],
        Layer::Descriptor(|descriptor| {
            state(descriptor, limit::KV_TTL_MIN_NS, 2 * DAY);
            state(descriptor, limit::KV_TTL_MAX_NS, DAY);
        }),
    ),
    Mutant::new(
        "feature-twice",
        "`kv.cas` is declared twice",
        &["TYP-FEAT-4"],
        Layer::Descriptor(|descriptor| descriptor.features.push(feature::KV_CAS)),
    ),
];
