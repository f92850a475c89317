//! conformance-spec
