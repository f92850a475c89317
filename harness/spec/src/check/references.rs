//! Whether what the texts mention exists: clauses everywhere, declarations where a
//! text names them in full, features and limits where the specification speaks.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::mentions::{ItemName, clause_ids, item_name, spans};
use super::{Place, Problem, Rule};
use crate::Catalog;
use crate::clauses::prefix;
use crate::prose;

/// Endings that make a name with a point that of a file.
const FILE_ENDINGS: [&str; 8] = ["wit", "md", "toml", "json", "rs", "wasm", "yaml", "txt"];

/// What is wrong with what the texts mention.
pub(crate) fn references(catalog: &Catalog) -> Vec<Problem> {
    let mut scan = Scan {
        catalog,
        known: Known::of(catalog),
        problems: Vec::new(),
    };
    for documented in &catalog.documented {
        let docs = &documented.docs;
        let file = catalog.texts.wit_file(&documented.file);
        let place = |at: Range<usize>| {
            let start = docs.place(at.start);
            Place::of(file.clone(), start..start + at.len())
        };
        let package = documented.package.split('@').next().unwrap_or_default();
        scan.prose(&docs.text, Speaker::Package(package), &place);
    }
    let roots = &catalog.texts.roots;
    for page in &catalog.sources.pages {
        let file = format!("{}{}", roots.wit, page.path);
        let place = |at: Range<usize>| Place::of(file.clone(), at);
        scan.prose(&page.text, Speaker::Overview, &place);
    }
    for source in &catalog.sources.proposals {
        // What is not in force may speak of what is not there yet, or no more.
        let folder = source.path.split('/').next().unwrap_or_default();
        let mut proposals = catalog.proposals.iter();
        let in_force = proposals
            .find(|proposal| proposal.path.split('/').next() == Some(folder))
            .is_none_or(|proposal| proposal.status.is_in_force());
        if !in_force {
            continue;
        }
        let file = format!("{}{}", roots.proposals, source.path);
        let place = |at: Range<usize>| Place::of(file.clone(), at);
        if source.path.ends_with(".md") {
            scan.prose(&source.text, Speaker::Proposal, &place);
        } else {
            scan.clauses(&source.text, 0, &place);
        }
    }
    for source in &catalog.sources.features {
        let file = format!("{}{}", roots.features, source.path);
        let place = |at: Range<usize>| Place::of(file.clone(), at);
        scan.clauses(&source.text, 0, &place);
    }
    scan.problems
}

/// That a clause does not exist, and which one may be meant.
pub(crate) fn unknown_clause(catalog: &Catalog, id: &str, place: Place) -> Problem {
    let problem = Problem::new(
        Rule::UnknownClause,
        place,
        format!("no clause is named {id}"),
    );
    match catalog.similar(id).as_slice() {
        [] => problem,
        similar => problem.helped(format!("is it {}?", similar.join(" or "))),
    }
}

/// Who speaks. The less of the specification a text is, the more it may name other
/// things.
#[derive(Clone, Copy)]
enum Speaker<'a> {
    /// The doc comments of a package.
    Package(&'a str),
    /// The page about all packages.
    Overview,
    /// A page of a proposal, which speaks of other interfaces and of what was
    /// rejected.
    Proposal,
}

struct Scan<'a> {
    catalog: &'a Catalog,
    known: Known<'a>,
    problems: Vec<Problem>,
}

impl Scan<'_> {
    fn prose(&mut self, text: &str, speaker: Speaker<'_>, place: &impl Fn(Range<usize>) -> Place) {
        for span in spans(text) {
            let part = text.get(span.at.clone()).unwrap_or_default();
            if span.is_code {
                // The tables of features and limits are checked as such.
                let is_row = matches!(speaker, Speaker::Package(_)) && in_row(text, span.at.start);
                if !is_row || !self.known.is_like_feature(part) {
                    self.code(part, span.at.clone(), speaker, place);
                }
            } else {
                self.clauses(part, span.at.start, place);
            }
        }
    }

    /// The clauses in a text that begins at a place.
    fn clauses(&mut self, text: &str, start: usize, place: &impl Fn(Range<usize>) -> Place) {
        for (id, at) in clause_ids(text) {
            self.clause(&id, place(start + at.start..start + at.end));
        }
    }

    fn clause(&mut self, id: &str, place: Place) {
        if self.catalog.index.knows(id) {
            return;
        }
        // `UTF-8` has the shape of an id, too.
        if !self.known.prefixes.contains(prefix(id)) && !self.is_misspelt(id) {
            return;
        }
        self.problems.push(unknown_clause(self.catalog, id, place));
    }

    /// Whether an id with an unknown prefix differs from a clause in one letter.
    fn is_misspelt(&self, id: &str) -> bool {
        let tail = id.split_once('-').map_or("", |(_, tail)| tail);
        tail.contains('-')
            && self
                .catalog
                .similar(id)
                .iter()
                .any(|other| crate::distance(id, other) == 1 && other.ends_with(tail))
    }

    /// Code is a mention if it is nothing but a name.
    fn code(
        &mut self,
        code: &str,
        at: Range<usize>,
        speaker: Speaker<'_>,
        place: &impl Fn(Range<usize>) -> Place,
    ) {
        if prose::is_clause_id(code) {
            self.clause(code, place(at));
        } else if code.contains('-') && prose::is_group(code) {
            let of_ours = self.known.prefixes.contains(prefix(code));
            if of_ours && !self.known.groups.contains(code) {
                let message = format!("no clause is in the group {code}");
                self.problems
                    .push(Problem::new(Rule::UnknownClause, place(at), message));
            }
        } else if self.known.is_like_feature(code) {
            let rejected = matches!(speaker, Speaker::Proposal);
            if !rejected && !self.known.features.contains(code) {
                let message = format!("no feature and no limit is named {code}");
                self.problems
                    .push(Problem::new(Rule::UnknownFeature, place(at), message));
            }
        } else if let Some(name) = item_name(code)
            && self.known.declares(&name, speaker) == Some(false)
        {
            let message = format!("nothing is declared as {code}");
            self.problems
                .push(Problem::new(Rule::UnknownItem, place(at), message));
        }
    }
}

