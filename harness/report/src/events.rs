//! `events.jsonl`: one line for each event, written when it happens, so that a
//! run that is killed leaves what it knew.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use conformance_model::EventLine;

use crate::ReportError;

/// Writes events as lines of JSON and flushes each.
#[derive(Debug)]
pub struct EventWriter<W> {
    out: W,
    /// For messages; none if it is no file.
    path: Option<PathBuf>,
}

impl EventWriter<File> {
    /// Writes to a new file. One of that name is replaced.
    ///
    /// # Errors
    /// [`ReportError::Write`].
    pub fn create(path: &Path) -> Result<Self, ReportError> {
        let out = File::create(path).map_err(|source| ReportError::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            out,
            path: Some(path.to_owned()),
        })
    }
}

impl<W: Write> EventWriter<W> {
    /// Writes to anything.
    pub fn new(out: W) -> Self {
        Self { out, path: None }
    }

    /// Writes one event.
    ///
    /// # Errors
    /// [`ReportError::Write`] or, where it is no file, [`ReportError::Stream`].
    pub fn write(&mut self, line: &EventLine) -> Result<(), ReportError> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.out
            .write_all(&text)
            .and_then(|()| self.out.flush())
            .map_err(|source| match &self.path {
                Some(path) => ReportError::Write {
                    path: path.clone(),
                    source,
                },
                None => ReportError::Stream(source),
            })
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}
