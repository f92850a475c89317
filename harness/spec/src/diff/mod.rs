//! What changed between two states of a specification: signatures with their class
//! for both sides, clauses, versions, and whose verdict is touched. It reads no file
//! and prints nothing.

mod clauses;
mod found;
mod items;
mod live;
mod oracle;
mod parts;
mod providers;
mod roles;
mod rows;
mod versions;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use conformance_model::{
    Case, Change, ChangeKind, Effect, PackageDiff, Published, SCHEMA_VERSION, SemverClass, SpecDiff,
};

use semver::Version;

use self::found::Found;
use crate::load::Wit;
use crate::prose;
use crate::shape::{self, Interface, Moved, Package, Shape, Structures};

/// What a diff is held against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The cases of the suite.
    pub cases: &'a [Case],
    /// Published runs.
    pub reports: &'a [Published],
}

/// Compares two states.
#[must_use]
pub fn diff(old: &Wit, new: &Wit, context: Context<'_>) -> SpecDiff {
    let mut structures = Structures::default();
    let sides = Sides::of(old, new, &mut structures);
    let clauses = clauses::compare(&sides, context.cases);
    let names: BTreeSet<&String> = sides
        .old
        .packages
        .keys()
        .chain(sides.new.packages.keys())
        .collect();
    let part = part(old, new);
    let mut packages = Vec::new();
    for name in names {
        let (was, is) = (sides.old.packages.get(name), sides.new.packages.get(name));
        let one_has_it = was.is_none() || is.is_none();
        if one_has_it && matches!(part, Part::OfOld | Part::OfNew) {
            continue;
        }
        let mut package = sides.package(name, was, is);
        package
            .changes
            .retain(|change| !part.leaves_out(change.kind));
        if let (Some(was), Some(is)) = (was, is) {
            package.changes.extend(part.version(name, was, is));
            if sides.have_docs() {
                package.rows = rows::compare(was, is, &clauses, context.cases);
            }
        }
        package.clauses = clauses.of(name);
        package.required = roles::required(&sides, &package);
        // A component is no state of a specification: its version is the one that it was
        // built for.
        if part == Part::All {
            package.missing = versions::missing(was, is, &package);
        }
        let version = |package: Option<&Package>| package.and_then(|p| p.version.clone());
        let same_version = version(was) == version(is);
        let nothing =
            package.changes.is_empty() && package.clauses.is_empty() && package.rows.is_empty();
        if !(nothing && same_version) {
            packages.push(package);
        }
    }
    let mut diff = SpecDiff {
        schema_version: SCHEMA_VERSION,
        old: old.label.clone(),
        new: new.label.clone(),
        packages,
        providers: Vec::new(),
        oracle_agrees: 0,
        oracle_disputes: Vec::new(),
        oracle_silent: Vec::new(),
        notes: [sides.notes(part), clauses.notes.clone()].concat(),
        problems: clauses.problems.clone(),
    };
    diff.providers = providers::touched(&diff, &sides, &clauses, context);
    oracle::ask(old, new, &sides, &mut structures, &mut diff);
    diff
}

/// What of two states is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All, as two states of one specification.
    All,
    /// All, and nothing is asked of versions.
    Unversioned,
    /// What the old one has, which is a component.
    OfOld,
    /// What the new one has, which is a component.
    OfNew,
}

impl Part {
    /// Whether a change only says that a component does not use something.
    fn leaves_out(self, kind: ChangeKind) -> bool {
        let added = |kind| {
            matches!(
                kind,
                ChangeKind::InterfaceAdded
                    | ChangeKind::WorldAdded
                    | ChangeKind::FunctionAdded
                    | ChangeKind::TypeAdded
            )
        };
        match self {
            Self::All | Self::Unversioned => false,
            Self::OfOld => added(kind),
            Self::OfNew => added(kind.mirrored()),
        }
    }
}

