//! The `conformance` command with the providers of this repository.

use std::process::ExitCode;

fn main() -> ExitCode {
    conformance_cli::main(provider_registry::factories())
}
