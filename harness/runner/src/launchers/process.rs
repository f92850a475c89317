//! A server program that is started for a provider: on a port of its own, with
//! its last words kept, watched as long as it runs. It knows no provider.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_contract::{Error, ErrorKind, Process, Service, Settings};
use futures::future::BoxFuture;
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::ports::{free_port, listens};
use super::programs::{User, prepare, program_path};
use super::watchdog::Watchdog;
use super::{Health, Loss, PORTS, Patience, port_mark};
use crate::SetupError;

/// How long a server may take from its start to the first answer.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// How long it may take to show that the port is its own. A program that does
/// not get its port ends long before.
const PORT_TIMEOUT: Duration = Duration::from_millis(500);
/// How long it may take to end after each polite signal.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);
/// How much of its output is looked at when it failed, and how many lines of
/// that are told.
const LAST_BYTES: u64 = 4096;
const LAST_LINES: usize = 6;

/// A server that was started. It ends with this value.
#[derive(Debug)]
pub(crate) struct RunningServer {
    program: &'static str,
    start: Start,
    port: u16,
    /// None after it was killed.
    running: Option<Running>,
    settings: Settings,
    pub(crate) health: Health,
}

/// What is needed to start it, and to start it again.
#[derive(Debug)]
struct Start {
    path: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
    user: Option<User>,
    output: Arc<File>,
    /// Its data, removed with it.
    folder: TempDir,
}

/// Its processes: the program, and whatever that started.
#[derive(Debug)]
struct Running {
    group: Pid,
    ended: watch::Receiver<Option<ExitStatus>>,
    /// Whether it is meant to end.
    expected: Arc<AtomicBool>,
    watchdog: Option<Watchdog>,
}

impl RunningServer {
    /// Starts it, with a fresh folder for its data: in the one that the settings
    /// name, or where this machine keeps what is temporary.
    pub(crate) async fn start(server: Process, settings: &Settings) -> Result<Self, SetupError> {
        let ports = (0..PORTS).map(|_| free_port());
        let ports = ports.collect::<Result<Vec<_>, _>>()?;
        let folder = fresh_folder(settings.directory.as_deref())?;
        let directory = folder.path().display().to_string();
        let fill = |text: &str| {
            let mut text = text.replace("{directory}", &directory);
            for (number, port) in (1..).zip(&ports) {
                text = text.replace(&port_mark(number), &port.to_string());
            }
            text
        };
        let user = User::of(&server, folder.path())?;
        for words in server.prepare {
            prepare(&server, words, user.as_ref(), fill).await?;
        }
        let arguments = server.arguments.iter().map(|argument| fill(argument));
        let environment = server.environment.iter();
        let start = Start {
            path: program_path(&server, server.program),
            arguments: arguments.collect(),
            environment: environment
                .map(|&(name, value)| (name, fill(value)))
                .collect(),
            user,
            output: Arc::new(tempfile::tempfile().map_err(|error| no_file(&error))?),
            folder,
        };
        let health = Health::watched();
        let running = start.run(server.program, &health)?;
        Ok(Self {
            program: server.program,
            start,
            port: ports[0],
            running: Some(running),
            settings: Settings {
                endpoint: Some(fill(server.endpoint)),
                ..settings.clone()
            },
            health,
        })
    }

