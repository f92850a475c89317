//! What `wit_component::semver_check` says of the same question. It sees signatures
//! only, and answers for whole worlds: so each interface is asked about in a world that
//! imports it and in one that exports it.

use std::collections::BTreeSet;

use conformance_model::{OracleDispute, SpecDiff};
use semver::{BuildMetadata, Version};
use wit_parser::{PackageId, PackageName, Resolve, SourceMap, WorldId};

use super::{Sides, worlds};
use crate::load::Wit;
use crate::shape::{self, Moved, Structures};

/// How much is asked: each question costs a copy of both states.
const QUESTIONS: usize = 64;

/// A world in both states.
struct Question {
    words: String,
    old: WorldId,
    new: WorldId,
}

/// Asks about everything that both states have and that differs.
pub(super) fn ask(
    old: &Wit,
    new: &Wit,
    sides: &Sides,
    structures: &mut Structures,
    diff: &mut SpecDiff,
) {
    // The tools that it is made of panic on some packages that the parser takes.
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let (resolve, questions) = questions(old, new, diff)?;
        let answers = questions.iter();
        let answers = answers.map(|question| answer(&resolve, question.old, question.new));
        let answers: Vec<Answer> = answers.collect();
        Ok::<_, String>((resolve, questions, answers))
    }));
    let (resolve, questions, answers) = match asked {
        Ok(Ok(asked)) => asked,
        Ok(Err(reason)) => return diff.oracle_silent.push(reason),
        Err(_) => {
            let reason = "semver_check cannot cope with these packages";
            return diff.oracle_silent.push(reason.to_owned());
        }
    };
    if questions.len() >= QUESTIONS {
        let reason = format!("it is asked about {QUESTIONS} interfaces and worlds at most");
        diff.oracle_silent.push(reason);
    }
    for (question, answer) in questions.into_iter().zip(answers) {
        let was = shape::world(&resolve, question.old, structures, &Moved::new());
        let is = shape::world(&resolve, question.new, structures, &sides.moved);
        let ours = worlds::is_compatible(sides, &was, &is);
        let words = match answer {
            Answer::Compatible if ours => {
                diff.oracle_agrees += 1;
                continue;
            }
            Answer::Breaks(_) if !ours => {
                diff.oracle_agrees += 1;
                continue;
            }
            Answer::Silent(reason) => {
                let reason = format!("{}: {reason}", question.words);
                diff.oracle_silent.push(reason);
                continue;
            }
            Answer::Compatible => None,
            Answer::Breaks(words) => Some(words),
        };
        diff.oracle_disputes.push(OracleDispute {
            question: question.words,
            oracle_says_compatible: words.is_none(),
            words,
        });
    }
}

enum Answer {
    Compatible,
    Breaks(String),
    /// It refuses the old state as a successor of itself.
    Silent(String),
}

fn answer(resolve: &Resolve, old: WorldId, new: WorldId) -> Answer {
    let check = |from, to| {
        let checked = wit_component::semver_check(resolve.clone(), from, to);
        checked.map_err(|error| without_offset(&error.root_cause().to_string()))
    };
    let Err(words) = check(old, new) else {
        return Answer::Compatible;
    };
    for world in [old, new] {
        if let Err(words) = check(world, world) {
            return Answer::Silent(words);
        }
    }
    Answer::Breaks(words)
}

/// A reason without the offset in bytes that nobody has seen.
fn without_offset(words: &str) -> String {
    let words = words.split(" (at offset").next().unwrap_or_default();
    words.replace('\n', " ")
}

