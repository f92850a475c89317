//! What was found at one place: changes with what they mean, and what they mean for
//! the structure alone, whatever gates and comments say.

use conformance_model::{Change, ChangeKind, Effect, SemverClass};

use super::Sides;
use crate::shape::{Item, What};

/// Whether a change of this kind is one of a type itself.
fn is_of_type(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::TypeAdded
            | ChangeKind::TypeRemoved
            | ChangeKind::TypeKindChanged
            | ChangeKind::TypeTargetChanged
            | ChangeKind::TypeMoved
            | ChangeKind::PartAdded
            | ChangeKind::PartRemoved
            | ChangeKind::PartRenamed
            | ChangeKind::PartsReordered
            | ChangeKind::PartType
    )
}

/// What was found at one place.
pub(super) struct Found<'a> {
    sides: &'a Sides,
    place: String,
    item: Option<String>,
    unstable: bool,
    pub(super) changes: Vec<Change>,
    /// What the changes of structure mean, whatever the gates say.
    pub(super) structure: Effect,
}

impl<'a> Found<'a> {
    pub(super) fn new(sides: &'a Sides, place: String) -> Self {
        Self {
            sides,
            place,
            item: None,
            unstable: false,
            changes: Vec::new(),
            structure: Effect::default(),
        }
    }

    /// From here on an item of the place is meant, or the place itself.
    pub(super) fn at(&mut self, item: Option<&String>, unstable: bool) {
        self.item = item.cloned();
        self.unstable = unstable;
    }

    /// Components that import this do not find it any more.
    pub(super) fn importers_break(&mut self) {
        let breaks = Effect::new(SemverClass::Major, SemverClass::None);
        self.structure = self.structure.and(breaks);
    }

    /// A change of the item.
    pub(super) fn item(
        &mut self,
        kind: ChangeKind,
        old: Option<String>,
        new: Option<String>,
        effect: Effect,
    ) {
        self.push(kind, None, old, new, effect);
    }

    /// A change of a part of it.
    pub(super) fn part(
        &mut self,
        kind: ChangeKind,
        part: &str,
        old: Option<String>,
        new: Option<String>,
        effect: Effect,
    ) {
        self.push(kind, Some(part.to_owned()), old, new, effect);
    }

    /// A change that both declarations show best.
    pub(super) fn whole(&mut self, kind: ChangeKind, old: &Item, new: &Item, effect: Effect) {
        self.item(
            kind,
            Some(old.written.clone()),
            Some(new.written.clone()),
            effect,
        );
    }

    /// A declaration that stayed as it was, while a type that it speaks of became
    /// another. That is told at the type, where the type is compared, too.
    pub(super) fn echo<'n>(
        &mut self,
        names: impl Iterator<Item = &'n String>,
        old: &Item,
        new: &Item,
    ) {
        let breaks = Effect::both(SemverClass::Major);
        let structure = match new.what {
            What::Type(_) => Effect::new(SemverClass::None, SemverClass::Major),
            What::Function(_) => breaks,
        };
        let structure = self.structure.and(structure);
        let mut elsewhere = names.filter(|name| !self.sides.is_compared(name));
        if elsewhere.next().is_some() {
            let told = |change: &Change| {
                change.kind == ChangeKind::DependencyChanged && change.item == self.item
            };
            if !self.changes.iter().any(told) {
                self.whole(ChangeKind::DependencyChanged, old, new, breaks);
            }
        }
        self.structure = structure;
    }

    /// A change of a gate, which is no change of structure, and counts though the
    /// item is or was unstable.
    pub(super) fn gate(
        &mut self,
        kind: ChangeKind,
        old: Option<String>,
        new: Option<String>,
        effect: Effect,
    ) {
        if !self.sides.have_docs() {
            return;
        }
        let (structure, unstable) = (self.structure, self.unstable);
        self.unstable = false;
        self.push(kind, None, old, new, effect);
        self.structure = structure;
        self.unstable = unstable;
    }

    fn push(
        &mut self,
        kind: ChangeKind,
        part: Option<String>,
        old: Option<String>,
        new: Option<String>,
        effect: Effect,
    ) {
        if kind == ChangeKind::DocsChanged && !self.sides.have_docs() {
            return;
        }
        // A component imports types for the sake of functions: what a type became is
        // noticed at these, and a type that no function uses is not there. Whoever
        // exports an interface exports its types.
        let structure = if is_of_type(kind) {
            Effect::new(SemverClass::None, effect.exporters)
        } else {
            effect
        };
        self.structure = self.structure.and(structure);
        self.changes.push(Change {
            kind,
            place: self.place.clone(),
            item: self.item.clone(),
            part,
            old,
            new,
            effect: if self.unstable {
                Effect::default()
            } else {
                effect
            },
            unstable: self.unstable,
            used_by: Vec::new(),
        });
    }
}
