//! A file without the others of its package: what it lacks of them is made up, so that
//! the parser comes to what the file itself gets wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::wit::outline::{ItemKind, Outline};

/// What is made up of the rest of a package: a name, and the types that are taken from
/// it; none for a world.
#[derive(Debug, Default)]
pub(super) struct Rest {
    items: BTreeMap<String, Option<BTreeSet<String>>>,
}

impl Rest {
    /// What the file takes from others of its package.
    pub(super) fn of(outline: &Outline) -> Self {
        let declared: BTreeSet<&str> = outline
            .items
            .iter()
            .filter(|item| matches!(item.kind, ItemKind::Interface | ItemKind::World))
            .map(|item| item.name.text.as_str())
            .collect();
        let mut rest = Self::default();
        for item in &outline.items {
            let name = item.name.text.trim_start_matches('%');
            let of_package = item.package == 0 && !name.contains([':', '/', '@', '.']);
            if !of_package || declared.contains(name) {
                continue;
            }
            match item.kind {
                ItemKind::Include => {
                    rest.items.entry(name.to_owned()).or_insert(None);
                }
                ItemKind::Use => {
                    rest.interface(name).extend(item.taken.iter().cloned());
                }
                ItemKind::Import | ItemKind::Export => {
                    rest.interface(name);
                }
                _ => {}
            }
        }
        rest
    }

    fn interface(&mut self, name: &str) -> &mut BTreeSet<String> {
        let types = self.items.entry(name.to_owned()).or_default();
        types.get_or_insert_default()
    }

    /// It as WIT: a resource may stand wherever a type may.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (name, types) in &self.items {
            match types {
                None => text.push_str(&format!("world %{name} {{}}\n")),
                Some(types) => {
                    let types = types.iter().map(|name| format!("resource %{name};"));
                    let types: Vec<String> = types.collect();
                    text.push_str(&format!("interface %{name} {{ {} }}\n", types.join(" ")));
                }
            }
        }
        text
    }
}
