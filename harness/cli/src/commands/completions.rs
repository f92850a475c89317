//! `conformance completions`: for the shell that asks.

use clap::builder::PossibleValuesParser;

use crate::args::{Cli, CompletionsArgs};
use crate::{Failure, output};

pub(crate) fn run(args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "conformance", &mut text);
    output::print(&String::from_utf8_lossy(&text))?;
    Ok(0)
}

/// The command with the names of the providers, so that they are completed too.
fn command() -> clap::Command {
    let names = || {
        // The command takes names that live as long as it does, which is to the end.
        let names = crate::registry::names().into_iter();
        PossibleValuesParser::new(names.map(|name| &*name.leak()))
    };
    let named = |command: clap::Command| {
        command.mut_arg("providers", |argument| argument.value_parser(names()))
    };
    named(Cli::command_for_people())
        .mut_subcommand("run", named)
        .mut_subcommand("doctor", named)
}
