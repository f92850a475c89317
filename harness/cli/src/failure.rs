//! What ends a command early: the exit code, what is wrong, what to do.

use std::fmt;

use conformance_model::ExitCode;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use crate::output;

/// A failure of a command, for a person.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: ExitCode,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// The command line, or a file given with it, is wrong.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    /// A provider cannot be used here.
    pub(crate) fn environment(message: impl fmt::Display) -> Self {
        Self::new(ExitCode::Environment, message)
    }

    /// Nothing was selected.
    pub(crate) fn nothing_ran(message: impl fmt::Display) -> Self {
        Self::new(ExitCode::NothingRan, message)
    }

    /// The harness itself cannot do its work.
    pub(crate) fn harness(message: impl fmt::Display) -> Self {
        Self::new(ExitCode::Harness, format!("harness fault: {message}"))
    }

    fn new(exit: ExitCode, message: impl fmt::Display) -> Self {
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

    pub(crate) fn exit_code(&self) -> u8 {
        self.exit.code()
    }

    /// Writes it to standard error. Lines wrap only where a person reads them:
    /// a log is searched.
    pub(crate) fn print(&self) {
        let (theme, width) = (output::stderr_is_coloured(), output::stderr_width());
        let theme = if theme {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width.unwrap_or(100))
            .with_wrap_lines(width.is_some());
        let mut text = String::new();
        match handler.render_report(&mut text, self) {
            Ok(()) => output::notice(text.trim_matches('\n')),
            Err(fmt::Error) => output::notice(&self.message),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl Diagnostic for Failure {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}
