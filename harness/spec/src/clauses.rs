//! The clauses: from doc comments to an index, and what is wrong with them on
//! the way.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use conformance_model::Clause;
use semver::Version;

use crate::check::{Place, Problem, Rule, Span, Texts, spans};
use crate::prose::{self, Item, Normative};
use crate::wit::{Documented, Parsed};

/// The clauses of a specification.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Those in force, in the order of the files.
    pub(crate) clauses: Vec<Clause>,
    /// The place of the id of each, in the same order.
    pub(crate) places: Vec<Place>,
    /// The ids of those that were removed.
    pub(crate) removed: HashSet<String>,
    /// What is wrong with them.
    pub(crate) problems: Vec<Problem>,
    /// Every id that is taken, in force or not, for the checks over all of them.
    taken: Vec<Taken>,
    seen: HashSet<String>,
}

#[derive(Debug, Clone)]
struct Taken {
    id: String,
    /// The package without its version.
    package: String,
    place: Place,
}

/// The clauses in the order of the files, and what is wrong with them.
pub(crate) fn index(parsed: &Parsed, texts: &Texts) -> Index {
    let mut index = Index::default();
    let lines = Lines::of(parsed, texts);
    for documented in &parsed.documented {
        index.comment(documented, texts, &lines);
    }
    index.sort();
    index.loose(parsed, texts);
    index.gaps();
    index.prefixes();
    index
}

impl Index {
    /// By file and line.
    fn sort(&mut self) {
        let clauses = std::mem::take(&mut self.clauses);
        let places = std::mem::take(&mut self.places);
        let mut both: Vec<(Clause, Place)> = clauses.into_iter().zip(places).collect();
        both.sort_by(|a, b| (&a.0.file, a.0.line).cmp(&(&b.0.file, b.0.line)));
        (self.clauses, self.places) = both.into_iter().unzip();
    }

    fn found(&mut self, rule: Rule, place: Place, message: String, help: &str) {
        let mut problem = Problem::new(rule, place, message);
        problem.help = (!help.is_empty()).then(|| help.to_owned());
        self.problems.push(problem);
    }

    fn comment(&mut self, documented: &Documented, texts: &Texts, lines: &Lines) {
        let docs = &documented.docs;
        let file = texts.wit_file(&documented.file);
        let place = |at: Range<usize>| {
            let start = docs.place(at.start);
            Place::of(file.clone(), start..start + at.len())
        };
        let prose = prose::parse(&docs.text);
        let code = spans(&docs.text);
        for line in prose.commentary_at {
            self.stray(&docs.text, line, &code, &place);
        }
        for item in prose.items {
            let at = place(item.id_at.clone());
            if !prose::is_clause_id(&item.id) {
                let message = format!("{:?} is not the id of a clause, such as KV-GET-2", item.id);
                self.found(Rule::ClauseId, at, message, "");
                continue;
            }
            if !documented.in_interface {
                let message = format!("{} stands outside of every interface", item.id);
                let help = "move it to an interface, or to what one declares";
                self.found(Rule::ClausePlace, at.clone(), message, help);
            }
            if !self.seen.insert(item.id.clone()) {
                let message = format!("{} is used for a second clause", item.id);
                let help = "give this one the next free number of the group";
                self.found(Rule::ClauseTwice, at, message, help);
                continue;
            }
            let package = documented.package.split('@').next().unwrap_or_default();
            self.taken.push(Taken {
                id: item.id.clone(),
                package: package.to_owned(),
                place: at.clone(),
            });
            // A tombstone holds its number and demands nothing.
            if prose::is_removed(&item.text) {
                self.tombstone(&item, &documented.package, &place);
                self.removed.insert(item.id);
                continue;
            }
            let Some(word) = self.word(&item, &place) else {
                continue;
            };
            self.sentence(&item, &place);
            let line = lines.line(&file, at.at.map_or(0, |(start, _)| start));
            self.places.push(at);
            self.clauses.push(Clause {
                id: item.id,
                word,
                text: item.text,
                package: documented.package.clone(),
                interface: documented.interface.clone(),
                item: documented.item.clone(),
                unstable: documented.unstable,
                file: documented.file.clone(),
                line,
            });
        }
    }

    /// A word of RFC 2119 in a line without an id.
    fn stray(
        &mut self,
        docs: &str,
        line: Range<usize>,
        code: &[Span],
        place: &impl Fn(Range<usize>) -> Place,
    ) {
        let text = docs.get(line.clone()).unwrap_or_default();
        // What stands in code is quoted.
        let quoted = |at: &Range<usize>| {
            let start = line.start + at.start;
            let after = code.partition_point(|span| span.at.start <= start);
            let before = after.checked_sub(1).and_then(|last| code.get(last));
            before.is_some_and(|span| span.is_code && span.at.contains(&start))
        };
        let mut words = prose::words(text).into_iter();
        let Some((word, at)) = words.find(|(_, at)| !quoted(at)) else {
            return;
        };
        let word = match word {
            Normative::Known(word) => word.as_str(),
            Normative::Foreign(word) => word,
        };
        let at = place(line.start + at.start..line.start + at.end);
        let message = format!("{word} stands in a sentence without an id");
        let help = "make it a clause, `- [ID] MUST ...`, or write the word in lower case";
        self.found(Rule::StrayWord, at, message, help);
    }

