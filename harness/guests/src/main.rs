//! Builds the guests in `conformance/guests` into the components in
//! `conformance/components`, or an application into its own, or checks that these
//! are what the sources say.
//!
//! It knows how components come to be, not what is in them: neither cases, nor
//! hosts, nor providers.

mod build;
mod encode;
mod error;
mod manifest;
mod sources;
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::build::{Built, Workspace};
use crate::error::Error;
use crate::manifest::{Component, Manifest};
use crate::toolchain::Toolchain;

/// Build the guest components of the conformance suite, or of an application.
#[derive(Debug, Parser)]
#[command(name = "guest-builder", version)]
struct Arguments {
    /// Build again and compare with what is committed, changing nothing there:
    /// exit code 0 if it is up to date, 1 if not
    #[arg(long)]
    check: bool,
    /// Build the application in this folder instead of the suite [example:
    /// docs/examples/tally]; its component goes to `component` in there
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
    /// Root of the repository [default: the nearest folder upwards that holds it]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    let root = match &arguments.root {
        Some(root) => root.clone(),
        None => find_root()?,
    };
    let workspace = match &arguments.app {
        Some(folder) => Workspace::app(&root, folder),
        None => Workspace::suite(&root),
    };
    let toolchain = Toolchain::find(&root.join(build::GUESTS))?;
    eprintln!("building with {}", toolchain.versions);
    let sources = sources::digest(&root, &workspace.sources)?;
    let built = workspace.build(&toolchain)?;
    let fresh = Manifest {
        schema: manifest::SCHEMA,
        sources,
        toolchain: toolchain.versions,
        components: built.iter().map(Built::entry).collect(),
    };
    if arguments.check {
        check(&workspace, &fresh, &built)
    } else {
        write(&workspace.components, &fresh, &built)?;
        for component in &fresh.components {
            println!(
                "{:<24} {:>7} bytes  sha256 {}",
                component.name, component.size, component.sha256
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes components and manifest, and removes components that are built no more.
fn write(folder: &Path, manifest: &Manifest, built: &[Built]) -> Result<(), Error> {
    error::create_folder(folder)?;
    for file in error::files(folder)? {
        let stale = file.extension().is_some_and(|ending| ending == "wasm")
            && !built
                .iter()
                .any(|component| file.ends_with(component.file()));
        if stale {
            error::remove(&file)?;
        }
    }
    for component in built {
        error::write(&folder.join(component.file()), &component.bytes)?;
    }
    error::write(&folder.join(manifest::FILE), manifest.render()?.as_bytes())
}

/// Compares what is committed with what was built just now.
fn check(workspace: &Workspace, fresh: &Manifest, built: &[Built]) -> Result<ExitCode, Error> {
    let (folder, rebuilt) = (&workspace.components, &workspace.rebuilt());
    let committed = Manifest::read(folder)?;
    let mut faults = Vec::new();
    if committed.sources != fresh.sources {
        faults.push("the sources have changed since the components were built".to_owned());
    }
    for component in &committed.components {
        faults.extend(changed(folder, component)?);
    }
    for file in error::files(folder)? {
        let listed = |component: &Component| file.ends_with(component.file());
        if file.extension().is_some_and(|ending| ending == "wasm")
            && !committed.components.iter().any(listed)
        {
            faults.push(format!("{} is not in the manifest", file.display()));
        }
    }
    if committed.toolchain == fresh.toolchain {
        if committed.components != fresh.components {
            faults.push(committed.differences(fresh));
        }
    } else {
        write(rebuilt, fresh, built)?;
        println!("bytes were not compared: another compiler built what is committed");
        println!("  committed  {}", committed.toolchain);
        println!("  here       {}", fresh.toolchain);
        println!("  the guests as built here lie in {}", rebuilt.display());
    }
    if faults.is_empty() {
        let compared = committed.toolchain == fresh.toolchain;
        println!(
            "{} components are up to date{}",
            committed.components.len(),
            if compared {
                ", byte for byte"
            } else {
                " by their sources"
            }
        );
        return Ok(ExitCode::SUCCESS);
    }
    for fault in &faults {
        println!("stale: {fault}");
    }
    println!("run: {}", workspace.command);
    Ok(ExitCode::from(1))
}

/// A committed file that is not what its manifest says.
fn changed(folder: &Path, component: &Component) -> Result<Option<String>, Error> {
    let path = folder.join(component.file());
    if !path.is_file() {
        return Ok(Some(format!("{} is missing", path.display())));
    }
    let digest = sources::sha256(&error::read(&path)?);
    Ok((digest != component.sha256).then(|| {
        format!(
            "{} has another digest than its manifest says",
            path.display()
        )
    }))
}

fn find_root() -> Result<PathBuf, Error> {
    let start = std::env::current_dir().map_err(|source| Error::Io {
        path: PathBuf::from("."),
        source,
    })?;
    start
        .ancestors()
        .find(|folder| folder.join(build::GUESTS).join("Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .ok_or(Error::NoRepository)
}