impl Part {
    /// What it means that a package has another version. It is part of the names that
    /// components import and export; between two states of a specification the step
    /// alone is judged, where there is one.
    fn version(self, name: &str, was: &Package, is: &Package) -> Option<Change> {
        let counts = self != Self::All || was.version.is_some() != is.version.is_some();
        let versions = (was.version.clone(), is.version.clone());
        another_version(name, Some(versions.0), Some(versions.1)).filter(|_| counts)
    }
}

fn part(old: &Wit, new: &Wit) -> Part {
    match (old.is_component, new.is_component) {
        (false, false) => Part::All,
        (true, true) => Part::Unversioned,
        (true, false) => Part::OfOld,
        (false, true) => Part::OfNew,
    }
}

/// Both states.
struct Sides {
    old: Shape,
    new: Shape,
    /// Resources that the new one has elsewhere.
    moved: Moved,
}

impl Sides {
    fn of(old: &Wit, new: &Wit, structures: &mut Structures) -> Self {
        let none = Moved::new();
        let was = shape::shape(old, new, structures, &none);
        let is = shape::shape(new, old, structures, &none);
        let moved = shape::moved(&was, &is);
        Self {
            new: if moved.is_empty() {
                is
            } else {
                shape::shape(new, old, structures, &moved)
            },
            old: was,
            moved,
        }
    }

    /// Whether comments and gates can be compared.
    fn have_docs(&self) -> bool {
        self.old.has_docs && self.new.has_docs
    }

    fn notes(&self, part: Part) -> Vec<String> {
        let mut notes = Vec::new();
        if matches!(part, Part::OfOld | Part::OfNew) {
            notes.push(
                "one of the two is a component: what it does not use is not compared".to_owned(),
            );
        }
        if !self.have_docs() && (self.old.has_docs || self.new.has_docs) {
            let which = if self.old.has_docs { "new" } else { "old" };
            notes.push(format!(
                "the {which} state has neither comments nor gates: these are not compared"
            ));
        }
        notes
    }

    /// Whether a type, by its full name, is in what is compared.
    fn is_compared(&self, name: &str) -> bool {
        let package = name.split('/').next().unwrap_or_default();
        self.old.packages.contains_key(package) || self.new.packages.contains_key(package)
    }

    fn package(&self, name: &str, was: Option<&Package>, is: Option<&Package>) -> PackageDiff {
        let empty = Package::default();
        let mut changes = Vec::new();
        match (was, is) {
            (None, Some(_)) => changes.push(whole(ChangeKind::PackageAdded, name, false)),
            (Some(_), None) => changes.push(whole(ChangeKind::PackageRemoved, name, true)),
            _ => {}
        }
        if let (Some(was), Some(is)) = (was, is)
            && self.have_docs()
            && commentary(&rows::without(&was.docs)) != commentary(&rows::without(&is.docs))
        {
            let mut found = Found::new(self, String::new());
            found.item(ChangeKind::DocsChanged, None, None, Effect::default());
            changes.append(&mut found.changes);
        }
        let (was_in, is_in) = (was.unwrap_or(&empty), is.unwrap_or(&empty));
        // What lies elsewhere is told where it is imported.
        if let (Some(was), Some(is)) = (was, is) {
            for (used, before) in was.uses.iter().filter(|(used, _)| self.is_compared(used)) {
                let after = is.uses.get(used).cloned();
                changes.extend(another_version(used, Some(before.clone()), after));
            }
        }
        // What came or went with its package is told by that.
        if was.is_some() && is.is_some() {
            self.interfaces(&was_in.interfaces, &is_in.interfaces, &mut changes);
            worlds::compare(self, was_in, is_in, &mut changes);
        }
        let mentions = self.mentions();
        for change in &mut changes {
            if let Some(item) = &change.item {
                let key = format!("{name}/{}.{item}", change.place);
                change.used_by = self.users(&key, &mentions);
            }
        }
        let version = |package: Option<&Package>| Some(package?.version.as_ref()?.to_string());
        PackageDiff {
            name: name.to_owned(),
            old_version: version(was),
            new_version: version(is),
            changes,
            clauses: Vec::new(),
            rows: Vec::new(),
            required: SemverClass::None,
            missing: None,
        }
    }

