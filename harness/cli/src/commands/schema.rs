//! `conformance schema`: the JSON schema of what a run writes.

use conformance_model::{event_schema, report_schema};

use crate::args::{SchemaArgs, SchemaOf};
use crate::{Failure, output};

pub(crate) fn run(args: &SchemaArgs) -> Result<u8, Failure> {
    let schema = match args.of {
        SchemaOf::Report => report_schema(),
        SchemaOf::Event => event_schema(),
    };
    output::print(&super::list::pretty(schema.as_value())?)?;
    Ok(0)
}
