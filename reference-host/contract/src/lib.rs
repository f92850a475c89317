//! The seam between a host and the services behind it.
//!
//! A provider implements [`Provider`], [`Namespace`] and one small driver trait
//! per capability ([`keyvalue::Driver`], [`blobstore::Driver`]); a host talks to [`Platform`] and to
//! guest-facing traits such as [`keyvalue::Store`]. In between stands one
//! portable implementation for each ([`keyvalue::Portable`], ...) that does once
//! what every provider would otherwise repeat: validation, limits, refusal of
//! undeclared features, cursors, timeouts, panics and tracing.
//!
//! This crate knows neither an engine nor an SDK nor the harness.
#![deny(missing_docs)]

pub mod blobstore;
mod cursor;
mod descriptor;
mod error;
mod factory;
pub mod feature;
mod guard;
mod http_address;
pub mod keyvalue;
mod launch;
pub mod limit;
mod meter;
mod options;
mod platform;
mod provider;
mod resources;
mod scope;
mod secrets;
mod service_clock;
mod settings;
mod walk;

pub use bytes::Bytes;
pub use descriptor::{Description, Descriptor, Durability, Limit};
pub use error::{Error, ErrorKind, Result};
pub use factory::{Connect, Factory, Flavour, Target};
pub use feature::FeatureId;
pub use guard::guarded;
pub use http_address::HttpAddress;
pub use launch::{Account, Container, Launcher, Process, Service, StartService};
pub use meter::Meter;
pub use options::{Options, Timeouts};
pub use platform::{Bindings, Capability, Grant, Platform};
pub use provider::{Namespace, Provider};
pub use resources::{Resource, Resources};
pub use scope::{Scope, ScopeId};
pub use secrets::{is_secret_name, may_hold_secret};
pub use service_clock::{ClockSample, ServiceClock, ServiceTime};
pub use settings::Settings;
