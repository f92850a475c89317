//! The conformance suite on this provider: one trial for each case.

use std::process::ExitCode;

use conformance_runner::{TrialOptions, test_main};

fn main() -> ExitCode {
    test_main(&provider_azure_blob::FACTORY, &TrialOptions::default())
}
