//! Who a package has to be careful with: the components that exist. Hosts follow a new
//! version when they choose to; a component that was built before has to go on.

use conformance_model::{ChangeKind, Effect, PackageDiff, SemverClass};

use super::Sides;
use crate::shape::{Entry, World};

/// How guests use an interface, as the worlds of both states say.
#[derive(Debug, Clone, Copy, Default)]
struct Role {
    imported: bool,
    exported: bool,
}

/// The step that the version has to take.
pub(super) fn required(sides: &Sides, package: &PackageDiff) -> SemverClass {
    let declarations = package
        .changes
        .iter()
        // What concerns the package itself says how its contents came or went.
        .filter(|change| !change.place.is_empty() || is_version(change.kind))
        .map(|change| class(sides, &package.name, &change.place, change.effect));
    let clauses = package.clauses.iter().map(|clause| {
        let state = clause.new.as_ref().or(clause.old.as_ref());
        let place = state.map_or("", |state| state.place.as_str());
        let interface = place.rsplit_once('/').map_or(place, |(_, item)| item);
        let interface = interface.split('.').next().unwrap_or_default();
        class(sides, &package.name, interface, clause.effect)
    });
    // Whoever calls relies on bounds and levels, whatever the worlds say.
    let rows = package.rows.iter().map(|row| row.effect.importers);
    declarations
        .chain(clauses)
        .chain(rows)
        .max()
        .unwrap_or_default()
}

fn is_version(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::DependencyVersion | ChangeKind::VersionAdded | ChangeKind::VersionRemoved
    )
}

/// The part of an effect that components notice.
fn class(sides: &Sides, package: &str, place: &str, effect: Effect) -> SemverClass {
    if place.is_empty() || place.starts_with("world ") {
        return effect.importers;
    }
    let role = role(sides, &format!("{package}/{place}"));
    let mut class = SemverClass::None;
    // An interface that no world has yet is there to be imported.
    if role.imported || !role.exported {
        class = effect.importers;
    }
    if role.exported {
        class = class.max(effect.exporters);
    }
    class
}

fn role(sides: &Sides, interface: &str) -> Role {
    let packages = sides
        .old
        .packages
        .values()
        .chain(sides.new.packages.values());
    let worlds = packages.flat_map(|package| package.worlds.values());
    let has = |entries: &std::collections::BTreeMap<String, Entry>| {
        entries
            .values()
            .any(|entry| matches!(entry, Entry::Interface { name, .. } if name == interface))
    };
    worlds.fold(Role::default(), |role, world: &World| Role {
        imported: role.imported || has(&world.imports),
        exported: role.exported || has(&world.exports),
    })
}
