//! Interfaces and what is in them.

use std::collections::{BTreeMap, BTreeSet};

use conformance_model::{ChangeKind, Effect, SemverClass};

use super::found::Found;
use super::{commentary, parts};
use crate::shape::{Form, FunctionShape, Gate, Interface, Item, TypeShape, TypeUse, What};

/// More to import, and more to implement.
pub(super) const MORE: Effect = Effect::new(SemverClass::Minor, SemverClass::Major);
/// Less of both.
pub(super) const LESS: Effect = MORE.mirrored();
/// Neither goes on.
const BREAKS: Effect = Effect::both(SemverClass::Major);
const NOTHING: Effect = Effect::both(SemverClass::None);

/// Compares two states of an interface, of which components use some types.
pub(super) fn interface(
    old: &Interface,
    new: &Interface,
    used: &BTreeSet<String>,
    found: &mut Found<'_>,
) {
    found.at(None, old.gate.is_unstable() || new.gate.is_unstable());
    gates(&old.gate, &new.gate, found);
    if commentary(&old.docs) != commentary(&new.docs) {
        found.item(ChangeKind::DocsChanged, None, None, NOTHING);
    }
    let unstable = old.gate.is_unstable() || new.gate.is_unstable();
    items(&old.items, &new.items, used, unstable, found);
}

fn items(
    old: &BTreeMap<String, Item>,
    new: &BTreeMap<String, Item>,
    used: &BTreeSet<String>,
    unstable: bool,
    found: &mut Found<'_>,
) {
    for (name, was) in old {
        match new.get(name) {
            Some(is) => {
                let gated = was.gate.is_unstable() || is.gate.is_unstable();
                found.at(Some(name), unstable || gated);
                item(was, is, used.contains(name), found);
            }
            None => {
                found.at(Some(name), unstable || was.gate.is_unstable());
                if used.contains(name) {
                    found.importers_break();
                }
                let kind = match was.what {
                    What::Type(_) => ChangeKind::TypeRemoved,
                    What::Function(_) => ChangeKind::FunctionRemoved,
                };
                found.item(kind, Some(was.written.clone()), None, LESS);
            }
        }
    }
    for (name, is) in new {
        if !old.contains_key(name) {
            found.at(Some(name), unstable || is.gate.is_unstable());
            let kind = match is.what {
                What::Type(_) => ChangeKind::TypeAdded,
                What::Function(_) => ChangeKind::FunctionAdded,
            };
            found.item(kind, None, Some(is.written.clone()), MORE);
        }
    }
}

/// Compares two states of an item; `used` says whether components import it.
fn item(old: &Item, new: &Item, used: bool, found: &mut Found<'_>) {
    gates(&old.gate, &new.gate, found);
    if commentary(&old.docs) != commentary(&new.docs) {
        found.item(ChangeKind::DocsChanged, None, None, NOTHING);
    }
    match (&old.what, &new.what) {
        (What::Type(was), What::Type(is)) => {
            // A component imports types by their names, whatever else has the old
            // structure now.
            if used && was.structure != is.structure {
                found.importers_break();
            }
            types(was, is, old, new, found);
        }
        (What::Function(was), What::Function(is)) => functions(was, is, old, new, found),
        _ => found.whole(ChangeKind::FunctionKindChanged, old, new, BREAKS),
    }
}

fn types(was: &TypeShape, is: &TypeShape, old: &Item, new: &Item, found: &mut Found<'_>) {
    if was.form == is.form && was.target.is_none() && is.target.is_none() {
        parts::compare(
            &was.parts,
            &is.parts,
            &parts::of(is.form),
            (old, new),
            found,
        );
    } else if was.structure == is.structure {
        // A resource that moved: those who import it find it still, those who implement
        // it have one to give less, or one more.
        if was.form == Form::Resource {
            found.whole(ChangeKind::TypeMoved, old, new, MORE);
        } else if is.form == Form::Resource {
            found.whole(ChangeKind::TypeMoved, old, new, LESS);
        } else if [was.form, is.form] == [Form::Use; 2] && old.written != new.written {
            // Of equal structure, which is all that components notice; sources take the
            // two for different types.
            let before = found.structure;
            found.whole(ChangeKind::TypeTargetChanged, old, new, BREAKS);
            found.structure = before;
        } else if old.written != new.written {
            found.whole(ChangeKind::SpellingChanged, old, new, NOTHING);
        }
    } else if old.written == new.written {
        found.echo(new.names(), old, new);
    } else if was.form == is.form {
        found.whole(ChangeKind::TypeTargetChanged, old, new, BREAKS);
    } else {
        found.whole(ChangeKind::TypeKindChanged, old, new, BREAKS);
    }
}

fn functions(
    was: &FunctionShape,
    is: &FunctionShape,
    old: &Item,
    new: &Item,
    found: &mut Found<'_>,
) {
    if was.structure == is.structure {
        if old.written != new.written {
            found.whole(ChangeKind::SpellingChanged, old, new, NOTHING);
        }
        return;
    }
    if old.written == new.written {
        found.echo(new.names(), old, new);
        return;
    }
    if was.call != is.call {
        found.whole(ChangeKind::FunctionKindChanged, old, new, BREAKS);
    }
    if was.is_async != is.is_async {
        let kind = if is.is_async {
            ChangeKind::AsyncAdded
        } else {
            ChangeKind::AsyncRemoved
        };
        found.whole(kind, old, new, BREAKS);
    }
    let (before, after) = (&was.parameters, &is.parameters);
    parts::compare(before, after, &parts::PARAMETERS, (old, new), found);
    let written = |of: &TypeUse| of.written.clone();
    match (&was.result, &is.result) {
        (Some(before), Some(after)) if before.structure == after.structure => {}
        (Some(before), Some(after)) if before.written == after.written => {
            found.echo(after.names.iter(), old, new);
        }
        (None, None) => {}
        (before, after) => {
            let (before, after) = (before.as_ref().map(written), after.as_ref().map(written));
            found.item(ChangeKind::ResultType, before, after, BREAKS);
        }
    }
}

/// Compares two gates. What a gate says changes no structure.
pub(super) fn gates(old: &Gate, new: &Gate, found: &mut Found<'_>) {
    let written = |gate: &Gate| Some(gate.written()).filter(|text| !text.is_empty());
    let (was, is) = (written(old), written(new));
    let mut told = false;
    let mut tell = |kind, effect, found: &mut Found<'_>| {
        found.gate(kind, was.clone(), is.clone(), effect);
        told = true;
    };
    match (old.is_unstable(), new.is_unstable()) {
        (true, false) => tell(ChangeKind::Stabilised, MORE, found),
        (false, true) => tell(ChangeKind::Destabilised, LESS, found),
        _ => {}
    }
    let patch = Effect::both(SemverClass::Patch);
    match (old.deprecated(), new.deprecated()) {
        (None, Some(_)) => tell(ChangeKind::Deprecated, patch, found),
        (Some(_), None) => tell(ChangeKind::Undeprecated, patch, found),
        _ => {}
    }
    if was != is && !told {
        found.gate(ChangeKind::GateChanged, was, is, NOTHING);
    }
}