/// The names that exist.
struct Known<'a> {
    /// The prefixes of all clauses.
    prefixes: BTreeSet<&'a str>,
    /// What comes before the number in the ids of all clauses.
    groups: HashSet<&'a str>,
    /// Features, limits and cases, and the first words of features.
    features: HashSet<&'a str>,
    feature_words: HashSet<&'a str>,
    /// The paths of the items by package without version, and interface.
    items: HashMap<&'a str, HashMap<&'a str, HashSet<&'a str>>>,
}

impl<'a> Known<'a> {
    fn of(catalog: &'a Catalog) -> Self {
        let first = |id: &'a str| id.split('.').next().unwrap_or_default();
        let mut known = Self {
            prefixes: catalog.index.prefix_of().into_values().collect(),
            groups: catalog
                .index
                .ids()
                .filter_map(|id| prose::numbered(id).map(|(group, _)| group))
                .collect(),
            features: HashSet::new(),
            feature_words: catalog
                .features()
                .map(|feature| first(&feature.id))
                .collect(),
            items: HashMap::new(),
        };
        known
            .features
            .extend(catalog.features().map(|f| f.id.as_str()));
        known
            .features
            .extend(catalog.limits.iter().map(|l| l.id.as_str()));
        known
            .features
            .extend(catalog.cases().iter().map(|c| c.id.as_str()));
        for documented in &catalog.documented {
            let package = documented.package.split('@').next().unwrap_or_default();
            let interface = documented.interface.trim_start_matches("world ");
            let items = known.items.entry(package).or_default();
            let items = items.entry(interface).or_default();
            items.extend(documented.item.as_deref());
        }
        known
    }

    fn is_like_feature(&self, code: &str) -> bool {
        let first = code.split('.').next().unwrap_or_default();
        super::features::is_dotted(code) && self.feature_words.contains(first)
    }

    /// Whether something goes by a name; none where it may name something else.
    fn declares(&self, name: &ItemName<'_>, speaker: Speaker<'_>) -> Option<bool> {
        if let Some(package) = name.package {
            let interfaces = self.items.get(package)?;
            return Some(in_package(interfaces, name));
        }
        let rest = name.rest?;
        if FILE_ENDINGS.contains(&rest) {
            return None;
        }
        let speaks_of = match speaker {
            Speaker::Package(package) => vec![self.items.get(package)?],
            Speaker::Overview => self.items.values().collect(),
            Speaker::Proposal => return None,
        };
        let mut owners = speaks_of
            .into_iter()
            .filter(|interfaces| interfaces.contains_key(name.first))
            .peekable();
        owners.peek()?;
        Some(owners.any(|interfaces| in_package(interfaces, name)))
    }
}

/// Whether a place is in the row of a table.
fn in_row(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    before
        .get(line..)
        .is_some_and(|start| start.trim_start().starts_with('|'))
}

fn in_package(interfaces: &HashMap<&str, HashSet<&str>>, name: &ItemName<'_>) -> bool {
    let of_type = |items: &HashSet<&str>| {
        name.rest
            .is_some_and(|rest| items.contains(format!("{}.{rest}", name.first).as_str()))
    };
    let of_interface = interfaces.get(name.first).is_some_and(|items| {
        name.rest.is_none_or(|rest| {
            let method = format!(".{rest}");
            items.contains(rest) || items.iter().any(|item| item.ends_with(&method))
        })
    });
    of_interface || interfaces.values().any(of_type)
}
