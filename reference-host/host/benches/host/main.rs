//! What the host costs, each figure as a ratio to a baseline that is measured in
//! the same run, in turns with it. Prints a table; see `docs/decisions/0010-engine-settings.md`.
//!
//! `cargo bench [-- start request calls tax streams memory alive]` at the root.

mod alive;
mod calls;
mod fixture;
mod memory;
mod start;
mod streams;
mod table;
mod tax;

use std::error::Error;
use std::process::ExitCode;

use table::Table;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;
type Part = fn(&mut Table) -> Fallible<()>;

const PARTS: [(&str, Part); 7] = [
    ("start", start::start),
    ("request", start::request),
    ("calls", calls::run),
    ("tax", tax::run),
    ("streams", streams::run),
    ("memory", memory::run),
    ("alive", alive::run),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the benchmark could not run: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<()> {
    // Cargo adds options of its own (`--bench`); names select parts.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(job) = arguments.iter().find_map(|a| a.strip_prefix("alive=")) {
        return alive::child(job);
    }
    if let Some(job) = arguments.iter().find_map(|a| a.strip_prefix("memory=")) {
        return memory::child(job);
    }
    let names: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let mut table = Table::new();
    for (name, part) in PARTS {
        if names.is_empty() || names.iter().any(|wanted| *wanted == name) {
            part(&mut table)?;
        }
    }
    table.end();
    Ok(())
}
