//! The suite: components loaded into a host, and the cases that they list.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{Bindings, Capability};
use conformance_model::{Case, CaseStatus, FeatureLevel, Lane, Level};
use conformance_spec::Catalog;
use include_dir::{Dir, include_dir};
use reference_host::{Digest, Guest, Host, HostError, InstanceLimits, State};
use serde::Deserialize;

use crate::instance::bindings::SuiteOnlyPre;
use crate::instance::bindings::exports::cloud::conformance::suite as wit;

/// The components of this release, with their manifest.
static COMPONENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../conformance/components");

/// How long a component may take to list its cases.
const DESCRIBE_DEADLINE: Duration = Duration::from_secs(10);

/// Why a suite cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// The manifest beside the components is missing or malformed.
    #[error("the manifest of the components is not usable: {0}")]
    Manifest(String),
    /// A component of the manifest is missing.
    #[error("component {0} is in the manifest but not in the suite")]
    Missing(String),
    /// A component cannot be loaded.
    #[error("component {name}: {error}")]
    Component {
        /// Its name in the manifest.
        name: String,
        /// What the host says of it.
        #[source]
        error: HostError,
    },
    /// A component does not keep to the protocol of the suite.
    #[error("component {name}: {reason}")]
    Protocol {
        /// Its name in the manifest.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Two components list one id.
    #[error("case {0} is listed twice")]
    Duplicate(String),
}

/// A component as it lies in a folder.
#[derive(Debug, Clone)]
pub struct ComponentFile {
    /// Its name in the manifest.
    pub name: String,
    /// Its bytes.
    pub bytes: std::borrow::Cow<'static, [u8]>,
    /// The SHA-256 that the manifest promises, in hexadecimal.
    pub digest: String,
}

/// The version of the manifest that this reads; `guest-builder` writes it.
const MANIFEST_SCHEMA: u32 = 1;

/// What every version of the manifest begins with.
#[derive(Deserialize)]
struct ManifestVersion {
    schema: u32,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "component")]
    components: Vec<ManifestEntry>,
}

#[derive(Deserialize)]
struct ManifestEntry {
    name: String,
    sha256: String,
}

/// The components that are built into this binary.
///
/// # Errors
/// [`SuiteError::Manifest`], [`SuiteError::Missing`].
pub fn embedded_components() -> Result<Vec<ComponentFile>, SuiteError> {
    components(|file| COMPONENTS.get_file(file).map(|file| file.contents().into()))
}

impl ComponentFile {
    /// The components of a folder with a manifest, as the build writes it.
    ///
    /// # Errors
    /// [`SuiteError::Manifest`], [`SuiteError::Missing`].
    pub fn from_folder(folder: &std::path::Path) -> Result<Vec<Self>, SuiteError> {
        components(|file| std::fs::read(folder.join(file)).ok().map(Into::into))
    }
}

fn components(
    read: impl Fn(&str) -> Option<std::borrow::Cow<'static, [u8]>>,
) -> Result<Vec<ComponentFile>, SuiteError> {
    let missing = || SuiteError::Manifest("manifest.toml is missing".into());
    let wrong = |error: &dyn std::fmt::Display| SuiteError::Manifest(error.to_string());
    let manifest = read("manifest.toml").ok_or_else(missing)?;
    let manifest = std::str::from_utf8(&manifest).map_err(|error| wrong(&error))?;
    // Before the rest is looked at: another version has another shape.
    let ManifestVersion { schema } = toml::from_str(manifest).map_err(|error| wrong(&error))?;
    if schema != MANIFEST_SCHEMA {
        return Err(wrong(&format_args!(
            "it has schema {schema}, this program reads {MANIFEST_SCHEMA}"
        )));
    }
    let manifest: Manifest = toml::from_str(manifest).map_err(|error| wrong(&error))?;
    manifest
        .components
        .into_iter()
        .map(
            |ManifestEntry { name, sha256 }| match read(&format!("{name}.wasm")) {
                Some(bytes) => Ok(ComponentFile {
                    name,
                    bytes,
                    digest: sha256,
                }),
                None => Err(SuiteError::Missing(name)),
            },
        )
        .collect()
}

