//! Reports of a run. Each format is one file and one fold: over the events
//! ([`events`], [`progress`]) or over the report ([`json`], [`junit`],
//! [`markdown`], [`tty`]).
//!
//! Texts in a report come from guests and providers. They are not trusted:
//! [`json`] escapes as JSON does, every other format makes control characters
//! visible and takes the meaning from markup. This crate knows no engine, no
//! provider and no runner, and no format talks to another.
#![deny(missing_docs)]

pub mod coverage;
pub mod diagnostics;
pub mod events;
pub mod files;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod phase;
pub mod progress;
pub mod published;
pub mod spec_diff;
mod story;
mod table;
mod text;
pub mod tty;

use std::path::PathBuf;

/// Why a report could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The folder for reports cannot be made or is none.
    #[error(
        "cannot use {path} as the report folder: {source}; \
         name a folder that can be written with --report-dir"
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error(
        "cannot write {path}: {source}; \
         make room or name another folder with --report-dir"
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The report has something that JSON cannot express, or is no report.
    #[error("not a report as json: {0}")]
    Json(#[from] serde_json::Error),
    /// The report is of a version that this program does not read.
    #[error("the report has schema version {found}, this program reads {known}")]
    Version {
        /// The version of the report.
        found: u64,
        /// The version of this program.
        known: u32,
    },
    /// The report cannot be expressed as JUnit XML.
    #[error("cannot write junit xml: {0}")]
    Junit(#[from] quick_junit::SerializeError),
}
