//! The published runs of a checkout: `conformance/reports/VERSION/NAME/`. What lies
//! there is what people rely on, so that nothing in it is overlooked: a file that is
//! not as it should be is an error. What a run means is for others to say.

use std::path::{Path, PathBuf};

use conformance_model::{Implementation, Published, RunReport, SCHEMA_VERSION, ServiceKind};

/// Where published runs lie, from the root of the repository.
pub const REPORTS: &str = "conformance/reports";
/// The report of a run.
pub const REPORT: &str = "report.json";
/// What the report does not know of its implementation.
pub const IMPLEMENTATION: &str = "implementation.toml";
/// How to do the run again.
pub const README: &str = "README.md";

/// More than any report has.
const LIMIT: u64 = 64 << 20;

/// Why a published run cannot be relied on.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct PublishedError {
    /// Which file or folder.
    pub path: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl PublishedError {
    fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self {
            path: path.display().to_string(),
            problem: problem.into(),
        }
    }
}

/// Reads all published runs of a checkout, by version and name. A checkout in which
/// nothing was published yet has none.
///
/// # Errors
/// A file that cannot be read, is not what its name says, or does not fit the folder
/// that it lies in.
pub fn published(root: &Path) -> Result<Vec<Published>, PublishedError> {
    let folder = root.join(REPORTS);
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for version in entries(&folder)? {
        if is_page(&version) {
            continue;
        }
        let name = name_of(&version)?;
        for run in entries(&version)? {
            found.push(one(&run, &name, root)?);
        }
    }
    Ok(found)
}

fn one(folder: &Path, version: &str, root: &Path) -> Result<Published, PublishedError> {
    for file in entries(folder)? {
        let name = name_of(&file)?;
        if ![REPORT, IMPLEMENTATION, README].contains(&name.as_str()) {
            let problem = format!(
                "nothing reads this file; a published run is {REPORT}, {IMPLEMENTATION} and {README}"
            );
            return Err(PublishedError::new(&file, problem));
        }
    }
    text(&folder.join(README))?;
    let implementation = implementation(&folder.join(IMPLEMENTATION))?;
    let path = folder.join(REPORT);
    let report = report(&path)?;
    let problem = |problem: String| PublishedError::new(&path, problem);
    let [provider] = report.providers.as_slice() else {
        let found = report.providers.len();
        return Err(problem(format!("it is about {found} providers, not one")));
    };
    let provider = provider.clone();
    let expected = folder_name(&provider.provider.name);
    let name = name_of(folder)?;
    if name != expected {
        let message = format!(
            "it is about {}, which belongs in the folder {expected}, not {name}",
            provider.provider.name
        );
        return Err(problem(message));
    }
    match spec_version(&report) {
        Some(found) if found == version => {}
        found => {
            let found = found.unwrap_or("no version");
            return Err(problem(format!(
                "it was measured against {found} of the specification, not {version}"
            )));
        }
    }
    if let Some(reason) = objection(&report) {
        return Err(problem(format!("it is not to be published: {reason}")));
    }
    let folder = folder.strip_prefix(root).unwrap_or(folder);
    let parts: Vec<_> = folder.iter().map(|part| part.to_string_lossy()).collect();
    Ok(Published {
        folder: parts.join("/"),
        spec_version: version.to_owned(),
        implementation,
        report,
        provider,
    })
}

/// Reads a report.
///
/// # Errors
/// A file that cannot be read or is no report of this version.
pub fn report(path: &Path) -> Result<RunReport, PublishedError> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        schema_version: u64,
    }
    let text = text(path)?;
    let read = serde_json::from_str::<RunReport>(&text);
    // Another version has another shape: that is what to tell, not where it differs.
    let version = match &read {
        Ok(report) => u64::from(report.schema_version),
        Err(_) => serde_json::from_str::<Versioned>(&text)
            .map_or(u64::from(SCHEMA_VERSION), |found| found.schema_version),
    };
    if version != u64::from(SCHEMA_VERSION) {
        let problem =
            format!("it has schema version {version}, this program reads {SCHEMA_VERSION}");
        return Err(PublishedError::new(path, problem));
    }
    read.map_err(|error| PublishedError::new(path, format!("not a report: {error}")))
}

