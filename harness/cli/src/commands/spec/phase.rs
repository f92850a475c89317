//! `conformance spec phase`: how far each proposal is, and what is missing.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use conformance_model::{ExitCode, PhaseReport};
use conformance_report::phase;
use conformance_spec::{PhaseInput, phases};

use super::checkout::Checkout;
use crate::commands::list::pretty;
use crate::nearest::nearest;
use crate::{Failure, output};

/// Say how far each proposal is: what each status and each phase of WASI asks for,
/// what is met according to the text, the cases and the published runs, and what is
/// missing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  conformance spec phase
  conformance spec phase 0001-keyvalue --format json
  conformance spec phase keyvalue --require candidate")]
pub(crate) struct PhaseArgs {
    /// The folder, number or name of a proposal [default: all].
    proposal: Option<String>,
    /// The root of a checkout [default: the current directory].
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PhaseFormat,
    /// End with 1 if something is missing that this status, or one before it, asks
    /// for.
    #[arg(long, value_name = "STATUS")]
    require: Option<Required>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PhaseFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Required {
    Draft,
    Experimental,
    Candidate,
    Stable,
}

impl Required {
    fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Experimental => "experimental",
            Self::Candidate => "candidate",
            Self::Stable => "stable",
        }
    }
}

pub(crate) fn run(args: &PhaseArgs) -> Result<u8, Failure> {
    let checkout = Checkout::read(args.root.as_deref())?;
    let published = checkout.published()?;
    let coverage = checkout.coverage();
    // A path of the folder, as a shell completes it, is as good as its name.
    let name = args.proposal.as_deref().map(|name| {
        let name = name.trim_end_matches('/');
        name.rsplit('/').next().unwrap_or(name)
    });
    let input = PhaseInput {
        catalog: &checkout.catalog,
        coverage: &coverage,
        cases: checkout.catalog.cases(),
        published: &published,
    };
    let report = phases(input, name);
    if let Some(name) = name
        && report.proposals.is_empty()
    {
        let proposals = checkout.catalog.proposals().iter();
        let ids: Vec<&str> = proposals
            .map(|proposal| proposal.id.text.as_str())
            .collect();
        let help = match nearest(name, ids.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", ids.join(", ")),
        };
        return Err(Failure::usage(format!("there is no proposal `{name}`")).help(help));
    }
    let text = match args.format {
        PhaseFormat::Text => phase::render(&report, output::width()),
        PhaseFormat::Json => pretty(&serde_json::to_value(&report).map_err(Failure::harness)?)?,
    };
    output::print(&text)?;
    let code = match args.require {
        Some(required) if !is_met(&report, required) => ExitCode::NotConformant,
        _ => ExitCode::Conformant,
    };
    Ok(code.code())
}

/// Whether nothing is missing up to a status, for every proposal that was asked for.
fn is_met(report: &PhaseReport, required: Required) -> bool {
    report.proposals.iter().all(|proposal| {
        let steps = proposal.up_to(required.word()).unwrap_or_default();
        steps.iter().all(conformance_model::Step::is_met)
    })
}
