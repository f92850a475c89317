//! What a component imports of a world: every function, every resource, and the types
//! that these speak of, wherever they are at home. Other types are there for whoever
//! writes sources, and no component notices when they go.

use std::collections::BTreeSet;

use crate::shape::{Entry, Form, Interface, Item, Shape, What, World};

/// The types that a component for a world imports, by their full names.
#[derive(Debug, Default)]
pub(super) struct Live {
    names: BTreeSet<String>,
}

impl Live {
    /// Of a world of a state.
    pub(super) fn of(shape: &Shape, world: &World) -> Self {
        let mut live = Self::default();
        let mut interfaces = Vec::new();
        // Whoever exports an interface exports all its types.
        for (entries, all) in [(&world.imports, false), (&world.exports, true)] {
            for entry in entries.values() {
                let (name, interface) = match entry {
                    Entry::Interface { name, .. } => (name.as_str(), shape.interfaces.get(name)),
                    Entry::Inline(interface) => ("", Some(interface)),
                    Entry::Item(item) => {
                        live.names.extend(speaks_of(item));
                        continue;
                    }
                };
                let Some(interface) = interface else {
                    continue;
                };
                for (item_name, item) in &interface.items {
                    if all || is_function(item) {
                        live.names.extend(speaks_of(item));
                    }
                    if all || is_resource(item) {
                        live.names.insert(format!("{name}.{item_name}"));
                    }
                }
                interfaces.push((name, interface));
            }
        }
        live.follow(&interfaces);
        live
    }

    /// Adds what the types that are known speak of in turn.
    fn follow(&mut self, interfaces: &[(&str, &Interface)]) {
        loop {
            let before = self.names.len();
            for (name, interface) in interfaces {
                for item_name in self.types_of(name, interface) {
                    if let Some(item) = interface.items.get(&item_name) {
                        self.names.extend(speaks_of(item));
                    }
                }
            }
            if self.names.len() == before {
                break;
            }
        }
    }

    /// The types of an interface that are imported.
    pub(super) fn types_of(&self, name: &str, interface: &Interface) -> BTreeSet<String> {
        let is_live = |(item_name, item): &(&String, &Item)| match &item.what {
            What::Function(_) => false,
            What::Type(shape) if shape.form == Form::Resource => true,
            What::Type(shape) if shape.form == Form::Use => {
                item.names().any(|name| self.names.contains(name))
            }
            // An interface that is written down in a world has no name.
            What::Type(_) if name.is_empty() => {
                let own = format!("/_.{item_name}");
                self.names.iter().any(|name| name.ends_with(&own))
            }
            What::Type(_) => self.names.contains(&format!("{name}.{item_name}")),
        };
        let live = interface.items.iter().filter(is_live);
        live.map(|(item_name, _)| item_name.clone()).collect()
    }

    /// Whether a component imports anything of an interface.
    pub(super) fn needs(&self, name: &str, interface: &Interface) -> bool {
        interface.items.values().any(is_function) || !self.types_of(name, interface).is_empty()
    }
}

fn is_function(item: &Item) -> bool {
    matches!(item.what, What::Function(_))
}

fn is_resource(item: &Item) -> bool {
    matches!(&item.what, What::Type(shape) if shape.form == Form::Resource)
}

/// The types in a declaration, those at home elsewhere by their own names and by the
/// ones that they are brought under.
fn speaks_of(item: &Item) -> impl Iterator<Item = String> {
    let brought = match &item.what {
        What::Type(shape) if shape.form == Form::Use => shape.target.as_ref(),
        _ => None,
    };
    let brought = brought.map(|target| target.written.clone());
    item.names().cloned().chain(brought)
}
