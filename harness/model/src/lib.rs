//! conformance-model
