//! The conformance suite as this crate's test.

use std::process::ExitCode;

use conformance_runner::{TrialOptions, test_main};

fn main() -> ExitCode {
    test_main(&tiny_provider::FACTORY, &TrialOptions::default())
}
