//! Rows of the tables in the comment of a package: features with their levels, limits
//! with their portable bounds. Clauses refer to them, so that another number is another
//! demand, though no clause changed.

use std::collections::BTreeMap;

use conformance_model::{Case, ClauseChangeKind, Effect, RowChange, Table, Word};

use super::clauses::{self, Clauses};
use crate::check::spans;
use crate::limits::Bound;
use crate::shape::Package;
use crate::tables::{FeatureRow, LimitRow};

/// How the column of the bounds is called. A clause that speaks of these speaks of
/// every limit.
const BOUNDS: &str = "portable bound";

/// A row, in the words of both tables.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    demand: Demand,
    /// How the demand is written.
    written: String,
    /// Of a limit, the feature that it is stated with.
    feature: Option<String>,
    what: String,
    unstable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demand {
    Bound(Bound),
    /// The level of a feature, as the word that binds as much.
    Level(Option<Word>),
}

impl Demand {
    /// The word that is as strong: every binding keeps its bounds.
    fn word(self) -> Option<Word> {
        match self {
            Self::Bound(_) => Some(Word::Must),
            Self::Level(word) => word,
        }
    }

    /// What became of it; nothing where it is the same.
    fn became(self, new: Self) -> Option<ClauseChangeKind> {
        use ClauseChangeKind::{Reversed, Strengthened, Weakened};
        let more = match (self, new) {
            (Self::Bound(Bound::AtLeast(old)), Self::Bound(Bound::AtLeast(new))) => new.cmp(&old),
            (Self::Bound(Bound::AtMost(old)), Self::Bound(Bound::AtMost(new))) => old.cmp(&new),
            (Self::Level(old), Self::Level(new)) => {
                clauses::strength(new).cmp(&clauses::strength(old))
            }
            _ => return Some(Reversed),
        };
        match more {
            std::cmp::Ordering::Less => Some(Weakened),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Strengthened),
        }
    }
}

type Rows = BTreeMap<(Table, String), Row>;

/// The tables of a comment. What only looks like a row is commentary.
fn rows(docs: &str) -> Rows {
    let mut rows = Rows::new();
    let mut unstable = Vec::new();
    for row in docs.lines().filter_map(FeatureRow::parse) {
        let word = match row.level {
            "core" => Some(Word::Must),
            "extended" => Some(Word::Should),
            _ => None,
        };
        if word.is_none() {
            unstable.push(row.id);
        }
        let key = (Table::Features, row.id.to_owned());
        rows.entry(key).or_insert_with(|| Row {
            demand: Demand::Level(word),
            written: row.level.to_owned(),
            feature: None,
            what: row.what.to_owned(),
            unstable: word.is_none(),
        });
    }
    for (row, bound) in docs.lines().filter_map(limit) {
        let key = (Table::Limits, row.id.to_owned());
        rows.entry(key).or_insert_with(|| Row {
            demand: Demand::Bound(bound),
            written: row.bound.to_owned(),
            feature: Some(row.feature.to_owned()),
            what: row.what.to_owned(),
            unstable: unstable.contains(&row.feature),
        });
    }
    rows
}

fn limit(line: &str) -> Option<(LimitRow<'_>, Bound)> {
    let row = LimitRow::parse(line)?;
    Some((row, Bound::parse(row.bound)?))
}

/// The limits of a comment, each with its bound and the feature that it is stated with.
pub(super) fn limits(docs: &str) -> impl Iterator<Item = (LimitRow<'_>, Bound)> {
    docs.lines().filter_map(limit)
}

/// A comment without the rows, which are told apart.
pub(super) fn without(docs: &str) -> String {
    let is_row = |line: &&str| FeatureRow::parse(line).is_some() || limit(line).is_some();
    let lines: Vec<&str> = docs.lines().filter(|line| !is_row(line)).collect();
    lines.join("\n")
}

