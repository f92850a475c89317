//! `conformance matrix`: reports of several runs side by side.

use conformance_model::{Matrix, RunReport};
use conformance_report::{json, markdown, tty};

use crate::args::{ListFormat, MatrixArgs};
use crate::{Failure, output};

pub(crate) fn run(args: &MatrixArgs) -> Result<u8, Failure> {
    let mut reports: Vec<RunReport> = Vec::new();
    for file in &args.reports {
        let wrong = |error: &dyn std::fmt::Display| {
            Failure::usage(format!("{}: {error}", file.display()))
                .help("name the report.json that `conformance run --report-dir DIR` wrote")
        };
        let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
        reports.push(json::parse(&text).map_err(|error| wrong(&error))?);
    }
    if let Some(other) = reports.iter().position(|one| one.suite != reports[0].suite) {
        output::notice(&format!(
            "{} is of another suite than {}: the same cell need not stand for the same cases",
            args.reports[other].display(),
            args.reports[0].display(),
        ));
    }
    let matrix = Matrix::fold(&reports);
    let text = match args.format {
        ListFormat::Text => tty::matrix(&matrix, output::width()),
        ListFormat::Md => markdown::matrix(&matrix),
        ListFormat::Json => {
            let value = serde_json::to_value(&matrix).map_err(Failure::harness)?;
            super::list::pretty(&value)?
        }
    };
    output::print(&text)?;
    Ok(0)
}