    fn tombstone(&mut self, item: &Item, package: &str, place: &impl Fn(Range<usize>) -> Place) {
        let id = &item.id;
        let at = |text: &str, within: Option<usize>| {
            let start = item.place(within.unwrap_or(0));
            place(start..start + text.len())
        };
        let Some(removed) = prose::tombstone(&item.text) else {
            let message = format!("the tombstone of {id} is not complete");
            let help = format!("write it as `- [{id}] REMOVED in VERSION: REASON.`");
            return self.found(Rule::Tombstone, at("REMOVED", None), message, &help);
        };
        let version = package.split_once('@').map_or("", |(_, version)| version);
        let known: Option<Version> = version.parse().ok();
        if prose::is_early(&removed, known.as_ref()) {
            let message = format!("{id} is removed in {removed}, and the package is {version}");
            let help = "name the version that it is not part of any more";
            let word = removed.to_string();
            let at = at(&word, item.text.find(&word));
            self.found(Rule::Tombstone, at, message, help);
        }
    }

    /// The one normative word of a clause, which has to be its first.
    fn word(
        &mut self,
        item: &Item,
        place: &impl Fn(Range<usize>) -> Place,
    ) -> Option<conformance_model::Word> {
        let words = prose::words(&item.text);
        let at = |range: &Range<usize>| {
            let start = item.place(range.start);
            place(start..start + range.len())
        };
        let id = &item.id;
        let foreign = words.iter().find_map(|(word, range)| match word {
            Normative::Foreign(word) => Some((*word, range)),
            Normative::Known(_) => None,
        });
        if let Some((word, range)) = foreign {
            let message = format!("{id} uses {word}; say MUST, SHOULD or MAY");
            self.found(Rule::ClauseWord, at(range), message, "");
            return None;
        }
        if let Some(range) = prose::loose_negation(&item.text) {
            let said = item.text.get(range.clone()).unwrap_or_default();
            let message = format!("{id} says `{said}`");
            let help = "deny with MUST NOT or SHOULD NOT; anything else is read past";
            self.found(Rule::ClauseWord, at(&range), message, help);
            return None;
        }
        let (word, range) = match words.as_slice() {
            [] => {
                let message = format!("{id} has no MUST, SHOULD or MAY");
                self.found(Rule::ClauseWord, place(item.id_at.clone()), message, "");
                return None;
            }
            [(Normative::Known(word), range)] => (*word, range),
            [_, (_, second), ..] => {
                let listed: Vec<&str> = prose::normative(&item.text)
                    .0
                    .into_iter()
                    .map(|word| word.as_str())
                    .collect();
                let message = format!("{id} has several normative words: {}", listed.join(", "));
                let help = "make two clauses of it, each with an id of its own";
                self.found(Rule::ClauseWord, at(second), message, help);
                return None;
            }
            [(Normative::Foreign(_), _)] => return None,
        };
        if range.start != 0 {
            let message = format!("{id} has its {} not at the start", word.as_str());
            let help = "leave the subject out: it is always the implementation";
            self.found(Rule::ClauseWord, at(range), message, help);
            return None;
        }
        Some(word)
    }

    /// One sentence, with a full stop at its end alone.
    fn sentence(&mut self, item: &Item, place: &impl Fn(Range<usize>) -> Place) {
        let text = &item.text;
        let (at, what, help) = if let Some(at) = second_sentence(text) {
            let help = "give what it demands an id of its own, or move it out of the list";
            (at, "has a second sentence", help)
        } else if !text.ends_with('.') {
            let last = text.char_indices().last().map_or(0, |(at, _)| at);
            (last, "does not end in a full stop", "")
        } else {
            return;
        };
        let start = item.place(at);
        let first = text.get(at..).and_then(|rest| rest.chars().next());
        let at = place(start..start + first.map_or(1, char::len_utf8));
        self.found(
            Rule::ClauseSentence,
            at,
            format!("{} {what}", item.id),
            help,
        );
    }

    /// What looks like a clause in a comment that no tool shows.
    fn loose(&mut self, parsed: &Parsed, texts: &Texts) {
        for file in parsed.files.iter().filter(|file| !file.is_dependency) {
            let name = texts.wit_file(&file.path);
            let Some(text) = texts.get(&name) else {
                continue;
            };
            for comment in &file.outline.loose {
                let mut start = comment.start;
                let comment = text.get(comment.clone()).unwrap_or_default();
                for line in comment.split_inclusive('\n') {
                    let bare = line.trim_start_matches(['/', '*', ' ', '\t']);
                    if let Some((id, _)) = prose::item(bare) {
                        let at = start + (id.as_ptr() as usize - line.as_ptr() as usize);
                        let place = Place::of(name.clone(), at..at + id.len());
                        let message = format!("{id} stands in no doc comment of an item");
                        self.problems
                            .push(Problem::new(Rule::ClausePlace, place, message));
                    }
                    start += line.len();
                }
            }
        }
    }

