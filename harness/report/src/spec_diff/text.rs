//! The diff in a terminal.

use anstyle::{AnsiColor, Style};
use conformance_model::{ClauseChange, PackageDiff, SemverClass, SpecDiff};

use super::{classes, groups, place, some, versions, words};
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
            if change.effect.importers != change.effect.exporters {
                line.push_str(&paint(DIM, &format!("  ({})", classes(change.effect))));
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
        for change in &package.clauses {
            clause(change, out);
        }
    }
    out.push('\n');
}

fn clause(change: &ClauseChange, out: &mut String) {
    let word = |state: &Option<conformance_model::ClauseState>| {
        state
            .as_ref()
            .and_then(|state| state.word)
            .map_or("", |word| word.as_str())
    };
    let mut line = format!("    {} {}", plain(&change.id), kind(change));
    let (before, after) = (word(&change.old), word(&change.new));
    if before != after && !before.is_empty() && !after.is_empty() {
        line.push_str(&format!(", {before} to {after}"));
    }
    let effect = if change.unstable {
        "unstable".to_owned()
    } else {
        classes(change.effect)
    };
    line.push_str(&paint(DIM, &format!("  ({effect})")));
    out.push_str(&format!("{line}\n"));
    let (was, is) = (change.old.as_ref(), change.new.as_ref());
    if change.kind == conformance_model::ClauseChangeKind::Moved {
        sides(
            was.map(|s| s.place.as_str()),
            is.map(|s| s.place.as_str()),
            out,
        );
    } else {
        sides(
            was.map(|s| s.text.as_str()),
            is.map(|s| s.text.as_str()),
            out,
        );
    }
    let cases = match change.cases.len() {
        0 => "no case proves it".to_owned(),
        _ => format!("proved by {}", some(&change.cases, NAMES)),
    };
    out.push_str(&format!("      {}\n", plain(&cases)));
}

/// What happened to a clause, in one word.
pub(super) fn kind(change: &ClauseChange) -> &'static str {
    use conformance_model::ClauseChangeKind as Kind;
    match change.kind {
        Kind::Added => "added",
        Kind::Removed => "removed",
        Kind::Strengthened => "strengthened",
        Kind::Weakened => "weakened",
        Kind::Reversed => "reversed",
        Kind::Moved => "moved",
        Kind::Reworded => "reworded",
        _ => "changed",
    }
}

fn sides(old: Option<&str>, new: Option<&str>, out: &mut String) {
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
