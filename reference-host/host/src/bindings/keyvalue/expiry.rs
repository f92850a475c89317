//! `cloud:keyvalue/expiry`.

use std::time::Duration;

use wasmtime::component::{Accessor, Resource};

use super::store::call;
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::nanoseconds;
use crate::bindings::wit::keyvalue::expiry as wit;
use crate::state::{Cloud, StoreHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn set_expiring(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        value: Vec<u8>,
        ttl: u64,
    ) -> Outcome<()> {
        let (store, mut held) = call(accessor, &store)?;
        let ttl = Duration::from_nanos(ttl);
        let set = async {
            held.take(key.len() + value.len())?;
            store.set_expiring(&key, value.into(), ttl).await
        };
        Ok(set.await.map_err(Into::into))
    }

    async fn remaining(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
    ) -> Outcome<Option<wit::Lifetime>> {
        let (store, mut held) = call(accessor, &store)?;
        let remaining = async {
            held.take(key.len())?;
            store.remaining(&key).await
        };
        Ok(remaining
            .await
            .map(|remaining| {
                remaining.map(|lifetime| match lifetime {
                    None => wit::Lifetime::Permanent,
                    Some(rest) => wit::Lifetime::Remaining(nanoseconds(rest)),
                })
            })
            .map_err(Into::into))
    }
}
