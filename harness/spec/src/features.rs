//! The files of `conformance/features/`: features, profiles, and clauses that
//! no guest can observe.

use conformance_model::{Feature, FeatureLevel, Profile};
use serde::Deserialize;

use crate::{Source, SpecError};

/// A clause that another test than a guest proves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// Its id.
    pub clause: String,
    /// The file of the test, from the root of the repository.
    pub by: String,
    /// Why a guest cannot observe it.
    pub why: String,
}

/// One file, as it stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    capability: String,
    package: String,
    #[serde(default)]
    feature: Vec<FeatureEntry>,
    #[serde(default)]
    profile: Vec<ProfileEntry>,
    #[serde(default)]
    elsewhere: Vec<Elsewhere>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureEntry {
    id: String,
    level: FeatureLevel,
    since: String,
    proposal: String,
    title: String,
    interfaces: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileEntry {
    name: String,
    title: String,
    features: Vec<String>,
}

/// What one file declares.
#[derive(Debug, Clone)]
pub(crate) struct Capability {
    /// The path of the file.
    pub(crate) path: String,
    pub(crate) name: String,
    /// The package with its version.
    pub(crate) package: String,
    pub(crate) features: Vec<Feature>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) elsewhere: Vec<Elsewhere>,
}

/// Reads the files.
pub(crate) fn parse(sources: &[Source]) -> Result<Vec<Capability>, SpecError> {
    sources.iter().map(parse_one).collect()
}

fn parse_one(source: &Source) -> Result<Capability, SpecError> {
    let file: File = toml::from_str(&source.text).map_err(|error| SpecError::Toml {
        path: source.path.clone(),
        source: Box::new(error),
    })?;
    let capability = file.capability;
    let features = file
        .feature
        .into_iter()
        .map(|entry| Feature {
            id: entry.id,
            level: entry.level,
            capability: capability.clone(),
            title: entry.title,
            since: entry.since,
            proposal: entry.proposal,
            interfaces: entry.interfaces,
        })
        .collect();
    let profiles = file
        .profile
        .into_iter()
        .map(|entry| Profile {
            name: entry.name,
            capability: capability.clone(),
            title: entry.title,
            features: entry.features,
        })
        .collect();
    Ok(Capability {
        path: source.path.clone(),
        package: file.package,
        features,
        profiles,
        elsewhere: file.elsewhere,
        name: capability,
    })
}
