//! A server program that is started for a provider: on a port of its own, with
//! its last words kept. It knows no provider.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use cloud_contract::{Error, ErrorKind, Process, Settings};
use tokio::process::{Child, Command};

use crate::SetupError;
use crate::programs::{User, prepare, program_path};

/// How long a server may take from its start to the first answer.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// How long it may take to show that the port is its own. A program that does
/// not get its port ends long before.
const PORT_TIMEOUT: Duration = Duration::from_millis(500);
/// How much of its output is looked at when it failed, and how many lines of
/// that are told.
const LAST_BYTES: u64 = 4096;
const LAST_LINES: usize = 6;

/// A server that was started. It ends with this value.
pub(crate) struct RunningServer {
    child: Child,
    output: File,
    port: u16,
    pub(crate) endpoint: String,
}

/// Why a server is of no use.
pub(crate) enum NotReady {
    /// It ended by itself, perhaps because another program took its port.
    Ended(String),
    /// It runs and does not answer.
    Silent(String),
    /// It answers, and the settings are wrong: no other try would be better.
    Refused(Error),
}

impl RunningServer {
    pub(crate) fn start(server: Process, settings: &Settings) -> Result<Self, SetupError> {
        let ports = [free_port()?, free_port()?, free_port()?];
        let directory = settings
            .directory
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        let fill = |text: &str| {
            text.replace("{port}", &ports[0].to_string())
                .replace("{port.2}", &ports[1].to_string())
                .replace("{port.3}", &ports[2].to_string())
                .replace("{directory}", &directory)
        };
        let user = User::of(&server, settings)?;
        for words in server.prepare {
            prepare(&server, words, user.as_ref(), fill)?;
        }
        let (output, stdout, stderr) = files()?;
        let mut command = Command::new(program_path(&server, server.program));
        if let Some(user) = &user {
            user.run(command.as_std_mut());
        }
        // In a group of its own, so that an interrupt from the terminal ends it
        // only after the scopes on it are closed.
        #[cfg(unix)]
        command.process_group(0);
        let child = command
            .args(server.arguments.iter().map(|argument| fill(argument)))
            .envs(
                server
                    .environment
                    .iter()
                    .map(|&(name, value)| (name, fill(value))),
            )
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| SetupError::ServerFailed {
                program: server.program,
                reason: error.kind().to_string(),
                output: Vec::new(),
            })?;
        Ok(Self {
            child,
            output,
            port: ports[0],
            endpoint: fill(server.endpoint),
        })
    }

    /// Waits until a connection can be made.
    pub(crate) async fn ready<T, F>(&mut self, connect: impl Fn() -> F) -> Result<T, NotReady>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let started = Instant::now();
        let mut pause = Duration::from_millis(5);
        loop {
            self.runs()?;
            match connect().await {
                Ok(connected) => {
                    self.holds_port().await?;
                    return Ok(connected);
                }
                Err(error) if is_refusal(&error) => {
                    self.holds_port().await?;
                    return Err(NotReady::Refused(error));
                }
                Err(error) if started.elapsed() > START_TIMEOUT => {
                    return Err(NotReady::Silent(format!(
                        "it does not answer after {} s: {error}",
                        START_TIMEOUT.as_secs()
                    )));
                }
                Err(_) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    fn runs(&mut self) -> Result<(), NotReady> {
        match self.child.try_wait() {
            Ok(Some(status)) => Err(NotReady::Ended(format!("it ended at once ({status})"))),
            // What cannot be asked is as good as what runs: it answers or not.
            Ok(None) | Err(_) => Ok(()),
        }
    }

    /// Whoever answers on the port may be another server, which took it between
    /// the search for a free one and the start of ours. Ours ends then, but
    /// perhaps only after the other one answered.
    async fn holds_port(&mut self) -> Result<(), NotReady> {
        let started = Instant::now();
        loop {
            self.runs()?;
            let ours = self.child.id().is_some_and(|pid| listens(pid, self.port));
            // A wrapper that started the server proper is seen not to listen, and
            // not to end either.
            if ours || started.elapsed() > PORT_TIMEOUT {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends it. Returns the last lines that it wrote.
    pub(crate) async fn stop(mut self) -> Vec<String> {
        // It may have ended by itself, which is as good.
        self.child.kill().await.ok();
        last_lines(&mut self.output)
    }
}

/// Whether the settings are what is wrong. A server that is still starting is
/// out of reach, and does not refuse.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidArgument(_) | ErrorKind::AccessDenied
    )
}

/// One file without a name, for both of the server's outputs and for us.
fn files() -> Result<(File, File, File), SetupError> {
    let made = tempfile::tempfile().and_then(|file| {
        let (stdout, stderr) = (file.try_clone()?, file.try_clone()?);
        Ok((file, stdout, stderr))
    });
    made.map_err(|error| {
        SetupError::Machine(format!("no temporary file can be made: {}", error.kind()))
    })
}

/// The end of a file, as far as it can be read: it explains another failure.
fn last_lines(file: &mut File) -> Vec<String> {
    let mut bytes = Vec::new();
    let read = file.seek(SeekFrom::End(0)).and_then(|length| {
        file.seek(SeekFrom::Start(length.saturating_sub(LAST_BYTES)))?;
        file.take(LAST_BYTES).read_to_end(&mut bytes)
    });
    if read.is_err() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&bytes);
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

fn free_port() -> Result<u16, SetupError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| {
            SetupError::Machine(format!("no free port on the loopback: {}", error.kind()))
        })
}

/// Whether a process is seen to listen on a port.
#[cfg(target_os = "linux")]
fn listens(pid: u32, port: u16) -> bool {
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| listeners(&table, port))
        .collect();
    open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .any(|target| {
            sockets
                .iter()
                .any(|socket| target.as_os_str() == socket.as_str())
        })
}

/// The listening sockets of a port in the table of the kernel.
#[cfg(target_os = "linux")]
fn listeners(table: &str, port: u16) -> Vec<String> {
    const LISTENING: &str = "0A";
    let wanted = format!(":{port:04X}");
    table
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
            (local.ends_with(&wanted) && *state == LISTENING).then(|| format!("socket:[{inode}]"))
        })
        .collect()
}

/// Nobody tells here: the time limit decides.
#[cfg(not(target_os = "linux"))]
fn listens(_pid: u32, _port: u16) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn who_listens_on_a_port_is_seen() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listens(std::process::id(), port));
        // The first process of the machine is another one, and perhaps not ours
        // to look into.
        assert!(!listens(1, port));
        drop(listener);
        assert!(!listens(std::process::id(), port));
    }

    #[test]
    fn the_last_words_are_kept() {
        let (mut file, mut stdout, mut stderr) = files().unwrap();
        for number in 0..1_000 {
            writeln!(stdout, "line {number}").unwrap();
            writeln!(stderr, "\r").unwrap();
        }
        write!(stderr, "the port is in use").unwrap();
        let lines = last_lines(&mut file);
        assert_eq!(lines.len(), LAST_LINES);
        assert_eq!(lines[LAST_LINES - 1], "the port is in use");
        assert_eq!(lines[LAST_LINES - 2], "line 999");
        let (mut empty, ..) = files().unwrap();
        assert!(last_lines(&mut empty).is_empty());
    }
}
