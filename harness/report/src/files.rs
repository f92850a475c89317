//! The reports as files in one folder. A file is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use conformance_model::RunReport;

use crate::events::EventWriter;
use crate::{ReportError, json, junit, markdown};

/// The name of the file with the events.
pub const EVENTS: &str = "events.jsonl";
/// The name of the file with the whole report.
pub const JSON: &str = "report.json";
/// The name of the file for continuous integration.
pub const JUNIT: &str = "junit.xml";
/// The name of the file for people.
pub const MARKDOWN: &str = "report.md";

/// Makes the folder, if it is not there, and sees whether a file can be written
/// in it. To be called before a run: a run whose report is lost is lost.
///
/// # Errors
/// [`ReportError::Folder`].
pub fn prepare(folder: &Path) -> Result<(), ReportError> {
    let failed = |source| ReportError::Folder {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let (trial, path) = temporary(folder, "trial").map_err(failed)?;
    drop(trial);
    fs::remove_file(path).map_err(failed)
}

/// Prepares the folder and begins the file with the events in it.
///
/// # Errors
/// [`ReportError::Folder`], [`ReportError::Write`].
pub fn events(folder: &Path) -> Result<EventWriter, ReportError> {
    prepare(folder)?;
    EventWriter::create(&folder.join(EVENTS))
}

/// Writes the report in every format. Returns the paths.
///
/// # Errors
/// [`ReportError::Folder`], [`ReportError::Write`], and those of the formats.
pub fn write_all(folder: &Path, report: &RunReport) -> Result<Vec<PathBuf>, ReportError> {
    prepare(folder)?;
    let files = [
        (JSON, json::render(report)?),
        (JUNIT, junit::render(report)?),
        (MARKDOWN, markdown::render(report)),
    ];
    let mut written = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        write(folder, name, &text).map_err(|source| ReportError::Write {
            path: path.clone(),
            source,
        })?;
        written.push(path);
    }
    Ok(written)
}

/// Writes beside the file and renames, so that a reader sees the old file or the
/// new one.
fn write(folder: &Path, name: &str, text: &str) -> std::io::Result<()> {
    let (mut file, temporary) = temporary(folder, name)?;
    let done = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, folder.join(name)));
    if done.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    done
}

/// A new file that no other run in the same folder uses.
fn temporary(folder: &Path, name: &str) -> std::io::Result<(File, PathBuf)> {
    let mut number = 0_u32;
    loop {
        let path = folder.join(format!(".{name}.{}.{number}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => {
                number += 1;
            }
            Err(error) => return Err(error),
        }
    }
}
