//! `conformance completions`: for the shell that asks.

use clap::CommandFactory as _;

use crate::args::{Cli, CompletionsArgs};
use crate::{Failure, output};

pub(crate) fn run(args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "conformance", &mut text);
    output::print(&String::from_utf8_lossy(&text))?;
    Ok(0)
}