/// One loaded component.
pub(crate) struct Component {
    pub(crate) capability: Capability,
    pub(crate) pre: SuiteOnlyPre<State>,
}

/// Cases, and the components that hold them.
pub struct Suite {
    cases: Vec<Case>,
    /// The place in `components` of each case's component.
    homes: Vec<usize>,
    components: Vec<Component>,
    digests: Vec<(String, String)>,
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite")
            .field("cases", &self.cases.len())
            .finish_non_exhaustive()
    }
}

impl Suite {
    /// Checks digests, compiles (or takes from the cache) and asks every
    /// component for its cases.
    ///
    /// # Errors
    /// [`SuiteError`], naming the component.
    pub async fn load(host: &Host, files: &[ComponentFile]) -> Result<Self, SuiteError> {
        let guests = compile_all(host, files)?;
        let mut listed = Vec::new();
        let mut components = Vec::new();
        let mut digests = Vec::new();
        for (file, guest) in files.iter().zip(guests) {
            let digest = guest.digest().to_string();
            let (component, cases) = describe(host, &file.name, &guest).await?;
            for case in cases {
                listed.push((
                    convert(case, &component, &file.name, &digest),
                    components.len(),
                ));
            }
            components.push(component.1);
            digests.push((file.name.clone(), digest));
        }
        listed.sort_by(|(left, _), (right, _)| left.id.cmp(&right.id));
        if let Some(pair) = listed.windows(2).find(|pair| pair[0].0.id == pair[1].0.id) {
            return Err(SuiteError::Duplicate(pair[0].0.id.clone()));
        }
        let (cases, homes) = listed.into_iter().unzip();
        Ok(Self {
            cases,
            homes,
            components,
            digests,
        })
    }

    /// Tells the cases that need what is unstable in the specification from
    /// those that count.
    pub(crate) fn hold_against(&mut self, catalog: &Catalog) {
        for case in &mut self.cases {
            if is_provisional(case, catalog) {
                case.status = CaseStatus::Provisional;
            }
        }
    }

    /// All cases, by id.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Name and SHA-256 of every component.
    #[must_use]
    pub fn digests(&self) -> &[(String, String)] {
        &self.digests
    }

    /// The component that holds a case.
    pub(crate) fn home(&self, case: usize) -> &Component {
        &self.components[self.homes[case]]
    }
}

/// Components compile side by side: the first start of a new version is not
/// made of waiting for one core.
fn compile_all(host: &Host, files: &[ComponentFile]) -> Result<Vec<Guest>, SuiteError> {
    let load = |file: &ComponentFile| {
        Digest::of(&file.bytes)
            .expect(&file.digest)
            .and_then(|()| host.load(&file.bytes))
            .map_err(|error| SuiteError::Component {
                name: file.name.clone(),
                error,
            })
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = files
            .iter()
            .map(|file| scope.spawn(move || load(file)))
            .collect();
        threads
            .into_iter()
            .zip(files)
            .map(|(thread, file)| {
                thread.join().unwrap_or_else(|_| {
                    let error = HostError::InvalidComponent("the compiler panicked".into());
                    Err(SuiteError::Component {
                        name: file.name.clone(),
                        error,
                    })
                })
            })
            .collect()
    })
}

fn is_provisional(case: &Case, catalog: &Catalog) -> bool {
    let unstable_clause = |id: &String| catalog.clause(id).is_some_and(|clause| clause.unstable);
    let unstable_feature = |id: &String| {
        catalog
            .feature(id)
            .is_some_and(|feature| feature.level == FeatureLevel::Unstable)
    };
    case.clauses.iter().any(unstable_clause)
        || case
            .requires
            .iter()
            .chain(&case.refuses)
            .any(unstable_feature)
}

