//! The `conformance` command with this provider in it.

use std::process::ExitCode;

fn main() -> ExitCode {
    conformance_cli::main(&[&tiny_service::FACTORY])
}
