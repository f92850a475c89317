//! Clauses: what was added, taken away, strengthened, weakened, moved, reworded. A
//! changed sentence can break every provider, and no signature shows it.

use std::collections::{BTreeMap, BTreeSet};

use conformance_model::{
    Case, ClauseChange, ClauseChangeKind, ClauseState, Effect, SemverClass, Word,
};

use semver::Version;

use super::Sides;
use crate::prose;
use crate::shape::{Interface, Item, Shape, What};

/// What became of the clauses of both states.
#[derive(Default)]
pub(super) struct Clauses {
    /// By package.
    changes: BTreeMap<String, Vec<ClauseChange>>,
    pub(super) problems: Vec<String>,
    /// What a reader has to know.
    pub(super) notes: Vec<String>,
    /// Where each of the old state stands.
    places: BTreeMap<String, String>,
    /// The sentences of both states, with their ids.
    sentences: BTreeSet<(String, String)>,
}

impl Clauses {
    /// The clauses that stood on an item or on what is in it.
    pub(super) fn at(&self, place: &str) -> BTreeSet<&str> {
        let below = |other: &str| {
            let rest = other.strip_prefix(place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let stood = self.places.iter().filter(|(_, stood)| below(stood));
        stood.map(|(id, _)| id.as_str()).collect()
    }

    /// The clauses of either state whose sentences are such.
    pub(super) fn that_say(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let sentences = self.sentences.iter().filter(|(_, text)| wanted(text));
        let ids: BTreeSet<&String> = sentences.map(|(id, _)| id).collect();
        ids.into_iter().cloned().collect()
    }

    /// Those of one package, by id.
    pub(super) fn of(&self, package: &str) -> Vec<ClauseChange> {
        self.changes.get(package).cloned().unwrap_or_default()
    }
}

/// A clause where it stands.
#[derive(Debug, Clone)]
struct Stated {
    state: ClauseState,
    package: String,
    unstable: bool,
}

/// The clauses of one state.
#[derive(Default)]
struct Index {
    clauses: BTreeMap<String, Stated>,
    /// With the package that they stand in.
    tombstones: BTreeMap<String, String>,
    /// Ids that stand twice, or beside their tombstones.
    twice: BTreeSet<String>,
    /// Tombstones that lack something.
    incomplete: BTreeSet<String>,
    /// Tombstones that name a later version than that of their package, with it.
    early: BTreeMap<String, String>,
    /// Of the package that is being read.
    version: Option<Version>,
}

/// Compares the clauses of both states.
pub(super) fn compare(sides: &Sides, cases: &[Case]) -> Clauses {
    let mut found = Clauses::default();
    if !sides.have_docs() {
        return found;
    }
    let (old, new) = (index(&sides.old), index(&sides.new));
    for id in new.twice.difference(&old.twice) {
        found.problems.push(format!(
            "{id} stands twice: only its first sentence is compared; give the other one the next \
             free number"
        ));
    }
    for id in new.incomplete.difference(&old.incomplete) {
        found.problems.push(format!(
            "the tombstone of {id} is not complete: write it as `- [{id}] REMOVED in VERSION: \
             reason.`"
        ));
    }
    for (id, version) in &new.early {
        if !old.early.contains_key(id) {
            let package = new.tombstones.get(id).map_or("", String::as_str);
            found.problems.push(format!(
                "the tombstone of {id} names {version}, which {package} has not come to yet"
            ));
        }
    }
    for (id, package) in &old.tombstones {
        let is_known = new.tombstones.contains_key(id) || new.clauses.contains_key(id);
        if !is_known && sides.new.packages.contains_key(package) {
            found.problems.push(format!(
                "the tombstone of {id} is gone: its number could be taken again; put it back"
            ));
        }
    }
    found.gone(sides, &old, &new);
    let places = old.clauses.iter();
    let places = places.map(|(id, stated)| (id.clone(), stated.state.place.clone()));
    found.places = places.collect();
    let both = old.clauses.iter().chain(&new.clauses);
    let both = both.map(|(id, stated)| (id.clone(), stated.state.text.clone()));
    found.sentences = both.collect();
    for (id, was) in &old.clauses {
        let Some(is) = new.clauses.get(id) else {
            let kind = ClauseChangeKind::Removed;
            found.add(id, kind, Some(was), None, cases);
            // With its whole package it goes without a place for one: that is a note.
            let stays = sides.new.packages.contains_key(&was.package);
            if !new.tombstones.contains_key(id) && stays && !was.unstable {
                found.problems.push(format!(
                    "{id} was dropped without a tombstone: its number could be taken again; put \
                     `- [{id}] REMOVED in VERSION: reason.` in its place"
                ));
            }
            continue;
        };
        for kind in kinds(&was.state, &is.state) {
            found.add(id, kind, Some(was), Some(is), cases);
        }
        found.other_sentence(id, was, is, &old, &new);
    }
    for (id, is) in &new.clauses {
        if old.clauses.contains_key(id) {
            continue;
        }
        if old.tombstones.contains_key(id) {
            found.problems.push(format!(
                "{id} was removed once and is given to a new clause: take the next free number"
            ));
        }
        found.add(id, ClauseChangeKind::Added, None, Some(is), cases);
    }
    for changes in found.changes.values_mut() {
        changes.sort_by(|a, b| (&a.id, a.kind).cmp(&(&b.id, b.kind)));
    }
    found
}

impl Clauses {
    /// Ids that went with their packages: no tombstone holds their numbers.
    fn gone(&mut self, sides: &Sides, old: &Index, new: &Index) {
        let stood = old.clauses.iter().map(|(id, stated)| (id, &stated.package));
        let mut by_package: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for (id, package) in stood.chain(&old.tombstones) {
            let is_known = new.clauses.contains_key(id) || new.tombstones.contains_key(id);
            if !is_known && !sides.new.packages.contains_key(package) {
                by_package.entry(package).or_default().insert(id);
            }
        }
        for (package, ids) in by_package {
            let ids: Vec<&str> = ids.into_iter().map(String::as_str).collect();
            self.notes.push(format!(
                "{package} is gone, and no tombstone holds the numbers of its clauses: if it comes \
                 back, or its prefix is given to another package, {} must have one each",
                ids.join(", ")
            ));
        }
    }

    /// Cases and verdicts hang on an id: behind it must not stand another demand.
    fn other_sentence(&mut self, id: &str, was: &Stated, is: &Stated, old: &Index, new: &Index) {
        let (before, after) = (without_word(&was.state), without_word(&is.state));
        if before == after || was.unstable || is.unstable {
            return;
        }
        let has_left = |other: &String| {
            let stays = new.clauses.get(other);
            stays.is_none_or(|stays| without_word(&stays.state) != after)
        };
        let owner = old
            .clauses
            .iter()
            .find(|(other, stated)| without_word(&stated.state) == after && has_left(other));
        if let Some((other, _)) = owner {
            self.problems.push(format!(
                "{id} stands before what {other} said: give each sentence its own id back, and a \
                 new one the next free number"
            ));
        } else if !is_alike(before, after) {
            self.notes.push(format!(
                "{id} has little in common with what it said: if that is another demand, it takes \
                 the next free number, and {id} a tombstone"
            ));
        } else if numbers(before) != numbers(after) {
            self.notes.push(format!(
                "{id} names other numbers ({}; before, {}): if one of them is a bound, that is \
                 another demand, which takes the next free number",
                numbers(after).join(", "),
                numbers(before).join(", ")
            ));
        }
    }

    fn add(
        &mut self,
        id: &str,
        kind: ClauseChangeKind,
        was: Option<&Stated>,
        is: Option<&Stated>,
        cases: &[Case],
    ) {
        // A clause that moved from one package to another concerns both.
        let packages: BTreeSet<&String> = [was, is]
            .into_iter()
            .flatten()
            .map(|stated| &stated.package)
            .collect();
        // What was or became unstable is free to change.
        let unstable = [was, is].into_iter().flatten().any(|s| s.unstable);
        let word = |stated: Option<&Stated>| stated.and_then(|stated| stated.state.word);
        let cases = cases
            .iter()
            .filter(|case| case.clauses.iter().any(|c| c == id));
        let change = ClauseChange {
            id: id.to_owned(),
            kind,
            old: was.map(|stated| stated.state.clone()),
            new: is.map(|stated| stated.state.clone()),
            effect: if unstable {
                Effect::default()
            } else {
                effect(kind, word(was), word(is))
            },
            unstable,
            cases: cases.map(|case| case.id.clone()).collect(),
        };
        for package in packages {
            let changes = self.changes.entry(package.clone()).or_default();
            changes.push(change.clone());
        }
    }
}

/// How much a word demands.
pub(super) fn strength(word: Option<Word>) -> u8 {
    match word {
        None => 0,
        Some(Word::May) => 1,
        Some(Word::Should | Word::ShouldNot) => 2,
        Some(Word::Must | Word::MustNot) => 3,
    }
}

fn is_negative(word: Option<Word>) -> bool {
    matches!(word, Some(Word::MustNot | Word::ShouldNot))
}

fn kinds(was: &ClauseState, is: &ClauseState) -> Vec<ClauseChangeKind> {
    let mut kinds = Vec::new();
    let (before, after) = (strength(was.word), strength(is.word));
    // To demand the opposite is more than to demand less.
    let both_demand = before > 1 && after > 1;
    if both_demand && is_negative(was.word) != is_negative(is.word) {
        kinds.push(ClauseChangeKind::Reversed);
    } else if before < after {
        kinds.push(ClauseChangeKind::Strengthened);
    } else if before > after {
        kinds.push(ClauseChangeKind::Weakened);
    }
    if was.place != is.place {
        kinds.push(ClauseChangeKind::Moved);
    }
    if without_word(was) != without_word(is) {
        kinds.push(ClauseChangeKind::Reworded);
    }
    kinds
}

/// Whether two sentences share a quarter of their words.
fn is_alike(one: &str, other: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|sign: char| !sign.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    4 * one.intersection(&other).count() >= one.union(&other).count()
}

/// The numbers in a sentence, in their order.
fn numbers(text: &str) -> Vec<&str> {
    let is_of_number = |sign: char| sign.is_ascii_digit() || ",.".contains(sign);
    text.split(|sign: char| !is_of_number(sign))
        .map(|number| number.trim_matches([',', '.']))
        .filter(|number| !number.is_empty())
        .collect()
}

/// A sentence without its word, whose change is told apart.
fn without_word(state: &ClauseState) -> &str {
    let word = state.word.map_or("", Word::as_str);
    state.text.strip_prefix(word).unwrap_or(&state.text)
}

/// What a change means for those who call and those who implement.
pub(super) fn effect(kind: ClauseChangeKind, was: Option<Word>, is: Option<Word>) -> Effect {
    use SemverClass::{Major, Minor, Patch};
    let strongest = strength(was).max(strength(is));
    // More to rely on, and more to do.
    let more = match strongest {
        3 => Effect::new(Minor, Major),
        2 => Effect::new(Patch, Minor),
        _ => Effect::both(Patch),
    };
    match kind {
        ClauseChangeKind::Added | ClauseChangeKind::Strengthened => more,
        ClauseChangeKind::Removed | ClauseChangeKind::Weakened => more.mirrored(),
        ClauseChangeKind::Reversed | ClauseChangeKind::Moved => match strongest {
            3 => Effect::both(Major),
            2 => Effect::both(Minor),
            _ => Effect::both(Patch),
        },
        // The same demand in other words: whether it is the same, a person says.
        _ => Effect::both(Patch),
    }
}

fn index(shape: &Shape) -> Index {
    let mut index = Index::default();
    for (name, package) in &shape.packages {
        index.version = package.version.clone();
        index.read(name, name, &package.docs, false);
        for (world, shape) in &package.worlds {
            let place = format!("{name}/world {world}");
            index.read(name, &place, &shape.docs, shape.gate.is_unstable());
        }
        for (interface, shape) in &package.interfaces {
            index.interface(name, &format!("{name}/{interface}"), shape);
        }
    }
    index
}

impl Index {
    fn interface(&mut self, package: &str, place: &str, interface: &Interface) {
        let unstable = interface.gate.is_unstable();
        self.read(package, place, &interface.docs, unstable);
        for (name, item) in &interface.items {
            self.item(package, &format!("{place}.{name}"), item, unstable);
        }
    }

    fn item(&mut self, package: &str, place: &str, item: &Item, unstable: bool) {
        let unstable = unstable || item.gate.is_unstable();
        self.read(package, place, &item.docs, unstable);
        if let What::Type(shape) = &item.what {
            for part in &shape.parts {
                let place = format!("{place}.{}", part.name);
                self.read(package, &place, &part.docs, unstable);
            }
        }
    }

    fn read(&mut self, package: &str, place: &str, docs: &str, unstable: bool) {
        for item in prose::parse(docs).items {
            if !prose::is_clause_id(&item.id) {
                continue;
            }
            if self.clauses.contains_key(&item.id) || self.tombstones.contains_key(&item.id) {
                self.twice.insert(item.id);
                continue;
            }
            // It holds its number, whatever it lacks, and demands nothing.
            if prose::is_removed(&item.text) {
                match prose::tombstone(&item.text) {
                    None => {
                        self.incomplete.insert(item.id.clone());
                    }
                    Some(version) if prose::is_early(&version, self.version.as_ref()) => {
                        self.early.insert(item.id.clone(), version.to_string());
                    }
                    Some(_) => {}
                }
                self.tombstones.insert(item.id, package.to_owned());
                continue;
            }
            let text: Vec<&str> = item.text.split_whitespace().collect();
            let stated = Stated {
                state: ClauseState {
                    word: prose::normative(&item.text).0.first().copied(),
                    text: text.join(" "),
                    place: place.to_owned(),
                },
                package: package.to_owned(),
                unstable,
            };
            self.clauses.insert(item.id, stated);
        }
    }
}
