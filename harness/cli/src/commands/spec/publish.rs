//! `conformance spec publish`: reports of runs go among the published ones.

use std::path::{Path, PathBuf};

use clap::Args;
use conformance_model::RunReport;
use conformance_report::published as written;
use conformance_spec::published::{self, PublishedError};

use super::checkout;
use crate::{Failure, output};

/// Put the report of each provider of a run into conformance/reports, in as few bytes
/// as its shape allows, with a page that says how to get it again. What the service
/// is, no report knows: implementation.toml says it, beside the report that is read,
/// where it will be published, or named with --implementation.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  conformance --provider redis --report-dir reports/redis
  conformance spec publish reports/redis --implementation redis.toml
  conformance spec publish reports/*/report.json

implementation.toml:
  schema = 1
  kind = \"open-source\"        # or cloud, emulator, reference
  family = \"redis\"            # two of one family are not independent
  organisation = \"Redis\"
  project = \"Redis\"
  url = \"https://redis.io\"
  licence = \"BSD-3-Clause\"    # of this version; needed for open-source
  note = \"...\"                # optional")]
pub(crate) struct PublishArgs {
    /// A report.json, or the folder that it is in.
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<PathBuf>,
    /// What the service is; for a report with one provider.
    #[arg(long, value_name = "FILE")]
    implementation: Option<PathBuf>,
    /// The root of a checkout [default: the current directory].
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

pub(crate) fn run(args: &PublishArgs) -> Result<u8, Failure> {
    let root = args.root.as_deref().unwrap_or(Path::new(""));
    if !root.join("conformance").is_dir() {
        let problem = match &args.root {
            Some(root) => format!("{} has no folder `conformance`", root.display()),
            None => "the current directory has no folder `conformance`".to_owned(),
        };
        return Err(Failure::usage(problem).help("name the root of a checkout with --root"));
    }
    for path in &args.reports {
        let path = if path.is_dir() {
            path.join(published::REPORT)
        } else {
            path.clone()
        };
        let report = published::report(&path).map_err(wrong)?;
        if let Some(reason) = published::objection(&report) {
            let problem = format!("{} is not to be published: {reason}", path.display());
            return Err(Failure::usage(problem).help("run all cases, in the usual way, to the end"));
        }
        if args.implementation.is_some() && report.providers.len() != 1 {
            let problem = format!("{} is about several providers", path.display());
            return Err(Failure::usage(problem)
                .help("--implementation describes one; publish reports of one provider each"));
        }
        for number in 0..report.providers.len() {
            output::print(&one(args, root, &path, &report, number)?)?;
        }
    }
    Ok(0)
}

/// Publishes what a report says of one of its providers; returns what to tell.
fn one(
    args: &PublishArgs,
    root: &Path,
    path: &Path,
    report: &RunReport,
    number: usize,
) -> Result<String, Failure> {
    let alone = RunReport {
        providers: report.providers.get(number).cloned().into_iter().collect(),
        ..report.clone()
    };
    let name = alone
        .providers
        .first()
        .map_or("", |provider| &provider.provider.name);
    let Some(version) = published::spec_version(report) else {
        let problem = format!(
            "{} does not say against what it was measured",
            path.display()
        );
        return Err(Failure::usage(problem));
    };
    let folder = root
        .join(published::REPORTS)
        .join(version)
        .join(published::folder_name(name));
    let beside = path.with_file_name(published::IMPLEMENTATION);
    let there = folder.join(published::IMPLEMENTATION);
    let facts = args.implementation.clone().unwrap_or_else(|| {
        if beside.exists() {
            beside
        } else {
            there.clone()
        }
    });
    if !facts.exists() {
        let problem = format!(
            "nothing says what {name} is: there is no {}",
            facts.display()
        );
        return Err(
            Failure::usage(problem).help("`conformance spec publish --help` shows what it holds")
        );
    }
    let implementation = published::implementation(&facts).map_err(wrong)?;
    let readme = written::readme(&alone, &implementation);
    let json = written::json(&alone.slim()).map_err(Failure::harness)?;
    if facts != there {
        let failed = |error: std::io::Error| {
            Failure::usage(format!("cannot read {}: {error}", facts.display()))
        };
        checkout::write(&there, &std::fs::read(&facts).map_err(failed)?)?;
    }
    checkout::write(&folder.join(published::REPORT), json.as_bytes())?;
    checkout::write(&folder.join(published::README), readme.as_bytes())?;
    Ok(format!("{}, {} bytes\n", folder.display(), json.len()))
}

fn wrong(error: PublishedError) -> Failure {
    Failure::usage(error)
        .help("a report is the report.json that `conformance run --report-dir DIR` wrote")
}
