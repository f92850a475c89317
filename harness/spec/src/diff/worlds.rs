//! Worlds: what a component is built for and what a host provides.

use std::collections::BTreeMap;

use conformance_model::{Change, ChangeKind, Effect, SemverClass};
use semver::Version;

use super::found::Found;
use super::items::{self, LESS, MORE};
use super::live::Live;
use super::{Sides, commentary};
use crate::shape::{Entry, Interface, Item, Package, What, World};

/// Which way something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Import,
    Export,
}

impl Way {
    /// What importers and exporters of an interface notice, as guests and hosts of a
    /// world notice it.
    fn turned(self, effect: Effect) -> Effect {
        match self {
            Self::Import => effect,
            Self::Export => effect.mirrored(),
        }
    }
}

/// Compares the worlds of two states of a package.
pub(super) fn compare(sides: &Sides, old: &Package, new: &Package, changes: &mut Vec<Change>) {
    for (name, was) in &old.worlds {
        let mut found = Found::new(sides, format!("world {name}"));
        match new.worlds.get(name) {
            Some(is) => {
                world(sides, was, is, &mut found);
            }
            None => {
                found.at(None, was.gate.is_unstable());
                found.item(ChangeKind::WorldRemoved, Some(listed(was)), None, LESS);
            }
        }
        changes.append(&mut found.changes);
    }
    for (name, is) in &new.worlds {
        if !old.worlds.contains_key(name) {
            let mut found = Found::new(sides, format!("world {name}"));
            found.at(None, is.gate.is_unstable());
            found.item(ChangeKind::WorldAdded, None, Some(listed(is)), MORE);
            changes.append(&mut found.changes);
        }
    }
}

/// Whether a component for the old state goes on in the new one, by structure alone.
pub(super) fn is_compatible(sides: &Sides, old: &World, new: &World) -> bool {
    let mut found = Found::new(sides, String::new());
    let inner = world(sides, old, new, &mut found);
    found.structure.and(inner).importers < SemverClass::Major
}

/// Compares two states of a world. Returned is what the interfaces that it uses came to
/// be: that is told at those interfaces.
fn world(sides: &Sides, old: &World, new: &World, found: &mut Found<'_>) -> Effect {
    let unstable = old.gate.is_unstable() || new.gate.is_unstable();
    found.at(None, unstable);
    items::gates(&old.gate, &new.gate, found);
    if commentary(&old.docs) != commentary(&new.docs) {
        found.item(ChangeKind::DocsChanged, None, None, Effect::default());
    }
    let mut inner = Effect::default();
    let live = Live::of(&sides.old, old);
    for (way, was, is) in [
        (Way::Import, &old.imports, &new.imports),
        (Way::Export, &old.exports, &new.exports),
    ] {
        let both = Both {
            sides,
            live: &live,
            way,
        };
        inner = inner.and(both.entries(was, is, unstable, found));
    }
    inner
}

/// What two lists of imports or exports are compared with.
struct Both<'a> {
    sides: &'a Sides,
    /// What components for the old state import.
    live: &'a Live,
    way: Way,
}

