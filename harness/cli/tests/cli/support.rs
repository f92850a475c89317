//! Runs the built command and looks at what came of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long what must happen soon may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// The command in an environment where nothing but the test decides.
pub(crate) fn conformance(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CONFORMANCE_") || ["CI", "NO_COLOR"].contains(&&*name) {
            command.env_remove(&*name);
        }
    }
    command
        .args(arguments)
        // Compiled once for all tests.
        .env("CONFORMANCE_CACHE_DIR", cache())
        // Ledgers of tests are nobody's.
        .env(
            "XDG_STATE_HOME",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("state"),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("components")
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    pub(crate) fn both(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The exit code, with everything that was said if it is another one.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let both = self.both();
        // Lines are broken where the terminal would.
        let words: Vec<&str> = both.split_whitespace().collect();
        let found = both.contains(text) || words.join(" ").contains(text);
        assert!(found, "no {text:?} in {self:#?}");
        self
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

pub(crate) fn run(arguments: &[&str]) -> Done {
    conformance(arguments).output().unwrap().into()
}

pub(crate) fn finish(child: Child) -> Done {
    child.wait_with_output().unwrap().into()
}

pub(crate) fn signal(pid: u32, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits for something that must happen soon: once the first run of all has compiled
/// the suite, which takes two busy cores longer than ten seconds, and a slow machine a
/// minute.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < until,
            "{what} did not happen in {PATIENCE:?}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process runs: one that ended may still wait to be noticed.
pub(crate) fn is_alive(pid: u32) -> bool {
    stat(pid).next().is_some_and(|state| state != "Z")
}

/// What the kernel says of a process: its state, its parent, and more.
fn stat(pid: u32) -> impl Iterator<Item = String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in parentheses may hold anything.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
    fields.into_iter()
}

/// The processes that a process started.
fn children(parent: u32) -> Vec<u32> {
    let parent = parent.to_string();
    let is_child = |pid: &u32| is_alive(*pid) && stat(*pid).nth(1) == Some(parent.clone());
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(is_child)
        .collect()
}

/// The servers among them: a shell that watches over each is none.
pub(crate) fn servers(parent: u32) -> Vec<u32> {
    let is_server = |pid: &u32| {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        !name.trim().is_empty() && name.trim() != "sh"
    };
    children(parent).into_iter().filter(is_server).collect()
}

/// Whether a server can be started here. A test that cannot run is named on the
/// screen.
pub(crate) fn has_redis() -> bool {
    let found = Command::new("redis-server")
        .arg("--version")
        .output()
        .is_ok();
    if !found {
        not_run("no redis-server in PATH");
    }
    found
}

/// Says that the present test does not run, and why.
pub(crate) fn not_run(reason: &str) {
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    // Not `eprintln!`, whose text a test that passes keeps to itself.
    let text = format!("NOT RUN: {test}: {reason}\n");
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

pub(crate) fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

pub(crate) fn json(path: impl AsRef<Path>) -> serde_json::Value {
    serde_json::from_str(&text(path)).unwrap()
}

/// All files below a folder, as one text.
pub(crate) fn everything(folder: &Path) -> String {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            if path.is_dir() {
                everything(&path)
            } else {
                text(path)
            }
        })
        .collect()
}
