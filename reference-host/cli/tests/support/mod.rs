//! Runs the built command and looks at what came of it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// From the root of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// An example as it is committed, or as it was built here by another compiler.
pub(crate) fn example(name: &str) -> PathBuf {
    match std::env::var_os(format!("{}_COMPONENT", name.to_uppercase())) {
        Some(path) => PathBuf::from(path),
        None => repository(&format!("docs/examples/{name}/component/{name}.wasm")),
    }
}

/// The command in an environment where nothing but the test decides.
pub(crate) fn reference_host() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-host"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        // Compiled once for all tests.
        .env(
            "REFERENCE_HOST_CACHE_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("components"),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// The exit code, with everything that was said if it is another one.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panic"), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!said, "{text:?} in {self:#?}");
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

pub(crate) fn finish(command: &mut Command) -> Done {
    command.output().unwrap().into()
}

/// The same with something on standard input.
pub(crate) fn finish_with(command: &mut Command, input: &[u8]) -> Done {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that is refused does not read.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

/// Not `eprintln!`, whose text a test that passes keeps to itself.
pub(crate) fn not_run(test: &str, reason: &str) {
    let text = format!("NOT RUN: {test}: {reason}\n");
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}