impl Both<'_> {
    fn entries(
        &self,
        old: &BTreeMap<String, Entry>,
        new: &BTreeMap<String, Entry>,
        unstable: bool,
        found: &mut Found<'_>,
    ) -> Effect {
        let way = self.way;
        let (added, removed) = match way {
            Way::Import => (ChangeKind::ImportAdded, ChangeKind::ImportRemoved),
            Way::Export => (ChangeKind::ExportAdded, ChangeKind::ExportRemoved),
        };
        let mut inner = Effect::default();
        for (name, was) in old {
            match new.get(name) {
                Some(is) => {
                    found.at(Some(name), unstable || is_unstable(was) || is_unstable(is));
                    inner = inner.and(self.entry(was, is, found));
                }
                None => {
                    found.at(Some(name), unstable || is_unstable(was));
                    let before = found.structure;
                    found.item(removed, Some(written(was)), None, way.turned(LESS));
                    if way == Way::Import && !self.needs(was) {
                        found.structure = before;
                    }
                }
            }
        }
        for (name, is) in new {
            if !old.contains_key(name) {
                found.at(Some(name), unstable || is_unstable(is));
                found.item(added, None, Some(written(is)), way.turned(MORE));
            }
        }
        inner
    }

    fn entry(&self, was: &Entry, is: &Entry, found: &mut Found<'_>) -> Effect {
        let way = self.way;
        let nothing = Effect::default();
        match (was, is) {
            (
                Entry::Interface {
                    name,
                    version,
                    gate,
                },
                Entry::Interface {
                    version: new_version,
                    gate: new_gate,
                    ..
                },
            ) => {
                items::gates(gate, new_gate, found);
                let (effect, told) = self.inside(name);
                let (effect, told) = (way.turned(effect), way.turned(told));
                if self.sides.is_compared(name) {
                    return effect;
                }
                if version != new_version {
                    // By its name it is another import, whatever is in it. The structure
                    // is looked at apart.
                    let step = way.turned(step(version.as_ref(), new_version.as_ref()));
                    let before = found.structure;
                    found.item(
                        ChangeKind::DependencyVersion,
                        Some(written(was)),
                        Some(written(is)),
                        step,
                    );
                    found.structure = before;
                    return effect;
                }
                if told != nothing {
                    let kind = ChangeKind::WorldItemChanged;
                    let before = found.structure;
                    found.item(kind, Some(written(was)), Some(written(is)), told);
                    found.structure = before;
                }
                effect
            }
            (Entry::Inline(was), Entry::Inline(is)) => {
                let (effect, told) = self.compare_apart("", was, is);
                if told != nothing {
                    let (was, is) = (Some(items_of(was)), Some(items_of(is)));
                    let before = found.structure;
                    found.item(ChangeKind::WorldItemChanged, was, is, way.turned(told));
                    found.structure = before;
                }
                way.turned(effect)
            }
            (Entry::Item(before), Entry::Item(after)) => {
                items::gates(&before.gate, &after.gate, found);
                if number(before) != number(after) {
                    let breaks = Effect::both(SemverClass::Major);
                    found.whole(ChangeKind::WorldItemChanged, before, after, breaks);
                } else if before.written != after.written {
                    found.whole(ChangeKind::SpellingChanged, before, after, nothing);
                }
                nothing
            }
            _ => {
                let breaks = Effect::both(SemverClass::Major);
                let kind = ChangeKind::WorldItemChanged;
                found.item(kind, Some(written(was)), Some(written(is)), breaks);
                nothing
            }
        }
    }

    /// What became of an interface, wherever it is from: by structure, and as it is told.
    fn inside(&self, name: &str) -> (Effect, Effect) {
        let (old, new) = (
            self.sides.old.interfaces.get(name),
            self.sides.new.interfaces.get(name),
        );
        match (old, new) {
            (Some(old), Some(new)) => self.compare_apart(name, old, new),
            _ => Default::default(),
        }
    }

    fn compare_apart(&self, name: &str, old: &Interface, new: &Interface) -> (Effect, Effect) {
        let mut found = Found::new(self.sides, String::new());
        let used = self.live.types_of(name, old);
        items::interface(old, new, &used, &mut found);
        let told = found.changes.iter().map(|change| change.effect);
        let told = told.fold(found.structure, Effect::and);
        (found.structure, told)
    }

    /// Whether components import anything of what a world imports.
    fn needs(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Interface { name, .. } => {
                let interface = self.sides.old.interfaces.get(name);
                interface.is_none_or(|interface| self.live.needs(name, interface))
            }
            Entry::Inline(interface) => self.live.needs("", interface),
            Entry::Item(_) => true,
        }
    }
}

/// What another version in the name of an import means.
pub(super) fn step(old: Option<&Version>, new: Option<&Version>) -> Effect {
    let breaks = Effect::both(SemverClass::Major);
    let (Some(old), Some(new)) = (old, new) else {
        return breaks;
    };
    let track = |version: &Version| {
        (version.pre.is_empty()).then_some(match (version.major, version.minor) {
            (0, 0) => (0, 0, version.patch),
            (0, minor) => (0, minor, 0),
            (major, _) => (major, 0, 0),
        })
    };
    match (track(old), track(new)) {
        (Some(before), Some(after)) if before == after && old < new => MORE,
        (Some(before), Some(after)) if before == after => LESS,
        _ => breaks,
    }
}

fn number(item: &Item) -> u32 {
    match &item.what {
        What::Type(shape) => shape.structure,
        What::Function(shape) => shape.structure,
    }
}

fn is_unstable(entry: &Entry) -> bool {
    match entry {
        Entry::Interface { gate, .. } => gate.is_unstable(),
        Entry::Inline(interface) => interface.gate.is_unstable(),
        Entry::Item(item) => item.gate.is_unstable(),
    }
}

fn written(entry: &Entry) -> String {
    match entry {
        Entry::Interface {
            name,
            version: Some(version),
            ..
        } => format!("{name}@{version}"),
        Entry::Interface { name, .. } => name.clone(),
        Entry::Inline(interface) => format!("interface {{ {} }}", items_of(interface)),
        Entry::Item(item) => item.written.clone(),
    }
}

fn items_of(interface: &Interface) -> String {
    let items: Vec<&str> = interface
        .items
        .values()
        .map(|item| item.written.as_str())
        .collect();
    items.join("; ")
}

fn listed(world: &World) -> String {
    let imports = world.imports.values();
    let imports = imports.map(|entry| format!("import {}", written(entry)));
    let exports = world.exports.values();
    let exports = exports.map(|entry| format!("export {}", written(entry)));
    let all: Vec<String> = imports.chain(exports).collect();
    all.join(", ")
}
