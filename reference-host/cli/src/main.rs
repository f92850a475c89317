//! The `reference-host` command.

fn main() {}
