//! The tables in the comment of a package, as text: a row for each feature, a row for
//! each limit. Whether they are right is for the checks to say.

use crate::limits::Bound;

/// A row of the table of limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitRow<'a> {
    pub(crate) id: &'a str,
    /// What it limits.
    pub(crate) what: &'a str,
    /// The portable bound, as it is written.
    pub(crate) bound: &'a str,
    /// The feature that it is stated with.
    pub(crate) feature: &'a str,
}

impl<'a> LimitRow<'a> {
    /// Four cells, of which the first and the last are ids in code.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [id, what, bound, feature] = cells.as_slice() else {
            return None;
        };
        Some(Self {
            id: in_code(id)?,
            what,
            bound,
            feature: in_code(feature)?,
        })
    }
}

/// A row of the table of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FeatureRow<'a> {
    pub(crate) id: &'a str,
    /// `core`, `extended` or `unstable`.
    pub(crate) level: &'a str,
    /// What stands behind the level: where its functions are.
    pub(crate) what: &'a str,
}

impl<'a> FeatureRow<'a> {
    /// An id in code, and a level.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
        let id = in_code(cells.next()?)?;
        let level = cells.next()?;
        let what = cells.next().unwrap_or_default();
        ["core", "extended", "unstable"]
            .contains(&level)
            .then_some(Self { id, level, what })
    }
}

fn in_code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

impl Bound {
    /// Reads `at least 24,576`, and what stands behind it in brackets.
    pub(crate) fn parse(cell: &str) -> Option<Self> {
        let (make, rest): (fn(u64) -> Self, &str) =
            if let Some(rest) = cell.strip_prefix("at least ") {
                (Self::AtLeast, rest)
            } else {
                (Self::AtMost, cell.strip_prefix("at most ")?)
            };
        let number = rest.split(' ').next()?.replace(',', "");
        Some(make(number.parse().ok()?))
    }

    /// Whether a value that a binding states keeps it.
    pub(crate) fn allows(self, value: u64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_what_is_none() {
        let row = LimitRow::parse("| `a.b` | the most | at least 1,024 | `a.core` |").unwrap();
        assert_eq!(
            (row.id, row.what, row.feature),
            ("a.b", "the most", "a.core")
        );
        assert_eq!(Bound::parse(row.bound), Some(Bound::AtLeast(1024)));
        assert_eq!(
            Bound::parse("at most 60 (a minute)"),
            Some(Bound::AtMost(60))
        );
        for other in [
            "| id | what | bound | with |",
            "|---|---|---|---|",
            "| `a` |",
            "`|`",
            "",
        ] {
            assert_eq!(LimitRow::parse(other), None, "{other}");
            assert_eq!(FeatureRow::parse(other), None, "{other}");
        }
        for other in ["", "at least", "at least x", "most 1", "at most -1"] {
            assert_eq!(Bound::parse(other), None, "{other}");
        }
        let row = FeatureRow::parse("| `a.core` | core | `store` |").unwrap();
        assert_eq!((row.id, row.level, row.what), ("a.core", "core", "`store`"));
        assert!(Bound::AtLeast(3).allows(3) && !Bound::AtLeast(3).allows(2));
        assert!(Bound::AtMost(3).allows(3) && !Bound::AtMost(3).allows(4));
    }
}
