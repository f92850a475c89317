//! What commands share before they do their own work: the runtime, the suite,
//! the providers that were named and what was said about them.

use std::path::PathBuf;
use std::time::Duration;

use cloud_contract::{Settings, Target};
use conformance_runner::{ComponentFile, Harness, HarnessError, default_cache_directory};
use tokio::runtime::Runtime;

use crate::Failure;
use crate::args::{SettingsArgs, SuiteArgs};
use crate::nearest::nearest;

/// How long work that cannot be cancelled may hold up the end of the process.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Runs something that waits, on all cores.
pub(crate) fn block_on<F>(work: F) -> Result<F::Output, Failure>
where
    F: Future,
{
    let runtime = Runtime::new()
        .map_err(|error| Failure::harness(format!("no runtime can be started: {error}")))?;
    let output = runtime.block_on(work);
    runtime.shutdown_timeout(LAST_WAIT);
    Ok(output)
}

impl SuiteArgs {
    /// Where compiled components are kept, if they are.
    pub(crate) fn cache(&self) -> Option<PathBuf> {
        if self.no_cache {
            return None;
        }
        self.cache_dir
            .clone()
            .filter(|path| !path.as_os_str().is_empty())
            .or_else(default_cache_directory)
    }

    /// Loads the suite.
    pub(crate) async fn harness(&self) -> Result<Harness, Failure> {
        let Some(folder) = &self.components else {
            return Harness::embedded(self.cache())
                .await
                .map_err(Failure::harness);
        };
        let wrong = |error: &dyn std::fmt::Display| {
            Failure::usage(format!(
                "the components in {} cannot be used: {error}",
                folder.display()
            ))
            .help(
                "build them with `cargo run -p guest-builder`, or leave --components out to use \
                 those that are built in",
            )
        };
        let files = ComponentFile::from_folder(folder).map_err(|error| wrong(&error))?;
        Harness::load(&files, self.cache())
            .await
            .map_err(|error| match error {
                HarnessError::Suite(error) => wrong(&error),
                other => Failure::harness(other),
            })
    }
}

/// What these names stand for, each provider once.
pub(crate) fn providers(names: &[String]) -> Result<Vec<Target>, Failure> {
    let mut chosen: Vec<Target> = Vec::new();
    for name in names
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
    {
        let found = provider_registry::find(name);
        if found.is_empty() {
            return Err(unknown(name));
        }
        for target in found {
            if chosen.iter().any(|other| other.id() == target.id()) {
                let id = target.id();
                return Err(Failure::usage(format!("provider `{id}` is named twice")));
            }
            chosen.push(target);
        }
    }
    Ok(chosen)
}

/// The names of all providers, for a sentence.
pub(crate) fn known() -> String {
    let names: Vec<&str> = provider_registry::factories()
        .iter()
        .map(|factory| factory.name)
        .collect();
    names.join(", ")
}

fn unknown(name: &str) -> Failure {
    let names = provider_registry::factories()
        .iter()
        .map(|factory| factory.name);
    let near = nearest(name, names).map(|name| format!("did you mean `{name}`? "));
    let shown = crate::redact::addresses(name);
    Failure::usage(format!("there is no provider `{shown}`")).help(format!(
        "{}the providers are {}",
        near.unwrap_or_default(),
        known()
    ))
}

/// What an option was given that may be repeated. A variable of the environment
/// has one value a line, and an empty one means none.
pub(crate) fn one_a_line(given: &[String]) -> impl Iterator<Item = &str> {
    given
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| !line.is_empty())
}

/// What was said about the one provider that was named.
pub(crate) fn settings(chosen: &[Target], args: &SettingsArgs) -> Result<Settings, Failure> {
    let endpoint = args.endpoint.clone().filter(|url| !url.is_empty());
    let directory = args
        .data_dir
        .clone()
        .filter(|path| !path.as_os_str().is_empty());
    let set: Vec<&str> = one_a_line(&args.set).collect();
    let given = [
        ("--endpoint", endpoint.is_some()),
        ("--data-dir", directory.is_some()),
        ("--set", !set.is_empty()),
    ];
    if let Some((flag, _)) = given.iter().find(|(_, given)| *given)
        && chosen.len() != 1
    {
        return Err(Failure::usage(format!(
            "{flag} is about one provider, {} are named",
            chosen.len()
        ))
        .help("run the providers one by one; `conformance matrix` puts reports side by side"));
    }
    let mut options = std::collections::BTreeMap::new();
    for text in set {
        // The text is not repeated: it may hold a password.
        let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(Failure::usage("--set needs KEY=VALUE"));
        };
        if options.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::usage(format!("--set {key} is given twice")));
        }
    }
    Ok(Settings {
        endpoint,
        directory,
        options,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_sets_several_things() {
        let factory = provider_registry::factories().first().copied().unwrap();
        let args = SettingsArgs {
            set: vec!["a=1,2\nb=x=y\n\n".to_owned(), "c=".to_owned()],
            ..SettingsArgs::default()
        };
        let settings = settings(&[Target::usual(factory)], &args).unwrap();
        let found: Vec<_> = settings.options.into_iter().collect();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(found, [pair("a", "1,2"), pair("b", "x=y"), pair("c", "")]);
    }
}
