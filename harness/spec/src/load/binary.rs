//! WIT in wasm: a package as `wasm-tools` encodes it, or the world of a component.

use wit_parser::decoding::{DecodedWasm, decode as decode_wasm};

use super::{LoadError, Wit, guarded};

/// Reads a package or a component.
pub(super) fn decode(bytes: &[u8], place: &str) -> Result<Wit, LoadError> {
    let wrong = |reason: String| LoadError::Wasm {
        place: place.to_owned(),
        reason,
    };
    // Behind the four bytes that all wasm begins with: version 1 is a core module.
    if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
        return Err(wrong("it is a core module".to_owned()));
    }
    let decoded = guarded(
        || decode_wasm(bytes).map_err(|error| wrong(reasons(&error))),
        || wrong("the decoder cannot cope with it".to_owned()),
    )?;
    let (resolve, packages, is_component) = match decoded {
        DecodedWasm::WitPackage(resolve, package) => (resolve, vec![package], false),
        DecodedWasm::Component(resolve, _) => {
            let packages = resolve.packages.iter().map(|(id, _)| id).collect();
            (resolve, packages, true)
        }
    };
    Ok(Wit {
        label: place.to_owned(),
        resolve,
        packages,
        is_component,
        is_text: false,
    })
}

/// An error of the WIT tools with what is behind it, on one line.
pub(super) fn reasons(error: &impl std::fmt::Display) -> String {
    format!("{error:#}").replace('\n', " ")
}
