//! Patterns over case ids: globs, and files of them.

use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};

/// Why patterns cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// A glob is malformed.
    #[error("pattern `{pattern}`: {reason}")]
    Malformed {
        /// As it was given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file behind `@file` cannot be read.
    #[error("pattern file `{file}`: {reason}")]
    File {
        /// As it was given, without `@`.
        file: String,
        /// Why.
        reason: String,
    },
}

/// A set of patterns. `*` stands for any characters of an id, dots included;
/// `?` for one; `@file` for the lines of a file, where `#` starts a comment.
#[derive(Debug, Clone)]
pub struct Patterns {
    set: GlobSet,
    texts: Vec<String>,
}

impl Patterns {
    /// Reads patterns as a command line gives them.
    ///
    /// # Errors
    /// [`PatternError`], naming the pattern or the file.
    pub fn parse<S: AsRef<str>>(arguments: &[S]) -> Result<Self, PatternError> {
        let mut texts = Vec::new();
        for argument in arguments {
            match argument.as_ref().strip_prefix('@') {
                Some(file) => texts.extend(lines(file)?),
                None => texts.push(argument.as_ref().to_owned()),
            }
        }
        let mut set = GlobSetBuilder::new();
        for text in &texts {
            set.add(Glob::new(text).map_err(|error| PatternError::Malformed {
                pattern: text.clone(),
                reason: error.kind().to_string(),
            })?);
        }
        let set = set.build().map_err(|error| PatternError::Malformed {
            pattern: texts.join(" "),
            reason: error.kind().to_string(),
        })?;
        Ok(Self { set, texts })
    }

    /// Whether no pattern was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether an id matches any of the patterns.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        self.set.is_match(id)
    }

    /// The patterns, files resolved.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

fn lines(file: &str) -> Result<Vec<String>, PatternError> {
    let content = std::fs::read_to_string(Path::new(file)).map_err(|error| PatternError::File {
        file: file.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(content
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_crosses_dots() {
        let patterns = Patterns::parse(&["kv.get.*", "*.missing"]).unwrap();
        assert!(patterns.matches("kv.get.empty") && patterns.matches("kv.delete.missing"));
        assert!(!patterns.matches("kv.getmany.order"));
    }

    #[test]
    fn a_file_gives_one_pattern_a_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            "# why\nkv.get.*  # all of them\n\nkv.set.get\n",
        )
        .unwrap();
        let patterns = Patterns::parse(&[format!("@{}", file.path().display())]).unwrap();
        assert_eq!(patterns.texts(), ["kv.get.*", "kv.set.get"]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert!(matches!(
            Patterns::parse(&["@/no/such"]),
            Err(PatternError::File { .. })
        ));
        assert!(matches!(
            Patterns::parse(&["kv.[a"]),
            Err(PatternError::Malformed { .. })
        ));
    }
}
