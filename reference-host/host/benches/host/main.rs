//! What the host costs, each figure as a ratio to a baseline that is measured in
//! the same run, in turns with it. Prints a table; see `docs/decisions/0010-engine-settings.md`.
//!
//! `cargo bench [-- start request calls tax streams memory alive]` at the root. The name of a
//! service behind them, `-- streams nats`, leaves out the others in parts that have services.

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

/// The services that were chosen by name; none is all.
pub(crate) struct Choice(Vec<String>);

impl Choice {
    pub(crate) fn has(&self, service: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|chosen| chosen == service)
    }
}

struct Part {
    name: &'static str,
    /// What can be chosen of it.
    services: fn() -> Vec<&'static str>,
    run: fn(&mut Table, &Choice) -> Fallible<()>,
}

const PARTS: [Part; 7] = [
    Part {
        name: "start",
        services: Vec::new,
        run: |table, _| start::start(table),
    },
    Part {
        name: "request",
        services: Vec::new,
        run: |table, _| start::request(table),
    },
    Part {
        name: "calls",
        services: Vec::new,
        run: |table, _| calls::run(table),
    },
    Part {
        name: "tax",
        services: tax::services,
        run: tax::run,
    },
    Part {
        name: "streams",
        services: streams::services,
        run: streams::run,
    },
    Part {
        name: "memory",
        services: memory::services,
        run: memory::run,
    },
    Part {
        name: "alive",
        services: Vec::new,
        run: |table, _| alive::run(table),
    },
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
    // Cargo adds options of its own (`--bench`).
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(job) = arguments.iter().find_map(|a| a.strip_prefix("alive=")) {
        return alive::child(job);
    }
    if let Some(job) = arguments.iter().find_map(|a| a.strip_prefix("memory=")) {
        return memory::child(job);
    }
    let names = arguments.into_iter().filter(|a| !a.starts_with('-'));
    // A part has its name before a service: `memory` is the figure.
    let (parts, services): (Vec<String>, Vec<String>) =
        names.partition(|name| PARTS.iter().any(|part| part.name == name));
    let is_chosen = |part: &&Part| parts.is_empty() || parts.iter().any(|name| name == part.name);
    let known: Vec<&str> = PARTS
        .iter()
        .filter(is_chosen)
        .flat_map(|part| (part.services)())
        .collect();
    if let Some(name) = services.iter().find(|name| !known.contains(&name.as_str())) {
        let parts = PARTS.map(|part| part.name).join(", ");
        let services = known.join(", ");
        return Err(
            format!("`{name}` is none of the parts ({parts}) or services ({services})").into(),
        );
    }
    let choice = Choice(services);
    let mut table = Table::new();
    for part in PARTS.iter().filter(is_chosen) {
        (part.run)(&mut table, &choice)?;
    }
    table.end();
    Ok(())
}
