//! A container that is started for a provider, and removed with everything that
//! it wrote. It knows no provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::{Container, Error, ErrorKind, Service, Settings};
use futures::future::BoxFuture;
use testcontainers::bollard::models::{HostConfig, PortBinding};
use testcontainers::bollard::query_parameters::{
    InspectContainerOptions, KillContainerOptionsBuilder,
};
use testcontainers::core::IntoContainerPort as _;
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{ContainerAsync, ContainerRequest, GenericImage, ImageExt as _};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::engine::innermost;
use super::ports::free_port;
use super::watchdog::Watchdog;
use super::{Engine, Health, Image, Loss, Patience, owner};
use crate::SetupError;

/// How long a server may take from the start of its container to the first
/// answer: some start a virtual machine of a language first.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How often it is looked whether a container still runs.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// A port that is free when it is chosen may be taken when it is used.
const PORT_ATTEMPTS: u32 = 3;

/// A container that was started. It is removed with this value.
#[derive(Debug)]
pub(crate) struct RunningContainer {
    engine: Engine,
    id: String,
    settings: Settings,
    held: Held,
    /// Whether it is meant to have ended.
    expected: Arc<AtomicBool>,
    watcher: Watcher,
    pub(crate) health: Health,
}

/// Removes the container wherever it is dropped, also outside of the runtime.
#[derive(Debug)]
struct Held {
    container: Option<ContainerAsync<GenericImage>>,
    /// Until it is removed in order.
    watchdog: Option<Watchdog>,
    runtime: Handle,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        drop(self.container.take());
    }
}

/// A task that ends with whoever asked for it.
#[derive(Debug)]
struct Watcher(JoinHandle<()>);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl RunningContainer {
    pub(crate) async fn start(
        engine: Engine,
        container: Container,
        image: &Image,
        settings: &Settings,
    ) -> Result<Self, SetupError> {
        engine.makes_containers();
        engine.sweep().await;
        let mut attempt = 1;
        let (port, held) = loop {
            let port = free_port()?;
            match create(&engine, container, image, port).await {
                Ok(held) => break (port, held),
                Err(reason) if attempt < PORT_ATTEMPTS && is_taken(&reason) => attempt += 1,
                // The engine's own words may name endpoints.
                Err(reason) => {
                    return Err(SetupError::ServerFailed {
                        program: format!("the container of {image}"),
                        reason: "the container engine did not start it".to_owned(),
                        output: vec![reason],
                    });
                }
            }
        };
        let id = held
            .container
            .as_ref()
            .map_or("", |one| one.id())
            .to_owned();
        let endpoint = fill(container.endpoint, &engine.host, port);
        let expected = Arc::new(AtomicBool::new(false));
        let health = Health::watched();
        let watcher = Watcher(tokio::spawn(watch_over(Watched {
            engine: engine.clone(),
            id: id.clone(),
            image: image.to_string(),
            expected: Arc::clone(&expected),
            health: health.clone(),
        })));
        Ok(Self {
            engine,
            id,
            settings: Settings {
                endpoint: Some(endpoint),
                ..settings.clone()
            },
            held,
            expected,
            watcher,
            health,
        })
    }
}

fn fill(text: &str, host: &str, port: u16) -> String {
    text.replace("{host}", host)
        .replace("{port}", &port.to_string())
}

/// Whether somebody else has the port.
fn is_taken(reason: &str) -> bool {
    reason.contains("already allocated") || reason.contains("already in use")
}

async fn create(
    engine: &Engine,
    container: Container,
    image: &Image,
    port: u16,
) -> Result<Held, String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("cloud-wit-{}-{number}", owner::run());
    let fill = |text: &str| fill(text, &engine.host, port);
    // Nobody but this machine need reach it, if this machine can.
    let address = engine.is_local.then(|| engine.host.clone());
    let inside = container.port;
    let mut request: ContainerRequest<GenericImage> =
        GenericImage::new(image.name.as_str(), image.tag.as_str())
            .with_exposed_port(inside.tcp())
            .with_container_name(&name)
            .with_labels(owner::labels())
            .with_startup_timeout(START_TIMEOUT)
            .with_host_config_modifier(move |config| {
                publish(config, inside, port, address.as_deref())
            });
    if !container.command.is_empty() {
        request = request.with_cmd(container.command.iter().map(|word| fill(word)));
    }
    for &(variable, value) in container.environment {
        request = request.with_env_var(variable, fill(value));
    }
    // In a task of its own: whoever gives up waiting does not leave half a
    // container, which nobody would remove.
    let runtime = Handle::current();
    let watchdog = Watchdog::of_container(&name);
    let start = tokio::spawn(async move {
        request.start().await.map(|container| Held {
            container: Some(container),
            watchdog,
            runtime,
        })
    });
    match start.await {
        Ok(Ok(held)) => Ok(held),
        Ok(Err(error)) => {
            // It may be there, and have failed to start.
            let reason = innermost(&error);
            engine.remove(&name).await;
            Err(reason)
        }
        Err(_) => Err("the runtime ends".to_owned()),
    }
}

