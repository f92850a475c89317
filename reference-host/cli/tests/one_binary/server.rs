//! A server of the registry for the time of a test.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cloud_contract::Process;

/// Java and Python take their time on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) endpoint: String,
    directory: tempfile::TempDir,
}

impl Server {
    /// None if its program is not installed.
    pub(crate) fn start(process: &Process) -> Option<Self> {
        let program = find(process, process.program)?;
        let directory = tempfile::tempdir().unwrap();
        let user = process.refuses_root.then(server_user).flatten();
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(directory.path(), Some(user), Some(group)).unwrap();
        }
        let ports = free_ports();
        let filled = |text: &str| {
            let mut text = text.replace("{port}", &ports[0].to_string());
            for (number, port) in ports.iter().enumerate().skip(1) {
                text = text.replace(&format!("{{port.{}}}", number + 1), &port.to_string());
            }
            text.replace("{directory}", &directory.path().display().to_string())
        };
        let command = |program: &Path, arguments: &[&str]| {
            let mut command = Command::new(program);
            command
                .args(arguments.iter().map(|text| filled(text)))
                .envs(
                    process
                        .environment
                        .iter()
                        .map(|&(name, value)| (name, filled(value))),
                )
                // What Java unpacks, and leaves behind when it is killed. Beside
                // JAVA_TOOL_OPTIONS, which a provider may set.
                .env(
                    "JDK_JAVA_OPTIONS",
                    format!("-Djava.io.tmpdir={}", directory.path().display()),
                )
                .current_dir(directory.path())
                .stdin(Stdio::null())
                .stdout(output(&directory))
                .stderr(output(&directory))
                .process_group(0);
            if let Some((user, group)) = user {
                command.uid(user).gid(group);
            }
            command
        };
        for words in process.prepare {
            let (name, arguments) = words.split_first().unwrap();
            let status = command(&find(process, name)?, arguments).status().unwrap();
            assert!(status.success(), "{name}: {}", said(&directory));
        }
        let child = command(&program, process.arguments).spawn().unwrap();
        Some(Self {
            child,
            endpoint: filled(process.endpoint),
            directory,
        })
    }

    /// Waits until it is ready by somebody's measure.
    pub(crate) fn wait(&mut self, name: &str, ready: impl Fn() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !ready() {
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "{name}: {ended:?}: {}",
                said(&self.directory)
            );
            assert!(
                Instant::now() < until,
                "{name} is not ready: {}",
                said(&self.directory)
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Server {
    /// With whatever it has started.
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

fn output(directory: &tempfile::TempDir) -> Stdio {
    let file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(directory.path().join("output"));
    file.unwrap().into()
}

fn said(directory: &tempfile::TempDir) -> String {
    std::fs::read_to_string(directory.path().join("output")).unwrap_or_default()
}

/// As many as any server takes: all are held at a time, so that they differ.
fn free_ports() -> [u16; 8] {
    let listeners = [(); 8].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// In `PATH`, where `.ci/servers` puts programs, and where the server says.
fn find(process: &Process, program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache")));
    let installed = std::env::var_os("CLOUD_WIT_SERVERS")
        .map(PathBuf::from)
        .or_else(|| Some(cache?.join("cloud-wit/servers")));
    let named = process.folders.iter().flat_map(|pattern| {
        let Some((before, after)) = pattern.split_once("/*") else {
            return vec![PathBuf::from(pattern)];
        };
        let entries = std::fs::read_dir(before).into_iter().flatten().flatten();
        let tail = after.trim_start_matches('/');
        let mut folders: Vec<_> = entries.map(|entry| entry.path().join(tail)).collect();
        folders.sort();
        folders.reverse();
        folders
    });
    std::env::split_paths(&path)
        .chain(installed.map(|folder| folder.join("bin")))
        .chain(named)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// User and group of somebody who is not root, where this is root.
fn server_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;

    if std::fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = users
            .lines()
            .find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    })
}
