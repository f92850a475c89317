//! A service for a test: DynamoDB Local, or a script that answers as told.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use cloud_contract::keyvalue::Driver;
use cloud_contract::{Provider, Resource, Result, Scope, ScopeId, Settings};
use provider_dynamodb::FACTORY;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const TABLE: &str = "cw-test";

/// The settings for a service that takes any credentials.
pub(crate) fn settings(endpoint: &str, options: &[(&str, &str)]) -> Settings {
    Settings {
        endpoint: Some(endpoint.to_owned()),
        options: options
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        ..Settings::default()
    }
    .or(FACTORY.flavours[0].options)
    .or(&[("table", TABLE)])
}

pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    (FACTORY.connect)(settings(endpoint, options)).await
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

/// A running DynamoDB Local; it ends with this value.
pub(crate) struct Server {
    child: Child,
    port: u16,
    /// Where Java unpacks a library, which it would leave behind when it is killed.
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts one, or says what is not run and returns none.
    pub(crate) fn start() -> Option<Self> {
        let process = FACTORY.flavours[0].process.unwrap();
        let Some(program) = find(process.program) else {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            // Not `eprintln!`, whose text a test that passes keeps to itself.
            let text = format!("NOT RUN: {test}: no {}\n", process.program);
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        };
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let fill = |text: &&str| text.replace("{port}", &port.to_string());
        let folder = tempfile::tempdir().unwrap();
        let temporary = format!("-Djava.io.tmpdir={}", folder.path().display());
        let child = Command::new(program)
            .args(process.arguments.iter().map(fill))
            .env("JAVA_TOOL_OPTIONS", temporary)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self {
            child,
            port,
            _folder: folder,
        })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes the table, as soon as the server answers.
    pub(crate) async fn create(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        while let Err(error) = create(&self.endpoint(), TABLE).await {
            assert!(Instant::now() < until, "{error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let servers = std::env::var_os("CLOUD_WIT_SERVERS").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let servers = servers.or(home.map(|home| home.join(".cache/cloud-wit/servers")));
    folders.extend(servers.map(|servers| servers.join("bin")));
    folders
        .into_iter()
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

pub(crate) fn table(name: &str) -> Resource {
    Resource {
        kind: "dynamodb-table".into(),
        name: name.into(),
    }
}

pub(crate) async fn create(endpoint: &str, name: &str) -> Result<()> {
    (FACTORY.resources.unwrap().create)(settings(endpoint, &[]), table(name)).await
}

pub(crate) async fn remove(endpoint: &str, name: &str) -> Result<()> {
    (FACTORY.resources.unwrap().remove)(settings(endpoint, &[]), table(name)).await
}

/// An answer of the script.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// The status and the body.
    Is(u16, String),
    /// The connection ends without one.
    Lost,
    /// None, and the connection stays.
    Silence,
}

impl Answer {
    pub(crate) fn ok(body: &str) -> Self {
        Self::Is(200, body.to_owned())
    }

    /// The form in which DynamoDB refuses.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body =
            format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"sesame"}}"#);
        Self::Is(status, body)
    }
}

/// A service that answers one operation by a script, and the others as a table of
/// ours without items does. It ends with its runtime.
pub(crate) struct Script {
    port: u16,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

struct Plan {
    operation: &'static str,
    answers: Mutex<VecDeque<Answer>>,
    ahead: Duration,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

impl Script {
    /// `answers` come one after the other to calls of `operation`, the last one
    /// again and again. The clock of the service is `ahead` of ours.
    pub(crate) async fn start(
        operation: &'static str,
        answers: &[Answer],
        ahead: Duration,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::default();
        let plan = Arc::new(Plan {
            operation,
            answers: Mutex::new(answers.iter().cloned().collect()),
            ahead,
            seen: Arc::clone(&seen),
        });
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let plan = Arc::clone(&plan);
                tokio::spawn(async move { plan.serve(connection).await });
            }
        });
        Self { port, seen }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The bodies of all calls of an operation so far.
    pub(crate) fn seen(&self, operation: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let of = seen.iter().filter(|(name, _)| name == operation);
        of.map(|(_, body)| body.clone()).collect()
    }
}

impl Plan {
    async fn serve(&self, connection: TcpStream) {
        let mut connection = BufReader::new(connection);
        while let Some((operation, body)) = request(&mut connection).await {
            self.seen.lock().unwrap().push((operation.clone(), body));
            match self.answer(&operation) {
                Answer::Lost => return,
                Answer::Silence => std::future::pending().await,
                Answer::Is(status, body) => {
                    let now = DateTime::from(SystemTime::now() + self.ahead);
                    let now = DateTime::from_secs(now.secs());
                    let date = now.fmt(DateTimeFormat::HttpDate).unwrap();
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\nDate: {date}\r\n\
                         Content-Type: application/x-amz-json-1.0\r\n\
                         Content-Length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    if connection.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn answer(&self, operation: &str) -> Answer {
        if operation == self.operation {
            let mut answers = self.answers.lock().unwrap();
            return match answers.len() {
                0 | 1 => answers.front().cloned().unwrap_or(Answer::ok("{}")),
                _ => answers.pop_front().unwrap(),
            };
        }
        Answer::ok(match operation {
            "DescribeTable" => {
                r#"{"Table":{"TableStatus":"ACTIVE","KeySchema":[
                    {"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"k","KeyType":"RANGE"}],
                    "AttributeDefinitions":[
                    {"AttributeName":"p","AttributeType":"S"},{"AttributeName":"k","AttributeType":"B"}]}}"#
            }
            _ => "{}",
        })
    }
}

/// One request: the operation and the body; none at the end.
async fn request(connection: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let (mut operation, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => operation = value.rsplit('.').next()?.to_owned(),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    Some((operation, String::from_utf8(body).ok()?))
}
