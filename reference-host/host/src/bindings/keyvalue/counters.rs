//! `cloud:keyvalue/counters`.

use wasmtime::component::{Accessor, Resource};

use super::store::call;
use crate::State;
use crate::bindings::Outcome;
use crate::bindings::wit::keyvalue::counters as wit;
use crate::state::{Cloud, StoreHandle};

impl wit::Host for State {}

impl wit::HostWithStore<State> for Cloud {
    async fn increment(
        accessor: &Accessor<State, Self>,
        store: Resource<StoreHandle>,
        key: String,
        delta: i64,
    ) -> Outcome<i64> {
        let (store, mut held) = call(accessor, &store)?;
        let sum = async {
            held.take(key.len())?;
            store.increment(&key, delta).await
        };
        Ok(sum.await.map_err(Into::into))
    }
}
