//! The tables of `wit/README.md`: every package with its folder and prefix, every
//! group of clauses with its file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::mentions::spans;
use super::{Place, Problem, Rule};
use crate::clauses::prefix;
use crate::{Catalog, Source, prose};

/// The page with the tables.
const PAGE: &str = "README.md";

/// A cell of a table: the code in it, and where it stands.
struct Cell<'a> {
    text: &'a str,
    at: Range<usize>,
    code: Vec<(&'a str, Range<usize>)>,
}

/// What is wrong with the tables, where there are any.
pub(crate) fn overview(catalog: &Catalog) -> Vec<Problem> {
    let mut pages = catalog.sources.pages.iter();
    let Some(page) = pages.find(|page| page.path == PAGE) else {
        return Vec::new();
    };
    let mut check = Check {
        catalog,
        file: format!("{}{PAGE}", catalog.texts.roots.wit),
        problems: Vec::new(),
    };
    let rows: Vec<Vec<Cell<'_>>> = rows(page);
    check.packages(&rows);
    check.groups(&rows);
    check.problems
}

fn rows(page: &Source) -> Vec<Vec<Cell<'_>>> {
    let mut rows = Vec::new();
    let mut next = 0;
    for line in page.text.split_inclusive('\n') {
        let mut start = next;
        next += line.len();
        if !line.starts_with('|') {
            continue;
        }
        let mut cells = Vec::new();
        for text in line.split('|') {
            let code = spans(text)
                .into_iter()
                .filter(|span| span.is_code)
                .filter_map(|span| {
                    let code = text.get(span.at.clone())?;
                    Some((code, start + span.at.start..start + span.at.end))
                })
                .collect();
            let trimmed = text.trim();
            let from = start + (text.len() - text.trim_start().len());
            cells.push(Cell {
                text: trimmed,
                at: from..from + trimmed.len(),
                code,
            });
            start += text.len() + 1;
        }
        rows.push(cells);
    }
    rows
}

struct Check<'a> {
    catalog: &'a Catalog,
    file: String,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn found(&mut self, at: Range<usize>, message: String) {
        let place = Place::of(self.file.clone(), at);
        self.problems
            .push(Problem::new(Rule::Overview, place, message));
    }

    /// Rows of a folder, a package with its version, and a prefix.
    fn packages(&mut self, rows: &[Vec<Cell<'a>>]) {
        let catalog = self.catalog;
        let folders: BTreeMap<&str, &str> = catalog
            .files
            .iter()
            .filter(|file| !file.is_dependency)
            .filter_map(|file| {
                let (folder, _) = file.path.rsplit_once('/')?;
                Some((file.packages.first()?.as_str(), folder))
            })
            .collect();
        let prefixes = catalog.index.prefix_of();
        let mut listed = BTreeSet::new();
        for row in rows {
            let [_, folder, package, prefix, ..] = row.as_slice() else {
                continue;
            };
            let [(named, at)] = package.code.as_slice() else {
                continue;
            };
            let Some((name, version)) = named.split_once('@') else {
                continue;
            };
            if !name.contains(':') || name.contains('/') {
                continue;
            }
            listed.insert(name);
            let Some(known) = catalog.packages.iter().find(|known| known.name == name) else {
                self.found(at.clone(), format!("no package is named {name}"));
                continue;
            };
            if known.version != version {
                self.found(
                    at.clone(),
                    format!("{name} has the version {}", known.version),
                );
                continue;
            }
            let lies_in = folders.get(named).copied().unwrap_or_default();
            if folder
                .code
                .iter()
                .all(|(code, _)| code.trim_end_matches('/') != lies_in)
            {
                self.found(folder.at.clone(), format!("{name} lies in {lies_in}/"));
            }
            let own = prefixes.get(name).copied();
            let told = prefix.code.first().map(|(code, _)| *code);
            if own != told {
                let message = match own {
                    Some(own) => format!("the clauses of {name} begin with {own}"),
                    None => format!("{name} has no clauses"),
                };
                self.found(prefix.at.clone(), message);
            }
        }
        if listed.is_empty() {
            return;
        }
        for package in &catalog.packages {
            if !listed.contains(package.name.as_str()) {
                let message = format!("no table lists {}@{}", package.name, package.version);
                let place = Place::whole(self.file.clone());
                self.problems
                    .push(Problem::new(Rule::Overview, place, message));
            }
        }
    }

    /// Rows of groups and the file that they stand in.
    fn groups(&mut self, rows: &[Vec<Cell<'a>>]) {
        let catalog = self.catalog;
        // The files of each group, with the place of its first clause.
        let mut groups: BTreeMap<&str, (BTreeSet<&str>, &Place)> = BTreeMap::new();
        for (clause, place) in catalog.clauses.iter().zip(&catalog.index.places) {
            if let Some((group, _)) = prose::numbered(&clause.id) {
                let entry = groups.entry(group).or_insert((BTreeSet::new(), place));
                entry.0.insert(&clause.file);
            }
        }
        let prefixes: BTreeSet<&str> = groups.keys().map(|group| prefix(group)).collect();
        let mut listed = BTreeSet::new();
        for row in rows {
            let [_, named, file, ..] = row.as_slice() else {
                continue;
            };
            let [(path, path_at)] = file.code.as_slice() else {
                continue;
            };
            if !path.ends_with(".wit") || file.text.len() != path.len() + 2 {
                continue;
            }
            for (group, at) in &named.code {
                let is_group = group.contains('-') && prose::is_group(group);
                if !is_group || !prefixes.contains(prefix(group)) {
                    continue;
                }
                listed.insert(*group);
                // An unknown group is a reference that leads nowhere, which is told
                // as such.
                let Some((files, _)) = groups.get(group) else {
                    continue;
                };
                if !files.contains(path) {
                    let files: Vec<&str> = files.iter().copied().collect();
                    let message = format!("{group} stands in {}", files.join(", "));
                    let at = if named.code.len() == 1 { path_at } else { at };
                    self.found(at.clone(), message);
                }
            }
        }
        if listed.is_empty() {
            return;
        }
        for (group, (_, place)) in groups {
            if !listed.contains(group) {
                let message = format!("no table of {} lists the group {group}", self.file);
                self.problems
                    .push(Problem::new(Rule::Overview, place.clone(), message));
            }
        }
    }
}
