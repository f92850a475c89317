//! `reference-host run`: everything that can be refused is refused before the guest
//! starts.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{Bindings, Platform};
use reference_host::{Digest, Guest, Host, HostConfig, InstanceLimits};

use crate::args::RunArgs;
use crate::failure::Failure;
use crate::manifest::{Hidden, Manifest};
use crate::refusals::Told;
use crate::services::Connected;
use crate::{guest, output, services, signals};

/// How long work that cannot be cancelled may hold up the end of the process.
const LAST_WAIT: Duration = Duration::from_secs(2);
/// Room in the pool, in instances as small components have them: a large one that is
/// composed of others takes that of several.
const ROOM: usize = 8;
/// What lies beyond every clock.
const NEVER: Duration = Duration::MAX;

pub(crate) fn run(args: &RunArgs) -> Result<u8, Failure> {
    let mut manifest = Manifest::open(&args.manifest)?;
    variables(&args.env, &mut manifest)?;
    let app = App::read(args)?;
    let runtime = super::runtime()?;
    let outcome = runtime.block_on(async {
        let signal = signals::listen()
            .map_err(|error| Failure::host(format!("signals cannot be received: {error}")))?;
        tokio::select! {
            outcome = start(args, &manifest, &app) => outcome,
            Ok(code) = signal => Ok(code),
        }
    });
    runtime.shutdown_timeout(LAST_WAIT);
    outcome
}

/// A component's file.
struct App {
    name: String,
    bytes: Vec<u8>,
    digest: Digest,
}

impl App {
    fn read(args: &RunArgs) -> Result<Self, Failure> {
        let path = args.app.display();
        let bytes = std::fs::read(&args.app)
            .map_err(|error| Failure::usage(format!("{path}: cannot be read: {error}")))?;
        let digest = Digest::of(&bytes);
        if let Some(expected) = &args.sha256 {
            let expected = expected.strip_prefix("sha256:").unwrap_or(expected);
            digest
                .expect(expected)
                .map_err(|error| Failure::usage(format!("{path}: {error}")))?;
        }
        let name = args.app.file_name().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            bytes,
            digest,
        })
    }
}

/// What `--env` adds to the manifest's variables.
fn variables(given: &[String], manifest: &mut Manifest) -> Result<(), Failure> {
    for text in given {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => {
                let value = std::env::var(text).map_err(|error| match error {
                    std::env::VarError::NotPresent => {
                        Failure::usage(format!("--env {text}: the variable is not set"))
                    }
                    std::env::VarError::NotUnicode(_) => {
                        Failure::usage(format!("--env {text}: the variable is not UTF-8"))
                    }
                })?;
                (text.as_str(), value)
            }
        };
        if name.is_empty() {
            return Err(Failure::usage("--env needs NAME or NAME=VALUE"));
        }
        let environment = &mut manifest.guest.environment;
        environment.retain(|(other, _)| other != name);
        environment.push((name.to_owned(), Hidden(value)));
    }
    Ok(())
}

async fn start(args: &RunArgs, manifest: &Manifest, app: &App) -> Result<u8, Failure> {
    if args.verbose {
        output::notice(&format!("{} sha256:{}", app.name, app.digest));
    }
    let (host, loaded) = load(args, manifest, app)?;
    let connected = services::connect(manifest).await?;
    if args.verbose || args.check {
        describe(args, manifest, &connected, app)?;
    }
    if args.check {
        return Ok(0);
    }
    let bindings = Bindings::new(services::open(manifest, &connected).await?);
    let platform: Arc<dyn Platform> = if args.verbose {
        let granted = manifest.places.iter().map(|place| place.name.clone());
        Arc::new(Told::new(bindings, granted))
    } else {
        Arc::new(bindings)
    };

    let mut arguments = vec![app.name.clone()];
    arguments.extend_from_slice(&manifest.guest.arguments);
    arguments.extend_from_slice(&args.arguments);
    let limits = InstanceLimits {
        memory_bytes: manifest.guest.memory_bytes,
        deadline: manifest.guest.deadline.unwrap_or(NEVER),
        handles: manifest.guest.handles,
        in_flight_bytes: manifest.guest.in_flight_bytes,
        ..InstanceLimits::default()
    };
    let context = guest::context(&manifest.guest, &arguments);
    let store = host
        .store_with(platform, &limits, context)
        .map_err(Failure::host)?;
    let running = guest::run(&loaded, store);
    match manifest.guest.deadline {
        // The store ends a guest that computes, this one that waits.
        Some(deadline) => tokio::time::timeout(deadline, running)
            .await
            .unwrap_or_else(|_| Err(guest::overdue())),
        None => running.await,
    }
}

fn load(args: &RunArgs, manifest: &Manifest, app: &App) -> Result<(Host, Guest), Failure> {
    let cache_directory = match (&args.cache_dir, args.no_cache) {
        (_, true) => None,
        (Some(folder), false) => Some(folder.clone()),
        (None, false) => default_cache_directory(),
    };
    let mut host = Host::new(&HostConfig {
        max_instances: ROOM,
        max_memory_bytes: manifest.guest.memory_bytes,
        cache_directory,
        ..HostConfig::default()
    })
    .map_err(Failure::host)?;
    guest::add_wasi(host.linker_mut()).map_err(|error| Failure::host(format!("{error:#}")))?;
    let loaded = guest::load(&host, &app.bytes, app.digest.clone());
    let loaded = loaded.map_err(|failure| failure.about(&app.name))?;
    Ok((host, loaded))
}

/// Where the other programs of this project keep compiled components as well.
fn default_cache_directory() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .map(|caches| caches.join("cloud-wit").join("components"))
}

/// What is run and on what: the answer of `--check`, or a word beside the guest's.
fn describe(
    args: &RunArgs,
    manifest: &Manifest,
    connected: &[Connected],
    app: &App,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    if args.check {
        lines.push(format!("{} sha256:{}", app.name, app.digest));
    }
    for place in &manifest.places {
        let service = &manifest.services[place.service];
        let descriptor = connected[place.service].provider.descriptor();
        let version = descriptor.product_version.as_deref().unwrap_or_default();
        let product = format!("{} {version}", descriptor.product);
        lines.push(format!(
            "{} `{}` is `{}` of {} ({})",
            place.capability.name(),
            place.name,
            place.scope,
            service.target.id(),
            product.trim(),
        ));
    }
    for line in lines {
        if args.check {
            output::print(&format!("{line}\n"))?;
        } else {
            output::notice(&line);
        }
    }
    Ok(())
}