/// On one port, chosen here, so that it is the same after a restart.
fn publish(config: &mut HostConfig, inside: u16, port: u16, address: Option<&str>) {
    let binding = PortBinding {
        host_ip: address.map(str::to_owned),
        host_port: Some(port.to_string()),
    };
    let bindings = [(format!("{inside}/tcp"), Some(vec![binding]))];
    config.publish_all_ports = Some(false);
    config.port_bindings = Some(bindings.into());
}

struct Watched {
    engine: Engine,
    id: String,
    image: String,
    expected: Arc<AtomicBool>,
    health: Health,
}

/// Looks whether a container still runs, and tells if it does not.
async fn watch_over(watched: Watched) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(reason) = ended(&watched.engine, &watched.id).await else {
            continue;
        };
        if watched.expected.load(Ordering::Relaxed) {
            continue;
        }
        watched.health.lose(Loss {
            reason: format!(
                "the container of {} ended during the run ({reason})",
                watched.image
            ),
            output: watched.engine.last_lines(&watched.id).await,
        });
        return;
    }
}

/// How a container ended; none while it runs, and while nobody can say.
async fn ended(engine: &Engine, id: &str) -> Option<String> {
    let look = engine
        .docker
        .inspect_container(id, None::<InspectContainerOptions>);
    let state = match look.await {
        Ok(container) => container.state?,
        Err(testcontainers::bollard::errors::Error::DockerResponseServerError {
            status_code: 404,
            ..
        }) => return Some("it was removed".to_owned()),
        Err(_) => return None,
    };
    if state.running.unwrap_or(true) {
        return None;
    }
    Some(match (state.oom_killed, state.exit_code) {
        (Some(true), _) => "out of memory".to_owned(),
        (_, Some(code)) => format!("exit code {code}"),
        (_, None) => "no exit code".to_owned(),
    })
}

impl Patience for RunningContainer {
    fn limit(&self) -> Duration {
        START_TIMEOUT
    }

    fn ended(&mut self) -> BoxFuture<'_, Option<String>> {
        Box::pin(ended(&self.engine, &self.id))
    }
}

#[async_trait]
impl Service for RunningContainer {
    fn settings(&self) -> Settings {
        self.settings.clone()
    }

    async fn kill(&mut self) -> Result<(), Error> {
        self.expected.store(true, Ordering::Relaxed);
        let options = KillContainerOptionsBuilder::new().signal("SIGKILL").build();
        let kill = self.engine.docker.kill_container(&self.id, Some(options));
        kill.await.map_err(|_| ErrorKind::Unavailable)?;
        // The engine says so before it is so.
        for _ in 0..1_500 {
            if ended(&self.engine, &self.id).await.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(ErrorKind::Timeout.into())
    }

    async fn restart(&mut self) -> Result<(), Error> {
        if let Some(container) = &self.held.container {
            container
                .start()
                .await
                .map_err(|_| ErrorKind::Unavailable)?;
        }
        self.expected.store(false, Ordering::Relaxed);
        Ok(())
    }

    async fn stop(mut self: Box<Self>) -> Vec<String> {
        self.expected.store(true, Ordering::Relaxed);
        self.watcher.0.abort();
        let lines = self.engine.last_lines(&self.id).await;
        // With its volumes. A second try is made when the process ends.
        if let Some(container) = self.held.container.take()
            && container.rm().await.is_ok()
            && let Some(watchdog) = self.held.watchdog.take()
        {
            watchdog.dismiss().await;
        }
        lines
    }
}