type Described = ((String, Component), Vec<wit::TestCase>);

async fn describe(host: &Host, name: &str, guest: &Guest) -> Result<Described, SuiteError> {
    let protocol = |reason: String| SuiteError::Protocol {
        name: name.to_owned(),
        reason,
    };
    let trapped = |error: reference_host::wasmtime::Error| {
        protocol(reference_host::Trap::classify(&error).to_string())
    };
    let pre = SuiteOnlyPre::new(guest.instance_pre().clone())
        .map_err(|error| protocol(format!("it does not export the suite interface: {error}")))?;
    let nothing = Arc::new(Bindings::new(Vec::new()));
    let mut store = host
        .store(
            nothing,
            &InstanceLimits {
                deadline: DESCRIBE_DEADLINE,
                ..InstanceLimits::default()
            },
        )
        .map_err(|error| protocol(error.to_string()))?;
    let instance = pre.instantiate_async(&mut store).await.map_err(trapped)?;
    let description = instance
        .cloud_conformance_suite()
        .call_describe(&mut store)
        .await
        .map_err(trapped)?;
    let capability = Capability::from_name(&description.capability).ok_or_else(|| {
        protocol("it tests a capability that this harness does not know".to_owned())
    })?;
    let component = Component { capability, pre };
    Ok(((description.capability, component), description.cases))
}

fn convert(case: wit::TestCase, home: &(String, Component), component: &str, digest: &str) -> Case {
    Case {
        id: case.id,
        title: case.title,
        capability: home.0.clone(),
        level: match case.level {
            wit::Level::Must => Level::Must,
            wit::Level::Should => Level::Should,
            wit::Level::May => Level::May,
        },
        clauses: case.clauses,
        requires: case.requires,
        refuses: case.refuses,
        lane: match case.lane {
            wit::Lane::Fast => Lane::Fast,
            wit::Lane::Slow => Lane::Slow,
            wit::Lane::Concurrency => Lane::Concurrency,
        },
        actors: case.actors,
        timeout_ns: case.timeout,
        source: case.source,
        component: component.to_owned(),
        digest: digest.to_owned(),
        status: CaseStatus::Stable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_review_decides_nothing() {
        let catalog = Catalog::embedded().unwrap();
        let case = |clause: &str, requires: &[&str]| Case {
            id: "kv.made.up".to_owned(),
            title: String::new(),
            capability: "keyvalue".to_owned(),
            level: Level::Must,
            clauses: vec![clause.to_owned()],
            requires: requires.iter().map(|&id| id.to_owned()).collect(),
            refuses: None,
            lane: Lane::Fast,
            actors: 0,
            timeout_ns: 1,
            source: String::new(),
            component: String::new(),
            digest: String::new(),
            status: CaseStatus::Stable,
        };
        let clause = |unstable: bool| {
            let mut clauses = catalog.clauses().iter();
            let found = clauses.find(|clause| clause.unstable == unstable);
            found.unwrap().id.as_str()
        };
        let unstable = catalog
            .features()
            .find(|feature| feature.level == FeatureLevel::Unstable)
            .unwrap();
        assert!(!is_provisional(&case(clause(false), &[]), &catalog));
        assert!(is_provisional(&case(clause(true), &[]), &catalog));
        let needs = case(clause(false), &[&unstable.id]);
        assert!(is_provisional(&needs, &catalog));
    }

    #[test]
    fn a_manifest_of_another_version_is_refused() {
        let manifest = |schema: &'static str| {
            components(move |file| (file == "manifest.toml").then(|| schema.as_bytes().into()))
        };
        assert!(manifest("schema = 1\ncomponent = []\n").unwrap().is_empty());
        for wrong in ["schema = 2\n", "component = []\n", "schema = \"1\"\n"] {
            let error = manifest(wrong).unwrap_err().to_string();
            assert!(error.contains("schema"), "{error}");
        }
    }
}
