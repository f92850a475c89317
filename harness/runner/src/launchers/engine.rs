//! The container engine: whether one answers, which images it has, and the
//! removal of what a harness left in it.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use testcontainers::bollard::Docker;
use testcontainers::bollard::errors::Error;
use testcontainers::bollard::query_parameters::{
    InspectNetworkOptions, ListContainersOptionsBuilder, LogsOptionsBuilder,
    RemoveContainerOptionsBuilder,
};
use testcontainers::core::client::docker_client_instance;
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{GenericImage, TestcontainersError};

use super::{Image, Missing, owner, process};

/// How long an engine may take to answer whether it is there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a pull may take.
const PULL_TIMEOUT: Duration = Duration::from_secs(600);
/// How many characters of a cause are kept: a report shows 400 of the whole.
const CAUSE_LENGTH: usize = 120;
/// How long the end of a process may wait for its containers to be removed.
const REMOVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Whether this process made a container.
static MADE: AtomicBool = AtomicBool::new(false);

/// An engine that answers.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(super) docker: Docker,
    /// Where ports of containers are published, as seen from here.
    pub(super) host: String,
    /// Whether that is this machine, and nobody else need reach it.
    pub(super) is_local: bool,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// The engine of `DOCKER_HOST`, or of this machine.
    pub(crate) async fn connect() -> Result<Self, Missing> {
        let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        if set("DOCKER_TLS_VERIFY").is_some() && set("DOCKER_CERT_PATH").is_none() {
            return Err(Missing::new(
                "DOCKER_TLS_VERIFY is set, and DOCKER_CERT_PATH is not",
                "export DOCKER_CERT_PATH=~/.docker",
            ));
        }
        let docker = docker_client_instance()
            .await
            .map_err(|_| no_engine("no Docker engine answers"))?;
        match tokio::time::timeout(ANSWER_TIMEOUT, docker.ping()).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) => return Err(no_engine("no Docker engine answers")),
            Err(_) => {
                let limit = ANSWER_TIMEOUT.as_secs();
                let reason = format!("the Docker engine does not answer in {limit} s");
                return Err(no_engine(&reason));
            }
        }
        let (host, is_local) = published_at(&docker).await;
        Ok(Self {
            docker,
            host,
            is_local,
        })
    }

    /// Its version, for people.
    pub(crate) async fn version(&self) -> String {
        let version = self.docker.version().await.ok();
        version
            .and_then(|version| version.version)
            .unwrap_or_else(|| "of unknown version".to_owned())
    }

    /// Whether an image is there.
    pub(crate) async fn has(&self, image: &Image) -> Result<bool, Missing> {
        match self.docker.inspect_image(&image.to_string()).await {
            Ok(_) => Ok(true),
            Err(Error::DockerResponseServerError {
                status_code: 404, ..
            }) => Ok(false),
            Err(error) => Err(Missing::new(
                format!("the Docker engine cannot be used: {error}"),
                "docker info",
            )),
        }
    }

    /// Sees to it that an image is there.
    pub(crate) async fn provide(&self, image: &Image, tell: impl Fn(&str)) -> Result<(), Missing> {
        if self.has(image).await? {
            return Ok(());
        }
        tell(&format!("pulling {image}"));
        let request = GenericImage::new(image.name.as_str(), image.tag.as_str());
        let pull = tokio::time::timeout(PULL_TIMEOUT, request.pull_image()).await;
        let reason = match pull {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => innermost(&error),
            Err(_) => format!("it takes longer than {} s", PULL_TIMEOUT.as_secs()),
        };
        let reason = cause(&reason, image);
        Err(Missing::new(
            format!("its image is not here and cannot be pulled: {reason}"),
            format!("docker pull {image}"),
        ))
    }

    /// Removes a container with its volumes. What is not there is no error.
    pub(super) async fn remove(&self, container: &str) {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true);
        let options = Some(options.build());
        self.docker.remove_container(container, options).await.ok();
    }

    /// The last lines that a container wrote, as far as they can be had.
    pub(super) async fn last_lines(&self, container: &str) -> Vec<String> {
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true);
        let mut logs = self
            .docker
            .logs(container, Some(options.tail("20").build()));
        let mut bytes = Vec::new();
        let read = async {
            while let Some(Ok(part)) = logs.next().await {
                bytes.extend_from_slice(part.as_ref());
            }
        };
        tokio::time::timeout(ANSWER_TIMEOUT, read).await.ok();
        process::lines(&bytes)
    }

    /// Removes what harnesses left here that are dead. Never another's.
    pub(super) async fn sweep(&self) {
        self.remove_where(owner::is_left_over).await;
    }

    async fn remove_where(&self, is_meant: impl Fn(&HashMap<String, String>) -> bool) {
        let filters = HashMap::from([("label".to_owned(), vec![owner::LABEL.to_owned()])]);
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&filters);
        let listed = self.docker.list_containers(Some(options.build())).await;
        for container in listed.unwrap_or_default() {
            if let (Some(id), Some(labels)) = (container.id, container.labels)
                && is_meant(&labels)
            {
                self.remove(&id).await;
            }
        }
    }

    /// Says that this process makes containers.
    pub(super) fn makes_containers(&self) {
        MADE.store(true, Ordering::Relaxed);
    }
}

