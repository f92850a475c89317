//! The clauses: from doc comments to an index, and what is wrong with them on
//! the way.

use std::collections::HashMap;

use conformance_model::Clause;

use crate::Source;
use crate::check::{Problem, Rule};
use crate::prose::{self, Prose};
use crate::wit::Documented;

/// The clauses in the order of the files, and what is wrong with them.
pub(crate) fn index(documented: &[Documented], sources: &[Source]) -> (Vec<Clause>, Vec<Problem>) {
    let mut lines = Lines::of(sources);
    let mut clauses: Vec<Clause> = Vec::new();
    let mut removed: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for place in documented {
        let Prose { items, commentary } = prose::parse(&place.docs);
        let name = match &place.item {
            Some(item) => format!("{}/{}.{item}", place.package, place.interface),
            None => format!("{}/{}", place.package, place.interface),
        };
        let (stray, _) = prose::normative(&commentary);
        if let Some(word) = stray.first() {
            problems.push(Problem::new(
                Rule::StrayWord,
                name.clone(),
                format!("{} stands in a sentence without an id", word.as_str()),
            ));
        }
        for item in items {
            let (file, line) = lines.take(&item.id);
            let at = match line {
                0 => name.clone(),
                line => format!("{file}:{line}"),
            };
            if !prose::is_clause_id(&item.id) {
                problems.push(Problem::new(
                    Rule::ClauseId,
                    at,
                    format!("{:?} is not the id of a clause, such as KV-GET-2", item.id),
                ));
                continue;
            }
            if !place.in_interface {
                problems.push(Problem::new(
                    Rule::ClausePlace,
                    at.clone(),
                    format!("{} stands outside of every interface", item.id),
                ));
            }
            if clauses.iter().any(|clause| clause.id == item.id) || removed.contains(&item.id) {
                problems.push(Problem::new(
                    Rule::ClauseTwice,
                    at,
                    format!("{} is used for a second clause", item.id),
                ));
                continue;
            }
            // A tombstone holds its number and demands nothing.
            if prose::is_tombstone(&item.text) {
                removed.push(item.id);
                continue;
            }
            let word = match word_of(&item.text) {
                Ok(word) => word,
                Err(message) => {
                    let message = format!("{} {message}", item.id);
                    problems.push(Problem::new(Rule::ClauseWord, at, message));
                    continue;
                }
            };
            clauses.push(Clause {
                id: item.id,
                word,
                text: item.text,
                package: place.package.clone(),
                interface: place.interface.clone(),
                item: place.item.clone(),
                unstable: place.unstable,
                file,
                line,
            });
        }
    }
    problems.extend(lines.left());
    clauses.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    (clauses, problems)
}

/// The one normative word of a clause, which has to be its first.
fn word_of(text: &str) -> Result<conformance_model::Word, String> {
    let (words, foreign) = prose::normative(text);
    if let Some(word) = foreign.first() {
        return Err(format!("uses {word}; say MUST, SHOULD or MAY"));
    }
    match words.as_slice() {
        [word] if text.starts_with(word.as_str()) => Ok(*word),
        [word] => Err(format!("has its {} not at the start", word.as_str())),
        [] => Err("has no MUST, SHOULD or MAY".to_owned()),
        _ => {
            let words: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
            Err(format!("has several normative words: {}", words.join(", ")))
        }
    }
}

/// Where ids stand in the files. The parser keeps no positions inside comments,
/// so the lines are looked up by id; what no doc comment of the parser has is
/// left over.
struct Lines {
    places: HashMap<String, Vec<(String, u32)>>,
}

impl Lines {
    fn of(sources: &[Source]) -> Self {
        let mut places: HashMap<String, Vec<(String, u32)>> = HashMap::new();
        for source in sources {
            for (line, number) in source.text.lines().zip(1..) {
                let Some(comment) = line.trim_start().strip_prefix("//") else {
                    continue;
                };
                if let Some((id, _)) = prose::item(comment.trim_start_matches('/')) {
                    let place = (source.path.clone(), number);
                    places.entry(id.to_owned()).or_default().push(place);
                }
            }
        }
        // Taken from the end.
        for found in places.values_mut() {
            found.sort();
            found.reverse();
        }
        Self { places }
    }

    /// The next place of an id; line 0 if there is none (a block comment).
    fn take(&mut self, id: &str) -> (String, u32) {
        self.places
            .get_mut(id)
            .and_then(Vec::pop)
            .unwrap_or_default()
    }

    /// What looks like a clause but stands in no doc comment.
    fn left(self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self
            .places
            .into_iter()
            .flat_map(|(id, places)| {
                places.into_iter().map(move |(file, line)| {
                    Problem::new(
                        Rule::ClausePlace,
                        format!("{file}:{line}"),
                        format!("{id} stands in no doc comment of an item"),
                    )
                })
            })
            .collect();
        problems.sort_by(|a, b| a.at.cmp(&b.at));
        problems
    }
}
