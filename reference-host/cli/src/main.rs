//! The `reference-host` command: an ordinary component, a manifest that says what
//! stands behind each name, and nothing else.
//!
//! Owns the command line, the manifest, and what a guest has beside the `cloud:`
//! interfaces. It knows no provider: the registry does.

mod args;
mod commands;
mod failure;
mod guest;
mod manifest;
mod output;
mod refusals;
mod secrets;
mod services;
mod signals;

use std::process::ExitCode;

use crate::args::{Cli, Command};
use crate::failure::{Failure, exit};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()))
            .unwrap_or_default();
        let what = panic.payload_as_str().unwrap_or("no message");
        output::notice(&format!("host fault: a panic{place}: {what}"));
    }));
    match std::panic::catch_unwind(start) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(exit::HOST),
    }
}

fn start() -> u8 {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    cli.color.choose();
    let outcome = match cli.command {
        Command::Run(args) => commands::run::run(&args),
        Command::Create(args) => commands::create::run(&args),
        Command::Completions(args) => commands::completions::run(&args),
    };
    outcome.unwrap_or_else(|failure: Failure| {
        failure.print();
        failure.exit_code()
    })
}

/// Help and version are no errors.
fn refuse(error: &clap::Error) -> u8 {
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        anstream::eprint!("{text}");
        exit::USAGE
    } else {
        match output::print(&text) {
            Ok(()) => 0,
            Err(failure) => failure.exit_code(),
        }
    }
}
