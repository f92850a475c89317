//! The guest of the benchmarks: calls in loops, and nothing else.

wit_bindgen::generate!({
    path: ["../../../../wit/types", "../../../../wit/keyvalue", "wit"],
    inline: "
        package cloud:bench-guest;
        world guest {
            import cloud:keyvalue/store@0.1.0;
            import cloud:bench/probe@0.1.0;
            export cloud:bench/work@0.1.0;
        }
    ",
    world: "cloud:bench-guest/guest",
    generate_all,
});

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use cloud::bench::probe;
use cloud::keyvalue::store::{self, Store};
use exports::cloud::bench::work::Guest;

struct Bench;

export!(Bench);

async fn open(name: String) -> Store {
    store::open(name)
        .await
        .expect("the benchmark grants the name")
}

async fn read(store: &Store, key: &str) -> u64 {
    let value = store.get(key.to_owned()).await.expect("the store answers");
    value.map_or(0, |value| value.len() as u64)
}

/// Reads `times` keys in a row.
async fn reads(store: &Store, key: &str, times: u32) -> u64 {
    let mut sum = 0;
    for _ in 0..times {
        sum += read(store, key).await;
    }
    sum
}

/// Writes one key so many times.
async fn writes(store: &Store, key: String, bytes: u32, times: u32) {
    let value = vec![b'v'; bytes as usize];
    for _ in 0..times {
        let write = store.set(key.clone(), value.clone());
        write.await.expect("the store answers");
    }
}

impl Guest for Bench {
    fn nothing() {}

    async fn request(name: String, key: String) -> u64 {
        read(&open(name).await, &key).await
    }

    async fn ready_calls(times: u32) {
        for _ in 0..times {
            probe::ready().await;
        }
    }

    async fn gets(name: String, key: String, times: u32, in_flight: u32) -> u64 {
        let store = open(name).await;
        if in_flight <= 1 {
            return reads(&store, &key, times).await;
        }
        let share = times / in_flight;
        let flights: FuturesUnordered<_> =
            (0..in_flight).map(|_| reads(&store, &key, share)).collect();
        flights.fold(0, async |sum, read| sum + read).await
    }

    async fn sets(name: String, key: String, bytes: u32, times: u32, in_flight: u32) {
        let store = open(name).await;
        let share = times / in_flight;
        let flights: FuturesUnordered<_> = (0..in_flight)
            .map(|flight| writes(&store, format!("{key}-{flight}"), bytes, share))
            .collect();
        flights.collect::<()>().await;
    }

    async fn wait() {
        probe::forever().await;
    }
}
