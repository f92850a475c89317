//! Resources that moved from one interface to another, and are brought back by `use` to
//! where they were. They are the same for whoever names the old place.

use std::collections::{BTreeMap, BTreeSet};

use super::{Form, Item, Shape, What};

/// By the name that such a resource has in the new state the one that it has in the old.
pub(crate) type Moved = BTreeMap<String, String>;

/// What moved between two states.
pub(crate) fn moved(old: &Shape, new: &Shape) -> Moved {
    let mut found = Moved::new();
    let mut taken = BTreeSet::new();
    // Either state may be the one that brings it to the other place.
    for (from, to, back) in [(old, new, false), (new, old, true)] {
        for (here, there) in brought(from, to) {
            let (was, is) = if back { (there, here) } else { (here, there) };
            // Two that became one, or one that became two, moved nowhere.
            if !found.contains_key(&is) && taken.insert(was.clone()) {
                found.insert(is, was);
            }
        }
    }
    found
}

/// The resources of one state that the other has under the same name by a `use` of
/// another resource, with that one. Neither name is a resource of both states.
fn brought(from: &Shape, to: &Shape) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (interface, shape) in &from.interfaces {
        for (name, item) in &shape.items {
            let here = format!("{interface}.{name}");
            if !is_resource(item) {
                continue;
            }
            let Some(there) = find(to, &here).and_then(source) else {
                continue;
            };
            let elsewhere = find(to, there).is_some_and(is_resource);
            let new = !find(from, there).is_some_and(is_resource);
            if elsewhere && new {
                found.push((here, there.clone()));
            }
        }
    }
    found
}

fn find<'a>(shape: &'a Shape, name: &str) -> Option<&'a Item> {
    // A package has no point in its name, an interface neither.
    let (interface, item) = name.split_once('.')?;
    shape.interfaces.get(interface)?.items.get(item)
}

fn is_resource(item: &Item) -> bool {
    matches!(&item.what, What::Type(shape) if shape.form == Form::Resource)
}

/// What a `use` leads to in the end.
fn source(item: &Item) -> Option<&String> {
    match &item.what {
        What::Type(shape) if shape.form == Form::Use => item.names().next(),
        _ => None,
    }
}
