//! The compiler and linker that build the guests, as `toolchain.sh` finds them.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The versions that decide about the bytes of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Versions {
    pub(crate) rustc: String,
    pub(crate) cargo: String,
    pub(crate) linker: String,
    /// Where the standard library comes from: `source` or `prebuilt`.
    pub(crate) library: String,
}

impl fmt::Display for Versions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rustc,
            cargo,
            linker,
            library,
        } = self;
        write!(out, "{rustc}, {cargo}, {linker}, library {library}")
    }
}

/// How to call the compiler.
#[derive(Debug)]
pub(crate) struct Toolchain {
    environment: Vec<(String, String)>,
    pub(crate) versions: Versions,
}

impl Toolchain {
    /// Runs the script in `guests` and asks what it found for its versions.
    pub(crate) fn find(guests: &Path) -> Result<Self, Error> {
        let mut script = Command::new("bash");
        script.arg(guests.join("toolchain.sh"));
        let printed = output(script, "toolchain.sh").map_err(|error| match error {
            Error::Program { status, .. } => {
                Error::Toolchain(format!("toolchain.sh ended with {status}"))
            }
            other => other,
        })?;
        let environment: Vec<(String, String)> = printed
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut found = Self {
            environment,
            versions: Versions {
                rustc: String::new(),
                cargo: String::new(),
                linker: String::new(),
                library: String::new(),
            },
        };
        let sources = found.get("GUEST_BUILD_STD").is_some();
        let linker = found.required("GUEST_LINKER")?;
        let mut lld = found.command(linker);
        // The linker that comes with rustup takes its kind as an argument.
        if linker.ends_with("rust-lld") {
            lld.args(["-flavor", "wasm"]);
        }
        lld.arg("--version");
        found.versions = Versions {
            rustc: found.version("RUSTC")?,
            cargo: found.version("GUEST_CARGO")?,
            linker: first_line(&output(lld, linker)?),
            library: if sources { "source" } else { "prebuilt" }.to_owned(),
        };
        Ok(found)
    }

    /// Where the compiler's own files lie.
    pub(crate) fn sysroot(&self) -> Result<String, Error> {
        let mut rustc = self.command(self.required("RUSTC")?);
        rustc.args(["--print", "sysroot"]);
        Ok(first_line(&output(rustc, "rustc")?))
    }

    /// A call of cargo with a given subcommand, in the environment of the script.
    pub(crate) fn cargo(&self, subcommand: &str) -> Result<Command, Error> {
        let mut cargo = self.command(self.required("GUEST_CARGO")?);
        cargo.arg(subcommand);
        if subcommand == "build"
            && let Some(crates) = self.get("GUEST_BUILD_STD")
        {
            // Without backtraces and unwinding, which a guest has no use for.
            cargo.arg(format!("-Zbuild-std={crates}"));
            cargo.arg("-Zbuild-std-features=optimize_for_size");
        }
        Ok(cargo)
    }

    fn version(&self, program: &str) -> Result<String, Error> {
        let mut command = self.command(self.required(program)?);
        command.arg("--version");
        Ok(first_line(&output(command, program)?))
    }

    /// A command without what the cargo that runs this program has set for it.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let keep = matches!(&*text, "CARGO_HOME" | "CARGO_NET_OFFLINE")
                || text.starts_with("CARGO_REGISTR")
                || text.starts_with("CARGO_HTTP");
            if (text.starts_with("CARGO") || text.starts_with("RUST")) && !keep {
                command.env_remove(&name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn get(&self, name: &str) -> Option<&str> {
        let mut entries = self.environment.iter();
        entries
            .find(|(entry, _)| entry == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn required(&self, name: &str) -> Result<&str, Error> {
        self.get(name)
            .ok_or_else(|| Error::Toolchain(format!("toolchain.sh printed no {name}")))
    }
}

/// Runs a program to its end and returns what it printed.
pub(crate) fn output(mut command: Command, program: &str) -> Result<String, Error> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start {
            program: program.to_owned(),
            source,
        })?;
    if !output.status.success() {
        return Err(Error::Program {
            program: program.to_owned(),
            status: output.status.to_string(),
        });
    }
    String::from_utf8(output.stdout)
        .map_err(|error| Error::Output(program.to_owned(), error.to_string()))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}
