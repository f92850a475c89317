//! `conformance spec`: the specification under review. One file per command; what
//! they find is computed by `conformance-spec` and shown by `conformance-report`.

mod bundle;
mod check;
mod checkout;
mod coverage;
mod diff;
mod docs;
mod phase;
mod publish;

use clap::{Args, Subcommand};

use crate::Failure;

/// Review the specification: what is wrong with it, what a change means, what
/// proves it.
#[derive(Debug, Args)]
pub(crate) struct SpecArgs {
    #[command(subcommand)]
    command: SpecCommand,
}

#[derive(Debug, Subcommand)]
enum SpecCommand {
    /// Check the style of the WIT, its clauses, and that cases prove them.
    Check(check::CheckArgs),
    /// Say what a change of WIT means for guests, hosts and verdicts.
    Diff(diff::DiffArgs),
    /// Show which cases prove which clauses, both ways.
    Coverage(coverage::CoverageArgs),
    /// Write the reference pages of all packages, or check that they are current.
    Docs(docs::DocsArgs),
    /// Write each package as one self-contained WIT package in wasm.
    Bundle(bundle::BundleArgs),
    /// Say how far each proposal is, and what is missing.
    Phase(phase::PhaseArgs),
    /// Put the reports of runs among the published ones.
    Publish(publish::PublishArgs),
}

pub(crate) fn run(args: &SpecArgs) -> Result<u8, Failure> {
    match &args.command {
        SpecCommand::Check(args) => check::run(args),
        SpecCommand::Diff(args) => diff::run(args),
        SpecCommand::Coverage(args) => coverage::run(args),
        SpecCommand::Docs(args) => docs::run(args),
        SpecCommand::Bundle(args) => bundle::run(args),
        SpecCommand::Phase(args) => phase::run(args),
        SpecCommand::Publish(args) => publish::run(args),
    }
}
