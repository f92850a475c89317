//! The diff as a comment on a pull request.

use conformance_model::{ClauseChange, PackageDiff, SemverClass, SpecDiff};

use super::text::kind;
use super::{classes, groups, place, some, versions, words};
use crate::text::{code, markdown as plain};

/// How many names of a list are shown.
const NAMES: usize = 8;

/// The whole diff.
#[must_use]
pub fn markdown(diff: &SpecDiff) -> String {
    let mut out = String::from("## What this change of the specification means\n\n");
    if diff.is_empty() {
        out.push_str("Nothing differs.\n");
    }
    for problem in &diff.problems {
        out.push_str(&format!("- **Error:** {}\n", plain(problem)));
    }
    for package in &diff.packages {
        if let Some(missing) = &package.missing {
            let suggestion = missing.suggestion.as_ref();
            let suggestion =
                suggestion.map_or_else(String::new, |s| format!("; {} would do", code(s)));
            let name = code(&package.name);
            let message = plain(&missing.message);
            out.push_str(&format!("- **Error:** {name}: {message}{suggestion}\n"));
        }
    }
    if diff.is_red() {
        out.push('\n');
    }
    for one in &diff.packages {
        package(one, &mut out);
    }
    if !diff.providers.is_empty() {
        out.push_str("### Published verdicts at risk\n\n");
        out.push_str("| provider | verdict | cases that it passes | others | no case can tell |\n");
        out.push_str("| --- | --- | --- | --- | --- |\n");
        for risk in &diff.providers {
            out.push_str(&format!(
                "| {} | {} | {} | {} | {} |\n",
                plain(&risk.provider),
                risk.conclusion,
                risk.passes.len(),
                codes(&risk.others),
                codes(&risk.unproved)
            ));
        }
        out.push('\n');
    }
    for note in &diff.notes {
        out.push_str(&format!("> {}\n\n", plain(note)));
    }
    for dispute in &diff.oracle_disputes {
        let words = dispute.words.as_deref().unwrap_or("compatible");
        out.push_str(&format!(
            "- **Disputed** by `semver_check`, asked about {}: {}\n",
            code(&dispute.question),
            plain(words)
        ));
    }
    if diff.oracle_agrees > 0 {
        out.push_str(&format!(
            "`semver_check` of wit-component agrees on {} questions.\n",
            diff.oracle_agrees
        ));
    }
    out
}

fn package(package: &PackageDiff, out: &mut String) {
    let name = code(&package.name);
    out.push_str(&format!("### {name} {}\n\n", plain(&versions(package))));
    if package.required > SemverClass::None {
        let class = package.required.as_str();
        out.push_str(&format!("For components that exist: **{class}**.\n\n"));
    }
    for (title, changes) in groups(package) {
        out.push_str(&format!(
            "#### {title}\n\n| where | what | was | is | class |\n"
        ));
        out.push_str("| --- | --- | --- | --- | --- |\n");
        for change in changes {
            let class = if change.unstable {
                "unstable".to_owned()
            } else {
                classes(change.effect)
            };
            let mut what = plain(&words(change));
            if !change.used_by.is_empty() && change.effect.importers == SemverClass::Major {
                what.push_str(&format!("; used by {}", codes(&change.used_by)));
            }
            out.push_str(&format!(
                "| {} | {what} | {} | {} | {class} |\n",
                code(&place(change)),
                change.old.as_deref().map_or_else(String::new, code),
                change.new.as_deref().map_or_else(String::new, code),
            ));
        }
        out.push('\n');
    }
    if !package.clauses.is_empty() {
        out.push_str("#### clauses\n\n");
        for change in &package.clauses {
            clause(change, out);
        }
        out.push('\n');
    }
}

fn clause(change: &ClauseChange, out: &mut String) {
    let class = if change.unstable {
        "unstable".to_owned()
    } else {
        classes(change.effect)
    };
    let id = plain(&change.id);
    out.push_str(&format!("- **{id}** {} ({class})\n", kind(change)));
    let moved = change.kind == conformance_model::ClauseChangeKind::Moved;
    for (word, state) in [("was", &change.old), ("is", &change.new)] {
        if let Some(state) = state {
            let text = if moved {
                code(&state.place)
            } else {
                plain(&state.text)
            };
            out.push_str(&format!("  - {word}: {text}\n"));
        }
    }
    let cases = match change.cases.len() {
        0 => "no case".to_owned(),
        _ => codes(&change.cases),
    };
    out.push_str(&format!("  - proved by: {cases}\n"));
}

/// Names as code.
fn codes(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().map(|name| code(name)).collect();
    some(&shown, NAMES)
}
