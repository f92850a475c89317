//! `cloud:types/features`.

use cloud_contract::{Description, Durability};

use super::wit::types::errors::Error;
use super::wit::types::features as wit;
use crate::State;

impl wit::Host for State {
    fn describe(
        &mut self,
        capability: String,
        name: String,
    ) -> wasmtime::Result<Result<wit::Description, Error>> {
        // Ends at once, and so holds nothing.
        self.called();
        let described = self.platform().describe(&capability, &name);
        Ok(described.map(Into::into).map_err(Into::into))
    }
}

impl From<Description> for wit::Description {
    fn from(description: Description) -> Self {
        Self {
            features: description.features,
            limits: description
                .limits
                .into_iter()
                .map(|(id, value)| wit::Limit { id, value })
                .collect(),
            durability: match description.durability {
                Durability::Volatile => wit::Durability::Volatile,
                Durability::Process => wit::Durability::Process,
                Durability::Durable => wit::Durability::Durable,
            },
            visibility_bound: super::nanoseconds(description.visibility_bound),
        }
    }
}
