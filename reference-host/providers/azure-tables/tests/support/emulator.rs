//! An emulator of our own for a test.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use provider_azure_tables::FACTORY;

/// A running Azurite; it ends with this value.
pub(crate) struct Emulator {
    child: Child,
    ports: [u16; 3],
    program: PathBuf,
}

impl Emulator {
    /// Starts one, or says what is not run and returns none.
    pub(crate) fn start() -> Option<Self> {
        let server = FACTORY.flavours[0].process.unwrap();
        let Some(program) = find(server.program) else {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            // Not `eprintln!`, whose text a test that passes keeps to itself.
            let text = format!("NOT RUN: {test}: no {}\n", server.program);
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        };
        // Another program may take a port in between: try others then.
        for _ in 0..5 {
            let free = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
            let ports = free
                .each_ref()
                .map(|free| free.local_addr().unwrap().port());
            drop(free);
            if let Some(child) = spawn(&program, ports) {
                return Some(Self {
                    child,
                    ports,
                    program,
                });
            }
        }
        panic!("no azurite could be started");
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/devstoreaccount1", self.ports[0])
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same ports, with nothing kept.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(&self.program, self.ports).expect("azurite did not come back");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the harness looks as well.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let servers = std::env::var_os("CLOUD_WIT_SERVERS").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cached = cache.or(home).map(|cache| cache.join("cloud-wit/servers"));
    let installed = servers.or(cached).map(|servers| servers.join("bin"));
    std::env::split_paths(&path)
        .chain(installed)
        .map(|folder| folder.join(program))
        .find(|program| program.is_file())
}

/// Waits until it listens; none if it ended at once.
fn spawn(program: &PathBuf, ports: [u16; 3]) -> Option<Child> {
    let server = FACTORY.flavours[0].process.unwrap();
    let arguments = server.arguments.iter().map(|argument| {
        argument
            .replace("{port}", &ports[0].to_string())
            .replace("{port.2}", &ports[1].to_string())
            .replace("{port.3}", &ports[2].to_string())
    });
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        if std::net::TcpStream::connect(("127.0.0.1", ports[0])).is_ok() {
            return Some(child);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
