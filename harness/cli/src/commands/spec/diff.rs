//! `conformance spec diff`: what a change of WIT means.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use conformance_model::Published;
use conformance_report::spec_diff;
use conformance_spec::{Catalog, Context, LoadError, Wit, diff, published};

use crate::{Failure, output};

const EXAMPLES: &str = "\
OLD and NEW are each a folder with WIT, a .wit file, a WIT package or a component in
wasm, a git revision (its folder wit), or REVISION:PATH.

Examples:
  conformance spec diff main .
  conformance spec diff v0.1.0 wit --format markdown
  conformance spec diff origin/main:wit/keyvalue wit/keyvalue
  conformance spec diff old/wit new.wasm --format json

Exit codes: 0 no rule is broken; 1 a required step of a version is missing, or an id was
dropped without a tombstone; 2 OLD or NEW cannot be read.";

/// Compares two states of a specification.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DiffArgs {
    /// The state before.
    #[arg(value_name = "OLD")]
    old: String,
    /// The state after.
    #[arg(value_name = "NEW")]
    new: String,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DiffFormat,
    /// The root of a checkout whose published runs say which verdicts are at risk
    /// [default: the current directory, if it has conformance/reports].
    #[arg(long, value_name = "FOLDER")]
    published: Option<PathBuf>,
}

/// How a diff is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For a terminal.
    Text,
    /// For a pull request.
    Markdown,
    /// For programs.
    Json,
}

pub(crate) fn run(args: &DiffArgs) -> Result<u8, Failure> {
    let old = load(&args.old)?;
    let new = load(&args.new)?;
    let catalog = Catalog::embedded().map_err(Failure::harness)?;
    let reports = reports(args.published.as_deref())?;
    let context = Context {
        cases: catalog.cases(),
        reports: &reports,
    };
    let diff = diff(&old, &new, context);
    let text = match args.format {
        DiffFormat::Text => spec_diff::text(&diff),
        DiffFormat::Markdown => spec_diff::markdown(&diff),
        DiffFormat::Json => {
            let value = serde_json::to_value(&diff).map_err(Failure::harness)?;
            crate::commands::list::pretty(&value)?
        }
    };
    output::print(&text)?;
    Ok(u8::from(diff.is_red()))
}

/// The published runs of a checkout; none where there is no checkout.
fn reports(root: Option<&Path>) -> Result<Vec<Published>, Failure> {
    let here = Path::new(".");
    let root = match root {
        Some(root) => root,
        None if here.join("conformance/reports").is_dir() => here,
        None => return Ok(Vec::new()),
    };
    published(root).map_err(Failure::usage)
}

fn load(name: &str) -> Result<Wit, Failure> {
    Wit::load(name).map_err(|error| {
        let failure = Failure::usage(&error);
        match error {
            LoadError::Unknown(_) => {
                failure.help("name a folder, a .wit or .wasm file, or a revision as git knows it")
            }
            LoadError::Empty(_) => failure
                .help("name the folder that holds the .wit files; of a revision, as REVISION:PATH"),
            LoadError::Absent { .. } => failure.help(
                "name the folder that holds the .wit files as REVISION:PATH, its path from the \
                 root of the repository",
            ),
            _ => failure,
        }
    })
}
