//! `conformance list`: the cases, or the clauses that no case proves.

use conformance_model::{Case, Clause, SCHEMA_VERSION};
use conformance_runner::Harness;

use crate::args::{ListArgs, ListFormat};
use crate::nearest::nearest;
use crate::selection::nothing_selected;
use crate::{Failure, output, setup};

pub(crate) fn run(args: &ListArgs) -> Result<u8, Failure> {
    let selection = args.selection.resolve()?;
    let harness = setup::block_on(args.suite.harness())??;
    if args.uncovered {
        return uncovered(&harness, args.format);
    }
    check(&harness, args)?;
    let cases = harness.suite.cases();
    let listed: Vec<&Case> = cases
        .iter()
        .filter(|case| selection.includes(case))
        .filter(|case| {
            let skip = selection.skip.as_ref();
            !skip.is_some_and(|skip| skip.matches(&case.id))
        })
        .filter(|case| {
            args.clause
                .as_ref()
                .is_none_or(|id| case.clauses.contains(id))
        })
        .filter(|case| args.feature.as_ref().is_none_or(|id| case.concerns(id)))
        .collect();
    if listed.is_empty() && !cases.iter().any(|case| selection.includes(case)) {
        return Err(nothing_selected(&args.selection, &selection, cases));
    }
    let text = match args.format {
        ListFormat::Text => text(&listed),
        ListFormat::Md => markdown(&listed),
        ListFormat::Json => json(&harness, &listed)?,
    };
    output::print(&text)?;
    Ok(0)
}

/// An id that does not exist selects nothing, which would look like an answer.
fn check(harness: &Harness, args: &ListArgs) -> Result<(), Failure> {
    let catalog = &harness.catalog;
    if let Some(id) = &args.clause
        && catalog.clause(id).is_none()
    {
        let ids = catalog.clauses().iter().map(|clause| clause.id.as_str());
        return Err(unknown("clause", id, nearest(id, ids)));
    }
    if let Some(id) = &args.feature
        && catalog.feature(id).is_none()
    {
        let ids = catalog.features().map(|feature| feature.id.as_str());
        return Err(unknown("feature", id, nearest(id, ids)));
    }
    Ok(())
}

fn unknown(what: &str, id: &str, near: Option<&str>) -> Failure {
    let failure = Failure::usage(format!("there is no {what} `{id}`"));
    match near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure,
    }
}

fn text(cases: &[&Case]) -> String {
    let widest = cases.iter().map(|case| case.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for case in cases {
        out.push_str(&format!(
            "{:widest$}  {:6}  {:11}  {}\n",
            case.id,
            case.level.word(),
            case.lane.as_str(),
            case.title
        ));
    }
    out.push_str(&match cases.len() {
        1 => "1 case\n".to_owned(),
        number => format!("{number} cases\n"),
    });
    out
}

fn markdown(cases: &[&Case]) -> String {
    let mut out = "| case | level | lane | what has to hold | clauses | needs |\n\
                   | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for case in cases {
        out.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} |\n",
            case.id,
            case.level.word(),
            case.lane.as_str(),
            case.title.replace('|', "\\|"),
            case.clauses.join(", "),
            case.requires.join(", ")
        ));
    }
    out
}

fn json(harness: &Harness, cases: &[&Case]) -> Result<String, Failure> {
    pretty(&serde_json::json!({
        "schema_version": SCHEMA_VERSION,
        "suite": harness.suite_info(),
        "cases": cases,
    }))
}

pub(crate) fn pretty(value: &serde_json::Value) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(Failure::harness)?;
    text.push('\n');
    Ok(text)
}

fn uncovered(harness: &Harness, format: ListFormat) -> Result<u8, Failure> {
    let clauses: Vec<&Clause> = harness.catalog.uncovered(harness.suite.cases());
    let text = match format {
        ListFormat::Json => pretty(&serde_json::json!({
            "schema_version": SCHEMA_VERSION,
            "uncovered": clauses,
        }))?,
        ListFormat::Md | ListFormat::Text => {
            let mut out = String::new();
            for clause in &clauses {
                let bullet = if matches!(format, ListFormat::Md) {
                    "- "
                } else {
                    ""
                };
                out.push_str(&format!(
                    "{bullet}{} wit/{}:{} {}\n",
                    clause.id, clause.file, clause.line, clause.text
                ));
            }
            out.push_str(&match clauses.len() {
                0 => "every clause of a stable interface is covered\n".to_owned(),
                number => format!("\n{number} clauses that no case proves\n"),
            });
            out
        }
    };
    output::print(&text)?;
    Ok(0)
}