/// Both states in one, the old packages under versions of their own, and the worlds to
/// ask about.
fn questions(old: &Wit, new: &Wit, diff: &SpecDiff) -> Result<(Resolve, Vec<Question>), String> {
    let mut resolve = marked(old, "old").resolve;
    resolve
        .merge(marked(new, "new").resolve)
        .map_err(|error| format!("the two states cannot be put together: {error:#}"))?;
    let mut questions = Vec::new();
    for package in &diff.packages {
        let (Some(before), Some(after)) = (
            find(&resolve, &package.name, "old"),
            find(&resolve, &package.name, "new"),
        ) else {
            continue;
        };
        let names = |resolve: &Resolve, id: PackageId| -> BTreeSet<String> {
            resolve.packages[id].interfaces.keys().cloned().collect()
        };
        let common: Vec<String> = names(&resolve, before)
            .intersection(&names(&resolve, after))
            .cloned()
            .collect();
        for interface in common {
            for verb in ["import", "export"] {
                if questions.len() >= QUESTIONS {
                    break;
                }
                let old = world(&mut resolve, before, &interface, verb, "old")?;
                let new = world(&mut resolve, after, &interface, verb, "new")?;
                questions.push(Question {
                    words: format!("{verb} {}/{interface}", package.name),
                    old,
                    new,
                });
            }
        }
        let worlds: Vec<(String, WorldId, WorldId)> = resolve.packages[before]
            .worlds
            .iter()
            .filter_map(|(name, &old)| {
                let new = *resolve.packages[after].worlds.get(name)?;
                Some((name.clone(), old, new))
            })
            .collect();
        for (name, old, new) in worlds {
            if questions.len() >= QUESTIONS {
                break;
            }
            let words = format!("world {}/{name}", package.name);
            questions.push(Question { words, old, new });
        }
    }
    Ok((resolve, questions))
}

/// A copy whose packages all have `mark` in their versions, so that both states fit
/// into one.
fn marked(wit: &Wit, mark: &str) -> Wit {
    let mut wit = wit.clone();
    let names: Vec<(PackageName, PackageId)> = wit.resolve.package_names.drain(..).collect();
    for (name, id) in names {
        let name = marked_name(&name, mark);
        wit.resolve.packages[id].name = name.clone();
        wit.resolve.package_names.insert(name, id);
    }
    wit
}

fn marked_name(name: &PackageName, mark: &str) -> PackageName {
    let mut version = name.version.clone().unwrap_or(Version::new(0, 0, 0));
    let build = format!("{mark}-{}", version.build);
    let build = build.trim_end_matches('-').replace('_', "-");
    version.build = BuildMetadata::new(&build).unwrap_or(BuildMetadata::EMPTY);
    PackageName {
        version: Some(version),
        ..name.clone()
    }
}

fn find(resolve: &Resolve, name: &str, mark: &str) -> Option<PackageId> {
    let bare = name.split('@').next()?;
    resolve.packages.iter().find_map(|(id, package)| {
        let found = format!("{}:{}", package.name.namespace, package.name.name);
        let version = package.name.version.as_ref()?;
        let marked = version.build.as_str().split('-').next() == Some(mark);
        (found == bare && marked).then_some(id)
    })
}

/// A world that imports or exports one interface, and whatever that needs.
fn world(
    resolve: &mut Resolve,
    package: PackageId,
    interface: &str,
    verb: &str,
    mark: &str,
) -> Result<WorldId, String> {
    let name = resolve.packages[package].name.interface_id(interface);
    let (path, version) = name.split_once('@').unwrap_or((&name, ""));
    let path = path.replace(':', ":%").replace('/', "/%");
    // A package that nothing else is called: its name counts up.
    let number = resolve.packages.len();
    let text = format!(
        "package semver:check@0.0.{number}+{mark};\nworld asked {{ {verb} %{path}@{version}; }}\n"
    );
    let mut map = SourceMap::new();
    map.push_str("oracle.wit", text);
    let group = map.parse().map_err(|(map, error)| error.render(&map))?;
    let package = resolve
        .push_group(group)
        .map_err(|error| error.render(&resolve.source_map))?;
    let world = resolve.packages[package].worlds.get("asked");
    world
        .copied()
        .ok_or_else(|| "no world to ask about".to_owned())
}
