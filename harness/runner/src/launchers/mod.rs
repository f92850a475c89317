//! The ways to stand a service up: which there are, which of them works here, and
//! what would mend those that do not. Knows no provider.

mod container;
mod engine;
mod health;
mod image;
mod owner;
mod ports;
mod process;
mod programs;
mod ready;
mod watchdog;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use cloud_contract::{Container, Flavour, Launcher, Process, Settings, Target};

pub use engine::{engine_version, remove_own_containers};
pub use health::{Health, Loss};
pub use image::{Image, Images};
pub use programs::find_program;

pub(crate) use container::RunningContainer;
pub(crate) use engine::Engine;
pub(crate) use process::RunningServer;
pub(crate) use ready::{NotReady, Patience, until_ready};

/// Which way a user wants a service to be stood up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Launch {
    /// The first that works.
    #[default]
    Auto,
    /// A program of this machine.
    Process,
    /// A container.
    Container,
    /// What runs already, an account of a cloud included.
    Endpoint,
    /// A launcher that a provider brings along, by its name.
    Own(String),
}

impl Launch {
    /// The words that stand for a way which every provider may have.
    pub const WORDS: [&'static str; 4] = ["auto", "process", "container", "endpoint"];
}

impl FromStr for Launch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        Ok(match text {
            "auto" => Self::Auto,
            "process" => Self::Process,
            "container" => Self::Container,
            "endpoint" => Self::Endpoint,
            name if !name.is_empty() && name.chars().all(fits) => Self::Own(name.to_owned()),
            _ => return Err(format!("one of {} is needed", Self::WORDS.join(", "))),
        })
    }
}

impl fmt::Display for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Process => "process",
            Self::Container => "container",
            Self::Endpoint => "endpoint",
            Self::Own(name) => name,
        })
    }
}

/// Is told what takes long.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// How services are stood up.
#[derive(Clone, Default)]
pub struct LaunchOptions {
    /// The way.
    pub launch: Launch,
    /// The images of containers.
    pub images: Images,
    /// Images are what containers would be made of, and no wish for containers:
    /// those of the environment, which are there for every run.
    pub images_are_offers: bool,
    /// Told what takes long.
    pub tell: Option<Tell>,
}

impl fmt::Debug for LaunchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaunchOptions")
            .field("launch", &self.launch)
            .field("images", &self.images)
            .finish_non_exhaustive()
    }
}

impl LaunchOptions {
    /// Whether the user named an image for this run of the target.
    fn runs_image(&self, target: &Target) -> bool {
        !self.images_are_offers && self.images.names(target)
    }

    fn tell(&self, text: &str) {
        if let Some(tell) = &self.tell {
            tell(text);
        }
    }
}

/// Why a way cannot be gone here, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What is missing.
    pub reason: String,
    /// One command, or one option; empty if nothing helps.
    pub mend: String,
}

impl Missing {
    pub(crate) fn new(reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        if !self.mend.is_empty() {
            write!(f, " (try: {})", self.mend)?;
        }
        Ok(())
    }
}

/// A way to stand a target up, and whether it can be gone here.
#[derive(Debug, Clone)]
pub struct Way {
    /// `embedded`, `process`, `container`, `endpoint`, or a launcher's name.
    pub name: &'static str,
    /// What would be used, or what is missing.
    pub state: Result<String, Missing>,
}

/// Looks at every way of a target that the options leave open, without starting
/// anything. The first that works is the one that a run takes.
pub async fn ways(target: &Target, settings: &Settings, options: &LaunchOptions) -> Vec<Way> {
    let mut ways = Vec::new();
    for candidate in candidates(target, settings, options) {
        let state = candidate.look(target, options).await;
        ways.push(Way {
            name: candidate.name(),
            state: state.map(|found| found.words),
        });
    }
    ways
}

/// What was chosen, and how a report calls it.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) way: Candidate,
    /// What a container runs.
    pub(crate) image: Option<(Engine, Image)>,
    /// What to tell about the choice, if there was one to make, and about who can reach it.
    pub(crate) notes: Vec<String>,
}

/// The first way that works, but for those that were tried and did not.
pub(crate) async fn choose(
    target: &Target,
    settings: &Settings,
    options: &LaunchOptions,
    tried: &[&str],
) -> Result<Chosen, Vec<(&'static str, Missing)>> {
    let mut candidates = candidates(target, settings, options);
    candidates.retain(|candidate| !tried.contains(&candidate.name()));
    let was_open = options.launch == Launch::Auto && settings.endpoint.is_none();
    let mut missing = Vec::new();
    for way in candidates {
        let mut found = way.look(target, options).await;
        if let Ok(Found {
            image: Some((engine, image)),
            ..
        }) = &found
            && let Err(reason) = engine.provide(image, |text| options.tell(text)).await
        {
            found = Err(reason);
        }
        match found {
            Ok(found) => {
                let name = way.name();
                let note = (was_open && name != EMBEDDED)
                    .then(|| format!("launched as {name}: {}", found.words));
                let engine = found.image.as_ref().map(|(engine, _)| engine);
                let open = engine
                    .filter(|engine| !engine.is_local)
                    .map(|_| OPEN.to_owned());
                return Ok(Chosen {
                    way,
                    image: found.image,
                    notes: note.into_iter().chain(open).collect(),
                });
            }
            Err(reason) => missing.push((way.name(), reason)),
        }
    }
    Err(missing)
}

