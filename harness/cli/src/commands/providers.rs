//! `conformance providers`: what can be named with --provider.

use crate::{Failure, output};

pub(crate) fn run() -> Result<u8, Failure> {
    let factories = provider_registry::factories();
    let widest = factories
        .iter()
        .map(|factory| factory.name.len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for factory in factories {
        let server = factory.flavours.first().and_then(|usual| usual.process);
        let needs = match server {
            Some(server) => format!(" (starts {}, or takes --endpoint)", server.program),
            None => String::new(),
        };
        out.push_str(&format!(
            "{:widest$}  {}{needs}\n",
            factory.name, factory.summary
        ));
    }
    output::print(&out)?;
    Ok(0)
}
