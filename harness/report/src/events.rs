//! `events.jsonl`: one line for each event, written when it happens, so that a
//! run that is killed leaves what it knew.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use conformance_model::EventLine;

use crate::ReportError;

/// Writes events as lines of JSON and flushes each.
#[derive(Debug)]
pub struct EventWriter {
    out: File,
    path: PathBuf,
}

impl EventWriter {
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
            path: path.to_owned(),
        })
    }

    /// Writes one event.
    ///
    /// # Errors
    /// [`ReportError::Write`].
    pub fn write(&mut self, line: &EventLine) -> Result<(), ReportError> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.out
            .write_all(&text)
            .and_then(|()| self.out.flush())
            .map_err(|source| ReportError::Write {
                path: self.path.clone(),
                source,
            })
    }
}
