//! `reference-host completions`: for the shell that asks.

use crate::args::{Cli, CompletionsArgs};
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut text = Vec::new();
    let mut command = Cli::command_for_people();
    clap_complete::generate(args.shell, &mut command, "reference-host", &mut text);
    output::print(&String::from_utf8_lossy(&text))?;
    Ok(0)
}
