//! From core module to component, and what a component may import.

use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::{Resolve, WorldItem, WorldKey};

use crate::error::Error;

/// What a guest has to do with its host, as interfaces without versions.
#[derive(Debug)]
pub(crate) struct Expected {
    /// Those whose functions it calls.
    pub(crate) imports: Vec<String>,
    /// Those that it exports.
    pub(crate) exports: Vec<String>,
}

impl Expected {
    /// Whether the guest may take types from this interface: those of `cloud:`, and
    /// of namespaces that it calls.
    fn knows(&self, interface: &str) -> bool {
        let namespace = |name: &str| name.split(':').next().unwrap_or_default().to_owned();
        let wanted = namespace(interface);
        wanted == "cloud" || self.imports.iter().any(|name| namespace(name) == wanted)
    }
}

/// What a guest of the suite exports.
pub(crate) const SUITE: &str = "cloud:conformance/suite";

/// Makes a component of a core module, and validates it.
pub(crate) fn component(guest: &str, module: &[u8]) -> Result<Vec<u8>, Error> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| Error::Encode {
            guest: guest.to_owned(),
            detail: format!("{error:#}"),
        })
}

/// Checks that a component exports what it should and nothing else, calls functions
/// of exactly the expected interfaces, and takes from others of their namespaces at
/// most types. Returns the interfaces whose functions it calls, with their versions.
pub(crate) fn verify(
    guest: &str,
    component: &[u8],
    expected: &Expected,
) -> Result<Vec<String>, Error> {
    let wrong = |problem: String| Error::Guest {
        guest: guest.to_owned(),
        problem,
    };
    let decoded = wit_component::decode(component).map_err(|error| wrong(format!("{error:#}")))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err(wrong("is not a component".into()));
    };
    let world = &resolve.worlds[world];
    let mut called = Vec::new();
    for (key, item) in &world.imports {
        let name = name(&resolve, key, item);
        if !expected.knows(&name) {
            return Err(wrong(format!("imports {name}")));
        }
        if has_functions(&resolve, item) {
            called.push(name);
        }
    }
    let mut found: Vec<&str> = called.iter().map(|name| unversioned(name)).collect();
    let mut granted: Vec<&str> = expected.imports.iter().map(String::as_str).collect();
    found.sort_unstable();
    granted.sort_unstable();
    if found != granted {
        return Err(wrong(format!(
            "calls {found:?}, its Cargo.toml says {granted:?}"
        )));
    }
    let exports: Vec<String> = world
        .exports
        .iter()
        .map(|(key, item)| name(&resolve, key, item))
        .collect();
    let exported: Vec<&str> = exports.iter().map(|name| unversioned(name)).collect();
    if exported != expected.exports {
        let expected = &expected.exports;
        return Err(wrong(format!(
            "exports {exports:?} and not just {expected:?}"
        )));
    }
    called.sort_unstable();
    Ok(called)
}

fn name(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> String {
    match item {
        WorldItem::Interface { id, .. } => resolve
            .id_of(*id)
            .unwrap_or_else(|| resolve.name_world_key(key)),
        _ => resolve.name_world_key(key),
    }
}

fn has_functions(resolve: &Resolve, item: &WorldItem) -> bool {
    match item {
        WorldItem::Interface { id, .. } => !resolve.interfaces[*id].functions.is_empty(),
        WorldItem::Function(_) => true,
        WorldItem::Type { .. } => false,
    }
}

fn unversioned(name: &str) -> &str {
    name.split_once('@').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;
    use std::path::Path;

    /// What is committed is what its manifest says, without building anything.
    #[test]
    fn committed_components_are_suites() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/components");
        let manifest = Manifest::read(&folder).unwrap();
        assert!(!manifest.components.is_empty());
        for component in &manifest.components {
            let bytes = std::fs::read(folder.join(component.file())).unwrap();
            assert_eq!(crate::sources::sha256(&bytes), component.sha256);
            assert_eq!(bytes.len() as u64, component.size);
            let names = component.imports.iter();
            let expected = Expected {
                imports: names.map(|name| unversioned(name).to_owned()).collect(),
                exports: vec![SUITE.to_owned()],
            };
            let found = verify(&component.name, &bytes, &expected).unwrap();
            assert_eq!(found, component.imports);
        }
    }

    #[test]
    fn other_bytes_are_no_component() {
        let expected = Expected {
            imports: Vec::new(),
            exports: vec![SUITE.to_owned()],
        };
        for bytes in [&b""[..], b"\0asm\x01\0\0\0", b"not wasm"] {
            assert!(verify("x", bytes, &expected).is_err());
        }
        assert!(component("x", b"not wasm").is_err());
    }
}
