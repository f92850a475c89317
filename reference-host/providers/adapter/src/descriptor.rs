//! What the process declares, checked against what this host knows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Error, ErrorKind, FeatureId, Limit, Result};
use cloud_contract::{feature, limit};
use serde::Deserialize;
use serde_json::Value;

use crate::error::short;
use crate::wire::PROTOCOLS;

/// The provider's id.
pub(crate) const NAME: &str = "adapter";

/// Longer keys do not fit into a line whatever is in them.
const KEY_BYTES: u64 = 1 << 20;
/// Longer values do not fit into a line.
const VALUE_BYTES: u64 = 32 << 20;

/// Every feature that a process may declare.
const FEATURES: &[FeatureId] = &[
    feature::KV_STORE,
    feature::KV_LIST_ORDERED,
    feature::KV_CAS,
    feature::KV_COUNTERS,
    feature::KV_BATCH,
    feature::KV_EXPIRY,
];

/// Every limit, and the largest value that this protocol can keep.
const LIMITS: &[(&str, u64)] = &[
    (limit::KV_KEY_MAX_BYTES, KEY_BYTES),
    (limit::KV_VALUE_MAX_BYTES, VALUE_BYTES),
    (limit::KV_PAGE_MAX_KEYS, u32::MAX as u64),
    (limit::KV_BATCH_MAX_ITEMS, u32::MAX as u64),
    (limit::KV_TTL_MIN_NS, u64::MAX),
    (limit::KV_TTL_MAX_NS, u64::MAX),
    (limit::KV_TTL_LATENESS_NS, u64::MAX),
];

/// The answer to `describe`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Description {
    product: String,
    #[serde(default)]
    product_version: Option<String>,
    features: Vec<String>,
    limits: BTreeMap<String, u64>,
    durability: Class,
    #[serde(default)]
    visibility_bound_ns: u64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Class {
    Volatile,
    Process,
    Durable,
}

/// Reads the answer to `describe`.
///
/// # Errors
/// `other`, saying what this host cannot take.
pub(crate) fn read(description: Value, call_timeout: Duration) -> Result<Descriptor> {
    let protocol = description.get("protocol").and_then(Value::as_u64);
    match protocol {
        Some(protocol) if PROTOCOLS.contains(&protocol) => {}
        Some(protocol) => {
            return Err(refused(format!(
                "it speaks version {protocol} of the protocol, this host speaks {PROTOCOLS:?}"
            )));
        }
        None => return Err(refused("it does not say `protocol`, the version it speaks")),
    }
    let description: Description = serde_json::from_value(description)
        .map_err(|error| refused(format!("its description is not one: {error}")))?;
    let mut features = Vec::with_capacity(description.features.len());
    for name in &description.features {
        let known = FEATURES.iter().find(|known| *known == name);
        let &known = known.ok_or_else(|| {
            refused(format!(
                "it declares the feature `{name}`, and this host knows {}",
                FEATURES.join(", ")
            ))
        })?;
        if features.contains(&known) {
            return Err(refused(format!("it declares the feature `{known}` twice")));
        }
        features.push(known);
    }
    let mut limits = Vec::with_capacity(description.limits.len());
    for (name, &value) in &description.limits {
        let known = LIMITS.iter().find(|(known, _)| known == name);
        let &(id, most) = known.ok_or_else(|| {
            let known: Vec<&str> = LIMITS.iter().map(|&(id, _)| id).collect();
            refused(format!(
                "it states the limit `{name}`, and this host knows {}",
                known.join(", ")
            ))
        })?;
        if !(1..=most).contains(&value) {
            return Err(refused(format!("its limit `{id}` is not from 1 to {most}")));
        }
        limits.push(Limit { id, value });
    }
    Ok(Descriptor {
        provider: NAME,
        product: short(&description.product),
        product_version: description.product_version.as_deref().map(short),
        features,
        limits,
        durability: match description.durability {
            Class::Volatile => Durability::Volatile,
            Class::Process => Durability::Process,
            Class::Durable => Durability::Durable,
        },
        visibility_bound: Duration::from_nanos(description.visibility_bound_ns),
        call_timeout,
    })
}

/// What is wrong with the program, said to who starts it. It holds what the program
/// says of itself, and nothing of a guest or of a service.
pub(crate) fn refused(reason: impl AsRef<str>) -> Error {
    // The list of known ids is longer than a text of the program may be.
    let mut reason: String = reason.as_ref().chars().take(400).collect();
    reason.retain(|sign| !sign.is_control());
    let text = format!("the provider process cannot be used: {reason}");
    ErrorKind::Other(Cow::Owned(text)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({
            "protocol": 1,
            "product": "Tiny",
            "features": ["kv.store", "kv.cas"],
            "limits": {"kv.key.max-bytes": 512},
            "durability": "volatile",
        })
    }

    fn with(member: &str, value: Value) -> Result<Descriptor> {
        let mut description = good();
        description[member] = value;
        read(description, Duration::from_secs(1))
    }

    #[test]
    fn what_is_declared_is_what_the_host_knows() {
        let descriptor = with("visibility-bound-ns", json!(5)).unwrap();
        assert_eq!(descriptor.product, "Tiny");
        assert_eq!(descriptor.features, [feature::KV_STORE, feature::KV_CAS]);
        assert_eq!(descriptor.limit("kv.key.max-bytes"), Some(512));
        assert_eq!(descriptor.durability, Durability::Volatile);
        assert_eq!(descriptor.visibility_bound, Duration::from_nanos(5));
        // What a later version of the protocol adds is left aside.
        assert!(with("new", json!([])).is_ok());
    }

    #[test]
    fn what_the_host_does_not_know_is_refused_by_name() {
        for (member, value, words) in [
            ("protocol", json!(2), "version 2"),
            ("protocol", json!("1"), "`protocol`"),
            ("features", json!(["kv.store", "kv.nosuch"]), "`kv.nosuch`"),
            ("features", json!(["kv.cas", "kv.cas"]), "twice"),
            ("features", json!("kv.cas"), "sequence"),
            ("limits", json!({"kv.no.such": 1}), "`kv.no.such`"),
            ("limits", json!({"kv.key.max-bytes": 0}), "from 1 to"),
            ("limits", json!({"kv.key.max-bytes": -1}), "-1"),
            (
                "limits",
                json!({"kv.value.max-bytes": 1_u64 << 40}),
                "33554432",
            ),
            ("durability", json!("eternal"), "volatile"),
            ("product", Value::Null, "string"),
        ] {
            let text = with(member, value).unwrap_err().to_string();
            assert!(text.contains(words), "{text}");
        }
    }

    /// The tables of the specification and those above say the same.
    #[test]
    fn no_feature_and_no_limit_is_forgotten() {
        let text = include_str!("../../../../wit/keyvalue/package.wit");
        let rows = text.lines().filter_map(|line| line.strip_prefix("/// | `"));
        let mut features = Vec::new();
        let mut limits = Vec::new();
        for row in rows.filter(|row| !row.contains("| unstable |")) {
            let (id, _) = row.split_once('`').unwrap();
            if id.contains("max-") || id.contains("-ns") {
                limits.push(id);
            } else {
                features.push(id);
            }
        }
        assert_eq!(features, FEATURES);
        let known: Vec<&str> = LIMITS.iter().map(|&(id, _)| id).collect();
        assert_eq!(limits, known);
    }
}
