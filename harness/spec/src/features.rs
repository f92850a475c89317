//! The files of `conformance/features/`: features, profiles, and clauses that
//! no guest can observe.

use std::ops::Range;

use conformance_model::{Feature, FeatureLevel, Profile};
use serde::Deserialize;
use toml::Spanned;

use crate::{Source, SpecError};

/// A clause that another test than a guest proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its id.
    pub clause: String,
    /// The file of the test, from the root of the repository.
    pub by: String,
    /// Why a guest cannot observe it.
    pub why: String,
}

/// One file, as it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    capability: Spanned<String>,
    package: Spanned<String>,
    #[serde(default)]
    feature: Vec<FeatureEntry>,
    #[serde(default)]
    profile: Vec<ProfileEntry>,
    #[serde(default)]
    elsewhere: Vec<ElsewhereEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureEntry {
    id: Spanned<String>,
    level: FeatureLevel,
    since: Spanned<String>,
    proposal: Spanned<String>,
    title: Spanned<String>,
    interfaces: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileEntry {
    name: Spanned<String>,
    title: String,
    features: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ElsewhereEntry {
    clause: Spanned<String>,
    by: String,
    why: String,
}

/// Where what a file declares stands in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) capability: Range<usize>,
    pub(crate) package: Range<usize>,
    /// In the order of the features.
    pub(crate) features: Vec<FeaturePlaces>,
    /// In the order of the profiles.
    pub(crate) profiles: Vec<ProfilePlaces>,
    /// In the order of the entries.
    pub(crate) elsewhere: Vec<Range<usize>>,
}

/// Where the values of a feature stand.
#[derive(Debug, Clone)]
pub(crate) struct FeaturePlaces {
    pub(crate) id: Range<usize>,
    pub(crate) since: Range<usize>,
    pub(crate) proposal: Range<usize>,
    pub(crate) title: Range<usize>,
    pub(crate) interfaces: Vec<Range<usize>>,
}

/// Where the values of a profile stand.
#[derive(Debug, Clone)]
pub(crate) struct ProfilePlaces {
    pub(crate) name: Range<usize>,
    pub(crate) features: Vec<Range<usize>>,
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
    pub(crate) places: Places,
}

/// Reads the files. Those that cannot be read come apart.
pub(crate) fn read(sources: &[Source]) -> (Vec<Capability>, Vec<SpecError>) {
    let (mut read, mut broken) = (Vec::new(), Vec::new());
    for source in sources {
        match parse_one(source) {
            Ok(capability) => read.push(capability),
            Err(error) => broken.push(error),
        }
    }
    (read, broken)
}

/// The place of a value. A text is what stands inside of its quotes.
pub(crate) fn place<T>(value: &Spanned<T>, source: &str) -> Range<usize> {
    let span = value.span();
    let quoted = source
        .get(span.clone())
        .is_some_and(|text| text.len() > 2 && text.starts_with(['"', '\'']));
    if quoted {
        span.start + 1..span.end - 1
    } else {
        span
    }
}

fn parse_one(source: &Source) -> Result<Capability, SpecError> {
    let file: File = toml::from_str(&source.text).map_err(|error| SpecError::Toml {
        path: source.path.clone(),
        source: Box::new(error),
    })?;
    let at = |value: &Spanned<String>| place(value, &source.text);
    let all_at = |values: &[Spanned<String>]| values.iter().map(at).collect::<Vec<_>>();
    let places = Places {
        capability: at(&file.capability),
        package: at(&file.package),
        features: file
            .feature
            .iter()
            .map(|entry| FeaturePlaces {
                id: at(&entry.id),
                since: at(&entry.since),
                proposal: at(&entry.proposal),
                title: at(&entry.title),
                interfaces: all_at(&entry.interfaces),
            })
            .collect(),
        profiles: file
            .profile
            .iter()
            .map(|entry| ProfilePlaces {
                name: at(&entry.name),
                features: all_at(&entry.features),
            })
            .collect(),
        elsewhere: file
            .elsewhere
            .iter()
            .map(|entry| at(&entry.clause))
            .collect(),
    };
    let capability = file.capability.into_inner();
    let texts = |values: Vec<Spanned<String>>| -> Vec<String> {
        values.into_iter().map(Spanned::into_inner).collect()
    };
    let features = file
        .feature
        .into_iter()
        .map(|entry| Feature {
            id: entry.id.into_inner(),
            level: entry.level,
            capability: capability.clone(),
            title: entry.title.into_inner(),
            since: entry.since.into_inner(),
            proposal: entry.proposal.into_inner(),
            interfaces: texts(entry.interfaces),
        })
        .collect();
    let profiles = file
        .profile
        .into_iter()
        .map(|entry| Profile {
            name: entry.name.into_inner(),
            capability: capability.clone(),
            title: entry.title,
            features: texts(entry.features),
        })
        .collect();
    let elsewhere = file
        .elsewhere
        .into_iter()
        .map(|entry| Elsewhere {
            clause: entry.clause.into_inner(),
            by: entry.by,
            why: entry.why,
        })
        .collect();
    Ok(Capability {
        path: source.path.clone(),
        package: file.package.into_inner(),
        features,
        profiles,
        elsewhere,
        places,
        name: capability,
    })
}
