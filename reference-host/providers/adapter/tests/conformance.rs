//! The conformance suite on the provider in Python of `docs/examples`: one trial
//! for each case.

use std::process::{Command, ExitCode};

use cloud_contract::Factory;
use conformance_runner::{TrialOptions, test_main};

const PROVIDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../docs/examples/python-provider/provider.py"
);

/// The adapter with its command.
static PYTHON: Factory = Factory {
    connect: |mut settings| {
        let command = format!("python3 '{PROVIDER}'");
        settings.options.insert("command".to_owned(), command);
        (provider_adapter::FACTORY.connect)(settings)
    },
    ..provider_adapter::FACTORY
};

fn main() -> ExitCode {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("NOT RUN: conformance of the provider in Python: no python3");
        return ExitCode::SUCCESS;
    }
    test_main(&PYTHON, &TrialOptions::default())
}