    fn interfaces(
        &self,
        old: &BTreeMap<String, Interface>,
        new: &BTreeMap<String, Interface>,
        changes: &mut Vec<Change>,
    ) {
        for (name, was) in old {
            let mut found = Found::new(self, name.clone());
            match new.get(name) {
                Some(is) => items::interface(was, is, &BTreeSet::new(), &mut found),
                None => {
                    found.at(None, was.gate.is_unstable());
                    let kind = ChangeKind::InterfaceRemoved;
                    found.item(kind, Some(listed(was)), None, items::LESS);
                }
            }
            changes.append(&mut found.changes);
        }
        for (name, is) in new {
            if !old.contains_key(name) {
                let mut found = Found::new(self, name.clone());
                found.at(None, is.gate.is_unstable());
                let kind = ChangeKind::InterfaceAdded;
                found.item(kind, None, Some(listed(is)), items::MORE);
                changes.append(&mut found.changes);
            }
        }
    }

    /// The items that speak of a type, by either name if it moved.
    fn users(&self, name: &str, mentions: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let mut names = BTreeSet::from([name]);
        for (is, was) in &self.moved {
            if is == name || was == name {
                names.extend([is.as_str(), was.as_str()]);
            }
        }
        let users = names.iter().filter_map(|&name| mentions.get(name));
        let users: BTreeSet<&String> = users
            .flatten()
            .filter(|user| !names.contains(user.as_str()))
            .collect();
        users.into_iter().cloned().collect()
    }

    /// By the full name of a type the items of whatever interface that speak of it,
    /// in either state.
    fn mentions(&self) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (interface, shape) in self.old.interfaces.iter().chain(&self.new.interfaces) {
            for (name, item) in &shape.items {
                let user = format!("{interface}.{name}");
                for type_name in item.names().filter(|type_name| **type_name != user) {
                    found
                        .entry(type_name.clone())
                        .or_default()
                        .insert(user.clone());
                }
            }
        }
        found
            .into_iter()
            .map(|(name, users)| (name, users.into_iter().collect()))
            .collect()
    }
}

/// What it means that something imports a package in another version; nothing where the
/// version stayed, or the package is not imported any more.
fn another_version(
    name: &str,
    before: Option<Option<Version>>,
    after: Option<Option<Version>>,
) -> Option<Change> {
    let (before, after) = (before?, after?);
    let written = |version: &Option<Version>| {
        let version = version.as_ref().map(|version| format!("@{version}"));
        format!("{name}{}", version.unwrap_or_default())
    };
    let kind = match (&before, &after) {
        (None, Some(_)) => ChangeKind::VersionAdded,
        (Some(_), None) => ChangeKind::VersionRemoved,
        _ => ChangeKind::DependencyVersion,
    };
    (before != after).then(|| Change {
        kind,
        place: String::new(),
        item: None,
        part: None,
        old: Some(written(&before)),
        new: Some(written(&after)),
        effect: worlds::step(before.as_ref(), after.as_ref()),
        unstable: false,
        used_by: Vec::new(),
    })
}

fn listed(interface: &Interface) -> String {
    let names: Vec<&str> = interface.items.keys().map(String::as_str).collect();
    names.join(", ")
}

fn whole(kind: ChangeKind, name: &str, old: bool) -> Change {
    let name = Some(name.to_owned());
    let (old, new, effect) = if old {
        (name, None, items::LESS)
    } else {
        (None, name, items::MORE)
    };
    Change {
        kind,
        place: String::new(),
        item: None,
        part: None,
        old,
        new,
        effect,
        unstable: false,
        used_by: Vec::new(),
    }
}

/// What a comment says beside its clauses, without its layout.
fn commentary(docs: &str) -> String {
    let words: Vec<String> = prose::parse(docs)
        .commentary
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    words.join(" ")
}
