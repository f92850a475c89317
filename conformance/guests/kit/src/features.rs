//! `cloud:types/features`.

pub use crate::bindings::cloud::types::features::{Description, Durability, Limit, describe};
use crate::show::Show;

impl Show for Description {
    fn show(&self, out: &mut String) {
        out.push_str("a description with the features ");
        self.features.show(out);
    }
}
