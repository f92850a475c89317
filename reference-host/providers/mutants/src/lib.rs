//! provider-mutants