/// Compares the tables of both states of a package.
pub(super) fn compare(
    old: &Package,
    new: &Package,
    clauses: &Clauses,
    cases: &[Case],
) -> Vec<RowChange> {
    let (old, new) = (rows(&old.docs), rows(&new.docs));
    let mut found = Found {
        clauses,
        cases,
        changes: Vec::new(),
    };
    for (key, was) in &old {
        match new.get(key) {
            Some(is) => found.both(key, was, is),
            None => found.add(key, ClauseChangeKind::Removed, Some(was), None, whole),
        }
    }
    for (key, is) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        found.add(key, ClauseChangeKind::Added, None, Some(is), whole);
    }
    let mut changes = found.changes;
    changes.sort_by(|a, b| (a.table, &a.id, a.kind).cmp(&(b.table, &b.id, b.kind)));
    changes
}

struct Found<'a> {
    clauses: &'a Clauses,
    cases: &'a [Case],
    changes: Vec<RowChange>,
}

impl Found<'_> {
    fn both(&mut self, key: &(Table, String), was: &Row, is: &Row) {
        use ClauseChangeKind::{Moved, Reworded};
        let mut add = |kind, words: fn(&Row) -> String| {
            self.add(key, kind, Some(was), Some(is), words);
        };
        if let Some(kind) = was.demand.became(is.demand) {
            add(kind, written);
        } else if was.written != is.written {
            add(Reworded, written);
        }
        if was.feature != is.feature {
            add(Moved, stated);
        }
        if was.what != is.what {
            add(Reworded, what);
        }
    }

    /// A change, and the words that show it.
    fn add(
        &mut self,
        (table, id): &(Table, String),
        kind: ClauseChangeKind,
        was: Option<&Row>,
        is: Option<&Row>,
        words: fn(&Row) -> String,
    ) {
        // What was or became unstable is free to change.
        let unstable = [was, is].into_iter().flatten().any(|row| row.unstable);
        let word = |row: Option<&Row>| row.and_then(|row| row.demand.word());
        let naming = naming(*table, id, kind, self.clauses);
        self.changes.push(RowChange {
            table: *table,
            id: id.clone(),
            kind,
            old: was.map(words),
            new: is.map(words),
            effect: if unstable {
                Effect::default()
            } else {
                clauses::effect(kind, word(was), word(is))
            },
            unstable,
            cases: proving(*table, id, &naming, self.cases),
            clauses: naming,
        });
    }
}

fn written(row: &Row) -> String {
    row.written.clone()
}

fn what(row: &Row) -> String {
    row.what.clone()
}

fn stated(row: &Row) -> String {
    let feature = row.feature.as_deref().unwrap_or_default();
    format!("stated with {feature}")
}

/// A row in one line.
fn whole(row: &Row) -> String {
    match row.feature {
        Some(_) => format!("{}, {}: {}", row.written, stated(row), row.what),
        None => format!("{}: {}", row.written, row.what),
    }
}

/// The clauses of either state that speak of a row.
fn naming(table: Table, id: &str, kind: ClauseChangeKind, clauses: &Clauses) -> Vec<String> {
    let of_all = table == Table::Limits && kind != ClauseChangeKind::Reworded;
    clauses.that_say(|text| {
        let code = spans(text).into_iter().filter(|span| span.is_code);
        let mut names = code.filter_map(|span| text.get(span.at));
        names.any(|name| name == id) || (of_all && text.contains(BOUNDS))
    })
}

/// The cases that prove these clauses; of a feature those that need it or see it
/// refused, too.
fn proving(table: Table, id: &str, clauses: &[String], cases: &[Case]) -> Vec<String> {
    let of_feature = |case: &Case| table == Table::Features && case.concerns(id);
    let proving = cases.iter().filter(|case| {
        of_feature(case) || case.clauses.iter().any(|clause| clauses.contains(clause))
    });
    proving.map(|case| case.id.clone()).collect()
}
