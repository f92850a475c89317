//! Standard output and standard error. A reader that went away, as `head` does,
//! is no error and no reason to panic.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size, terminal_size_of};

use crate::{Failure, redact};

/// The width of what goes into a file or a pipe.
const WIDTH_ELSEWHERE: usize = 100;

/// Writes text to standard output, without colours where they are not wanted.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::harness(format!(
            "standard output cannot be written: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Writes a line to standard error, without what must not be told. Nobody can be
/// told if that fails.
pub(crate) fn notice(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", redact::known(line));
}

/// How many characters a line of standard output has.
pub(crate) fn width() -> usize {
    if !std::io::stdout().is_terminal() {
        return WIDTH_ELSEWHERE;
    }
    terminal_size().map_or(WIDTH_ELSEWHERE, |(Width(width), _)| usize::from(width))
}

/// The same of standard error, if it is a terminal.
pub(crate) fn stderr_width() -> Option<usize> {
    terminal_size_of(std::io::stderr()).map(|(Width(width), _)| usize::from(width))
}

pub(crate) fn stderr_is_coloured() -> bool {
    AutoStream::choice(&std::io::stderr()) != ColorChoice::Never
}
