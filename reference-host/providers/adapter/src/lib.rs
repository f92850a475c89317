//! A provider in another process, reached through JSON lines.
#![deny(missing_docs)]
