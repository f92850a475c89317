//! A diff of specifications, for people: in a terminal and in a pull request. What is
//! shown, and in which order, is decided here once.

mod markdown;
mod text;

use conformance_model::{Change, ChangeKind, Effect, PackageDiff, SemverClass};

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
        ChangeKind::DependencyVersion => "another version of another package",
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
