//! A diff of specifications, for people: in a terminal and in a pull request. What is
//! shown, and in which order, is decided here once.

mod markdown;
mod text;

use conformance_model::{
    Change, ChangeKind, ClauseChange, ClauseChangeKind, Effect, PackageDiff, RowChange,
    SemverClass, Table,
};

pub use markdown::markdown;
pub use text::text;

/// The changes of a package as readers want them: what breaks somebody first.
fn groups(package: &PackageDiff) -> Vec<(&'static str, Vec<&Change>)> {
    let worst = |change: &Change| change.effect.importers.max(change.effect.exporters);
    let mut groups = vec![
        ("breaks those who import", Vec::new()),
        ("breaks those who implement", Vec::new()),
        ("goes on for all", Vec::new()),
        ("unstable, free to change", Vec::new()),
        ("commentary and spelling", Vec::new()),
    ];
    for change in &package.changes {
        let place = if change.unstable {
            3
        } else if change.effect.importers == SemverClass::Major {
            0
        } else if worst(change) == SemverClass::Major {
            1
        } else if worst(change) > SemverClass::None {
            2
        } else {
            4
        };
        if let Some((_, changes)) = groups.get_mut(place) {
            changes.push(change);
        }
    }
    groups.retain(|(_, changes)| !changes.is_empty());
    groups
}

/// Where a change is: `store.get`, `world imports`, the package.
fn place(change: &Change) -> String {
    match (change.place.as_str(), &change.item) {
        ("", _) => "the package".to_owned(),
        (place, None) => place.to_owned(),
        (world, Some(item)) if world.starts_with("world ") => format!("{world}: {item}"),
        (place, Some(item)) => format!("{place}.{item}"),
    }
}

/// What happened, in words.
fn words(change: &Change) -> String {
    let part = change.part.as_deref().unwrap_or_default();
    let what = match change.kind {
        ChangeKind::PackageAdded => "new package",
        ChangeKind::PackageRemoved => "package removed",
        ChangeKind::InterfaceAdded => "new interface",
        ChangeKind::InterfaceRemoved => "interface removed",
        ChangeKind::WorldAdded => "new world",
        ChangeKind::WorldRemoved => "world removed",
        ChangeKind::ImportAdded => "new import",
        ChangeKind::ImportRemoved => "import removed",
        ChangeKind::ExportAdded => "new export",
        ChangeKind::ExportRemoved => "export removed",
        ChangeKind::WorldItemChanged => "changed",
        ChangeKind::DependencyVersion => "another version of what it uses",
        ChangeKind::VersionAdded => "a version in the names of its interfaces",
        ChangeKind::VersionRemoved => "no version in the names of its interfaces any more",
        ChangeKind::DependencyChanged => "a type of another package changed",
        ChangeKind::FunctionAdded => "new function",
        ChangeKind::FunctionRemoved => "function removed",
        ChangeKind::AsyncAdded => "became async",
        ChangeKind::AsyncRemoved => "no longer async",
        ChangeKind::FunctionKindChanged => "called in another way",
        ChangeKind::ParameterAdded => return format!("new parameter {part}"),
        ChangeKind::ParameterRemoved => return format!("parameter {part} removed"),
        ChangeKind::ParameterRenamed => "parameter renamed",
        ChangeKind::ParametersReordered => "parameters in another order",
        ChangeKind::ParameterType => return format!("another type of parameter {part}"),
        ChangeKind::ResultType => "another result",
        ChangeKind::TypeAdded => "new type",
        ChangeKind::TypeRemoved => "type removed",
        ChangeKind::TypeKindChanged => "another kind of type",
        ChangeKind::TypeTargetChanged => "alias of another type",
        ChangeKind::TypeMoved => "at home in another interface",
        ChangeKind::PartAdded => return format!("{part} added"),
        ChangeKind::PartRemoved => return format!("{part} removed"),
        ChangeKind::PartRenamed => "part renamed",
        ChangeKind::PartsReordered => "parts in another order",
        ChangeKind::PartType => return format!("{part} of another type"),
        ChangeKind::Stabilised => "became stable",
        ChangeKind::Destabilised => "became unstable",
        ChangeKind::Deprecated => "deprecated",
        ChangeKind::Undeprecated => "no longer deprecated",
        ChangeKind::GateChanged => "another gate",
        ChangeKind::SpellingChanged => "the same in another spelling",
        ChangeKind::DocsChanged => "commentary changed",
        _ => "changed",
    };
    what.to_owned()
}

/// The classes of both sides: `major for importers and exporters`.
fn classes(effect: Effect) -> String {
    let (importers, exporters) = (effect.importers.as_str(), effect.exporters.as_str());
    if importers == exporters {
        format!("{importers} for both sides")
    } else {
        format!("{importers} to import, {exporters} to implement")
    }
}

/// The same, or that it has none.
fn classes_of(effect: Effect, unstable: bool) -> String {
    if unstable {
        "unstable".to_owned()
    } else {
        classes(effect)
    }
}

