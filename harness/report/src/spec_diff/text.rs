//! The diff in a terminal.

use anstyle::{AnsiColor, Style};
use conformance_model::{Effect, PackageDiff, RowChange, SemverClass, SpecDiff};

use super::{
    Clause, TABLES, behind, classes_of, clauses, groups, place, rows, some, versions, words,
};
use crate::table::paint;
use crate::text::plain;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();

/// How many names of a list are shown.
const NAMES: usize = 6;

/// The whole diff.
#[must_use]
pub fn text(diff: &SpecDiff) -> String {
    let mut out = String::new();
    if diff.is_empty() {
        out.push_str("no difference\n");
    }
    for one in &diff.packages {
        package(one, &mut out);
    }
    if !diff.providers.is_empty() {
        out.push_str(&format!("{}\n", paint(BOLD, "published verdicts at risk")));
        for risk in &diff.providers {
            let passes = risk.passes.len();
            let mut line = format!(
                "  {}, {}: {passes} cases that it passes",
                plain(&risk.provider),
                risk.conclusion
            );
            if !risk.others.is_empty() {
                line.push_str(&format!(", {} that it does not", risk.others.len()));
            }
            if !risk.unproved.is_empty() {
                let unproved = some(&risk.unproved, NAMES);
                line.push_str(&format!("; no case can tell yet of {}", plain(&unproved)));
            }
            for beyond in &risk.beyond {
                line.push_str(&format!("; {}", plain(beyond)));
            }
            out.push_str(&format!("{line}\n"));
        }
        out.push('\n');
    }
    for problem in &diff.problems {
        out.push_str(&format!("{} {}\n", paint(RED, "error:"), plain(problem)));
    }
    for note in &diff.notes {
        out.push_str(&format!("note: {}\n", plain(note)));
    }
    oracle(diff, &mut out);
    out
}

fn package(package: &PackageDiff, out: &mut String) {
    let head = format!("{} {}", package.name, versions(package));
    out.push_str(&format!("{}\n", paint(BOLD, &plain(&head))));
    match &package.missing {
        Some(missing) => {
            let suggestion = missing.suggestion.as_ref();
            let suggestion = suggestion.map_or_else(String::new, |s| format!("; {s} would do"));
            out.push_str(&format!(
                "  {} {}{suggestion}\n",
                paint(RED, "error:"),
                plain(&missing.message)
            ));
        }
        None => {
            let required = package.required;
            if required > SemverClass::None {
                out.push_str(&format!("  {} for components\n", required.as_str()));
            }
        }
    }
    for (title, changes) in groups(package) {
        out.push_str(&format!("\n  {title}\n"));
        let widest = changes.iter().map(|change| place(change).chars().count());
        let widest = widest.max().unwrap_or_default().min(40);
        for change in changes {
            let place = plain(&place(change));
            let mut line = format!("    {place:widest$}  {}", plain(&words(change)));
            if change.effect != Effect::default() {
                line.push_str(&class(change.effect, change.unstable));
            }
            out.push_str(&format!("{line}\n"));
            sides(change.old.as_deref(), change.new.as_deref(), out);
            if !change.used_by.is_empty() && change.effect.importers == SemverClass::Major {
                let users = some(&change.used_by, NAMES);
                out.push_str(&format!("      used by {}\n", plain(&users)));
            }
        }
    }
    if !package.clauses.is_empty() {
        out.push_str("\n  clauses\n");
        for one in clauses(package) {
            clause(&one, out);
        }
    }
    for (table, title) in TABLES {
        let changed = rows(package, table);
        if !changed.is_empty() {
            out.push_str(&format!("\n  {title}\n"));
        }
        for changes in changed {
            row(changes, out);
        }
    }
    out.push('\n');
}

fn clause(clause: &Clause<'_>, out: &mut String) {
    let mut line = format!("    {} {}", plain(clause.id), clause.words);
    line.push_str(&class(clause.effect, clause.unstable));
    out.push_str(&format!("{line}\n"));
    for (old, new) in [clause.texts, clause.places].into_iter().flatten() {
        sides(old, new, out);
    }
    proved(clause.cases, out);
}

fn row(changes: &[RowChange], out: &mut String) {
    let Some(first) = changes.first() else {
        return;
    };
    let (words, effect, unstable) = super::row(changes);
    let mut line = format!("    {} {words}", plain(&first.id));
    line.push_str(&class(effect, unstable));
    out.push_str(&format!("{line}\n"));
    for change in changes {
        sides(change.old.as_deref(), change.new.as_deref(), out);
    }
    let clauses = behind(changes, |change| &change.clauses);
    if !clauses.is_empty() {
        out.push_str(&format!(
            "      named by {}\n",
            plain(&some(&clauses, NAMES))
        ));
    }
    proved(&behind(changes, |change| &change.cases), out);
}

fn class(effect: Effect, unstable: bool) -> String {
    paint(DIM, &format!("  ({})", classes_of(effect, unstable)))
}

fn proved(cases: &[String], out: &mut String) {
    let cases = match cases.len() {
        0 => "no case proves it".to_owned(),
        _ => format!("proved by {}", some(cases, NAMES)),
    };
    out.push_str(&format!("      {}\n", plain(&cases)));
}

fn sides(old: Option<&str>, new: Option<&str>, out: &mut String) {
    // What reads the same on both sides means something else now.
    if let (Some(old), Some(new)) = (old, new)
        && old == new
    {
        return out.push_str(&format!("      = {}\n", plain(old)));
    }
    for (mark, style, text) in [("-", RED, old), ("+", GREEN, new)] {
        if let Some(text) = text {
            let line = format!("{mark} {}", plain(text));
            out.push_str(&format!("      {}\n", paint(style, &line)));
        }
    }
}

fn oracle(diff: &SpecDiff, out: &mut String) {
    for dispute in &diff.oracle_disputes {
        let says = match &dispute.words {
            None => "takes for compatible what is called breaking here".to_owned(),
            Some(words) => format!("refuses what is called compatible here: {}", plain(words)),
        };
        out.push_str(&format!(
            "{} semver_check of wit-component, asked about {}, {says}\n",
            paint(RED, "disputed:"),
            plain(&dispute.question)
        ));
    }
    for silent in &diff.oracle_silent {
        out.push_str(&format!(
            "note: semver_check cannot be asked: {}\n",
            plain(silent)
        ));
    }
    if diff.oracle_agrees > 0 {
        let questions = match diff.oracle_agrees {
            1 => "1 question".to_owned(),
            number => format!("{number} questions"),
        };
        out.push_str(&format!(
            "semver_check of wit-component agrees on {questions}\n"
        ));
    }
}
