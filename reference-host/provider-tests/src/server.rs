//! A server for a test: stood up as the harness does it, reached by as many providers
//! as the test wants, killed and started again.

use std::fmt;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::{
    Error, ErrorKind, Factory, Flavour, Process, Provider, Resource, Result, ScopeId, Service,
    Settings, Target,
};
use conformance_runner::{Launch, LaunchOptions, Opened, SetupError, open_provider};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::Wire;
use crate::config::settings;

/// How long a test may take: one that waits for ever fails, too.
const LONGEST_TEST: Duration = Duration::from_secs(900);
/// How long a server may take to come back.
const RETURN_TIMEOUT: Duration = Duration::from_secs(60);
/// How long calls may take where a test does not wait for their end: more than any machine
/// needs, and twice what [`Subject::patience`] is.
const LIMIT: &[(&str, &str)] = &[("timeout-ms", "60000")];

/// What the tests of a provider must know of it. Its server is a program of the first
/// flavour.
#[derive(Clone, Copy)]
pub struct Subject {
    /// The provider.
    pub factory: &'static Factory,
    /// What the server is told beside what its flavour says.
    pub arguments: &'static [&'static str],
    /// Options that hold unless a test sets them, beside those of the flavour.
    pub options: &'static [(&'static str, &'static str)],
    /// What no error says: the address is among it anyway.
    pub secrets: &'static [&'static str],
    /// How long calls may take to fail when the service is gone: less than their limit.
    pub patience: Duration,
    /// How many things a service holds, asked past the provider, with the settings for
    /// it.
    pub left: fn(Settings) -> BoxFuture<'static, u64>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("factory", &self.factory.name)
            .finish_non_exhaustive()
    }
}

impl Subject {
    /// A provider, whose tests name what differs.
    #[must_use]
    pub const fn of(factory: &'static Factory) -> Self {
        Self {
            factory,
            arguments: &[],
            options: &[],
            secrets: &[],
            patience: Duration::from_secs(30),
            left: |_| Box::pin(async { 0 }),
        }
    }

    /// Connects to a service.
    ///
    /// # Errors
    /// Those of the provider.
    pub async fn connect(
        &self,
        endpoint: &str,
        options: &[(&str, &str)],
    ) -> Result<Arc<dyn Provider>> {
        (self.factory.connect)(self.settings(endpoint, options)).await
    }

    /// The settings to connect with.
    #[must_use]
    pub fn settings(&self, endpoint: &str, options: &[(&str, &str)]) -> Settings {
        let flavour = self.factory.flavours.first();
        settings(Some(endpoint), options)
            .or(self.options)
            .or(LIMIT)
            .or(flavour.map_or(&[], |flavour| flavour.options))
    }

    /// What must never reach a guest does not.
    pub fn assert_discreet(&self, error: &Error) {
        let text = format!("{error} {error:?}");
        for secret in self.secrets.iter().chain(&["127.0.0.1", "sesame"]) {
            assert!(!text.contains(secret), "{text}");
        }
    }

    /// Runs a test on a server of its own, which ends with it. Where the program is
    /// not installed, says by name what is not run.
    pub fn on_server(&self, test: impl AsyncFnOnce(&mut Server)) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let Some(mut server) = Server::start(*self).await else {
                return;
            };
            let test = AssertUnwindSafe(test(&mut server)).catch_unwind();
            let ended = tokio::time::timeout(LONGEST_TEST, test).await;
            // In order, also after a panic: some servers leave shared memory behind
            // when they are killed.
            server.opened.close().await;
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(panic)) => resume_unwind(panic),
                Err(_) => panic!("the test did not end within {LONGEST_TEST:?}"),
            }
        });
    }

    /// The usual product with the arguments of this test, as a target of the harness.
    /// It stays until the test ends.
    fn target(&self) -> Target {
        let flavour = self.factory.flavours[0];
        let process = flavour.process.unwrap();
        let arguments = [process.arguments, self.arguments].concat();
        let process = Process {
            arguments: arguments.leak(),
            ..process
        };
        let flavour = Flavour {
            process: Some(process),
            ..flavour
        };
        Target {
            factory: self.factory,
            flavour: Some(Box::leak(Box::new(flavour))),
        }
    }
}

