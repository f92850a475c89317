//! A workspace of guests, and cargo's run over it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::encode::{self, Expected};
use crate::error::{self, Error};
use crate::manifest::Component;
use crate::sources;
use crate::toolchain::{Toolchain, output};

/// Where the suite's guests are, from the root of the repository; the script that
/// finds a compiler lies there too.
pub(crate) const GUESTS: &str = "conformance/guests";
/// Where their components are committed.
const COMPONENTS: &str = "conformance/components";
/// The specification.
const WIT: &str = "wit";
/// Bytes of stack of a guest, instead of a MiB: a guest then starts with one or
/// two pages of memory instead of seventeen. Futures live on the heap. The stack
/// comes first in memory, so that one that overflows traps.
const STACK: u32 = 32_768;

const TARGET: &str = "wasm32-unknown-unknown";

/// A cargo workspace of guests of its own.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) folder: PathBuf,
    /// Where its components are committed.
    pub(crate) components: PathBuf,
    /// What its sources are, from the root of the repository.
    pub(crate) sources: [PathBuf; 2],
    /// The command that builds it, for people.
    pub(crate) command: String,
}

/// A guest that was built.
#[derive(Debug)]
pub(crate) struct Built {
    name: String,
    imports: Vec<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Built {
    pub(crate) fn file(&self) -> String {
        format!("{}.wasm", self.name)
    }

    pub(crate) fn entry(&self) -> Component {
        Component {
            name: self.name.clone(),
            sha256: sources::sha256(&self.bytes),
            size: self.bytes.len() as u64,
            imports: self.imports.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
    metadata: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

/// `[package.metadata.guest]` of a guest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grants {
    /// The interfaces, without versions, whose functions the guest may call.
    imports: Vec<String>,
    /// The interfaces, without versions, that it exports.
    #[serde(default = "suite")]
    exports: Vec<String>,
}

fn suite() -> Vec<String> {
    vec![encode::SUITE.to_owned()]
}

impl Workspace {
    /// The guests of the suite.
    pub(crate) fn suite(root: &Path) -> Self {
        Self {
            folder: root.join(GUESTS),
            components: root.join(COMPONENTS),
            sources: [GUESTS.into(), WIT.into()],
            command: "cargo run -p guest-builder".to_owned(),
        }
    }

    /// An application, in a folder from the root of the repository.
    pub(crate) fn app(root: &Path, folder: &Path) -> Self {
        Self {
            folder: root.join(folder),
            components: root.join(folder).join("component"),
            sources: [folder.to_owned(), WIT.into()],
            command: format!("cargo run -p guest-builder -- --app {}", folder.display()),
        }
    }

    /// Where a check leaves components that cannot be compared.
    pub(crate) fn rebuilt(&self) -> PathBuf {
        self.folder.join("target/rebuilt")
    }

    /// Builds all guests, in the order of their names.
    pub(crate) fn build(&self, toolchain: &Toolchain) -> Result<Vec<Built>, Error> {
        let guests = self.guests(toolchain)?;
        let mut cargo = toolchain.cargo("build")?;
        cargo
            .current_dir(&self.folder)
            .args(["--release", "--locked", "--target", TARGET, "--workspace"])
            .arg("--target-dir")
            .arg(self.folder.join("target"))
            // Separated so that paths may hold spaces.
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                self.flags(toolchain)?.join("\x1f"),
            );
        output(cargo, "cargo build")?;
        let modules = self.folder.join("target").join(TARGET).join("release");
        guests
            .into_iter()
            .map(|(name, file, expected)| {
                let module = error::read(&modules.join(file))?;
                let bytes = encode::component(&name, &module)?;
                let imports = encode::verify(&name, &bytes, &expected)?;
                Ok(Built {
                    name,
                    imports,
                    bytes,
                })
            })
            .collect()
    }

    /// Name, file of the core module and expected imports of each guest.
    fn guests(&self, toolchain: &Toolchain) -> Result<Vec<(String, String, Expected)>, Error> {
        let mut cargo = toolchain.cargo("metadata")?;
        cargo
            .current_dir(&self.folder)
            .args(["--no-deps", "--format-version", "1"]);
        let printed = output(cargo, "cargo metadata")?;
        let metadata: Metadata = serde_json::from_str(&printed)
            .map_err(|error| Error::Output("cargo metadata".into(), error.to_string()))?;
        let mut guests = Vec::new();
        for package in metadata.packages {
            let is_guest =
                |target: &&Target| target.crate_types.iter().any(|kind| kind == "cdylib");
            let Some(target) = package.targets.iter().find(is_guest) else {
                continue;
            };
            let wrong = |problem: String| Error::Guest {
                guest: package.name.clone(),
                problem,
            };
            let grants = package.metadata.as_ref().and_then(|all| all.get("guest"));
            let Some(grants) = grants else {
                return Err(wrong("Cargo.toml has no [package.metadata.guest]".into()));
            };
            let grants: Grants =
                serde_json::from_value(grants.clone()).map_err(|error| wrong(error.to_string()))?;
            let file = format!("{}.wasm", target.name.replace('-', "_"));
            let expected = Expected {
                imports: grants.imports,
                exports: grants.exports,
            };
            guests.push((package.name.clone(), file, expected));
        }
        guests.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(guests)
    }

    /// What rustc is told beside the release profile. Paths of this machine that
    /// could enter the bytes (the registry's and the library's, by panic
    /// locations) are replaced; those of the guests are relative anyway.
    fn flags(&self, toolchain: &Toolchain) -> Result<Vec<String>, Error> {
        let mut flags = vec![format!("-Clink-arg=-zstack-size={STACK}")];
        let mut remap = |from: &Path, to: &str| {
            flags.push(format!("--remap-path-prefix={}={to}", from.display()));
        };
        let library = Path::new(&toolchain.sysroot()?).join("lib/rustlib/src/rust");
        remap(&library, "/rust");
        // Debian's sysroot names this folder by another path.
        if let Ok(resolved) = library.canonicalize()
            && resolved != library
        {
            remap(&resolved, "/rust");
        }
        let home = std::env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
        if let Some(home) = home {
            let registry = home.join("registry/src");
            if registry.is_dir() {
                for source in error::files(&registry)? {
                    remap(&source, "/registry");
                }
            }
        }
        remap(&self.folder, "/guests");
        Ok(flags)
    }
}
