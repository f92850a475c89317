//! `conformance spec docs`: the reference pages, written or compared.

use std::path::PathBuf;

use clap::Args;
use conformance_model::ExitCode;
use conformance_spec::docs::{self, DocsInput, Drift};

use super::checkout::{self, Checkout};
use crate::{Failure, output};

/// Write the reference pages of all packages: declarations, commentary, clauses, the
/// cases that prove each, and the published implementations that pass them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  conformance spec docs
  conformance spec docs --check
  conformance spec docs -o /tmp/reference path/to/checkout

Links to files of the repository hold from docs/reference.")]
pub(crate) struct DocsArgs {
    /// The root of a checkout [default: the current directory].
    path: Option<PathBuf>,
    /// Write nothing; list what is not current, and end with 1 if anything is.
    #[arg(long)]
    check: bool,
    /// The folder of the pages [default: docs/reference in the checkout].
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &DocsArgs) -> Result<u8, Failure> {
    let checkout = Checkout::read(args.path.as_deref())?;
    let published = checkout.published()?;
    let coverage = checkout.coverage();
    let pages = docs::pages(DocsInput {
        sources: &checkout.sources,
        catalog: &checkout.catalog,
        coverage: &coverage,
        published: &published,
    })
    .map_err(Failure::usage)?;
    let folder = match &args.output {
        Some(folder) => folder.clone(),
        None => checkout.root.join(docs::REFERENCE),
    };
    let drift = docs::drift(&pages, &folder).map_err(|error| {
        Failure::usage(format!("cannot read {}: {error}", folder.display()))
            .help("name the folder of the pages with -o")
    })?;
    let shown = folder.display();
    if args.check {
        let mut text = String::new();
        for found in &drift {
            text.push_str(&match found {
                Drift::Missing(path) => format!("missing: {shown}/{path}\n"),
                Drift::Changed(path, line) => format!("not current: {shown}/{path}:{line}\n"),
                Drift::Stale(path) => format!("about nothing any more: {shown}/{path}\n"),
            });
        }
        text.push_str(&match drift.len() {
            0 => format!("{} pages in {shown} are current\n", pages.len()),
            number => format!(
                "{number} of the pages in {shown} are not as they should be; \
                 `conformance spec docs` writes them anew\n"
            ),
        });
        output::print(&text)?;
        let code = if drift.is_empty() {
            ExitCode::Conformant
        } else {
            ExitCode::NotConformant
        };
        return Ok(code.code());
    }
    for found in &drift {
        match found {
            Drift::Missing(path) | Drift::Changed(path, _) => {
                let page = pages.iter().find(|page| page.path == *path);
                let text = page.map_or("", |page| &page.text);
                checkout::write(&folder.join(path), text.as_bytes())?;
            }
            Drift::Stale(path) => std::fs::remove_file(folder.join(path)).map_err(|error| {
                Failure::usage(format!("cannot remove {shown}/{path}: {error}"))
            })?,
        }
    }
    let changed = drift.len();
    output::print(&format!(
        "{} pages in {shown}, {changed} of them changed\n",
        pages.len()
    ))?;
    Ok(0)
}
