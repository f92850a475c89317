//! Standard output and standard error of the host. The guest's own are none of
//! this module's business. A reader that went away is no error.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

use anstyle::{AnsiColor, Style};

use crate::failure::Failure;
use crate::secrets;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default();

/// Writes text to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::host(format!(
            "standard output cannot be written: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Writes a line to standard error. Nobody can be told if that fails.
pub(crate) fn notice(line: &str) {
    labelled("reference-host", Style::new(), line);
}

pub(crate) fn error(line: &str) {
    labelled("error", ERROR, line);
}

pub(crate) fn help(line: &str) {
    labelled("  help", HELP, line);
}

fn labelled(label: impl Display, style: Style, line: &str) {
    let line = secrets::masked(line);
    let _ = writeln!(anstream::stderr().lock(), "{style}{label}{style:#}: {line}");
}
