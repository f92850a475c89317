//! What commands share before they do their own work: the runtime, the suite,
//! the providers that were named and what was said about them.

use std::path::PathBuf;
use std::time::Duration;

use cloud_contract::{Capability, Settings, Target};
use conformance_runner::{
    ComponentFile, Harness, HarnessError, Images, Launch, LaunchOptions, default_cache_directory,
    remove_own_containers,
};
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
    // Whatever the work was interrupted in.
    runtime.block_on(remove_own_containers());
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
        let found = crate::registry::find(name);
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

/// The same; of a name that stands for several, those that offer one of these
/// capabilities, if any are given. What only its service can tell is taken.
pub(crate) fn providers_of(
    names: &[String],
    capabilities: &[Capability],
) -> Result<Vec<Target>, Failure> {
    let mut chosen = providers(names)?;
    if capabilities.is_empty() {
        return Ok(chosen);
    }
    let offers = |target: &Target| {
        let declares = target.flavour.and_then(|flavour| flavour.declares);
        declares.is_none_or(|declares| {
            let declared = declares();
            let mut cores = capabilities.iter().map(|capability| capability.core());
            cores.any(|core| declared.declares(core))
        })
    };
    for name in names.iter().map(|name| name.trim()) {
        let found = crate::registry::find(name);
        let [_, _, ..] = found.as_slice() else {
            continue;
        };
        let spare: Vec<String> = found
            .iter()
            .filter(|target| !offers(target))
            .map(Target::id)
            .collect();
        if spare.len() == found.len() {
            let words: Vec<&str> = capabilities.iter().map(|it| it.name()).collect();
            return Err(Failure::nothing_ran(format!(
                "{name}: no service of it offers {}",
                words.join(" or ")
            )));
        }
        chosen.retain(|target| !spare.contains(&target.id()));
    }
    Ok(chosen)
}

/// The names of all providers, for a sentence.
pub(crate) fn known() -> String {
    let names: Vec<&str> = crate::registry::factories()
        .iter()
        .map(|factory| factory.name)
        .collect();
    names.join(", ")
}

fn unknown(name: &str) -> Failure {
    let names = crate::registry::names();
    let near = nearest(name, names.iter().map(String::as_str))
        .map(|name| format!("did you mean `{name}`? "));
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

/// How the services of these providers are stood up.
pub(crate) fn launch(chosen: &[Target], args: &SettingsArgs) -> Result<LaunchOptions, Failure> {
    let word = args.launch.as_deref().filter(|word| !word.is_empty());
    let launch: Launch = match word {
        Some(word) => word.parse().map_err(|_| no_launcher(word))?,
        None => Launch::Auto,
    };
    if let Launch::Own(name) = &launch {
        let mut flavours = chosen.iter().filter_map(|target| target.flavour);
        if !flavours.any(|flavour| flavour.launcher.is_some_and(|own| own.name == name)) {
            return Err(no_launcher(name));
        }
    }
    let endpoint = args.endpoint.as_deref().is_some_and(|url| !url.is_empty());
    if endpoint && !matches!(launch, Launch::Auto | Launch::Endpoint) {
        return Err(Failure::usage(format!(
            "--launch {launch} starts a service, and --endpoint names one that runs"
        ))
        .help("leave one of the two out"));
    }
    if launch != Launch::Auto && !endpoint {
        refuse_embedded(chosen, &launch)?;
    }
    // Those of the environment are there for every run, whatever it is made of.
    let images_are_offers = std::env::var("CONFORMANCE_IMAGE").is_ok_and(|all| args.image == [all]);
    let images = images(chosen, args, images_are_offers)?;
    if !images_are_offers {
        refuse_idle_images(chosen, &images, &launch, endpoint)?;
    }
    Ok(LaunchOptions {
        launch,
        images,
        images_are_offers,
        tell: Some(std::sync::Arc::new(crate::output::notice)),
    })
}

/// A provider without a service has nothing that could be launched.
fn refuse_embedded(chosen: &[Target], launch: &Launch) -> Result<(), Failure> {
    let embedded: Vec<String> = chosen
        .iter()
        .filter(|target| target.flavour.is_none())
        .map(Target::id)
        .collect();
    if embedded.is_empty() {
        return Ok(());
    }
    let words = format!(
        "{} runs in this process: nothing is launched for it",
        embedded.join(", ")
    );
    if embedded.len() < chosen.len() {
        crate::output::notice(&format!("{words}, and --launch is about the others"));
        return Ok(());
    }
    Err(Failure::usage(words).help(format!("leave `--launch {launch}` out")))
}

/// An image that was asked for is run: where it could not be, the run does not begin.
fn refuse_idle_images(
    chosen: &[Target],
    images: &Images,
    launch: &Launch,
    endpoint: bool,
) -> Result<(), Failure> {
    if !images.is_for_any() && images.targets().next().is_none() {
        return Ok(());
    }
    if endpoint {
        return Err(Failure::usage(
            "--image is about a container that is started, and --endpoint names a service that runs",
        )
        .help("leave one of the two out"));
    }
    if !matches!(launch, Launch::Auto | Launch::Container) {
        return Err(Failure::usage(format!(
            "--image is about a container, and --launch {launch} starts none"
        ))
        .help("leave one of the two out; --image alone means `--launch container`"));
    }
    let mut named = chosen.iter().filter(|target| images.names(target));
    let without = named.find(|target| {
        let container = target.flavour.and_then(|flavour| flavour.container);
        container.is_none()
    });
    match without {
        Some(target) => Err(Failure::usage(format!(
            "{} is not stood up in a container, so --image is not about it",
            target.id()
        ))
        .help("`conformance providers` shows which are")),
        None => Ok(()),
    }
}

fn no_launcher(word: &str) -> Failure {
    let word = crate::redact::addresses(word);
    Failure::usage(format!("there is no way to launch that is called `{word}`")).help(format!(
        "the ways are {}, and the launchers that a provider brings along",
        Launch::WORDS.join(", ")
    ))
}

fn images(chosen: &[Target], args: &SettingsArgs, of_environment: bool) -> Result<Images, Failure> {
    let mut words = Vec::new();
    for word in one_a_line(&args.image) {
        let Some((name, image)) = word.split_once('=') else {
            words.push(word.to_owned());
            continue;
        };
        let named = crate::registry::find(name.trim());
        if named.is_empty() {
            return Err(unknown(name));
        }
        let in_run = |target: &&Target| {
            let id = target.id();
            chosen.is_empty() || chosen.iter().any(|other| other.id() == id)
        };
        if !of_environment && !named.iter().any(|target| in_run(&target)) {
            let ids: Vec<String> = chosen.iter().map(Target::id).collect();
            return Err(Failure::usage(format!(
                "--image is for `{}`, which is not in this run",
                name.trim()
            ))
            .help(format!("the providers of this run are {}", ids.join(", "))));
        }
        words.extend(
            named
                .iter()
                .filter(in_run)
                .map(|target| format!("{}={image}", target.id())),
        );
    }
    let registry = args
        .image_registry
        .as_deref()
        .filter(|host| !host.is_empty());
    let words = words.iter().map(String::as_str);
    let images = Images::parse(words, registry).map_err(Failure::usage)?;
    if images.is_for_any() && chosen.len() != 1 {
        return Err(Failure::usage(format!(
            "--image is about one provider, {} are named",
            chosen.len()
        ))
        .help("write --image PROVIDER=IMAGE"));
    }
    Ok(images)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_sets_several_things() {
        let factory = crate::registry::factories().first().copied().unwrap();
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
