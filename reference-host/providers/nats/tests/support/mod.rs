//! A server of our own for a test, and a store in it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Driver, ListRequest, SetOptions, Version};
use cloud_contract::{Bytes, Provider, Result, Scope, ScopeId, Settings};
use provider_nats::FACTORY;

/// A running `nats-server`; it ends with this value.
pub(crate) struct Server {
    child: Child,
    program: PathBuf,
    port: u16,
    extra: Vec<String>,
    directory: tempfile::TempDir,
}

impl Server {
    /// Starts a server, or says what is not run and returns none.
    pub(crate) fn start(extra: &[&str]) -> Option<Self> {
        let server = FACTORY.flavours[0].process.unwrap();
        let Some(program) = find(server.program) else {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            // Not `eprintln!`, whose text a test that passes keeps to itself.
            let text = format!("NOT RUN: {test}: no {}\n", server.program);
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        };
        let extra: Vec<String> = extra.iter().map(|&text| text.to_owned()).collect();
        let directory = tempfile::tempdir().unwrap();
        // Another program may take the port in between: try another then.
        for _ in 0..20 {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            if let Some(child) = spawn(&program, port, &extra, &directory) {
                return Some(Self {
                    child,
                    program,
                    port,
                    extra,
                    directory,
                });
            }
        }
        panic!("no nats-server could be started");
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same port, with the data that is there.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if let Some(child) = spawn(&self.program, self.port, &self.extra, &self.directory) {
                self.child = child;
                return;
            }
        }
        panic!("nats-server did not come back");
    }

    /// `STOP` or `CONT`.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// The server listens before its streams can be used.
    pub(crate) async fn provider(&self) -> Arc<dyn Provider> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match connect(&self.endpoint(), &[]).await {
                Ok(provider) => return provider,
                Err(error) => assert!(Instant::now() < until, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many streams there are.
    pub(crate) async fn streams(&self) -> usize {
        let client = async_nats::connect(self.endpoint()).await.unwrap();
        let reply = client.request("$JS.API.STREAM.NAMES", "".into()).await;
        let reply: serde_json::Value = serde_json::from_slice(&reply.unwrap().payload).unwrap();
        usize::try_from(reply["total"].as_u64().unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || std::env::home_dir().unwrap_or_default().join(".cache"),
        PathBuf::from,
    );
    folders.push(cache.join("cloud-wit/servers/bin"));
    let mut programs = folders.into_iter().map(|folder| folder.join(program));
    programs.find(|program| program.is_file())
}

fn spawn(
    program: &PathBuf,
    port: u16,
    extra: &[String],
    directory: &tempfile::TempDir,
) -> Option<Child> {
    let mut child = Command::new(program)
        .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
        .arg(directory.path())
        .args(extra)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until && child.try_wait().unwrap().is_none() {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(child);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    let settings = Settings {
        endpoint: Some(endpoint.to_owned()),
        ..Settings::default()
    };
    (FACTORY.connect)(settings.or(options)).await
}

pub(crate) fn scope(id: &str, names: &[&str]) -> Scope {
    Scope {
        id: ScopeId::new(id).unwrap(),
        names: names.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// The store `data` of the scope `test`.
pub(crate) async fn store(provider: &Arc<dyn Provider>) -> Arc<dyn Driver> {
    let namespace = provider.open(&scope("test", &["data"])).await.unwrap();
    namespace.keyvalue("data").await.unwrap()
}

pub(crate) async fn set(store: &Arc<dyn Driver>, key: &str, value: &str) {
    let value = Bytes::from(value.to_owned());
    store.set(key, value, SetOptions::default()).await.unwrap();
}

pub(crate) async fn get(store: &Arc<dyn Driver>, key: &str) -> Option<String> {
    let value = store.get(key).await.unwrap();
    value.map(|value| String::from_utf8(value.to_vec()).unwrap())
}

pub(crate) async fn version(store: &Arc<dyn Driver>, key: &str) -> Version {
    store.entry(key).await.unwrap().unwrap().version
}

/// All keys, in pages of this size.
pub(crate) async fn list(store: &Arc<dyn Driver>, prefix: &str, limit: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = store
            .list(ListRequest {
                prefix,
                after: after.as_deref(),
                limit,
            })
            .await
            .unwrap();
        keys.extend(page.keys);
        match page.next {
            Some(next) => after = Some(next),
            None => return keys,
        }
    }
}
