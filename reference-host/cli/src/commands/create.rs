//! `reference-host create`: what has to be there before a provider can connect.

use crate::args::CreateArgs;
use crate::failure::Failure;
use crate::manifest::Manifest;
use crate::{output, services};

pub(crate) fn run(args: &CreateArgs) -> Result<u8, Failure> {
    let manifest = Manifest::open(&args.manifest)?;
    let runtime = super::runtime()?;
    let created = runtime.block_on(services::create(&manifest))?;
    if created.is_empty() {
        output::notice("the services of this manifest need nothing to be created");
    }
    for resource in created {
        output::print(&format!("{} {} is there\n", resource.kind, resource.name))?;
    }
    Ok(0)
}
