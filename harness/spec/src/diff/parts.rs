//! Lists of named parts: parameters, fields, cases, flags. Every difference of
//! structure in them makes another type.

use conformance_model::{ChangeKind, Effect, SemverClass};

use super::found::Found;
use crate::shape::{Form, Item, Part};

const BREAKS: Effect = Effect::both(SemverClass::Major);

/// How the changes of one kind of list are called.
pub(super) struct Kinds {
    pub(super) added: ChangeKind,
    pub(super) removed: ChangeKind,
    pub(super) renamed: ChangeKind,
    pub(super) reordered: ChangeKind,
    pub(super) of_type: ChangeKind,
    /// How a part is written.
    pub(super) form: Form,
}

/// Parameters of a function.
pub(super) const PARAMETERS: Kinds = Kinds {
    added: ChangeKind::ParameterAdded,
    removed: ChangeKind::ParameterRemoved,
    renamed: ChangeKind::ParameterRenamed,
    reordered: ChangeKind::ParametersReordered,
    of_type: ChangeKind::ParameterType,
    form: Form::Record,
};

/// Parts of a type.
pub(super) fn of(form: Form) -> Kinds {
    Kinds {
        added: ChangeKind::PartAdded,
        removed: ChangeKind::PartRemoved,
        renamed: ChangeKind::PartRenamed,
        reordered: ChangeKind::PartsReordered,
        of_type: ChangeKind::PartType,
        form,
    }
}

/// Compares two lists of two states of an item.
pub(super) fn compare(
    old: &[Part],
    new: &[Part],
    kinds: &Kinds,
    (was_item, is_item): (&Item, &Item),
    found: &mut Found<'_>,
) {
    let written = |part: &Part| Some(part.written(kinds.form));
    let structure = |part: &Part| part.of.as_ref().map(|of| of.structure);
    let lookup = |list: &[Part], name: &str| list.iter().position(|part| part.name == name);
    let mut renamed_to = vec![false; new.len()];
    for (at, was) in old.iter().enumerate() {
        match lookup(new, &was.name).and_then(|place| new.get(place)) {
            Some(is) if structure(was) != structure(is) && written(was) == written(is) => {
                let names = is.of.iter().flat_map(|of| &of.names);
                found.echo(names, was_item, is_item);
            }
            Some(is) if structure(was) != structure(is) => {
                found.part(kinds.of_type, &was.name, written(was), written(is), BREAKS);
            }
            Some(is) if written(was) != written(is) => {
                let nothing = Effect::default();
                let kind = ChangeKind::SpellingChanged;
                found.part(kind, &was.name, written(was), written(is), nothing);
            }
            Some(is) => {
                if super::commentary(&was.docs) != super::commentary(&is.docs) {
                    let nothing = Effect::default();
                    found.part(ChangeKind::DocsChanged, &was.name, None, None, nothing);
                }
            }
            // The same place and type under a name that was free.
            None => match new.get(at) {
                Some(is) if lookup(old, &is.name).is_none() && structure(was) == structure(is) => {
                    if let Some(renamed) = renamed_to.get_mut(at) {
                        *renamed = true;
                    }
                    found.item(kinds.renamed, written(was), written(is), BREAKS);
                }
                _ => found.part(kinds.removed, &was.name, written(was), None, BREAKS),
            },
        }
    }
    for (is, renamed) in new.iter().zip(renamed_to) {
        if !renamed && lookup(old, &is.name).is_none() {
            found.part(kinds.added, &is.name, None, written(is), BREAKS);
        }
    }
    let common = |list: &[Part], other: &[Part]| -> Vec<String> {
        let parts = list
            .iter()
            .filter(|part| lookup(other, &part.name).is_some());
        parts.map(|part| part.name.clone()).collect()
    };
    let (before, after) = (common(old, new), common(new, old));
    if before != after {
        let names = |names: Vec<String>| Some(names.join(", "));
        found.item(kinds.reordered, names(before), names(after), BREAKS);
    }
}
