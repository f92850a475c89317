//! A server of our own for a test, and a store in it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{
    Conditional, Driver, Expected, KeyPage, ListRequest, SetOptions, Store,
};
use cloud_contract::{Bytes, Capability, Grant, Provider, Result, Scope, ScopeId, Settings};
use provider_redis::FACTORY;
use redis::Value;

/// A running `redis-server`; it ends with this value.
pub(crate) struct Server {
    child: Child,
    port: u16,
    extra: Vec<String>,
    directory: tempfile::TempDir,
}

impl Server {
    /// Starts a server, or says what is not run and returns none.
    pub(crate) fn start(extra: &[&str]) -> Option<Self> {
        let server = FACTORY.flavours[0].process.unwrap();
        let installed = Command::new(server.program).arg("--version").output();
        let Ok(version) = installed else {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            // Not `eprintln!`, whose text a test that passes keeps to itself.
            let text = format!("NOT RUN: {test}: no {} in PATH\n", server.program);
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        };
        let mut extra: Vec<String> = extra.iter().map(|&text| text.to_owned()).collect();
        // Before 7 `DEBUG` needs no permission, and the option is not known.
        let version = String::from_utf8_lossy(&version.stdout).into_owned();
        if ![" v=5.", " v=6."].iter().any(|old| version.contains(old)) {
            extra.extend(["--enable-debug-command", "local"].map(str::to_owned));
        }
        let directory = tempfile::tempdir().unwrap();
        // Another program may take the port in between: try another then.
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            if let Some(child) = spawn(port, &extra, &directory) {
                return Some(Self {
                    child,
                    port,
                    extra,
                    directory,
                });
            }
        }
        panic!("no redis-server could be started");
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if let Some(child) = spawn(self.port, &self.extra, &self.directory) {
                self.child = child;
                return;
            }
        }
        panic!("redis-server did not come back");
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

    /// Asks the server directly, not through the provider.
    pub(crate) fn ask(&self, request: &[&str]) -> Value {
        let client = redis::Client::open(self.endpoint()).unwrap();
        let mut connection = client.get_connection().unwrap();
        let mut cmd = redis::cmd(request[0]);
        cmd.arg(&request[1..]);
        cmd.query(&mut connection).unwrap()
    }

    pub(crate) fn keys(&self) -> i64 {
        match self.ask(&["DBSIZE"]) {
            Value::Int(count) => count,
            other => panic!("{other:?}"),
        }
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

/// Starts the server with the arguments of the registry and waits until it
/// answers; none if it ended at once.
fn spawn(port: u16, extra: &[String], directory: &tempfile::TempDir) -> Option<Child> {
    let server = FACTORY.flavours[0].process.unwrap();
    let arguments = server.arguments.iter().map(|argument| {
        argument
            .replace("{port}", &port.to_string())
            .replace("{directory}", directory.path().to_str().unwrap())
    });
    let mut child = Command::new(server.program)
        .args(arguments)
        .args(extra)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        if let Ok(mut connection) = client.get_connection() {
            // Not `LOADING`; `NOAUTH` is an answer, too.
            match redis::cmd("PING").query::<String>(&mut connection) {
                Ok(_) => return Some(child),
                Err(error) if error.code() == Some("NOAUTH") => return Some(child),
                Err(_) => {}
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
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
