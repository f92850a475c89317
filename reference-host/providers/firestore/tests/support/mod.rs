//! An emulator of our own for a test, a server that only refuses, and a store.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::Driver;
use cloud_contract::{Provider, Result, Scope, ScopeId, Settings};
use provider_firestore::FACTORY;

/// A running emulator; it ends with this value.
pub(crate) struct Emulator {
    child: Child,
    program: PathBuf,
    port: u16,
}

impl Emulator {
    /// Starts an emulator, or says what is not run and returns none.
    pub(crate) fn start() -> Option<Self> {
        let name = FACTORY.flavours[0].process.unwrap().program;
        let Some(program) = find(name) else {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            // Not `eprintln!`, whose text a test that passes keeps to itself.
            let text = format!("NOT RUN: {test}: no {name}\n");
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        };
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let child = spawn(&program, port);
        Some(Self {
            child,
            program,
            port,
        })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same port, empty.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(&self.program, self.port);
    }

    /// A connection, once there is an answer.
    pub(crate) async fn provider(&self) -> Arc<dyn Provider> {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            match connect(&self.endpoint(), &[("timeout-ms", "30000")]).await {
                Ok(provider) => return provider,
                Err(error) => assert!(Instant::now() < until, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let cache = std::env::var_os("CLOUD_WIT_SERVERS").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let servers = cache.or_else(|| Some(home?.join(".cache/cloud-wit/servers")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(servers.map(|servers| servers.join("bin")))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn spawn(program: &PathBuf, port: u16) -> Child {
    let process = FACTORY.flavours[0].process.unwrap();
    let arguments = process.arguments.iter();
    Command::new(program)
        .args(arguments.map(|argument| argument.replace("{port}", &port.to_string())))
        .envs(process.environment.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A server of gRPC that answers every request with one code.
pub(crate) fn refusing(code: u8) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || refuse_all(stream, code));
        }
    });
    endpoint
}

/// As much of HTTP/2 as that takes; ends with the connection.
fn refuse_all(mut stream: TcpStream, code: u8) -> std::io::Result<()> {
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    stream.read_exact(&mut [0; 24])?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[]))?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        stream.read_exact(&mut vec![0; length])?;
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        match head[3] {
            SETTINGS if head[4] & 1 == 0 => stream.write_all(&frame(SETTINGS, 1, 0, &[]))?,
            HEADERS => {
                // `:status: 200` of the static table, then literals.
                let mut block = vec![0x88];
                let code = code.to_string();
                for (name, value) in [
                    ("content-type", "application/grpc"),
                    ("grpc-status", &code),
                    ("grpc-message", "sesame"),
                ] {
                    block.push(0);
                    for text in [name, value] {
                        block.push(u8::try_from(text.len()).unwrap());
                        block.extend(text.as_bytes());
                    }
                }
                stream.write_all(&frame(HEADERS, 5, id, &block))?;
            }
            _ => {}
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
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
