//! What the process declares, checked against what this host knows.

use std::borrow::Cow;
use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Error, ErrorKind, FeatureId, Limit, Result};
use cloud_contract::{feature, limit};
use serde_json::Map;

use crate::error::short;
use crate::form::{At, Json, Members};
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

const MINUTE_NS: u64 = 60_000_000_000;

/// Every limit, the smallest value that the specification allows, and the largest
/// that it allows and this protocol can keep.
const LIMITS: &[(&str, u64, u64)] = &[
    (limit::KV_KEY_MAX_BYTES, 512, KEY_BYTES),
    (limit::KV_VALUE_MAX_BYTES, 24_576, VALUE_BYTES),
    (limit::KV_PAGE_MAX_KEYS, 1, u32::MAX as u64),
    (limit::KV_BATCH_MAX_ITEMS, 25, u32::MAX as u64),
    (limit::KV_TTL_MIN_NS, 1, MINUTE_NS),
    (limit::KV_TTL_MAX_NS, 24 * 60 * MINUTE_NS, u64::MAX),
    (limit::KV_TTL_LATENESS_NS, 1, MINUTE_NS),
];

/// Reads the answer to `describe`. Whether all limits are stated, and true, is for
/// the suite to say.
///
/// # Errors
/// `other`, saying what this host cannot take.
pub(crate) fn read(description: Json, call_timeout: Duration) -> Result<Descriptor> {
    let protocol = description.get("protocol").and_then(Json::as_u64);
    match protocol {
        Some(protocol) if PROTOCOLS.contains(&protocol) => {}
        Some(protocol) => {
            return Err(refused(format!(
                "it speaks version {protocol} of the protocol, this host speaks {PROTOCOLS:?}"
            )));
        }
        None => return Err(refused("it does not say `protocol`, the version it speaks")),
    }
    let answer = At::Answer("describe");
    let ok = At::Member(&answer, "ok");
    let mut members = Members::of(description, &ok)?;
    let product: String = members.required("product")?;
    let product_version: Option<String> = members.optional("product-version")?;
    let visibility_bound: Option<u64> = members.optional("visibility-bound-ns")?;
    Ok(Descriptor {
        provider: NAME,
        product: short(&product),
        product_version: product_version.as_deref().map(short),
        features: features(&members.required::<Vec<String>>("features")?)?,
        limits: limits(&members.required("limits")?)?,
        durability: match members.required::<String>("durability")?.as_str() {
            "volatile" => Durability::Volatile,
            "process" => Durability::Process,
            "durable" => Durability::Durable,
            _ => {
                let place = At::Member(&ok, "durability");
                return Err(place.wrong("is none of `volatile`, `process` and `durable`"));
            }
        },
        visibility_bound: Duration::from_nanos(visibility_bound.unwrap_or_default()),
        call_timeout,
    })
}

fn features(names: &[String]) -> Result<Vec<FeatureId>> {
    let mut features = Vec::with_capacity(names.len());
    for name in names {
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
    if !features.contains(&feature::KV_STORE) {
        return Err(refused(format!(
            "it does not declare the feature `{}`, and no store is without it",
            feature::KV_STORE
        )));
    }
    Ok(features)
}

fn limits(stated: &Map<String, Json>) -> Result<Vec<Limit>> {
    let mut limits = Vec::with_capacity(stated.len());
    for (name, value) in stated {
        let known = LIMITS.iter().find(|(known, ..)| known == name);
        let &(id, least, most) = known.ok_or_else(|| {
            let known: Vec<&str> = LIMITS.iter().map(|&(id, ..)| id).collect();
            refused(format!(
                "it states the limit `{name}`, and this host knows {}",
                known.join(", ")
            ))
        })?;
        let value = value
            .as_u64()
            .filter(|value| (least..=most).contains(value));
        let value = value.ok_or_else(|| {
            refused(format!(
                "its limit `{id}` is not a whole number from {least} to {most}"
            ))
        })?;
        limits.push(Limit { id, value });
    }
    Ok(limits)
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

    fn good() -> Json {
        json!({
            "protocol": 1,
            "product": "Tiny",
            "features": ["kv.store", "kv.cas"],
            "limits": {"kv.key.max-bytes": 512},
            "durability": "volatile",
        })
    }

    fn with(member: &str, value: Json) -> Result<Descriptor> {
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
        // Null is as good as missing.
        for member in ["product-version", "visibility-bound-ns"] {
            let descriptor = with(member, Json::Null).unwrap();
            assert_eq!(descriptor.product_version, None);
            assert_eq!(descriptor.visibility_bound, Duration::ZERO);
        }
    }

    #[test]
    fn what_the_host_does_not_know_is_refused_by_name() {
        for (member, value, words) in [
            ("protocol", json!(2), "version 2"),
            ("protocol", json!("1"), "`protocol`"),
            ("features", json!(["kv.store", "kv.nosuch"]), "`kv.nosuch`"),
            ("features", json!(["kv.cas", "kv.cas"]), "twice"),
            ("features", json!("kv.cas"), "`ok.features` is not a list"),
            ("features", json!([7]), "`ok.features[0]` is not a string"),
            (
                "features",
                json!([]),
                "does not declare the feature `kv.store`",
            ),
            (
                "features",
                json!(["kv.cas"]),
                "does not declare the feature `kv.store`",
            ),
            ("limits", json!([]), "`ok.limits` is not an object"),
            ("limits", json!({"kv.no.such": 1}), "`kv.no.such`"),
            ("limits", json!({"kv.key.max-bytes": 0}), "from 512 to"),
            ("limits", json!({"kv.key.max-bytes": -1}), "from 512 to"),
            ("limits", json!({"kv.key.max-bytes": "512"}), "whole number"),
            (
                "limits",
                json!({"kv.value.max-bytes": 1_u64 << 40}),
                "33554432",
            ),
            ("durability", json!("eternal"), "`ok.durability` is none of"),
            ("product", Json::Null, "`ok.product` is not a string"),
            ("product-version", json!(1), "`ok.product-version` is not"),
            ("visibility-bound-ns", json!(-1), "`ok.visibility-bound-ns`"),
        ] {
            let text = with(member, value).unwrap_err().to_string();
            assert!(text.contains(words), "{text}");
        }
    }

    /// Each bound is the first that is taken, and the next one is refused.
    #[test]
    fn limits_beyond_the_portable_bounds_are_refused() {
        for &(id, least, most) in LIMITS {
            for value in [least, most] {
                assert!(with("limits", json!({id: value})).is_ok(), "{id}");
            }
            for value in [least.checked_sub(1), most.checked_add(1)] {
                let Some(value) = value else { continue };
                let error = with("limits", json!({id: value})).unwrap_err();
                let text = error.to_string();
                let range = format!("`{id}` is not a whole number from {least} to {most}");
                assert!(text.contains(&range), "{text}");
            }
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
                let (_, least, most) = LIMITS.iter().find(|(known, ..)| *known == id).unwrap();
                let bound = row.split('|').nth(2).unwrap().trim();
                let (side, number) = bound.rsplit_once("at ").unwrap().1.split_once(' ').unwrap();
                let number = number.split(' ').next().unwrap().replace(',', "");
                let ours = if side == "least" { least } else { most };
                assert_eq!(ours.to_string(), number, "{id}");
            } else {
                features.push(id);
            }
        }
        assert_eq!(features, FEATURES);
        let known: Vec<&str> = LIMITS.iter().map(|&(id, ..)| id).collect();
        assert_eq!(limits, known);
    }
}