    /// Whoever answers on the port may be another server, which took it between
    /// the search for a free one and the start of ours. Ours ends then, but
    /// perhaps only after the other one answered.
    async fn holds_port(&self) -> Result<(), String> {
        let started = Instant::now();
        loop {
            let Some(running) = &self.running else {
                return Err("it was killed".to_owned());
            };
            if let Some(status) = *running.ended.borrow() {
                return Err(status.to_string());
            }
            let ours = listens(
                running.group.as_raw_nonzero().get().unsigned_abs(),
                self.port,
            );
            // A wrapper that started the server proper is seen not to listen, and
            // not to end either.
            if ours || started.elapsed() > PORT_TIMEOUT {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Start {
    fn run(&self, program: &str, health: &Health) -> Result<Running, SetupError> {
        let output = || self.output.try_clone().map_err(|error| no_file(&error));
        let mut command = Command::new(&self.path);
        if let Some(user) = &self.user {
            user.run(&mut command);
        }
        let child = command
            .args(&self.arguments)
            .env_clear()
            .envs(inherited())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output()?)
            .stderr(output()?)
            // In a group of its own, so that an interrupt from the terminal ends
            // it only after the scopes on it are closed, and so that all of it
            // can be ended.
            .process_group(0)
            .kill_on_drop(true)
            .spawn();
        let failed = |reason: String| SetupError::ServerFailed {
            program: program.to_owned(),
            reason,
            output: Vec::new(),
        };
        let child = child.map_err(|error| failed(error.kind().to_string()))?;
        let id = child.id().unwrap_or_default();
        let group = i32::try_from(id).ok().and_then(Pid::from_raw);
        let group = group.ok_or_else(|| failed("it ended at once".to_owned()))?;
        let expected = Arc::new(AtomicBool::new(false));
        let (sender, ended) = watch::channel(None);
        tokio::spawn(watch_over(Watched {
            child,
            group,
            program: program.to_owned(),
            expected: Arc::clone(&expected),
            output: Arc::clone(&self.output),
            health: health.clone(),
            sender,
        }));
        Ok(Running {
            group,
            ended,
            expected,
            watchdog: Watchdog::start(id, self.folder.path()),
        })
    }
}

/// What a server gets of the environment: no credentials of whoever starts it.
fn inherited() -> impl Iterator<Item = (String, OsString)> {
    const KNOWN: [&str; 8] = [
        "PATH",
        "HOME",
        "USER",
        "TMPDIR",
        "TZ",
        "LANG",
        "JAVA_HOME",
        "LD_LIBRARY_PATH",
    ];
    let set = |name: &str| Some((name.to_owned(), std::env::var_os(name)?));
    KNOWN.into_iter().filter_map(set)
}

struct Watched {
    child: Child,
    group: Pid,
    program: String,
    expected: Arc<AtomicBool>,
    output: Arc<File>,
    health: Health,
    sender: watch::Sender<Option<ExitStatus>>,
}

/// Waits for the end of a server, and tells if nobody wanted it.
async fn watch_over(mut watched: Watched) {
    let Ok(status) = watched.child.wait().await else {
        return;
    };
    // What it started ends with it.
    signal(watched.group, Signal::KILL);
    if !watched.expected.load(Ordering::Relaxed) {
        watched.health.lose(Loss {
            reason: format!("{} ended during the run ({status})", watched.program),
            output: last_lines(&watched.output),
        });
    }
    watched.sender.send_replace(Some(status));
}

impl Running {
    /// Whether it ends within a time.
    async fn ends_within(&mut self, limit: Duration) -> bool {
        let end = self.ended.wait_for(Option::is_some);
        tokio::time::timeout(limit, end).await.is_ok()
    }

    async fn end(mut self, signals: &[Signal]) {
        self.expected.store(true, Ordering::Relaxed);
        for &polite in signals {
            if self.ended.borrow().is_some() {
                break;
            }
            signal(self.group, polite);
            if self.ends_within(STOP_TIMEOUT).await {
                break;
            }
        }
        if self.ended.borrow().is_none() {
            signal(self.group, Signal::KILL);
            self.ends_within(STOP_TIMEOUT).await;
        }
        if let Some(watchdog) = self.watchdog.take() {
            watchdog.dismiss().await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.expected.store(true, Ordering::Relaxed);
        if self.ended.borrow().is_none() {
            signal(self.group, Signal::KILL);
        }
    }
}

/// To all processes of a group, as far as there are any.
fn signal(group: Pid, signal: Signal) {
    kill_process_group(group, signal).ok();
}

impl Patience for RunningServer {
    fn limit(&self) -> Duration {
        START_TIMEOUT
    }

    fn ended(&mut self) -> BoxFuture<'_, Option<String>> {
        let status = match &self.running {
            Some(running) => running.ended.borrow().map(|status| status.to_string()),
            None => Some("it was killed".to_owned()),
        };
        Box::pin(async move { status })
    }

    fn is_ours(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(self.holds_port())
    }
}

#[async_trait]
impl Service for RunningServer {
    fn settings(&self) -> Settings {
        self.settings.clone()
    }

    async fn kill(&mut self) -> Result<(), Error> {
        if let Some(running) = self.running.take() {
            running.end(&[]).await;
        }
        Ok(())
    }

    async fn restart(&mut self) -> Result<(), Error> {
        if self.running.is_some() {
            return Ok(());
        }
        let started = Instant::now();
        let running = self.start.run(self.program, &self.health);
        self.running = Some(running.map_err(|_| ErrorKind::Unavailable)?);
        loop {
            if self.ended().await.is_some() || started.elapsed() > START_TIMEOUT {
                return Err(ErrorKind::Unavailable.into());
            }
            let attempt = tokio::net::TcpStream::connect(("127.0.0.1", self.port));
            if attempt.await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn stop(mut self: Box<Self>) -> Vec<String> {
        if let Some(running) = self.running.take() {
            // What ignores the first, or waits for its clients, heeds the second.
            running.end(&[Signal::TERM, Signal::INT]).await;
        }
        last_lines(&self.start.output)
    }
}

fn fresh_folder(parent: Option<&Path>) -> Result<TempDir, SetupError> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("conformance-");
    let made = match parent {
        Some(parent) => folder.tempdir_in(parent),
        None => folder.tempdir(),
    };
    made.map_err(|error| {
        SetupError::Machine(format!("no temporary folder can be made: {}", error.kind()))
    })
}

fn no_file(error: &std::io::Error) -> SetupError {
    SetupError::Machine(format!("no temporary file can be made: {}", error.kind()))
}

/// The end of a file, as far as it can be read: it explains another failure. The
/// place at which the server writes stays as it is.
fn last_lines(file: &File) -> Vec<String> {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let mut bytes = vec![0; usize::try_from(length.min(LAST_BYTES)).unwrap_or_default()];
    let read = file.read_at(&mut bytes, length.saturating_sub(LAST_BYTES));
    bytes.truncate(read.unwrap_or(0));
    lines(&bytes)
}

/// The last lines of what a server wrote.
pub(super) fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(LAST_LINES)..]
        .iter()
        .map(|line| (*line).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_last_words_are_kept() {
        let mut file = tempfile::tempfile().unwrap();
        let mut stdout = file.try_clone().unwrap();
        for number in 0..1_000 {
            writeln!(stdout, "line {number}").unwrap();
            writeln!(file, "\r").unwrap();
        }
        write!(file, "the port is in use").unwrap();
        let lines = last_lines(&file);
        assert_eq!(lines.len(), LAST_LINES);
        assert_eq!(lines[LAST_LINES - 1], "the port is in use");
        assert_eq!(lines[LAST_LINES - 2], "line 999");
        assert!(last_lines(&tempfile::tempfile().unwrap()).is_empty());
    }

    /// A server in whose place a shell stands, which started another process.
    fn shell(script: &'static [&'static str]) -> Process {
        Process {
            program: "sh",
            arguments: script,
            endpoint: "tcp://127.0.0.1:{port}",
            ..Process::EMPTY
        }
    }

    /// The number in a file, as soon as it is there.
    async fn number_in(file: &Path) -> i32 {
        for _ in 0..6_000 {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            if let Ok(number) = text.trim().parse() {
                return number;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no number in {}", file.display());
    }

    fn is_alive(pid: i32) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
    }

    fn settings(folder: &Path) -> Settings {
        Settings {
            directory: Some(folder.to_owned()),
            ..Settings::default()
        }
    }

    #[tokio::test]
    async fn a_server_that_ends_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let server = shell(&["-c", "echo out of memory; exit 3"]);
        let settings = settings(folder.path());
        let server = RunningServer::start(server, &settings);
        let server = server.await.unwrap();
        let loss = server.health.lost().await;
        assert!(loss.reason.contains("sh ended during the run"), "{loss:?}");
        assert!(loss.reason.contains('3'), "{loss:?}");
        assert_eq!(loss.output, ["out of memory"]);
    }

    #[tokio::test]
    async fn all_processes_of_a_server_end_with_it_however_deaf() {
        // Its own folder lies in the one that was set.
        const SCRIPT: &str = "trap '' TERM INT; sleep 1000 & echo $! > $0/../child; wait; wait";
        let script = &["-c", SCRIPT, "{directory}"];
        for politely in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let settings = settings(folder.path());
            let server = RunningServer::start(shell(script), &settings);
            let server = server.await.unwrap();
            let health = server.health.clone();
            let child = number_in(&folder.path().join("child")).await;
            assert!(is_alive(child));
            if politely {
                Box::new(server).stop().await;
            } else {
                drop(server);
            }
            for _ in 0..6_000 {
                tokio::time::sleep(Duration::from_millis(10)).await;
                if !is_alive(child) {
                    break;
                }
            }
            assert!(!is_alive(child), "politely: {politely}");
            // It was meant to end.
            assert_eq!(health.loss(), None);
        }
    }
}
