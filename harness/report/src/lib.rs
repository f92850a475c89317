//! conformance-report
