//! The page of an interface.

use super::items::{Interface, Item, Package};
use super::text::{Here, code, comment};
use super::{Book, GENERATED, Page};

/// The page.
pub(super) fn page(book: &Book<'_>, package: &Package, interface: &Interface) -> Page {
    let path = format!("{}/{}.md", book.folder(&package.qualified), interface.name);
    let here = Here { page: &path };
    let mut out = format!("{GENERATED} wit/{}. Do not edit. -->\n\n", interface.file);
    let name = format!("{}:{}/{}", package.namespace, package.name, interface.name);
    out.push_str(&format!("# {}\n\n", code(&name)));
    out.push_str(&format!("{}\n\n", facts(book, package, interface)));
    push(&mut out, &comment(book, here, &interface.docs, 2));
    if !interface.uses.is_empty() {
        let uses: Vec<String> = interface
            .uses
            .iter()
            .map(|other| used(book, here, other))
            .collect();
        out.push_str(&format!("Uses {}.\n\n", uses.join(", ")));
    }
    for (title, items) in [
        ("Types", &interface.types),
        ("Functions", &interface.functions),
    ] {
        if items.is_empty() {
            continue;
        }
        out.push_str(&format!("## {title}\n\n"));
        for item in items {
            out.push_str(&entry(book, here, interface, item));
        }
    }
    let text = format!("{}\n", out.trim_end());
    Page { path, text }
}

/// Gate, feature and file.
fn facts(book: &Book<'_>, package: &Package, interface: &Interface) -> String {
    let mut facts: Vec<String> = interface.gate.sentence().into_iter().collect();
    let capabilities = book.input.catalog.capabilities.iter();
    let feature = capabilities
        .filter(|capability| capability.package == package.qualified)
        .flat_map(|capability| &capability.features)
        .find(|feature| feature.interfaces.contains(&interface.name));
    if let Some(feature) = feature {
        facts.push(format!(
            "Feature [{}](README.md#features).",
            code(&feature.id)
        ));
    }
    let file = &interface.file;
    facts.push(format!(
        "Package [{}](README.md). Text: [wit/{file}](../../../wit/{file}).",
        code(&package.qualified)
    ));
    facts.join(" ")
}

/// A type, or function, of another interface.
fn used(book: &Book<'_>, here: Here<'_>, other: &str) -> String {
    let page = other.split_once('/').and_then(|(package, item)| {
        let (interface, _) = item.split_once('.')?;
        // There is one version of each package.
        let (_, folder) = book.folders.iter().find(|(name, _)| {
            name.strip_prefix(package)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
        })?;
        Some(here.to(&format!("{folder}/{interface}.md")))
    });
    match page {
        Some(page) => format!("[{}]({page})", code(other)),
        None => code(other),
    }
}

fn entry(book: &Book<'_>, here: Here<'_>, interface: &Interface, item: &Item) -> String {
    let mut out = match item.kind {
        "function" => format!("### {}\n\n", code(&item.name)),
        kind => format!("### {kind} {}\n\n", code(&item.name)),
    };
    out.push_str(&format!("```wit\n{}\n```\n\n", item.declaration));
    if item.gate != interface.gate
        && let Some(gate) = item.gate.sentence()
    {
        out.push_str(&format!("{gate}\n\n"));
    }
    push(&mut out, &comment(book, here, &item.docs, 4));
    let mut parts = String::new();
    for (name, docs) in &item.parts {
        // A clause in the comment of a part has lines of its own.
        let docs = comment(book, here, docs, 4);
        let mut lines = docs.lines();
        let first = lines.next().unwrap_or_default();
        parts.push_str(&format!("- {}: {first}\n", code(name)));
        for line in lines {
            parts.push_str(format!("  {line}").trim_end());
            parts.push('\n');
        }
    }
    push(&mut out, &parts);
    out
}

/// Adds a paragraph, if there is one.
fn push(out: &mut String, text: &str) {
    if !text.trim().is_empty() {
        out.push_str(text.trim_end());
        out.push_str("\n\n");
    }
}
