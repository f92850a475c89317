//! The text of a manifest, its tables, and the faults found in them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A manifest's text, and what is wrong with it.
pub(super) struct Source<'t> {
    pub(super) path: &'t Path,
    pub(super) text: &'t str,
    faults: RefCell<BTreeSet<(usize, String)>>,
}

impl<'t> Source<'t> {
    pub(super) fn new(path: &'t Path, text: &'t str) -> Self {
        Self {
            path,
            text,
            faults: RefCell::default(),
        }
    }

    /// Notes what is wrong at a place.
    pub(super) fn fault(&self, at: &Range<usize>, what: impl Into<String>) {
        self.faults.borrow_mut().insert((at.start, what.into()));
    }

    /// All faults, one a line, in the order of the text.
    pub(super) fn faults(&self) -> String {
        let faults = self.faults.borrow();
        let lines: Vec<String> = faults
            .iter()
            .map(|(start, what)| format!("{}: {what}", self.place(*start)))
            .collect();
        lines.join("\n")
    }

    /// `host.toml:12`
    pub(super) fn place(&self, start: usize) -> String {
        let before = self.text.as_bytes().get(..start).unwrap_or_default();
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        format!("{}:{line}", self.path.display())
    }

    /// The whole text as a table.
    pub(super) fn parse(&'t self) -> Option<Spanned<DeTable<'t>>> {
        match DeTable::parse(self.text) {
            Ok(table) => Some(table),
            Err(error) => {
                // The message alone: the error itself would show the line.
                let at = error.span().unwrap_or(0..0);
                self.fault(&at, error.message());
                None
            }
        }
    }
}

/// One table of the manifest.
#[derive(Clone)]
pub(super) struct Section<'a, 't> {
    pub(super) source: &'a Source<'t>,
    /// What messages call it: `[guest]`.
    pub(super) name: String,
    pub(super) at: Range<usize>,
    table: &'a DeTable<'t>,
}

impl<'a, 't> Section<'a, 't> {
    pub(super) fn root(source: &'a Source<'t>, table: &'a Spanned<DeTable<'t>>) -> Self {
        Self {
            source,
            name: "the manifest".into(),
            at: table.span(),
            table: table.get_ref(),
        }
    }

    pub(super) fn fault(&self, what: impl Into<String>) {
        self.source.fault(&self.at, what);
    }

    /// `host.toml:12`
    pub(super) fn place(&self) -> String {
        self.source.place(self.at.start)
    }

    /// Refuses every other key.
    pub(super) fn only(&self, known: &[&str]) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let Self { name: section, .. } = self;
                let known = known.join(", ");
                self.source.fault(
                    &key.span(),
                    format!("unknown key `{name}`; {section} has {known}"),
                );
            }
        }
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    /// Each key with its place, and its value.
    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (&'a str, Range<usize>, &'a Spanned<DeValue<'t>>)> {
        self.table
            .iter()
            .map(|(key, value)| (&**key.get_ref(), key.span(), value))
    }

    /// A table in this one; nothing, and no fault, if there is none.
    pub(super) fn section(&self, key: &str, name: String) -> Option<Section<'a, 't>> {
        let (_, at, value) = self.entries().find(|(known, ..)| *known == key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.source.fault(&at, format!("`{key}` must be a table"));
            return None;
        };
        Some(Section {
            source: self.source,
            name,
            at,
            table,
        })
    }

    /// All tables in this one, by name.
    pub(super) fn sections(&self, prefix: &str) -> Vec<(&'a str, Section<'a, 't>)> {
        self.entries()
            .filter_map(|(key, ..)| {
                let section = self.section(key, format!("[{prefix}.{key}]"))?;
                Some((key, section))
            })
            .collect()
    }

    /// A text in quotes; nothing, and no fault, if there is none.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.source
                .fault(&value.span(), format!("`{key}` must be a text in quotes"));
        }
        text
    }

    /// A whole number within bounds; nothing, and no fault, if there is none.
    pub(super) fn number(&self, key: &str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.value(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|number| bounds.contains(number));
        if number.is_none() {
            let (least, most) = (bounds.start(), bounds.end());
            self.source.fault(
                &value.span(),
                format!("`{key}` must be a whole number from {least} to {most}"),
            );
        }
        number
    }
}
