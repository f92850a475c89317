//! What every conformance guest is made of: the bindings, the case macro, the
//! context that a case runs in, and the checks it makes.
//!
//! A case file begins with `use conformance_kit::prelude::*;`. The kit knows the
//! interfaces under test and the suite protocol; it knows no case, and neither a
//! provider nor a host.

pub mod blobstore;
mod calls;
mod case;
mod check;
mod clock;
mod context;
mod ending;
pub mod features;
pub mod keyvalue;
mod kind;
mod lists;
mod meeting;
mod random;
pub mod requests;
mod show;
#[doc(hidden)]
pub mod suite;
mod telling;

pub use calls::{Call, begin, both, each, together};
pub use case::{Case, Lane, Level, Part, Run};
pub use check::Check;
pub use context::Context;
pub use ending::{Cause, Failing, Observations, Outcome, Stop};
pub use kind::Kind;
pub use show::Show;
#[doc(hidden)]
pub use wit_bindgen;

/// What case files use.
pub mod prelude {
    pub use core::time::Duration;

    pub use crate::bindings::cloud::types::errors::Error;
    pub use crate::blobstore::{self, Container};
    pub use crate::case::{Lane, Level};
    pub use crate::keyvalue::{self, Store};
    pub use crate::{
        Call, Check, Context, Failing, Kind, Observations, Outcome, Show, Stop, begin, both, case,
        each, together,
    };
}

/// Generated from the WIT. One world serves all guests: a component imports only
/// the functions that its cases call, because the linker drops the others.
#[allow(missing_docs, unreachable_pub, clippy::all)]
pub mod bindings {
    wit_bindgen::generate!({
        path: ["../../../wit/types", "../../../wit/keyvalue", "../../../wit/blobstore", "wit"],
        inline: "
            package cloud:guest;
            world guest {
                import cloud:types/features@0.1.0;
                import cloud:keyvalue/store@0.1.0;
                import cloud:keyvalue/cas@0.1.0;
                import cloud:keyvalue/counters@0.1.0;
                import cloud:keyvalue/batch@0.1.0;
                import cloud:keyvalue/expiry@0.1.0;
                import cloud:blobstore/container@0.1.0;
                import cloud:blobstore/admin@0.1.0;
                import cloud:blobstore/conditional-delete@0.1.0;
                import cloud:blobstore/conditional-copy@0.1.0;
                import cloud:blobstore/atomic-move@0.1.0;
                import cloud:blobstore/multipart@0.1.0;
                import cloud:blobstore/append@0.1.0;
                import cloud:blobstore/history@0.1.0;
                import cloud:blobstore/links@0.1.0;
                import cloud:conformance/requests@0.1.0;
                export cloud:conformance/suite@0.1.0;
            }
        ",
        world: "cloud:guest/guest",
        generate_all,
        pub_export_macro: true,
        export_macro_name: "export_suite",
        default_bindings_module: "conformance_kit::bindings",
    });
}
