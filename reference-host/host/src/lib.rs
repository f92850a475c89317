//! reference-host
