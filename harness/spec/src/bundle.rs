//! Packages of WIT as files of wasm that stand alone: what registries hold and what
//! other tools load. Docs and gates go along, unstable items too. The same text and
//! the same facts give the same bytes.

use sha2::{Digest as _, Sha256};
use wasm_encoder::{CustomSection, Section as _};
use wit_parser::{PackageId, Resolve};

use crate::load::{LoadError, Wit};

/// What a registry is told of every package, beyond what stands in the WIT.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleFacts {
    /// The licence, in the words of SPDX.
    pub licence: Option<String>,
    /// Where the text comes from.
    pub source: Option<String>,
    /// The revision of the text.
    pub revision: Option<String>,
}

/// A package as wasm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its name without the version: `cloud:types`.
    pub package: String,
    /// Its version, if it has one.
    pub version: Option<String>,
    /// The name of its file.
    pub file: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The text cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No package has the name that was asked for.
    #[error("there is no package {wanted}; there are {known}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
    /// The package cannot be written as wasm.
    #[error("{package} cannot be written as wasm: {reason}")]
    Encode {
        /// Which.
        package: String,
        /// Why.
        reason: String,
    },
}

/// Bundles the packages, by name; only those that are asked for if any is. A name may
/// have its version.
///
/// # Errors
/// [`BundleError::Unknown`], [`BundleError::Encode`].
pub fn bundle(
    wit: &Wit,
    wanted: &[String],
    facts: &BundleFacts,
) -> Result<Vec<Bundle>, BundleError> {
    let name = |id: PackageId| wit.resolve.packages[id].name.to_string();
    let is = |id: PackageId, wanted: &str| {
        let name = name(id);
        name == wanted || name.split('@').next() == Some(wanted)
    };
    let mut packages = wit.packages.clone();
    packages.sort_by_key(|&id| name(id));
    for wanted in wanted {
        if !packages.iter().any(|&id| is(id, wanted)) {
            let known: Vec<String> = packages.iter().map(|&id| name(id)).collect();
            return Err(BundleError::Unknown {
                wanted: wanted.clone(),
                known: known.join(", "),
            });
        }
    }
    packages.retain(|&id| wanted.is_empty() || wanted.iter().any(|wanted| is(id, wanted)));
    packages
        .into_iter()
        .map(|id| one(&wit.resolve, id, facts))
        .collect()
}

fn one(resolve: &Resolve, id: PackageId, facts: &BundleFacts) -> Result<Bundle, BundleError> {
    let package = &resolve.packages[id];
    let name = format!("{}:{}", package.name.namespace, package.name.name);
    let failed = |reason: String| BundleError::Encode {
        package: package.name.to_string(),
        reason,
    };
    // The encoder asserts what a package of some tools does not keep. It works on
    // values of this call alone.
    let encoded = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        wit_component::encode(resolve, id)
    }))
    .map_err(|_| failed("the encoder cannot cope with it".to_owned()))?;
    let mut bytes = encoded.map_err(|error| {
        let reasons: Vec<String> = error.chain().map(ToString::to_string).collect();
        failed(reasons.join(": "))
    })?;
    let version = package.name.version.as_ref().map(ToString::to_string);
    let docs = package.docs.contents.as_deref().unwrap_or_default();
    let description = first_paragraph(docs);
    let sections = [
        (
            "description",
            (!description.is_empty()).then_some(description),
        ),
        ("licenses", facts.licence.clone()),
        ("source", facts.source.clone()),
        ("revision", facts.revision.clone()),
        ("version", version.clone()),
    ];
    // A component may end in sections of any name. Registries show these.
    for (name, value) in sections {
        if let Some(value) = value {
            let section = CustomSection {
                name: name.into(),
                data: value.into_bytes().into(),
            };
            section.append_to(&mut bytes);
        }
    }
    let file = match &version {
        Some(version) => format!("{}@{version}.wasm", name.replace(':', "-")),
        None => format!("{}.wasm", name.replace(':', "-")),
    };
    Ok(Bundle {
        package: name,
        version,
        file,
        sha256: hex(&Sha256::digest(&bytes)),
        bytes,
    })
}

/// The first paragraph of a doc comment, on one line.
fn first_paragraph(docs: &str) -> String {
    let lines: Vec<&str> = docs
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    lines.join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
