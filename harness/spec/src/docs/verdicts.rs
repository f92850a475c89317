//! What stands below a clause: the cases that prove it, and which published
//! implementations pass them.

use std::collections::BTreeMap;

use conformance_model::{ClauseCoverage, Published, Standing};

use super::Book;
use super::text::{Here, code, plain};

/// The lines below a clause.
pub(super) fn proofs(book: &Book<'_>, here: Here<'_>, entry: &ClauseCoverage) -> String {
    let mut lines = Vec::new();
    if !entry.cases.is_empty() {
        let cases: Vec<String> = entry
            .cases
            .iter()
            .map(|id| match book.cases.get(id.as_str()) {
                Some(source) if !source.is_empty() => {
                    format!("[{}]({}{source})", code(id), here.root())
                }
                _ => code(id),
            })
            .collect();
        lines.push(format!("Cases: {}", cases.join(", ")));
        lines.extend(standings(book.input.published, &entry.cases));
    }
    for proof in &entry.elsewhere {
        lines.push(format!(
            "Proved by [{}]({}{}): {}",
            code(&proof.by),
            here.root(),
            proof.by,
            plain(&proof.why)
        ));
    }
    if lines.is_empty() {
        let why = if entry.clause.unstable {
            "No case yet: it is unstable."
        } else {
            "No case proves it."
        };
        lines.push(why.to_owned());
    }
    let mut out = String::new();
    for line in lines {
        out.push_str(&format!("  - {line}\n"));
    }
    out
}

/// Who passes the cases and who does not, on a line; none where nothing was
/// published since there are such cases.
fn standings(published: &[Published], cases: &[String]) -> Option<String> {
    let mut groups: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let published: Vec<&Published> = published
        .iter()
        .filter(|run| cases.iter().any(|case| run.knows_relatives_of(case)))
        .collect();
    for run in &published {
        let (group, note) = match run.standing(cases.iter().map(String::as_str)) {
            Standing::Passes => (0, String::new()),
            Standing::Fails(cases) => (1, noted(&cases)),
            Standing::NotDeclared => (2, String::new()),
            Standing::Unproved(cases) => (3, noted(&cases)),
        };
        let name = format!("{}{note}", plain(&run.label()));
        groups.entry(group).or_default().push(name);
    }
    let all = published.len();
    if groups.get(&0).is_some_and(|passing| passing.len() == all) {
        return Some(match all {
            1 => format!("Passes on: {}", groups.remove(&0)?.join(", ")),
            _ => format!("Passes on all {all} published implementations"),
        });
    }
    let words = ["Passes on", "fails on", "not declared by", "not proved on"];
    let told: Vec<String> = groups
        .into_iter()
        .map(|(group, names)| {
            let words = words.get(group).copied().unwrap_or_default();
            format!("{words}: {}", names.join(", "))
        })
        .collect();
    let mut line = told.join("; ");
    if let Some(first) = line.get(..1).map(str::to_ascii_uppercase) {
        line.replace_range(..1, &first);
    }
    Some(line).filter(|line| !line.is_empty())
}

fn noted(cases: &[String]) -> String {
    let first: Vec<String> = cases.iter().take(3).map(|id| code(id)).collect();
    let more = cases.len() - first.len();
    match more {
        0 => format!(" ({})", first.join(", ")),
        _ => format!(" ({} and {more} more)", first.join(", ")),
    }
}
