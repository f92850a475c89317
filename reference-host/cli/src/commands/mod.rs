//! One file for each subcommand.

pub(crate) mod completions;
pub(crate) mod create;
pub(crate) mod run;

use tokio::runtime::Runtime;

use crate::failure::Failure;

/// The host's runtime, on all cores.
fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|error| Failure::host(format!("no runtime can be started: {error}")))
}