/// Says which test is not run, and why. The gate looks for it.
pub fn not_run(reason: &dyn fmt::Display) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("?");
    // Not `eprintln!`, whose text a test that passes keeps to itself.
    let text = format!("NOT RUN: {test}: {reason}\n");
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// A server that was started for a test.
#[derive(Debug)]
pub struct Server {
    /// Whose it is.
    pub subject: Subject,
    opened: Opened,
    endpoint: String,
    /// What the provider needs there, with the option that names it.
    resources: Vec<(&'static str, Resource)>,
}

impl Server {
    async fn start(subject: Subject) -> Option<Self> {
        let options = LaunchOptions {
            launch: Launch::Process,
            ..LaunchOptions::default()
        };
        let given = settings(None, subject.options);
        let opened = open_provider(&subject.target(), &given, &options).await;
        let mut opened = match opened {
            Ok(opened) => opened,
            Err(missing @ SetupError::NoWay { .. }) => {
                not_run(&missing);
                return None;
            }
            Err(error) => panic!("{error}"),
        };
        let run = ScopeId::new(opened.names.prefix()).unwrap();
        let means = subject.factory.resources;
        Some(Self {
            subject,
            endpoint: opened.service().unwrap().settings().endpoint.unwrap(),
            resources: means.map_or_else(Vec::new, |means| (means.plan)(&run)),
            opened,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Its port of the loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        let (_, rest) = self.endpoint.split_once("127.0.0.1:").unwrap();
        let end = rest.find(|c: char| !c.is_ascii_digit());
        rest[..end.unwrap_or(rest.len())].parse().unwrap()
    }

    /// A wire to it, and the endpoint at its other end.
    pub async fn wire(&self) -> (Wire, String) {
        let wire = Wire::to(self.port()).await;
        let [own, other] = [self.port(), wire.port()].map(|port| format!("127.0.0.1:{port}"));
        let endpoint = self.endpoint.replace(&own, &other);
        (wire, endpoint)
    }

    /// The settings to connect with, at this endpoint or another one of it.
    #[must_use]
    pub fn settings(&self, endpoint: &str, options: &[(&str, &str)]) -> Settings {
        let named = self.resources.iter();
        let named: Vec<(&str, &str)> = named
            .map(|(option, resource)| (*option, resource.name.as_str()))
            .collect();
        self.subject.settings(endpoint, options).or(&named)
    }

    /// Connects at an endpoint of it.
    ///
    /// # Errors
    /// Those of the provider.
    pub async fn connect_at(
        &self,
        endpoint: &str,
        options: &[(&str, &str)],
    ) -> Result<Arc<dyn Provider>> {
        (self.subject.factory.connect)(self.settings(endpoint, options)).await
    }

    /// Connects to it.
    ///
    /// # Errors
    /// Those of the provider.
    pub async fn connect(&self, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
        self.connect_at(&self.endpoint, options).await
    }

    /// Another connection.
    pub async fn provider(&self) -> Arc<dyn Provider> {
        self.provider_at(&self.endpoint, &[]).await
    }

    /// Another connection, at an endpoint of it and with these options.
    pub async fn provider_at(&self, endpoint: &str, options: &[(&str, &str)]) -> Arc<dyn Provider> {
        in_time(|| self.connect_at(endpoint, options)).await
    }

    /// What the provider needs there, made when the server was started.
    #[must_use]
    pub fn resource(&self) -> Resource {
        self.resources[0].1.clone()
    }

    /// Makes it again, for a server that kept nothing.
    ///
    /// # Errors
    /// Those of the provider.
    pub async fn create(&self) -> Result<()> {
        let create = self.subject.factory.resources.unwrap().create;
        create(self.settings(&self.endpoint, &[]), self.resource()).await
    }

    /// Removes it.
    ///
    /// # Errors
    /// Those of the provider.
    pub async fn remove(&self) -> Result<()> {
        let remove = self.subject.factory.resources.unwrap().remove;
        remove(self.settings(&self.endpoint, &[]), self.resource()).await
    }

    /// How many things it holds.
    pub async fn left(&self) -> u64 {
        (self.subject.left)(self.settings(&self.endpoint, &[])).await
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.service().kill().await.unwrap();
    }

    /// Kills it if it runs, and starts it again where it was, with what it kept.
    pub async fn restart(&mut self) {
        let until = Instant::now() + RETURN_TIMEOUT;
        loop {
            self.kill().await;
            // It may refuse while something of the old one is left.
            if self.service().restart().await.is_ok() {
                break;
            }
            assert!(Instant::now() < until, "the server did not come back");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // One that loads its data says so. Whatever else it says, that its table is gone
        // for example, is an answer.
        while let Err(error) = self.connect(&[]).await
            && is_passing(&error)
        {
            assert!(
                Instant::now() < until,
                "the server does not answer: {error}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn service(&mut self) -> &mut dyn Service {
        self.opened.service().unwrap()
    }
}

/// What a call brings that a slow machine may let fail: it is made again.
pub(crate) async fn in_time<T, F>(call: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T>>,
{
    let until = Instant::now() + RETURN_TIMEOUT;
    loop {
        match call().await {
            Ok(value) => return value,
            Err(error) => assert!(is_passing(&error) && Instant::now() < until, "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether another attempt may have another end.
fn is_passing(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Throttled { .. }
    )
}
