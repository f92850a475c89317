//! What is in a bundle is what was in the text, whoever loads it, and always the same
//! bytes.

mod small;

use std::path::Path;

use conformance_spec::{Bundle, BundleError, BundleFacts, Sources, Wit, bundle};
use wit_component::{OutputToString, WitPrinter};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{PackageId, Resolve};

fn text(sources: &Sources) -> Wit {
    let files = sources.wit.iter();
    Wit::from_text(files.map(|file| (file.path.as_str(), file.text.as_str()))).unwrap()
}

fn real() -> Wit {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    text(&Sources::read(&root).unwrap())
}

fn all(wit: &Wit) -> Vec<Bundle> {
    bundle(wit, &[], &BundleFacts::default()).unwrap()
}

fn decoded(bundle: &Bundle) -> (Resolve, PackageId) {
    match decode(&bundle.bytes).unwrap() {
        DecodedWasm::WitPackage(resolve, package) => (resolve, package),
        DecodedWasm::Component(..) => panic!("{} is a component", bundle.file),
    }
}

/// The package as text, docs and gates included.
fn printed(resolve: &Resolve, package: PackageId) -> String {
    let mut printer = WitPrinter::new(OutputToString::default());
    printer.print(resolve, package, &[]).unwrap();
    printer.output.to_string()
}

/// The text of a package, read by the parser alone.
fn parsed(sources: &Sources) -> Resolve {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let mut groups = std::collections::BTreeMap::new();
    for source in &sources.wit {
        let (folder, _) = source.path.rsplit_once('/').unwrap();
        let map: &mut wit_parser::SourceMap = groups.entry(folder.to_owned()).or_default();
        map.push_str(&source.path, source.text.as_str());
    }
    let mut groups: Vec<_> = groups
        .into_values()
        .map(|map| map.parse().unwrap())
        .collect();
    let main = groups.pop().unwrap();
    resolve.push_groups(main, groups).unwrap();
    resolve
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let (one, two) = (all(&real()), all(&real()));
    assert_eq!(one, two);
    for bundle in &one {
        assert_eq!(bundle.sha256.len(), 64);
        assert_eq!(bundle.version.as_deref(), Some("0.1.0"));
        let name = bundle.package.replace(':', "-");
        assert_eq!(bundle.file, format!("{name}@0.1.0.wasm"));
    }
    let names: Vec<&str> = one.iter().map(|bundle| bundle.package.as_str()).collect();
    assert!(names.is_sorted() && names.len() >= 3, "{names:?}");
}

#[test]
fn nothing_is_lost_on_the_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for sources in [Sources::read(&root).unwrap(), small::sources()] {
        let original = parsed(&sources);
        for bundle in all(&text(&sources)) {
            let (resolve, package) = decoded(&bundle);
            let name = &resolve.packages[package].name;
            let id = original.package_names[name];
            // Interfaces, functions, types, worlds, docs and gates, unstable ones too.
            let (old, new) = (printed(&original, id), printed(&resolve, package));
            assert_eq!(old, new, "{name}");
            assert!(new.contains("///"), "{name}");
        }
    }
}

#[test]
fn a_bundle_loads_alone_and_together_with_the_others() {
    let mut together = Resolve::default();
    for bundle in all(&real()) {
        let (resolve, _) = decoded(&bundle);
        together.merge(resolve).unwrap();
        // What a tool needs to publish it: its name and version.
        let again = Wit::from_wasm(&bundle.bytes).unwrap();
        let packages = conformance_spec::bundle(&again, &[], &BundleFacts::default());
        let package = &packages.unwrap()[0];
        assert_eq!(package.package, bundle.package);
        assert_eq!(package.version, bundle.version);
    }
}

/// The custom sections at the end, as any reader of wasm sees them.
fn sections(bytes: &[u8]) -> Vec<(String, String)> {
    let parser = wasmparser::Parser::new(0);
    let payloads = parser.parse_all(bytes).map(Result::unwrap);
    payloads
        .filter_map(|payload| match payload {
            wasmparser::Payload::CustomSection(section) => Some((
                section.name().to_owned(),
                String::from_utf8_lossy(section.data()).into_owned(),
            )),
            _ => None,
        })
        .collect()
}

#[test]
fn registries_are_told_what_it_is() {
    let facts = BundleFacts {
        licence: Some("MIT".to_owned()),
        source: Some("https://example.org/things".to_owned()),
        revision: None,
    };
    let bundles = bundle(&text(&small::sources()), &[], &facts).unwrap();
    let sections = sections(&bundles[0].bytes);
    let value = |name: &str| {
        let mut found = sections.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        value
    };
    assert_eq!(value("description"), Some("Keeps things. For small tests."));
    assert_eq!(value("version"), Some("0.1.0"));
    assert_eq!(value("licenses"), Some("MIT"));
    assert_eq!(value("source"), Some("https://example.org/things"));
    assert_eq!(value("revision"), None);
    decoded(&bundles[0]);
}

#[test]
fn packages_are_chosen_by_name() {
    let wit = real();
    let chosen = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        bundle(&wit, &names, &BundleFacts::default())
            .map(|found| found.into_iter().map(|b| b.package).collect::<Vec<_>>())
    };
    assert_eq!(chosen(&["cloud:types"]).unwrap(), ["cloud:types"]);
    assert_eq!(chosen(&["cloud:types@0.1.0"]).unwrap(), ["cloud:types"]);
    let error = chosen(&["cloud:type"]).unwrap_err();
    assert!(matches!(error, BundleError::Unknown { .. }));
    let told = error.to_string();
    assert!(
        told.contains("cloud:type;") && told.contains("cloud:types@0.1.0"),
        "{told}"
    );
}
