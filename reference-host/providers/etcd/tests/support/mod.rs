//! A server of our own for a test, and a store in it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{
    Conditional, Driver, Expected, KeyPage, ListRequest, SetOptions, Store,
};
use cloud_contract::{Bytes, Capability, Grant, Provider, Result, Scope, ScopeId, Settings};
use provider_etcd::FACTORY;

/// A running server; it ends with this value.
pub(crate) struct Server {
    child: Child,
    ports: [u16; 2],
    directory: tempfile::TempDir,
}

impl Server {
    /// Starts a server, or says what is not run and returns none.
    pub(crate) fn start() -> Option<Self> {
        if program("etcd").is_none() {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            // Not `eprintln!`, whose text a test that passes keeps to itself.
            let text = format!("NOT RUN: {test}: no etcd in PATH\n");
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        // Another program may take a port in between: try others then.
        for _ in 0..20 {
            let ports = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
            let ports = ports.map(|listener| listener.local_addr().unwrap().port());
            if let Some(child) = spawn(ports, directory.path()) {
                return Some(Self {
                    child,
                    ports,
                    directory,
                });
            }
        }
        panic!("no etcd could be started");
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[0])
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same ports.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if let Some(child) = spawn(self.ports, self.directory.path()) {
                self.child = child;
                return;
            }
        }
        panic!("etcd did not come back");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    /// Sends JSON to the server's gateway, not through the provider.
    pub(crate) async fn ask(&self, path: &str, json: &str) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.ports[0]))
            .await
            .unwrap();
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: etcd\r\nContent-Length: {}\r\n\r\n{json}",
            json.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
        answer
    }

    /// How many keys there are, of all kinds.
    pub(crate) async fn keys(&self) -> u64 {
        // From U+0000 to the end: all keys.
        let all = r#"{"key":"AA==","range_end":"AA==","count_only":true}"#;
        let answer = self.ask("/v3/kv/range", all).await;
        match answer.split_once(r#""count":""#) {
            Some((_, count)) => count.split('"').next().unwrap().parse().unwrap(),
            None => 0,
        }
    }

    /// How many leases there are once those that are being revoked are gone.
    pub(crate) async fn leases(&self) -> usize {
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.ask("/v3/lease/leases", "{}")
            .await
            .matches(r#""ID""#)
            .count()
    }

    pub(crate) async fn provider(&self) -> Arc<dyn Provider> {
        connect(&self.endpoint(), &[]).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    // Where `.ci/servers` installs.
    if let Some(root) = std::env::var_os("CLOUD_WIT_SERVERS") {
        folders.push(Path::new(&root).join("bin"));
    }
    if let Some(home) = std::env::var_os("HOME") {
        folders.push(Path::new(&home).join(".cache/cloud-wit/servers/bin"));
    }
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Starts the server with the arguments of the registry and waits until it answers;
/// none if it ended at once.
fn spawn(ports: [u16; 2], directory: &Path) -> Option<Child> {
    let arguments = FACTORY.flavours[0]
        .process
        .unwrap()
        .arguments
        .iter()
        .map(|argument| {
            argument
                .replace("{port}", &ports[0].to_string())
                .replace("{port.2}", &ports[1].to_string())
                .replace("{directory}", directory.to_str().unwrap())
        });
    let mut child = Command::new(program("etcd").unwrap())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        if is_healthy(ports[0]) {
            return Some(child);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Whether the server has a leader and takes writes.
fn is_healthy(port: u16) -> bool {
    use std::io::Read as _;
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    stream
        .set_read_timeout(Some(Duration::from_secs(2)))
        .unwrap();
    let mut answer = String::new();
    stream.write_all(b"GET /health HTTP/1.0\r\n\r\n").is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.contains(r#""health":"true""#)
}

pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    (FACTORY.connect)(Settings {
        endpoint: Some(endpoint.to_owned()),
        options: options
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        ..Settings::default()
    })
    .await
}

pub(crate) fn scope(id: &str, names: &[&str]) -> Scope {
    Scope {
        id: ScopeId::new(id).unwrap(),
        names: names.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// One store named `data` in a scope named `test`.
pub(crate) async fn store(provider: &Arc<dyn Provider>) -> Arc<dyn Driver> {
    let namespace = provider.open(&scope("test", &["data"])).await.unwrap();
    namespace.keyvalue("data").await.unwrap()
}

/// The same store as a guest sees it: calls are bounded in time.
pub(crate) async fn guest_store(provider: &Arc<dyn Provider>) -> Arc<dyn Store> {
    let scope = scope("test", &["data"]);
    let grant = Grant {
        capability: Capability::Keyvalue,
        name: "mine".into(),
        target: "data".into(),
        namespace: provider.open(&scope).await.unwrap(),
        scope: scope.id,
        descriptor: Arc::new(provider.descriptor().clone()),
    };
    let platform = provider.platform(vec![grant]);
    platform.open_store("mine").await.unwrap()
}

pub(crate) async fn set(driver: &Arc<dyn Driver>, key: &str, value: &str) {
    let value = Bytes::copy_from_slice(value.as_bytes());
    let done = driver.set(key, value, SetOptions::default()).await;
    assert!(matches!(done, Ok(Conditional::Done(_))), "{done:?}");
}

pub(crate) async fn set_ttl(driver: &Arc<dyn Driver>, key: &str, value: &str, ttl: Duration) {
    let value = Bytes::copy_from_slice(value.as_bytes());
    let options = SetOptions {
        expected: Expected::Any,
        ttl: Some(ttl),
    };
    let done = driver.set(key, value, options).await;
    assert!(matches!(done, Ok(Conditional::Done(_))), "{done:?}");
}

pub(crate) async fn get(driver: &Arc<dyn Driver>, key: &str) -> Option<String> {
    let value = driver.get(key).await.unwrap();
    value.map(|value| String::from_utf8(value.to_vec()).unwrap())
}

pub(crate) async fn swap(
    driver: &Arc<dyn Driver>,
    key: &str,
    value: &str,
    expected: Expected,
) -> Conditional<Option<cloud_contract::keyvalue::Version>> {
    let value = Bytes::copy_from_slice(value.as_bytes());
    let options = SetOptions {
        expected,
        ttl: None,
    };
    driver.set(key, value, options).await.unwrap()
}

pub(crate) async fn version(driver: &Arc<dyn Driver>, key: &str) -> String {
    let entry = driver.entry(key).await.unwrap().unwrap();
    entry.version.to_string()
}

pub(crate) async fn page(
    driver: &Arc<dyn Driver>,
    prefix: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> KeyPage {
    let request = ListRequest {
        prefix,
        after,
        limit,
    };
    driver.list(request).await.unwrap()
}

/// All pages; checks that none is empty before the last.
pub(crate) async fn list(driver: &Arc<dyn Driver>, prefix: &str, limit: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = page(driver, prefix, after.as_deref(), limit).await;
        assert!(page.keys.len() <= limit);
        assert!(page.next.is_none() || page.keys.len() == limit);
        keys.extend(page.keys);
        match page.next {
            Some(next) => after = Some(next),
            None => return keys,
        }
    }
}