/// What became of something, in one word.
fn became(kind: ClauseChangeKind) -> &'static str {
    match kind {
        ClauseChangeKind::Added => "added",
        ClauseChangeKind::Removed => "removed",
        ClauseChangeKind::Strengthened => "strengthened",
        ClauseChangeKind::Weakened => "weakened",
        ClauseChangeKind::Reversed => "reversed",
        ClauseChangeKind::Moved => "moved",
        ClauseChangeKind::Reworded => "reworded",
        _ => "changed",
    }
}

/// All that became of one clause or row, and its class for both sides.
fn all_of(
    changes: impl Iterator<Item = (ClauseChangeKind, Effect, bool)>,
) -> (String, Effect, bool) {
    let (mut words, mut effect, mut unstable) = (Vec::new(), Effect::default(), false);
    for (kind, of_one, is_unstable) in changes {
        words.push(became(kind));
        effect = effect.and(of_one);
        unstable |= is_unstable;
    }
    words.dedup();
    (words.join(", "), effect, unstable)
}

/// A clause with all that happened to it: a clause can be weakened, moved and reworded
/// at once, and is read once.
struct Clause<'a> {
    id: &'a str,
    /// `weakened, moved, MUST to SHOULD`.
    words: String,
    effect: Effect,
    unstable: bool,
    /// Its sentences, unless it only moved.
    texts: Option<(Option<&'a str>, Option<&'a str>)>,
    /// Where it stood and stands, if it moved.
    places: Option<(Option<&'a str>, Option<&'a str>)>,
    cases: &'a [String],
}

/// The clauses of a package that changed.
fn clauses(package: &PackageDiff) -> Vec<Clause<'_>> {
    let changes = package.clauses.chunk_by(|a, b| a.id == b.id);
    changes.filter_map(clause).collect()
}

fn clause(changes: &[ClauseChange]) -> Option<Clause<'_>> {
    let first = changes.first()?;
    let all = changes
        .iter()
        .map(|one| (one.kind, one.effect, one.unstable));
    let (mut words, effect, unstable) = all_of(all);
    let (old, new) = (first.old.as_ref(), first.new.as_ref());
    let word = |state: Option<&conformance_model::ClauseState>| state.and_then(|state| state.word);
    if let (Some(before), Some(after)) = (word(old), word(new))
        && before != after
    {
        words.push_str(&format!(", {} to {}", before.as_str(), after.as_str()));
    }
    let moved = |change: &ClauseChange| change.kind == ClauseChangeKind::Moved;
    let texts = (
        old.map(|state| state.text.as_str()),
        new.map(|state| state.text.as_str()),
    );
    let places = (
        old.map(|state| state.place.as_str()),
        new.map(|state| state.place.as_str()),
    );
    Some(Clause {
        id: &first.id,
        words,
        effect,
        unstable,
        texts: (!changes.iter().all(moved)).then_some(texts),
        places: changes.iter().any(moved).then_some(places),
        cases: &first.cases,
    })
}

/// The rows of a table that changed, those of one id together.
fn rows(package: &PackageDiff, table: Table) -> Vec<&[RowChange]> {
    let changes = package
        .rows
        .chunk_by(|a, b| (a.table, &a.id) == (b.table, &b.id));
    let of_table = |changes: &&[RowChange]| changes.iter().all(|one| one.table == table);
    changes.filter(of_table).collect()
}

/// All that became of one row.
fn row(changes: &[RowChange]) -> (String, Effect, bool) {
    all_of(
        changes
            .iter()
            .map(|one| (one.kind, one.effect, one.unstable)),
    )
}

/// What speaks of a row, and what proves that.
fn behind<'a>(changes: &'a [RowChange], names: fn(&'a RowChange) -> &'a [String]) -> Vec<String> {
    let mut all: Vec<String> = changes.iter().flat_map(names).cloned().collect();
    all.sort();
    all.dedup();
    all
}

/// The tables, with their titles.
const TABLES: [(Table, &str); 2] = [(Table::Features, "features"), (Table::Limits, "limits")];

/// `0.1.0 to 0.2.0`, `new`, `removed`.
fn versions(package: &PackageDiff) -> String {
    let came = package
        .changes
        .iter()
        .any(|c| c.kind == ChangeKind::PackageAdded);
    let went = package
        .changes
        .iter()
        .any(|c| c.kind == ChangeKind::PackageRemoved);
    match (&package.old_version, &package.new_version) {
        (None, Some(new)) if came => format!("{new}, new"),
        (Some(old), None) if went => format!("{old}, removed"),
        (Some(old), Some(new)) if old == new => old.clone(),
        (Some(old), Some(new)) => format!("{old} to {new}"),
        (None, Some(new)) => format!("without a version to {new}"),
        (Some(old), None) => format!("{old} to no version"),
        (None, None) if came => "new".to_owned(),
        (None, None) if went => "removed".to_owned(),
        (None, None) => "without a version".to_owned(),
    }
}

/// A list that says how long it is rather than going on.
fn some(names: &[String], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(String::as_str).collect();
    match names.len().checked_sub(most) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}
