//! A feature: an optional part of a capability. A profile: features that an
//! application can ask for by one name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a feature is expected of a provider.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureLevel {
    /// Every provider of the capability has it.
    Core,
    /// A provider declares it or refuses it.
    Extended,
    /// Written down for review; it decides nothing.
    Unstable,
}

/// One feature of a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Feature {
    /// A dotted word: `kv.cas`.
    pub id: String,
    /// How much it is expected.
    pub level: FeatureLevel,
    /// The capability that it is part of: `keyvalue`.
    pub capability: String,
    /// What it is, in a few words.
    pub title: String,
    /// The version of the package that brought it.
    pub since: String,
    /// The proposal that argues for it: `0001-keyvalue`.
    pub proposal: String,
    /// The interfaces that it switches on: `cas`.
    #[serde(default)]
    pub interfaces: Vec<String>,
}

/// Features of one capability under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// Its name: `kv-core`.
    pub name: String,
    /// The capability: `keyvalue`.
    pub capability: String,
    /// What it is for, in a few words.
    pub title: String,
    /// The features that a provider of the profile declares.
    pub features: Vec<String>,
}
