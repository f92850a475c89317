//! The diff as a comment on a pull request.

use conformance_model::{PackageDiff, RowChange, SemverClass, SpecDiff};

use super::{
    Clause, TABLES, behind, classes_of, clauses, groups, place, rows, some, versions, words,
};
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
        out.push_str(
            "| provider | verdict | cases that it passes | others | no case can tell | \
             beyond a bound |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for risk in &diff.providers {
            out.push_str(&format!(
                "| {} | {} | {} | {} | {} | {} |\n",
                plain(&risk.provider),
                risk.conclusion,
                risk.passes.len(),
                codes(&risk.others),
                codes(&risk.unproved),
                plain(&risk.beyond.join("; ")),
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
            let class = classes_of(change.effect, change.unstable);
            let mut what = plain(&words(change));
            if !change.used_by.is_empty() && change.effect.importers == SemverClass::Major {
                what.push_str(&format!("; used by {}", codes(&change.used_by)));
            }
            let is = match &change.new {
                new if *new == change.old && new.is_some() => "the same".to_owned(),
                new => new.as_deref().map_or_else(String::new, code),
            };
            out.push_str(&format!(
                "| {} | {what} | {} | {is} | {class} |\n",
                code(&place(change)),
                change.old.as_deref().map_or_else(String::new, code),
            ));
        }
        out.push('\n');
    }
    if !package.clauses.is_empty() {
        out.push_str("#### clauses\n\n");
        for one in clauses(package) {
            clause(&one, out);
        }
        out.push('\n');
    }
    for (table, title) in TABLES {
        let changed = rows(package, table);
        if changed.is_empty() {
            continue;
        }
        out.push_str(&format!("#### {title}\n\n"));
        for changes in changed {
            row(changes, out);
        }
        out.push('\n');
    }
}

fn clause(clause: &Clause<'_>, out: &mut String) {
    let (id, class) = (plain(clause.id), classes_of(clause.effect, clause.unstable));
    out.push_str(&format!("- **{id}** {} ({class})\n", clause.words));
    if let Some((old, new)) = clause.texts {
        sides(("was", old), ("is", new), plain, out);
    }
    if let Some((old, new)) = clause.places {
        sides(("was at", old), ("is at", new), code, out);
    }
    proved(clause.cases, out);
}

fn row(changes: &[RowChange], out: &mut String) {
    let Some(first) = changes.first() else {
        return;
    };
    let (words, effect, unstable) = super::row(changes);
    let (id, class) = (code(&first.id), classes_of(effect, unstable));
    out.push_str(&format!("- **{id}** {words} ({class})\n"));
    for change in changes {
        let (old, new) = (change.old.as_deref(), change.new.as_deref());
        sides(("was", old), ("is", new), plain, out);
    }
    let clauses = behind(changes, |change| &change.clauses);
    if !clauses.is_empty() {
        out.push_str(&format!(
            "  - named by: {}\n",
            plain(&some(&clauses, NAMES))
        ));
    }
    proved(&behind(changes, |change| &change.cases), out);
}

type Side<'a> = (&'a str, Option<&'a str>);

fn sides(old: Side<'_>, new: Side<'_>, safe: fn(&str) -> String, out: &mut String) {
    for (word, text) in [old, new] {
        if let Some(text) = text {
            out.push_str(&format!("  - {word}: {}\n", safe(text)));
        }
    }
}

fn proved(cases: &[String], out: &mut String) {
    let cases = match cases.len() {
        0 => "no case".to_owned(),
        _ => codes(cases),
    };
    out.push_str(&format!("  - proved by: {cases}\n"));
}

/// Names as code.
fn codes(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().map(|name| code(name)).collect();
    some(&shown, NAMES)
}
