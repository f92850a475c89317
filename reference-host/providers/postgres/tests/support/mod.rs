//! A server of our own for a test, and a store in it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{
    Conditional, Driver, Expected, KeyPage, ListRequest, SetOptions, Store,
};
use cloud_contract::{Bytes, Capability, Grant, Provider, Result, Scope, ScopeId, Settings};
use provider_postgres::FACTORY;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// A running server; it ends with this value.
pub(crate) struct Server {
    child: Child,
    port: u16,
    extra: Vec<String>,
    directory: tempfile::TempDir,
}

impl Server {
    /// Starts a server, or says what is not run and returns none.
    pub(crate) fn start(extra: &[&str]) -> Option<Self> {
        if program("postgres").is_none() || program("initdb").is_none() {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            // Not `eprintln!`, whose text a test that passes keeps to itself.
            let text = format!("NOT RUN: {test}: no postgres in PATH or /usr/lib/postgresql\n");
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        if let Some((user, group)) = user() {
            std::os::unix::fs::chown(directory.path(), Some(user), Some(group)).unwrap();
        }
        let copied = Command::new("cp")
            .arg("-a")
            .arg(template())
            .arg(directory.path().join("data"))
            .status();
        assert!(copied.unwrap().success());
        let extra: Vec<String> = extra.iter().map(|&text| text.to_owned()).collect();
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
        panic!("no server could be started");
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn endpoint_of(&self, user: &str) -> String {
        self.endpoint().replace("postgres@", &format!("{user}@"))
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            // It refuses while a process of the old one is left.
            if let Some(child) = spawn(self.port, &self.extra, &self.directory) {
                self.child = child;
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not come back");
    }

    /// The server and the processes that it has for its connections.
    fn signal(&self, signal: &str) {
        let parent = self.child.id().to_string();
        let children = Command::new("pgrep")
            .args(["-P", &parent])
            .output()
            .unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        // Some may have ended in between.
        let _ = Command::new("kill")
            .args([signal, &parent])
            .args(children.split_whitespace())
            .stderr(Stdio::null())
            .status();
    }

    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    /// Asks the server directly, not through the provider; the first column of each row.
    pub(crate) async fn ask(&self, request: &str) -> Vec<String> {
        let (client, connection) = tokio_postgres::connect(&self.endpoint(), NoTls)
            .await
            .unwrap();
        let task = tokio::spawn(connection);
        let answer = client.simple_query(request).await.unwrap();
        drop(client);
        task.await.unwrap().unwrap();
        answer
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
                _ => None,
            })
            .collect()
    }

    /// How many rows there are, of all kinds.
    pub(crate) async fn rows(&self) -> i64 {
        let count = "SELECT (SELECT count(*) FROM cloud_wit.kv_scope) \
             + (SELECT count(*) FROM cloud_wit.kv_store) \
             + (SELECT count(*) FROM cloud_wit.kv_entry)";
        self.ask(count).await[0].parse().unwrap()
    }

    pub(crate) async fn entries(&self) -> i64 {
        self.ask("SELECT count(*) FROM cloud_wit.kv_entry").await[0]
            .parse()
            .unwrap()
    }

    pub(crate) async fn provider(&self) -> Arc<dyn Provider> {
        connect(&self.endpoint(), &[]).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Children that are stopped would not see their parent end.
        self.resume();
        let _ = Command::new("kill")
            .args(["-QUIT", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Who runs the server, where that must not be who runs the test.
fn user() -> Option<(u32, u32)> {
    let own = Command::new("id").arg("-u").output().unwrap();
    if own.stdout != b"0\n" {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
    let find = |name| passwd.lines().find(|line: &&str| line.starts_with(name));
    let line = find("postgres:").or_else(|| find("nobody:")).unwrap();
    let fields: Vec<&str> = line.split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}

fn command(name: &str) -> Command {
    let mut command = Command::new(program(name).unwrap());
    if let Some((user, group)) = user() {
        command.uid(user).gid(group).current_dir("/");
    }
    command
}

/// A folder of data as `initdb` makes it, which takes a second: made once.
fn template() -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres-data");
    if !place.exists() {
        let made = tempfile::tempdir().unwrap();
        if let Some((user, group)) = user() {
            std::os::unix::fs::chown(made.path(), Some(user), Some(group)).unwrap();
        }
        let process = FACTORY.flavours[0].process.unwrap();
        let words = process.prepare[0][1..]
            .iter()
            .map(|word| word.replace("{directory}", made.path().to_str().unwrap()));
        let output = command("initdb").args(words).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let copy = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let copied = Command::new("cp")
            .arg("-a")
            .arg(made.path().join("data"))
            .arg(copy.path())
            .status();
        assert!(copied.unwrap().success());
        // Another test may have been faster.
        let _ = std::fs::rename(copy.path().join("data"), &place);
    }
    place
}

/// Starts the server with the arguments of the registry and waits until it answers;
/// none if it ended at once.
fn spawn(port: u16, extra: &[String], directory: &tempfile::TempDir) -> Option<Child> {
    let process = FACTORY.flavours[0].process.unwrap();
    let arguments = process.arguments.iter().map(|argument| {
        argument
            .replace("{port}", &port.to_string())
            .replace("{directory}", directory.path().to_str().unwrap())
    });
    let mut child = command(process.program)
        .args(arguments)
        .args(extra)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        if answers(port) {
            return Some(child);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Whether the server is ready: it asks for a login then and reports an error before.
fn answers(port: u16) -> bool {
    use std::io::Read as _;
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let mut greeting = vec![0, 0, 0, 0, 0, 3, 0, 0];
    greeting.extend_from_slice(b"user\0postgres\0database\0postgres\0\0");
    greeting[3] = u8::try_from(greeting.len()).unwrap();
    let mut first = [0];
    stream.write_all(&greeting).is_ok() && stream.read_exact(&mut first).is_ok() && first == *b"R"
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