/// Reads the facts beside a report.
///
/// # Errors
/// A file that cannot be read, has other keys than it should, or leaves something
/// empty.
pub fn implementation(path: &Path) -> Result<Implementation, PublishedError> {
    let text = text(path)?;
    let read: Implementation = toml::from_str(&text)
        .map_err(|error| PublishedError::new(path, error.to_string().trim_end()))?;
    let problem = if read.schema != 1 {
        Some(format!("schema {} is not known; it is 1", read.schema))
    } else if !is_kebab(&read.family) {
        Some("family is not one word in kebab case".to_owned())
    } else if [&read.organisation, &read.project]
        .iter()
        .any(|value| value.trim().is_empty())
    {
        Some("organisation or project is empty".to_owned())
    } else if !["https://", "http://"]
        .iter()
        .any(|scheme| read.url.starts_with(scheme))
    {
        Some("url is no address of the web".to_owned())
    } else if read.kind == ServiceKind::OpenSource
        && read
            .licence
            .as_ref()
            .is_none_or(|name| name.trim().is_empty())
    {
        Some("a service is open source by its licence: name it, in the words of SPDX".to_owned())
    } else {
        None
    };
    match problem {
        Some(problem) => Err(PublishedError::new(path, problem)),
        None => Ok(read),
    }
}

/// The version of the specification that a report was measured against: the highest
/// of its packages.
#[must_use]
pub fn spec_version(report: &RunReport) -> Option<&str> {
    let numbers = |version: &str| -> Vec<u64> {
        let numbers = version.split(['.', '-', '+']);
        numbers
            .map(|number| number.parse().unwrap_or_default())
            .collect()
    };
    report
        .spec
        .packages
        .iter()
        .map(|package| package.version.as_str())
        .filter(|version| !version.is_empty())
        .max_by_key(|version| numbers(version))
}

/// Why a report must not be published, if it must not.
#[must_use]
pub fn objection(report: &RunReport) -> Option<String> {
    let run = &report.run;
    if !run.publishable {
        return Some(run.not_publishable.join(", "));
    }
    if !run.complete {
        return Some("the run did not come to its end".to_owned());
    }
    if let Some(fault) = run.faults.first() {
        return Some(format!("the harness failed: {fault}"));
    }
    report.providers.iter().find_map(|provider| {
        let name = &provider.provider.name;
        let reason = provider.setup_error.as_ref()?;
        Some(format!("{name} could not be set up: {reason}"))
    })
}

/// The name of the folder of a provider: `protocol/product` is `protocol-product`.
#[must_use]
pub fn folder_name(provider: &str) -> String {
    provider.replace('/', "-")
}

fn is_kebab(word: &str) -> bool {
    word.split('-').all(|part| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

fn text(path: &Path) -> Result<String, PublishedError> {
    let failed = |error: std::io::Error| PublishedError::new(path, error.to_string());
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > LIMIT {
        let problem = format!("it has {size} bytes; {LIMIT} are the most that is read");
        return Err(PublishedError::new(path, problem));
    }
    std::fs::read_to_string(path).map_err(failed)
}

/// What lies in a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, PublishedError> {
    let failed = |error: std::io::Error| PublishedError::new(folder, error.to_string());
    let mut found = std::fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    found.sort();
    Ok(found)
}

/// Whether this is the page that explains the folder.
fn is_page(path: &Path) -> bool {
    path.is_file() && path.file_name().is_some_and(|name| name == README)
}

fn name_of(path: &Path) -> Result<String, PublishedError> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned)
        .ok_or_else(|| PublishedError::new(path, "its name is no UTF-8"))
}
