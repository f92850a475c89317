//! conformance-runner
