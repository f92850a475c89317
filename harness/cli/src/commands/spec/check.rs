//! `conformance spec check`: what is wrong with a specification, and where.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use conformance_model::{ExitCode, RuleInfo, Severity};
use conformance_report::diagnostics::{github, json, sarif, text};
use conformance_spec::{Rule, SpecError, check};

use crate::{Failure, output};

const AFTER: &str = "\
What is checked depends on what PATH is:
  the root of a checkout  all: WIT, clauses, features, proposals and cases
  a folder of WIT alone   WIT and clauses
  one .wit file           WIT and clauses, but not the names from other files

Examples:
  conformance spec check
  conformance spec check --format sarif > check.sarif
  conformance spec check path/to/wit
  conformance spec check wit/types/errors.wit
  conformance spec check --rules

Exit codes:
  0  nothing is wrong; there may be warnings
  1  a rule is broken
  2  something cannot be read or parsed, so that more may be wrong than is told";

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct CheckArgs {
    /// The root of a checkout, a folder of WIT, or one .wit file [default: this
    /// folder, if it is the root of a checkout].
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
    /// List the rules with their ids instead, as text or JSON.
    #[arg(long, conflicts_with = "path")]
    rules: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// For a person, with the lines that are meant.
    Text,
    /// For programs.
    Json,
    /// Annotations of GitHub.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

pub(crate) fn run(args: &CheckArgs) -> Result<u8, Failure> {
    let rules: Vec<RuleInfo> = Rule::ALL.iter().map(|rule| rule.info()).collect();
    if args.rules {
        output::print(&match args.format {
            CheckFormat::Text => text::rules(&rules, output::width()),
            CheckFormat::Json => json::rules(&rules).map_err(Failure::harness)?,
            CheckFormat::Github | CheckFormat::Sarif => {
                return Err(Failure::usage("the rules are listed as text or json alone"));
            }
        })?;
        return Ok(ExitCode::Conformant.code());
    }
    let report = check(&path(args)?).map_err(|error| unreadable(&error))?;
    output::print(&match args.format {
        CheckFormat::Text => text::render(&report, output::width()),
        CheckFormat::Json => json::render(&report).map_err(Failure::harness)?,
        CheckFormat::Github => github::render(&report),
        CheckFormat::Sarif => sarif::render(&report, &rules).map_err(Failure::harness)?,
    })?;
    let exit = if report.incomplete {
        ExitCode::Usage
    } else if report.count(Severity::Error) > 0 {
        ExitCode::NotConformant
    } else {
        ExitCode::Conformant
    };
    Ok(exit.code())
}

fn path(args: &CheckArgs) -> Result<PathBuf, Failure> {
    if let Some(path) = &args.path {
        return Ok(path.clone());
    }
    if Path::new("wit").is_dir() {
        return Ok(PathBuf::from("."));
    }
    Err(Failure::usage("there is no wit folder here to check")
        .help("name the root of a checkout, a folder of .wit files, or one .wit file"))
}

fn unreadable(error: &SpecError) -> Failure {
    let failure = Failure::usage(error);
    match error {
        SpecError::Kind(_) | SpecError::Empty { .. } => {
            failure.help("name the root of a checkout, a folder of .wit files, or one .wit file")
        }
        SpecError::Utf8 { .. } => failure.help("save it as UTF-8"),
        _ => failure,
    }
}
