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
        let names = provider_registry::factories()
            .iter()
            .map(|factory| factory.name);
        PossibleValuesParser::new(names)
    };
    let named = |command: clap::Command| {
        command.mut_arg("providers", |argument| argument.value_parser(names()))
    };
    named(Cli::command_for_people())
        .mut_subcommand("run", named)
        .mut_subcommand("doctor", named)
}
