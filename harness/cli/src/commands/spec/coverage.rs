//! `conformance spec coverage`: clauses by cases and cases by clauses.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use conformance_model::ExitCode;
use conformance_report::coverage;

use super::checkout::{self, Checkout};
use crate::commands::list::pretty;
use crate::{Failure, output};

/// Show which cases prove which clauses and which clauses each case proves, with
/// totals by package, interface and word. Ends with 1 if nothing proves a MUST of a
/// stable interface, or if a case cites a clause that does not exist.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  conformance spec coverage
  conformance spec coverage --format html -o coverage.html
  conformance spec coverage --format json path/to/checkout")]
pub(crate) struct CoverageArgs {
    /// The root of a checkout [default: the current directory].
    path: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CoverageFormat,
    /// Where to write it [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CoverageFormat {
    Text,
    Json,
    Html,
}

pub(crate) fn run(args: &CoverageArgs) -> Result<u8, Failure> {
    let coverage = Checkout::read(args.path.as_deref())?.coverage();
    let text = match args.format {
        CoverageFormat::Text => coverage::text::render(&coverage, output::width()),
        CoverageFormat::Json => {
            pretty(&serde_json::to_value(&coverage).map_err(Failure::harness)?)?
        }
        CoverageFormat::Html => coverage::page(&coverage),
    };
    match &args.output {
        Some(file) => checkout::write(file, text.as_bytes())?,
        None => output::print(&text)?,
    }
    let code = if coverage.is_red() {
        ExitCode::NotConformant
    } else {
        ExitCode::Conformant
    };
    Ok(code.code())
}