    /// Numbers that no clause and no tombstone has.
    fn gaps(&mut self) {
        let mut groups: BTreeMap<&str, BTreeMap<u32, &Taken>> = BTreeMap::new();
        for taken in &self.taken {
            if let Some((group, number)) = prose::numbered(&taken.id) {
                groups.entry(group).or_default().insert(number, taken);
            }
        }
        let mut problems = Vec::new();
        for (group, numbers) in groups {
            let mut expected = 1;
            for (number, taken) in numbers {
                if number > expected {
                    let last = number - 1;
                    let (missing, verb) = match last == expected {
                        true => (format!("{group}-{last}"), "is"),
                        false => (format!("{group}-{expected} to {group}-{last}"), "are"),
                    };
                    let message = format!("{missing} {verb} missing before {}", taken.id);
                    let help = format!(
                        "number without holes, or leave a tombstone for what was dropped: \
                         `- [{group}-{last}] REMOVED in VERSION: REASON.`"
                    );
                    let place = taken.place.clone();
                    problems.push(Problem::new(Rule::ClauseGap, place, message).helped(help));
                }
                expected = number.saturating_add(1);
            }
        }
        self.problems.extend(problems);
    }

    /// The prefix of each package is the one that most of its clauses have.
    pub(crate) fn prefix_of(&self) -> BTreeMap<&str, &str> {
        let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for taken in &self.taken {
            let prefix = prefix(&taken.id);
            *counts
                .entry(&taken.package)
                .or_default()
                .entry(prefix)
                .or_default() += 1;
        }
        counts
            .into_iter()
            .filter_map(|(package, counts)| Some((package, most(&counts)?)))
            .collect()
    }

    fn prefixes(&mut self) {
        let prefixes = self.prefix_of();
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for (package, prefix) in &prefixes {
            owners.entry(prefix).or_insert(package);
        }
        let mut problems = Vec::new();
        for taken in &self.taken {
            let own = prefixes
                .get(taken.package.as_str())
                .copied()
                .unwrap_or_default();
            let used = prefix(&taken.id);
            let mut problem = |message: String| {
                let place = taken.place.clone();
                problems.push(Problem::new(Rule::ClausePrefix, place, message));
            };
            match owners.get(used) {
                Some(owner) if *owner != taken.package => problem(format!(
                    "{} has the prefix of {owner}; it stands in {}",
                    taken.id, taken.package
                )),
                None if used != own => problem(format!(
                    "{} does not begin with {own}, as the other clauses of {} do",
                    taken.id, taken.package
                )),
                _ => {}
            }
        }
        self.problems.extend(problems);
    }

    /// The ids of all clauses, removed ones too.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.taken.iter().map(|taken| taken.id.as_str())
    }

    /// Whether an id is a clause, or was one.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.seen.contains(id)
    }
}

/// What is counted most often, the first of several that are as frequent.
fn most<'a>(counts: &BTreeMap<&'a str, usize>) -> Option<&'a str> {
    let mut best = None;
    for (&text, &count) in counts {
        if best.is_none_or(|(_, most)| count > most) {
            best = Some((text, count));
        }
    }
    best.map(|(text, _)| text)
}

/// The first group of an id: `KV`.
pub(crate) fn prefix(id: &str) -> &str {
    id.split('-').next().unwrap_or_default()
}

/// Abbreviations whose full stop ends no sentence.
const ABBREVIATED: [&str; 5] = ["e.g", "i.e", "cf", "etc", "vs"];

/// Where a second sentence begins: at a capital letter behind a full stop and a
/// blank, outside of code.
fn second_sentence(text: &str) -> Option<usize> {
    let mut in_code = false;
    for (at, c) in text.char_indices() {
        if c == '`' {
            in_code = !in_code;
        }
        if c != '.' || in_code {
            continue;
        }
        let before = text.get(..at).unwrap_or_default();
        if ABBREVIATED.iter().any(|word| before.ends_with(word)) {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or_default();
        let next = rest.strip_prefix(' ').and_then(|rest| rest.chars().next());
        if next.is_some_and(char::is_uppercase) {
            return Some(at + 2);
        }
    }
    None
}

/// Where the lines of the files begin.
struct Lines {
    starts: HashMap<String, Vec<usize>>,
}

impl Lines {
    fn of(parsed: &Parsed, texts: &Texts) -> Self {
        let mut starts = HashMap::new();
        for file in &parsed.files {
            let name = texts.wit_file(&file.path);
            let text = texts.get(&name).unwrap_or_default();
            let ends = text.match_indices('\n').map(|(at, _)| at + 1);
            starts.insert(name, std::iter::once(0).chain(ends).collect());
        }
        Self { starts }
    }

    fn line(&self, file: &str, at: usize) -> u32 {
        let starts = self.starts.get(file).map_or(&[][..], Vec::as_slice);
        u32::try_from(starts.partition_point(|&start| start <= at)).unwrap_or(u32::MAX)
    }
}