/// Said where a port cannot be published for this machine alone.
const OPEN: &str = "the container's port is published on every network of the engine's machine";

pub(crate) const EMBEDDED: &str = "embedded";
pub(crate) const PROCESS: &str = "process";
pub(crate) const CONTAINER: &str = "container";
pub(crate) const ENDPOINT: &str = "endpoint";

/// A way of a target.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Candidate {
    /// Inside the host.
    Embedded,
    /// What the user named.
    Named,
    /// An account, which the SDK finds.
    Account,
    Process(Process),
    Container(Container),
    Own(Launcher),
    /// A way that the target does not have.
    None(&'static str),
}

struct Found {
    words: String,
    image: Option<(Engine, Image)>,
}

/// The ways of a target in the order in which they are tried.
fn candidates(target: &Target, settings: &Settings, options: &LaunchOptions) -> Vec<Candidate> {
    let Some(flavour) = target.flavour else {
        // A provider inside the host may take an address all the same.
        return vec![match settings.endpoint {
            Some(_) => Candidate::Named,
            None => Candidate::Embedded,
        }];
    };
    if settings.endpoint.is_some() {
        return vec![Candidate::Named];
    }
    let process = flavour.process.map(Candidate::Process);
    let container = flavour.container.map(Candidate::Container);
    let own = flavour.launcher.map(Candidate::Own);
    let account = flavour.account.map(|_| Candidate::Account);
    match &options.launch {
        // Who names an image wants it to be run, and no program of this machine.
        Launch::Auto if options.runs_image(target) => {
            vec![container.unwrap_or(Candidate::None(CONTAINER))]
        }
        Launch::Auto => {
            let last = account.unwrap_or(Candidate::None(ENDPOINT));
            [process, container, own, Some(last)]
                .into_iter()
                .flatten()
                .collect()
        }
        Launch::Process => vec![process.unwrap_or(Candidate::None(PROCESS))],
        Launch::Container => vec![container.unwrap_or(Candidate::None(CONTAINER))],
        Launch::Endpoint => vec![account.unwrap_or(Candidate::None(ENDPOINT))],
        Launch::Own(name) => {
            let named = flavour.launcher.filter(|own| own.name == name);
            vec![named.map_or(Candidate::None("launcher"), Candidate::Own)]
        }
    }
}

impl Candidate {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Embedded => EMBEDDED,
            Self::Named | Self::Account => ENDPOINT,
            Self::Process(_) => PROCESS,
            Self::Container(_) => CONTAINER,
            Self::Own(launcher) => launcher.name,
            Self::None(name) => name,
        }
    }

    async fn look(&self, target: &Target, options: &LaunchOptions) -> Result<Found, Missing> {
        let found = |words: String| Found { words, image: None };
        match self {
            Self::Embedded => Ok(found("inside the host".to_owned())),
            Self::Named => Ok(found("the service that was named".to_owned())),
            Self::Account => {
                let account = target.flavour.and_then(|flavour| flavour.account);
                let credentials = account.map_or("", |account| account.credentials);
                Ok(found(format!("an account; credentials: {credentials}")))
            }
            Self::Process(process) => match find_program(process) {
                Some(_) => Ok(found(process.program.to_owned())),
                None => Err(Missing::new(
                    format!("{} is not installed", process.program),
                    process.install,
                )),
            },
            Self::Container(container) => {
                let image = options.images.of(target, container);
                let engine = Engine::connect().await?;
                let here = match engine.has(&image).await? {
                    true => "",
                    false => ", which is not here and would be pulled",
                };
                Ok(Found {
                    words: format!("{image}{here}, on Docker {}", engine.version().await),
                    image: Some((engine, image)),
                })
            }
            Self::Own(launcher) => Ok(found(launcher.summary.to_owned())),
            Self::None(name) => Err(absent(target, name)),
        }
    }
}

/// What to say about a way that a target does not have.
fn absent(target: &Target, name: &str) -> Missing {
    let id = target.id();
    match (name, target.flavour) {
        (ENDPOINT, Some(flavour)) => Missing::new(
            "none was named",
            format!("--endpoint {}", sample_endpoint(flavour)),
        ),
        (PROCESS, _) => Missing::new(format!("no program is known that serves {id}"), ""),
        (CONTAINER, _) => Missing::new(format!("no image is known that serves {id}"), ""),
        (_, Some(flavour)) => match flavour.launcher {
            Some(own) => Missing::new(
                format!("{id} has no launcher of this name"),
                format!("--launch {}", own.name),
            ),
            None => Missing::new(format!("{id} has no launcher of its own"), "--launch auto"),
        },
        _ => Missing::new(format!("{id} is not stood up at all"), "--launch auto"),
    }
}