/// The version of the container engine of this machine, or why there is none.
///
/// # Errors
/// What is missing, and what mends it.
pub async fn engine_version() -> Result<String, Missing> {
    Ok(Engine::connect().await?.version().await)
}

/// Removes every container that this process made and that is still there: what
/// an interrupt left half made. To be called once, at the end.
pub async fn remove_own_containers() {
    if !MADE.load(Ordering::Relaxed) {
        return;
    }
    let remove = async {
        if let Ok(engine) = Engine::connect().await {
            let run = owner::run();
            let is_mine = |labels: &HashMap<String, String>| {
                labels.get(owner::LABEL).is_some_and(|label| label == run)
            };
            engine.remove_where(is_mine).await;
        }
    };
    tokio::time::timeout(REMOVE_TIMEOUT, remove).await.ok();
}

fn no_engine(reason: &str) -> Missing {
    let is_set = std::env::var_os("DOCKER_HOST").is_some_and(|host| !host.is_empty());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).any(|folder| folder.join("dockerd").is_file());
    let mend = match (is_set, installed) {
        (true, _) => "unset DOCKER_HOST",
        (false, true) => "sudo systemctl start docker",
        (false, false) => "sudo apt-get install docker.io",
    };
    Missing::new(reason, mend)
}

/// Where ports of containers are reached from here.
async fn published_at(docker: &Docker) -> (String, bool) {
    const LOOPBACK: &str = "127.0.0.1";
    let set = std::env::var("DOCKER_HOST").unwrap_or_default();
    if let Some((scheme, rest)) = set.split_once("://")
        && scheme != "unix"
    {
        let address = rest.split('/').next().unwrap_or_default();
        let host = match address.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
            _ => address,
        };
        let is_local = [LOOPBACK, "localhost"].contains(&host);
        let host = if is_local { LOOPBACK } else { host };
        return (host.to_owned(), is_local);
    }
    if !std::path::Path::new("/.dockerenv").exists() {
        return (LOOPBACK.to_owned(), true);
    }
    // A harness in a container sees the ports of others at the gateway, unless the
    // engine runs in the same container: then the gateway is an address of its own.
    let bridge = docker.inspect_network("bridge", None::<InspectNetworkOptions>);
    let gateway = bridge.await.ok().and_then(|bridge| {
        let configured = bridge.ipam?.config?;
        configured.into_iter().find_map(|one| one.gateway)
    });
    match gateway {
        Some(gateway) if !is_own(&gateway) => (gateway, false),
        _ => (LOOPBACK.to_owned(), true),
    }
}

/// Whether an address belongs to where this process runs: no other can be listened on.
fn is_own(address: &str) -> bool {
    std::net::TcpListener::bind((address, 0)).is_ok()
}

/// The end of what an engine said about an image, where the cause stands. The image
/// is named by the command that mends it, and its name may be long.
fn cause(said: &str, image: &Image) -> String {
    let said = said.replace(&image.to_string(), "it");
    let said = said.replace(&image.name, "it");
    // Servers of names on this network are nobody's business.
    let said: Vec<&str> = said
        .split(' ')
        .map(|word| if is_address(word) { "***" } else { word })
        .collect();
    let said = said.join(" ");
    let skipped = said.chars().count().saturating_sub(CAUSE_LENGTH);
    match said.char_indices().nth(skipped) {
        Some((at, _)) if skipped > 0 => format!("... {}", said.get(at..).unwrap_or(&said)),
        _ => said,
    }
}

/// Whether a word is a number in the network, with a port or without, as in `10.0.0.2:53:`.
fn is_address(word: &str) -> bool {
    let word = word.trim_end_matches([':', ',', '.']);
    word.parse::<std::net::IpAddr>().is_ok() || word.parse::<std::net::SocketAddr>().is_ok()
}

/// What an engine said, without what wraps it.
pub(super) fn innermost(error: &TestcontainersError) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_is_known() {
        assert!(is_own("127.0.0.1"));
        // Set aside for documents.
        assert!(!is_own("203.0.113.77"));
        assert!(!is_own("no address"));
    }

    #[test]
    fn the_words_of_an_engine_keep_their_end() {
        let image = Image {
            name: "no.example/cache".to_owned(),
            tag: "7@sha256:00".to_owned(),
        };
        let said = format!(
            "failed to resolve {image}: {} no such host",
            "x".repeat(900)
        );
        let kept = cause(&said, &image);
        assert!(kept.ends_with("no such host"), "{kept}");
        assert!(kept.starts_with("... "), "{kept}");
        assert!(kept.chars().count() <= CAUSE_LENGTH + 4, "{kept}");
        assert_eq!(cause(&format!("{image}: denied"), &image), "it: denied");
        assert_eq!(cause("ä: denied", &image), "ä: denied");
        for address in ["203.0.113.53:53:", "203.0.113.53", "[2001:db8::1]:53:"] {
            let said = format!("lookup a.example on {address} no such host");
            let kept = cause(&said, &image);
            assert_eq!(kept, "lookup a.example on *** no such host");
        }
    }
}
