//! The command line.

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

const AFTER: &str = "\
Examples:
  reference-host run app.wasm --manifest host.toml
  reference-host run app.wasm --manifest host.toml --env LOG=debug -- one two <input.txt
  reference-host run app.wasm --manifest host.toml --check
  reference-host create --manifest host.toml

A manifest:
  schema-version = 1
  scope = \"shop\"                             # whose data this is

  [keyvalue.orders]                          # the guest may open the store `orders`
  provider = \"main\"

  [blobstore.photos]                         # and the container `photos`
  provider = \"files\"

  [providers.main]
  kind = \"redis\"
  endpoint = { env = \"REDIS_URL\" }           # or { file = \"/run/secrets/redis\" }

  [providers.files]
  kind = \"local\"

Exit codes of `run`:
  0, 1, ...  the guest's own: 0 or 1 as its run ends, or the code that it exits with
  2          the command line, the manifest or the component is wrong; nothing was run
  3          a provider cannot be reached or refuses; nothing was run
  5          the host failed
  124        the guest ran longer than its deadline
  130, 143   interrupted or terminated
  134        the guest trapped
The host itself ends in 2, 3, 5, 124 or 134 only with a line on standard error that
begins with `error:`. NO_COLOR switches colours off.";

/// Runs WebAssembly components that use the `cloud:` interfaces. A manifest says
/// which service stands behind each name that a component may open; it can open no
/// other.
#[derive(Debug, Parser)]
#[command(name = "reference-host", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a component.
    Run(RunArgs),
    /// Create what a manifest's services lack: the tables that its options name.
    /// Stores need nothing, `run` creates them.
    Create(CreateArgs),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The component. It exports `wasi:cli/run` of WASI 0.3.
    #[arg(value_name = "APP.wasm")]
    pub(crate) app: PathBuf,
    /// What stands behind the names that it may open.
    #[arg(short, long, value_name = "HOST.toml", env = "REFERENCE_HOST_MANIFEST")]
    pub(crate) manifest: PathBuf,
    /// A variable for the guest, which sees no other of this process. Without a value,
    /// the one that it has here. May be repeated; wins over the manifest.
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    pub(crate) env: Vec<String>,
    /// Load the component and connect to the providers, and end there. Creates and
    /// runs nothing.
    #[arg(long)]
    pub(crate) check: bool,
    /// Refuse a component whose bytes have another SHA-256.
    #[arg(long, value_name = "HEX")]
    pub(crate) sha256: Option<String>,
    /// Tell on standard error what is run and on what, and which stores the
    /// component opens that the manifest does not grant.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Where compiled components are kept [default: cloud-wit/components in the cache
    /// folder of this user].
    #[arg(long, value_name = "DIR", env = "REFERENCE_HOST_CACHE_DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Compile the component anew and keep nothing.
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Arguments of the guest, behind those of the manifest.
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(crate) arguments: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// What stands behind the names of a component.
    #[arg(short, long, value_name = "HOST.toml", env = "REFERENCE_HOST_MANIFEST")]
    pub(crate) manifest: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Cli {
    pub(crate) fn command_for_people() -> clap::Command {
        Self::command()
            .after_help(AFTER)
            .mut_subcommand("run", |run| run.after_help(AFTER))
    }

    /// Reads the arguments of the process.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let matches = Self::command_for_people().try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

impl Color {
    /// Makes it hold for everything that the host writes.
    pub(crate) fn choose(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command_for_people().debug_assert();
    }
}
