//! The conformance suite as this crate's test, on a server of its launcher.

use std::process::ExitCode;

use conformance_runner::{TrialOptions, test_main};

fn main() -> ExitCode {
    test_main(&tiny_service::FACTORY, &TrialOptions::default())
}
