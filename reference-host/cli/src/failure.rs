//! What ends the command before or instead of the guest: the exit code, what is
//! wrong, what to do.

use std::fmt;

use crate::output;

/// Exit codes of the host itself. All others are the guest's.
pub(crate) mod exit {
    /// The command line, the manifest or the component is wrong; nothing was run.
    pub(crate) const USAGE: u8 = 2;
    /// A provider cannot be reached or refuses; nothing was run.
    pub(crate) const PROVIDER: u8 = 3;
    /// The host failed.
    pub(crate) const HOST: u8 = 5;
    /// The guest ran longer than its deadline, as `timeout` says it.
    pub(crate) const DEADLINE: u8 = 124;
    /// Ctrl-C, as shells say it: 128 and the number of the signal.
    pub(crate) const INTERRUPT: u8 = 130;
    /// The guest trapped, as shells say it of a program that aborts.
    pub(crate) const TRAP: u8 = 134;
    /// A polite `kill`.
    pub(crate) const TERMINATE: u8 = 143;
}

/// A failure of a command, for a person.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    exit: u8,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// What the user gave is wrong.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(exit::USAGE, message)
    }

    /// A provider cannot be used.
    pub(crate) fn provider(message: impl fmt::Display) -> Self {
        Self::new(exit::PROVIDER, message)
    }

    /// The host cannot do its work.
    pub(crate) fn host(message: impl fmt::Display) -> Self {
        Self::new(exit::HOST, format!("host fault: {message}"))
    }

    pub(crate) fn new(exit: u8, message: impl fmt::Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            help: None,
        }
    }

    /// The same failure with what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same failure with what it is about in front.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.exit
    }

    /// Writes it to standard error, each line of it marked.
    pub(crate) fn print(&self) {
        for line in self.message.lines() {
            output::error(line);
        }
        for line in self.help.iter().flat_map(|help| help.lines()) {
            output::help(line);
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
