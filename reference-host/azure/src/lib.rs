//! How an account of Azure Storage is reached: what providers of its services would
//! otherwise each write again.
//!
//! It is no provider and knows none: it reads the settings that name an account, finds
//! credentials, makes the client of HTTP and dates requests. What is asked of a service,
//! and what of a request is signed, is the provider's.
#![deny(missing_docs)]

mod account;
mod answer;
mod connection_string;
mod credentials;
mod http;

pub use account::{Access, Account, Part};
pub use answer::{code, no_answer};
pub use connection_string::{EMULATOR_ACCOUNT, EMULATOR_KEY};
pub use credentials::{Authorization, Credentials};
pub use http::{Dates, client};
