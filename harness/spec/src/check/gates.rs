//! The gates of declarations, and the parts of the language that engines do not
//! take.

use semver::Version;

use super::{Place, Problem, Rule};
use crate::Catalog;
use crate::wit::{File, ItemKind};

/// What is wrong with gates, versions and the language.
pub(crate) fn gates(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in catalog.files.iter().filter(|file| !file.is_dependency) {
        let name = catalog.texts.wit_file(&file.path);
        versions(file, &name, &mut problems);
        items(file, &name, &mut problems);
        for gated in &file.outline.gated {
            let message = format!("engines refuse {} unless told otherwise", gated.what);
            let place = Place::of(name.clone(), gated.at.clone());
            problems.push(
                Problem::new(Rule::LanguageFeature, place, message)
                    .helped("say it without, until the component model has it for all"),
            );
        }
    }
    problems
}

fn versions(file: &File, name: &str, problems: &mut Vec<Problem>) {
    for package in &file.outline.packages {
        if !package.name.is_empty() && package.version.is_none() {
            let message = format!("{} has no version", package.name);
            let place = Place::of(name, package.at.clone());
            problems.push(
                Problem::new(Rule::PackageVersion, place, message)
                    .helped(format!("write it as `package {}@0.1.0;`", package.name)),
            );
        }
    }
}

fn items(file: &File, name: &str, problems: &mut Vec<Problem>) {
    for item in &file.outline.items {
        if item.kind == ItemKind::Part {
            continue;
        }
        let package = file.packages.get(item.package).map_or("", String::as_str);
        let version = package.split_once('@').map_or("", |(_, version)| version);
        if item.stability().next().is_none() {
            let at = item.name.at.clone();
            let message = format!("the {} {} has no gate", item.kind.word(), item.name.text);
            let since = if version.is_empty() { "0.1.0" } else { version };
            let help = format!(
                "write `@since(version = {since})` or `@unstable(feature = NAME)` above it"
            );
            let problem = Problem::new(Rule::GateMissing, Place::of(name, at), message);
            problems.push(problem.helped(help));
        }
        let Ok(of_package) = Version::parse(version) else {
            continue;
        };
        for gate in &item.gates {
            if !["since", "deprecated"].contains(&gate.name.as_str()) {
                continue;
            }
            // What is no version is a matter of the parser.
            if let Ok(of_gate) = Version::parse(&gate.value.text)
                && of_gate > of_package
            {
                let message = format!(
                    "@{} of {} names {of_gate}; the package is at {of_package}",
                    gate.name, item.name.text
                );
                let place = Place::of(name, gate.value.at.clone());
                problems.push(
                    Problem::new(Rule::GateVersion, place, message)
                        .helped("raise the version of the package, or lower this one"),
                );
            }
        }
    }
}
