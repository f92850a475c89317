//! `conformance spec bundle`: each package as one file of wasm.

use std::path::PathBuf;

use clap::Args;
use conformance_spec::{BundleFacts, Wit, bundle};

use super::checkout;
use crate::{Failure, output};

/// Write each package as one self-contained WIT package in wasm, which registries hold
/// and other tools load. Comments, gates and unstable items go along. The same text
/// gives the same bytes; their digests are printed as `sha256sum` does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  conformance spec bundle -o dist
  conformance spec bundle -o dist --package cloud:keyvalue
  conformance spec bundle path/to/checkout -o dist --licence 'Apache-2.0 WITH LLVM-exception' \\
      --source https://github.com/cloud-wit/cloud-wit
  (cd dist && sha256sum --check) < digests")]
pub(crate) struct BundleArgs {
    /// The root of a checkout, a folder or file of WIT, or a git revision [default:
    /// the current directory].
    path: Option<String>,
    /// Where to write the files.
    #[arg(short, long, value_name = "DIR", required = true)]
    output: PathBuf,
    /// Only this package, with or without its version; may be repeated.
    #[arg(long, value_name = "NAME")]
    package: Vec<String>,
    /// The licence that registries show, in the words of SPDX.
    #[arg(long, alias = "license", value_name = "SPDX")]
    licence: Option<String>,
    /// Where registries say that the text comes from.
    #[arg(long, value_name = "URL")]
    source: Option<String>,
    /// The revision that registries show.
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,
}

pub(crate) fn run(args: &BundleArgs) -> Result<u8, Failure> {
    let name = args.path.as_deref().unwrap_or(".");
    let help = "name the root of a checkout, or a folder or file of WIT";
    let wit = Wit::load(name).map_err(|error| Failure::usage(error).help(help))?;
    let facts = BundleFacts {
        licence: args.licence.clone(),
        source: args.source.clone(),
        revision: args.revision.clone(),
    };
    let bundles = bundle(&wit, &args.package, &facts).map_err(Failure::usage)?;
    let mut text = String::new();
    for bundle in &bundles {
        checkout::write(&args.output.join(&bundle.file), &bundle.bytes)?;
        text.push_str(&format!("{}  {}\n", bundle.sha256, bundle.file));
    }
    output::print(&text)?;
    Ok(0)
}
