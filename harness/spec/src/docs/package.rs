//! The page of a package: its worlds and interfaces, its features and limits, and what
//! published implementations make of them.

use std::collections::BTreeMap;

use conformance_model::{FeatureLevel, Published};

use super::items::{Gate, Package};
use super::text::{Here, code, comment, count, linked, plain, summary, table};
use super::{Book, GENERATED, Page};
use crate::features::Capability;
use crate::limits::Bound;

/// The page.
pub(super) fn page(book: &Book<'_>, package: &Package) -> Page {
    let path = format!("{}/README.md", book.folder(&package.qualified));
    let here = Here { page: &path };
    let mut out = format!("{GENERATED} wit/ and conformance/. Do not edit. -->\n\n");
    out.push_str(&format!("# {}\n\n", code(&package.qualified)));
    out.push_str(&comment(book, here, &package.docs, 2));
    out.push('\n');
    if !package.interfaces.is_empty() {
        out.push_str(&format!(
            "## Interfaces\n\n{}\n",
            interfaces(book, here, package)
        ));
    }
    for (number, world) in package.worlds.iter().enumerate() {
        if number == 0 {
            out.push_str("## Worlds\n\n");
        }
        out.push_str(&format!("### {}\n\n", code(&world.name)));
        let docs = comment(book, here, &world.docs, 4);
        out.push_str(&format!("{docs}\n```wit\n{}\n```\n\n", world.declaration));
    }
    let capabilities = book.input.catalog.capabilities.iter();
    for capability in capabilities.filter(|c| c.package == package.qualified) {
        out.push_str(&features(book, capability));
        out.push_str(&limits(book, package));
    }
    let text = format!("{}\n", out.trim_end());
    Page { path, text }
}

fn interfaces(book: &Book<'_>, here: Here<'_>, package: &Package) -> String {
    let coverage = &book.input.coverage;
    let rows: Vec<Vec<String>> = package
        .interfaces
        .iter()
        .map(|interface| {
            let clauses: Vec<_> = coverage
                .clauses
                .iter()
                .filter(|entry| {
                    entry.clause.package == package.qualified
                        && entry.clause.interface == interface.name
                })
                .collect();
            let musts = clauses.iter().filter(|e| e.clause.word.is_must()).count();
            let gate = match &interface.gate {
                Gate::Missing => "none".to_owned(),
                Gate::Since(since, _) => format!("since {since}"),
                Gate::Unstable(feature) => format!("unstable: {}", code(feature)),
            };
            vec![
                format!("[{}]({}.md)", code(&interface.name), interface.name),
                gate,
                match clauses.len() {
                    0 => "none".to_owned(),
                    number => format!("{}, {musts} of them MUST", count(number, "clause")),
                },
                linked(book, here, &summary(&interface.docs).replace('|', "\\|")),
            ]
        })
        .collect();
    table(&["interface", "gate", "clauses", "what it is"], &rows)
}

fn features(book: &Book<'_>, capability: &Capability) -> String {
    let published = book.input.published;
    let mut head = vec!["feature", "level", "what it is"];
    if !published.is_empty() {
        head.extend(["proved on", "declared, and not proved", "refused by"]);
    }
    let rows: Vec<Vec<String>> = capability
        .features
        .iter()
        .map(|feature| {
            let level = match feature.level {
                FeatureLevel::Core => "core",
                FeatureLevel::Extended => "extended",
                FeatureLevel::Unstable => "unstable",
            };
            let mut row = vec![code(&feature.id), level.to_owned(), plain(&feature.title)];
            if !published.is_empty() {
                let lists = |test: &dyn Fn(&Published) -> bool| {
                    let names: Vec<String> = published
                        .iter()
                        .filter(|run| test(run))
                        .map(|run| plain(&run.label()))
                        .collect();
                    match names.len() {
                        0 => "none".to_owned(),
                        number if number == published.len() && number > 1 => {
                            format!("all {number}")
                        }
                        _ => names.join(", "),
                    }
                };
                let id = &feature.id;
                row.extend([
                    lists(&|run| run.provider.features.verified.contains(id)),
                    lists(&|run| {
                        let features = &run.provider.features;
                        features.declared.contains(id) && !features.verified.contains(id)
                    }),
                    lists(&|run| run.provider.features.refused.contains(id)),
                ]);
            }
            row
        })
        .collect();
    let file = format!("conformance/features/{}", capability.path);
    format!(
        "<a id=\"features\"></a>\n\n## Features, and who has them\n\nFrom [{file}](../../../{file}).\n\n{}\n",
        table(&head, &rows)
    )
}

/// The limits with their bounds, and the values that implementations state.
fn limits(book: &Book<'_>, package: &Package) -> String {
    let name = format!("{}:{}", package.namespace, package.name);
    let rows: Vec<Vec<String>> = book
        .input
        .catalog
        .limits()
        .iter()
        .filter(|limit| limit.package == name)
        .map(|limit| {
            let bound = match limit.bound {
                Bound::AtLeast(value) => format!("at least {value}"),
                Bound::AtMost(value) => format!("at most {value}"),
            };
            let mut row = vec![code(&limit.id), bound, code(&limit.feature)];
            if !book.input.published.is_empty() {
                row.push(stated(book.input.published, &limit.id));
            }
            row
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut head = vec!["limit", "portable bound", "stated with"];
    if !book.input.published.is_empty() {
        head.push("stated by published implementations");
    }
    format!(
        "## Limits, and who states what\n\n{}\n",
        table(&head, &rows)
    )
}

/// The values of a limit, each with who states it.
fn stated(published: &[Published], id: &str) -> String {
    let mut values: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for run in published {
        let limits = &run.provider.provider.limits;
        if let Some(limit) = limits.iter().find(|limit| limit.id == id) {
            let names = values.entry(limit.value).or_default();
            names.push(plain(&run.label()));
        }
    }
    let told: Vec<String> = values
        .into_iter()
        .map(|(value, names)| format!("{value}: {}", names.join(", ")))
        .collect();
    if told.is_empty() {
        "nobody".to_owned()
    } else {
        told.join("; ")
    }
}