/// What the address of such a service looks like.
#[must_use]
pub fn sample_endpoint(flavour: &Flavour) -> String {
    let of_process = flavour.process.map(|process| process.endpoint);
    let of_container = flavour.container.map(|container| container.endpoint);
    let endpoint = of_process.or(of_container).unwrap_or("URL");
    let mut text = endpoint
        .replace("127.0.0.1", "HOST")
        .replace("{host}", "HOST")
        .replace("{port}", "PORT");
    for number in 2..=PORTS {
        text = text.replace(&port_mark(number), &format!("PORT{number}"));
    }
    text
}

/// How many ports a program can ask for.
const PORTS: usize = 8;

/// What stands for a port in what a program is started with.
fn port_mark(number: usize) -> String {
    match number {
        1 => "{port}".to_owned(),
        number => format!("{{port.{number}}}"),
    }
}

#[cfg(test)]
mod tests {
    use cloud_contract::{Account, ErrorKind, Factory};

    use super::*;

    const PROCESS: Process = Process {
        program: "no-such-program-anywhere",
        endpoint: "x://127.0.0.1:{port}",
        install: "install it",
        ..Process::EMPTY
    };
    const OWN: Launcher = Launcher {
        name: "cluster",
        summary: "three of them",
        launch: |_| Box::pin(async { Err(ErrorKind::Unavailable.into()) }),
    };
    const ACCOUNT: Account = Account {
        credentials: "the usual",
        needs: "",
    };

    static FLAVOURS: [Flavour; 3] = [
        Flavour {
            name: "both",
            process: Some(PROCESS),
            launcher: Some(OWN),
            ..Flavour::EMPTY
        },
        Flavour {
            name: "vendor",
            account: Some(ACCOUNT),
            ..Flavour::EMPTY
        },
        Flavour {
            name: "bare",
            ..Flavour::EMPTY
        },
    ];
    static FACTORY: Factory = Factory {
        name: "thing",
        summary: "",
        flavours: &FLAVOURS,
        needs_directory: false,
        resources: None,
        connect: |_| Box::pin(async { Err(ErrorKind::Unavailable.into()) }),
    };

    fn choice(flavour: usize, launch: &str, endpoint: Option<&str>) -> Result<String, String> {
        let target = Target {
            factory: &FACTORY,
            flavour: Some(&FLAVOURS[flavour]),
        };
        let settings = Settings {
            endpoint: endpoint.map(str::to_owned),
            ..Settings::default()
        };
        let options = LaunchOptions {
            launch: launch.split('=').next().unwrap().parse().unwrap(),
            images: Images::parse(launch.split_once('=').map(|(_, image)| image), None).unwrap(),
            ..LaunchOptions::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        match runtime.block_on(choose(&target, &settings, &options, &[])) {
            Ok(chosen) => Ok(format!("{} {:?}", chosen.way.name(), chosen.notes)),
            Err(missing) => Err(missing
                .iter()
                .map(|(name, missing)| format!("{name}: {missing}"))
                .collect::<Vec<_>>()
                .join("; ")),
        }
    }

    #[test]
    fn the_first_way_that_works_is_taken_and_said() {
        let note = r#"cluster ["launched as cluster: three of them"]"#;
        assert_eq!(choice(0, "auto", None), Ok(note.to_owned()));
        assert_eq!(choice(0, "cluster", None), Ok("cluster []".to_owned()));
        assert_eq!(
            choice(0, "auto", Some("x://y")),
            Ok("endpoint []".to_owned())
        );
        let missing = choice(0, "process", None).unwrap_err();
        assert!(missing.contains("is not installed (try: install it)"));
        let missing = choice(0, "container", None).unwrap_err();
        assert!(missing.contains("no image is known"), "{missing}");
        // An image that was named is not passed over for what else would work.
        let missing = choice(0, "auto=local/thing", None).unwrap_err();
        assert!(missing.contains("no image is known"), "{missing}");
        let missing = choice(0, "other", None).unwrap_err();
        assert!(missing.contains("--launch cluster"), "{missing}");
        let missing = choice(0, "endpoint", None).unwrap_err();
        assert!(missing.contains("--endpoint x://HOST:PORT"), "{missing}");
        assert!(choice(1, "auto", None).unwrap().starts_with("endpoint"));
        assert!(choice(1, "endpoint", None).is_ok());
        assert!(choice(2, "auto", None).is_err());
        assert!("No Such".parse::<Launch>().is_err());
    }
}
