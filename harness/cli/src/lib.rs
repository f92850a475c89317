//! The `conformance` command: arguments in, verdicts and an exit code out. With
//! [`main`], a crate elsewhere makes one with providers of its own.
//!
//! Owns the command line, the wiring from runner to reports, and what a person
//! reads when something is wrong. It decides no verdict and knows no provider:
//! the registry does, and it knows no capability.

mod args;
mod commands;
mod failure;
mod interrupt;
mod nearest;
mod opening;
mod output;
mod redact;
mod registry;
mod selection;
mod session;
mod setup;
mod spending;

use std::process::ExitCode;

use cloud_contract::Factory;

use crate::args::{Cli, Command};
use crate::failure::Failure;

/// The command, with these providers in the order in which people are told of
/// them. It reads the arguments of the process.
#[must_use]
pub fn main(factories: &[&'static Factory]) -> ExitCode {
    registry::set(factories);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()))
            .unwrap_or_default();
        let what = panic.payload_as_str().unwrap_or("no message");
        output::notice(&format!("harness fault: a panic{place}: {what}"));
    }));
    // A panic inside a case is a verdict; one out here ends the process.
    match std::panic::catch_unwind(start) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(conformance_model::ExitCode::Harness.code()),
    }
}

fn start() -> u8 {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    cli.color.choose();
    let outcome = match cli.command {
        None => commands::run::run(&cli.run),
        Some(Command::Run(args)) => commands::run::run(&args),
        Some(Command::List(args)) => commands::list::run(&args),
        Some(Command::Explain(args)) => commands::explain::run(&args),
        Some(Command::Doctor(args)) => commands::doctor::run(&args),
        Some(Command::Providers(args)) => commands::providers::run(&args),
        Some(Command::Selftest(args)) => commands::selftest::run(&args),
        Some(Command::Gc(args)) => commands::gc::run(&args),
        Some(Command::Matrix(args)) => commands::matrix::run(&args),
        Some(Command::Completions(args)) => commands::completions::run(&args),
        Some(Command::Spec(args)) => commands::spec::run(&args),
        Some(Command::Schema(args)) => commands::schema::run(&args),
    };
    outcome.unwrap_or_else(|failure: Failure| {
        failure.print();
        failure.exit_code()
    })
}

/// Help and version are no errors. The text of an error repeats arguments, and
/// one of them may be an address with a password at the wrong place.
fn refuse(error: &clap::Error) -> u8 {
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        anstream::eprint!("{}", redact::addresses(&text));
        conformance_model::ExitCode::Usage.code()
    } else {
        match output::print(&text) {
            Ok(()) => conformance_model::ExitCode::Conformant.code(),
            Err(failure) => failure.exit_code(),
        }
    }
}
